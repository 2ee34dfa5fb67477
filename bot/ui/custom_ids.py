"""Custom ids of all buttons, and the templates that match them.

An id contains no secret and gives no permission: requests use the key of the person who pressed. Discord allows 100
characters ("Custom ID", Discord's documentation); the longest here has under 60.
"""

from enum import StrEnum

from bot.services.model_names import short_digest
from bot.ui.list_ids import LIST_TEMPLATES

NUMBER_LENGTH_MAX = 18


class ChangeVerb(StrEnum):
    """Action of a button on a card or a confirmation."""

    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"
    FULL = "full"
    CHECK = "check"
    HOSTS = "hosts"
    REVISE = "revise"
    OPEN = "open"
    WITHDRAW = "withdraw"
    REJECT_REPLACED = "replaced"
    ASK = "ask"


class ClaimVerb(StrEnum):
    """Action of a button for claims."""

    TAKE = "take"
    RELEASE = "release"


class DraftVerb(StrEnum):
    """Action of a button on a draft card."""

    BASICS = "basics"
    FILES = "files"
    MORE_BASICS = "basics2"
    MORE_FILES = "files2"
    DETAILS = "details"
    MORE_DETAILS = "details2"
    LICENSING = "licensing"
    MORE_LICENSING = "licensing2"
    WHY = "why"
    EDIT = "edit"
    MORE = "more"
    UNDO = "undo"
    SUBMIT = "submit"
    DELETE = "delete"
    RAW = "raw"
    GIVE = "give"
    BACK = "back"
    DISCARD = "discard"
    LOOK = "look"
    OFFER = "offer"
    CATEGORY = "category"
    NSFW_YES = "nsfw-yes"
    NSFW_NO = "nsfw-no"
    HOSTS = "hosts"
    TAKE_HOSTS = "take-hosts"
    TAKE_LINKS = "take-links"


class AccountVerb(StrEnum):
    """Action of a button on an account screen."""

    LINK = "link"
    UNLINK = "unlink"
    FORGET = "forget"
    CANCEL = "cancel"


class ModelVerb(StrEnum):
    """Action of a button for a live model."""

    UPDATE = "update"
    DELETE = "delete"
    FOLLOW = "follow"


class BulkButton(StrEnum):
    """Action of a button for a stored selection of changes."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK_APPLY = "ask"
    APPLY = "apply"


class VerifyVerb(StrEnum):
    """Action of a button beside a live model that its host refutes."""

    UPDATE = "update"
    DELETE = "delete"


_CHANGE_FIELDS = r"(?P<change_id>[1-9][0-9]{0,17}):(?P<digest>[0-9a-f]{10})"

CHANGE_TEMPLATE = rf"change:(?P<verb>{'|'.join(ChangeVerb)}):{_CHANGE_FIELDS}"
CLAIM_TEMPLATE = rf"claim:(?P<verb>{'|'.join(ClaimVerb)}):{_CHANGE_FIELDS}"
CONFIRM_APPROVE_TEMPLATE = rf"confirm:approve:{_CHANGE_FIELDS}"
CONFIRM_CANCEL = "confirm:cancel"
"""Id and template of *Cancel* on a confirmation."""
CONFIRM_PUBLISH_TEMPLATE = rf"confirm:publish:{_CHANGE_FIELDS}"
DRAFT_TEMPLATE = rf"draft:(?P<verb>{'|'.join(DraftVerb)}):(?P<draft_id>[1-9][0-9]{{0,17}})"
FIX_TEMPLATE = r"draft:fix:(?P<draft_id>[1-9][0-9]{0,17}):(?P<digest>[0-9a-f]{10})"
ACCOUNT_TEMPLATE = rf"account:(?P<verb>{'|'.join(AccountVerb)})"
MODEL_TEMPLATE = rf"model:(?P<verb>{'|'.join(ModelVerb)}):(?P<category>[a-z_]{{1,40}}):(?P<model>name:[0-9a-f]{{24}})"
HELP_TEMPLATE = r"help:(?P<part>all|short)"
SETUP_TEMPLATE = r"setup:test"
SETUP_MENU_TEMPLATE = r"setup:choose:(?P<setting>[a-z_]{1,40})"
SETUP_PUT_TEMPLATE = r"setup:(?P<how>put|undo):(?P<setting>[a-z_]{1,40}):(?P<value>[a-z0-9]{1,20})"
BULK_TEMPLATE = rf"bulk:(?P<verb>{'|'.join(BulkButton)}):(?P<selection_id>[1-9][0-9]{{0,17}})"
PICK_APPLY = "bulk:pick:apply"
"""Id and template of the menu of approved changes."""
SUBSCRIPTION_TEMPLATE = r"subscription:mute:(?P<subscription_id>[1-9][0-9]{0,17})"
VERIFY_TEMPLATE = (
    rf"verify:(?P<verb>{'|'.join(VerifyVerb)}):(?P<category>[a-z_]{{1,40}}):(?P<name_digest>[0-9a-f]{{12}})"
)

TEMPLATES = (
    CHANGE_TEMPLATE,
    CLAIM_TEMPLATE,
    CONFIRM_APPROVE_TEMPLATE,
    CONFIRM_CANCEL,
    CONFIRM_PUBLISH_TEMPLATE,
    DRAFT_TEMPLATE,
    FIX_TEMPLATE,
    ACCOUNT_TEMPLATE,
    MODEL_TEMPLATE,
    HELP_TEMPLATE,
    SETUP_TEMPLATE,
    SETUP_MENU_TEMPLATE,
    SETUP_PUT_TEMPLATE,
    *LIST_TEMPLATES,
    BULK_TEMPLATE,
    PICK_APPLY,
    SUBSCRIPTION_TEMPLATE,
    VERIFY_TEMPLATE,
)
"""All templates; no id may match two of them, because discord.py would run both callbacks."""


def change_template(verb: ChangeVerb) -> str:
    """Return the template of one verb, for a class with only this button."""
    return rf"change:{verb}:{_CHANGE_FIELDS}"


def claim_template(verb: ClaimVerb) -> str:
    """Return the template of *Claim* or of *Release*, for a class with only this button."""
    return rf"claim:{verb}:{_CHANGE_FIELDS}"


def draft_template(*verbs: DraftVerb) -> str:
    """Return the template of some verbs of a draft card, for a class with only these buttons."""
    return rf"draft:(?P<verb>{'|'.join(verbs)}):(?P<draft_id>[1-9][0-9]{{0,17}})"


def model_template(verb: ModelVerb) -> str:
    """Return the template of one verb for a live model."""
    return rf"model:{verb}:(?P<category>[a-z_]{{1,40}}):(?P<model>name:[0-9a-f]{{24}})"


def account_template(verb: AccountVerb) -> str:
    """Return the template of an account button."""
    return rf"account:{verb}"


def change(verb: ChangeVerb, change_id: int, digest: str) -> str:
    """Return the id of a card's button; ``digest`` binds the press to the content shown."""
    return f"change:{verb}:{change_id}:{digest}"


def claim(verb: ClaimVerb, change_id: int, digest: str) -> str:
    """Return the id of *Claim* or *Release* on a card; ``digest`` as in ``change``."""
    return f"claim:{verb}:{change_id}:{digest}"


def confirm_approve(change_id: int, digest: str) -> str:
    """Return the id of *Approve* on a confirmation."""
    return f"confirm:approve:{change_id}:{digest}"


def confirm_publish(change_id: int, digest: str) -> str:
    """Return the id of *Approve and apply* on a confirmation."""
    return f"confirm:publish:{change_id}:{digest}"


def draft(verb: DraftVerb, draft_id: int) -> str:
    """Return the id of a draft card's button."""
    return f"draft:{verb}:{draft_id}"


def fix(draft_id: int, digest: str) -> str:
    """Return the id of a *Fix* button; ``digest`` binds it to the corrected value."""
    return f"draft:fix:{draft_id}:{digest}"


def verify(verb: VerifyVerb, category: str, name_digest: str) -> str:
    """Return the id of a button that proposes a change of a live model."""
    return f"verify:{verb}:{category}:{name_digest}"


def subscription_mute(subscription_id: int) -> str:
    """Return the id of *Mute* in a message to a subscriber."""
    return f"subscription:mute:{subscription_id}"


def model(verb: ModelVerb, category: str, name: str) -> str:
    """Return the id of a button for a live model, whose name becomes a digest."""
    return f"model:{verb}:{category}:{short_digest(name)}"


def account(verb: AccountVerb) -> str:
    """Return the id of a button on an account screen."""
    return f"account:{verb}"


def help_part(*, is_all: bool) -> str:
    """Return the id of the button that shows all commands, or the short help again."""
    return f"help:{'all' if is_all else 'short'}"


def setup_test() -> str:
    """Return the id of *Test again* on the setup screen."""
    return "setup:test"


def setup_menu(setting: str) -> str:
    """Return the id of the menu of one setting."""
    return f"setup:choose:{setting}"


def setup_put(setting: str, value: int | str | None, *, is_undo: bool = False) -> str:
    """Return the id of a button that sets a value, or sets it back."""
    return f"setup:{'undo' if is_undo else 'put'}:{setting}:{'none' if value is None else value}"


def bulk_template(verb: BulkButton) -> str:
    """Return the template of a button for a selection of changes."""
    return rf"bulk:{verb}:(?P<selection_id>[1-9][0-9]{{0,17}})"


def bulk(verb: BulkButton, selection_id: int) -> str:
    """Return the id of a button for a selection of changes."""
    return f"bulk:{verb}:{selection_id}"


def parse_number(value: str) -> int:
    """Parse an id; ``ValueError`` for other text, or if larger than the database stores."""
    if not (value.isascii() and value.isdigit() and len(value) <= NUMBER_LENGTH_MAX):
        raise ValueError(value)
    return int(value)
