"""Custom ids of the pager under every list, and of the buttons that open one."""

from enum import StrEnum
from typing import Final


class ListKind(StrEnum):
    """Lists with a pager; the values are in the ids of posted messages."""

    QUEUE = "list"
    OWN = "mine"
    MODEL_HISTORY = "past"
    HISTORY = "history"
    MODELS = "models"


class ListVerb(StrEnum):
    """Actions of a pager's menus and buttons."""

    CHOOSE = "choose"
    STATUS = "status"
    CATEGORY = "category"
    BASELINE = "baseline"
    STYLE = "style"
    NEWER = "newer"
    OLDER = "older"
    PREVIOUS = "previous"
    NEXT = "next"
    BACK = "back"


STEPS: Final = {ListVerb.NEWER: -1, ListVerb.PREVIOUS: -1, ListVerb.BACK: 0, ListVerb.OLDER: 1, ListVerb.NEXT: 1}
"""Pages that a button moves on from the page in its id."""

_PLACE = r"(?P<list_id>[0-9]{1,18}):(?P<page>[0-9]{1,9})"

OPEN_QUEUE: Final = "queue:list"
"""Id and template of *Queue*, which lists the pending changes."""
OPEN_NEXT: Final = "queue:next"
"""Id and template of *Oldest pending*, which shows the next change to decide."""
PURGE_TEMPLATE: Final = r"purge:ask:(?P<purge_id>[1-9][0-9]{0,17})"


def list_template(*verbs: ListVerb) -> str:
    """Return the template of these verbs under a list of any kind."""
    return rf"(?P<kind>{'|'.join(ListKind)}):(?P<verb>{'|'.join(verbs)}):{_PLACE}"


LIST_TEMPLATES: Final = (list_template(*ListVerb), OPEN_QUEUE, OPEN_NEXT, PURGE_TEMPLATE)


def pager_id(kind: ListKind, verb: ListVerb, list_id: int, page: int) -> str:
    """Return the id of a menu or button under the page (from 0) of a list with a stored filter."""
    return f"{kind}:{verb}:{list_id}:{page}"


def purge(purge_id: int) -> str:
    """Return the id of *Purge 3…*, under the changes that a purge would remove."""
    return f"purge:ask:{purge_id}"
