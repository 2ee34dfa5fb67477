"""The ids of every button: made here, and matched by the templates that stand beside their makers.

An id carries no secret and no authority: the service is asked with the presser's own key. Discord allows 100
characters ("Custom ID", Discord's documentation); the longest here has under 60.
"""

from enum import StrEnum

from bot.ui.list_ids import LIST_TEMPLATES

ID_LENGTH_MAX = 100


class ChangeVerb(StrEnum):
    """What a button on a card or a confirmation does with a change."""

    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"
    FULL = "full"
    CHECK = "check"
    REVISE = "revise"


class ClaimVerb(StrEnum):
    """What a button on a card does with a claim on its change."""

    TAKE = "take"
    RELEASE = "release"


class DraftVerb(StrEnum):
    """What a button on a draft card does with the draft."""

    BASICS = "basics"
    FILES = "files"
    MORE_BASICS = "basics2"
    MORE_FILES = "files2"
    DETAILS = "details"
    MORE_DETAILS = "details2"
    LICENSING = "licensing"
    MORE_LICENSING = "licensing2"
    WHY = "why"
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


class AccountVerb(StrEnum):
    """What a button beside an account does."""

    LINK = "link"
    UNLINK = "unlink"
    FORGET = "forget"
    CANCEL = "cancel"


class BulkButton(StrEnum):
    """What a button under several changes does; the changes are kept under a number."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK_APPLY = "ask"
    APPLY = "apply"


_CHANGE_FIELDS = r"(?P<change_id>[1-9][0-9]{0,17}):(?P<digest>[0-9a-f]{10})"

CHANGE_TEMPLATE = rf"change:(?P<verb>{'|'.join(ChangeVerb)}):{_CHANGE_FIELDS}"
CLAIM_TEMPLATE = rf"claim:(?P<verb>{'|'.join(ClaimVerb)}):{_CHANGE_FIELDS}"
CONFIRM_APPROVE_TEMPLATE = rf"confirm:approve:{_CHANGE_FIELDS}"
CONFIRM_CANCEL_TEMPLATE = r"confirm:cancel"
DRAFT_TEMPLATE = rf"draft:(?P<verb>{'|'.join(DraftVerb)}):(?P<draft_id>[1-9][0-9]{{0,17}})"
FIX_TEMPLATE = r"draft:fix:(?P<draft_id>[1-9][0-9]{0,17}):(?P<digest>[0-9a-f]{10})"
ACCOUNT_TEMPLATE = rf"account:(?P<verb>{'|'.join(AccountVerb)})"
SETUP_TEMPLATE = r"setup:test"
BULK_TEMPLATE = rf"bulk:(?P<verb>{'|'.join(BulkButton)}):(?P<selection_id>[1-9][0-9]{{0,17}})"
PICK_APPLY_TEMPLATE = r"bulk:pick:apply"
SUBSCRIPTION_TEMPLATE = r"subscription:mute:(?P<subscription_id>[1-9][0-9]{0,17})"

TEMPLATES = (
    CHANGE_TEMPLATE,
    CLAIM_TEMPLATE,
    CONFIRM_APPROVE_TEMPLATE,
    CONFIRM_CANCEL_TEMPLATE,
    DRAFT_TEMPLATE,
    FIX_TEMPLATE,
    ACCOUNT_TEMPLATE,
    SETUP_TEMPLATE,
    *LIST_TEMPLATES,
    BULK_TEMPLATE,
    PICK_APPLY_TEMPLATE,
    SUBSCRIPTION_TEMPLATE,
)
"""Every template; no id matches two of them, because discord.py would run both callbacks."""


def change_template(verb: ChangeVerb) -> str:
    """The template of one verb, for a class that serves only that button."""
    return rf"change:{verb}:{_CHANGE_FIELDS}"


def claim_template(verb: ClaimVerb) -> str:
    """The template of *Claim* or of *Release*, for a class that serves only that button."""
    return rf"claim:{verb}:{_CHANGE_FIELDS}"


def draft_template(*verbs: DraftVerb) -> str:
    """The template of one or more verbs of a draft card, for a class that serves only those buttons."""
    return rf"draft:(?P<verb>{'|'.join(verbs)}):(?P<draft_id>[1-9][0-9]{{0,17}})"


def account_template(verb: AccountVerb) -> str:
    """The template of one account button."""
    return rf"account:{verb}"


def change(verb: ChangeVerb, change_id: int, digest: str) -> str:
    """The id of a card's button; ``digest`` binds the press to what the card showed."""
    return f"change:{verb}:{change_id}:{digest}"


def claim(verb: ClaimVerb, change_id: int, digest: str) -> str:
    """The id of *Claim* or *Release* on a card; ``digest`` as in ``change``."""
    return f"claim:{verb}:{change_id}:{digest}"


def confirm_approve(change_id: int, digest: str) -> str:
    """The id of the press that decides, on the confirmation."""
    return f"confirm:approve:{change_id}:{digest}"


def confirm_cancel() -> str:
    """The id of *Cancel* on a confirmation."""
    return "confirm:cancel"


def draft(verb: DraftVerb, draft_id: int) -> str:
    """The id of a draft card's button."""
    return f"draft:{verb}:{draft_id}"


def fix(draft_id: int, digest: str) -> str:
    """Return the id of a *Fix* button; ``digest`` binds it to the corrected value."""
    return f"draft:fix:{draft_id}:{digest}"


def subscription_mute(subscription_id: int) -> str:
    """The id of *Mute* in a message that tells a follower."""
    return f"subscription:mute:{subscription_id}"


def account(verb: AccountVerb) -> str:
    """The id of a button beside an account."""
    return f"account:{verb}"


def setup_test() -> str:
    """The id of *Test again* under the setup."""
    return "setup:test"


def bulk_template(verb: BulkButton) -> str:
    """The template of one button under several changes."""
    return rf"bulk:{verb}:(?P<selection_id>[1-9][0-9]{{0,17}})"


def bulk(verb: BulkButton, selection_id: int) -> str:
    """The id of a button under several changes that somebody chose."""
    return f"bulk:{verb}:{selection_id}"


def pick_apply() -> str:
    """The id of the menu from which approved changes are chosen."""
    return "bulk:pick:apply"
