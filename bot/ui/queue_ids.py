"""The ids of the menus and buttons of lists: each names its list by number, and the page that it stands on."""

from enum import StrEnum


class ListVerb(StrEnum):
    """What a menu or button under a list of the queue does."""

    CHOOSE = "choose"
    STATUS = "status"
    CATEGORY = "category"
    NEWER = "newer"
    OLDER = "older"
    BACK = "back"


TURN_VERBS = (ListVerb.CHOOSE, ListVerb.NEWER, ListVerb.OLDER)
"""Those of lists that are only looked at: one's own proposals, the past."""

_LIST_FIELDS = r"(?P<filter_id>[1-9][0-9]{0,17}):(?P<page>[0-9]{1,9})"
_PLACE_FIELDS = r"(?P<older_than>[0-9]{1,18}):(?P<page>[0-9]{1,9})"

LIST_TEMPLATE = rf"list:(?P<verb>{'|'.join(ListVerb)}):{_LIST_FIELDS}"
OPEN_QUEUE_TEMPLATE = r"queue:list"
OPEN_NEXT_TEMPLATE = r"queue:next"

MINE_TEMPLATE = rf"mine:(?P<verb>{'|'.join(TURN_VERBS)}):{_LIST_FIELDS}"
PAST_TEMPLATE = rf"past:(?P<verb>{'|'.join(TURN_VERBS)}):{_LIST_FIELDS}"
BATCHES_TEMPLATE = rf"batches:(?P<verb>{'|'.join(TURN_VERBS)}):{_PLACE_FIELDS}"
PURGE_TEMPLATE = r"purge:ask:(?P<purge_id>[1-9][0-9]{0,17})"

QUEUE_TEMPLATES = (
    LIST_TEMPLATE,
    OPEN_QUEUE_TEMPLATE,
    OPEN_NEXT_TEMPLATE,
    MINE_TEMPLATE,
    PAST_TEMPLATE,
    BATCHES_TEMPLATE,
    PURGE_TEMPLATE,
)


def list_template(verb: ListVerb) -> str:
    """The template of one verb, for a class that serves only that."""
    return rf"list:{verb}:{_LIST_FIELDS}"


def in_list(verb: ListVerb, filter_id: int, page: int) -> str:
    """The id of a menu or button under a list."""
    return f"list:{verb}:{filter_id}:{page}"


def open_queue() -> str:
    """The id of *Queue*: the list of what is pending, for whoever presses."""
    return "queue:list"


def open_next() -> str:
    """The id of *Oldest pending*: the next change to decide, for whoever presses."""
    return "queue:next"


def mine_template(verb: ListVerb) -> str:
    """The template of one verb under one's own proposals."""
    return rf"mine:{verb}:{_LIST_FIELDS}"


def in_mine(verb: ListVerb, filter_id: int, page: int) -> str:
    """The id of a menu or button under one's own proposals."""
    return f"mine:{verb}:{filter_id}:{page}"


def past_template(verb: ListVerb) -> str:
    """The template of one verb under the past of a model."""
    return rf"past:{verb}:{_LIST_FIELDS}"


def in_past(verb: ListVerb, filter_id: int, page: int) -> str:
    """The id of a menu or button under the past of a model."""
    return f"past:{verb}:{filter_id}:{page}"


def batches_template(verb: ListVerb) -> str:
    """The template of one verb under the list of batches."""
    return rf"batches:{verb}:{_PLACE_FIELDS}"


def in_batches(verb: ListVerb, older_than: int, page: int) -> str:
    """The id of a menu or button under the list of batches; that of a button says where it leads."""
    return f"batches:{verb}:{older_than}:{page}"


def purge(purge_id: int) -> str:
    """The id of *Purge 3…*, under the list of what would leave."""
    return f"purge:ask:{purge_id}"
