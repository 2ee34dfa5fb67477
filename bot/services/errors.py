"""Errors of the services: facts, no sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.errors import BotError
from bot.services.changes import CardState


@dataclass(eq=False)
class DraftGoneError(BotError):
    """The draft was sent, discarded or has expired since its card was drawn."""

    draft_id: int


@dataclass(eq=False)
class UnknownModelError(BotError):
    """No live model has this name.

    Attributes:
        category: category that was searched, empty for all.
        name: requested name.
        close: similar names that exist.
    """

    category: str
    name: str
    close: tuple[str, ...] = ()


@dataclass(eq=False)
class CategoryNotTakenError(BotError):
    """The service takes no models of this category: it is too old, or legacy.

    Attributes:
        category: requested category.
        taken: categories in which models can be proposed.
    """

    category: str
    taken: tuple[str, ...]


class CategoryMissingError(BotError):
    """A model was proposed from JSON that does not state its category, and none was chosen."""


class LinkAndRecordError(BotError):
    """A model was proposed from a link and a file at once, which could contradict."""


@dataclass(eq=False)
class NotYourProposalError(BotError):
    """The change to revise was proposed by another person."""

    change_id: int


@dataclass(eq=False)
class NotRevisableError(BotError):
    """The change to revise is approved, being applied, or live."""

    change_id: int
    state: CardState


class NoRecordError(BotError):
    """A message holds no record: neither a JSON file nor a block of JSON."""


@dataclass(eq=False)
class DraftsFullError(BotError):
    """The person has as many drafts as allowed.

    Attributes:
        limit: drafts allowed per person.
        record: the record that was not saved, to be given back.
    """

    limit: int
    record: Mapping[str, Any] = field(repr=False)


class ServerOnlyError(BotError):
    """The command needs a server and was used in a direct message."""


class ServerNotServedError(BotError):
    """The server is not on the operator's list of allowed servers."""


class ListGoneError(BotError):
    """The filter of this list has expired."""


class ChoiceGoneError(BotError):
    """A menu returned a value it does not offer, or a message has a button of the past."""


class ManageServerError(BotError):
    """The person lacks Discord's permission *Manage Server*."""


@dataclass(eq=False)
class FollowError(BotError):
    """The request to follow is ambiguous.

    Attributes:
        problem: ``nothing`` was named, ``several`` topics were, or more than one ``category`` has the model.
        typed: the model's name, for ``category``.
    """

    problem: Literal["nothing", "several", "category"]
    typed: str = ""


@dataclass(eq=False)
class SubscriptionsFullError(BotError):
    """The person has as many subscriptions as allowed (``limit``)."""

    limit: int


@dataclass(eq=False)
class UnknownRequestorError(BotError):
    """No known requestor has the typed name."""

    typed: str


@dataclass(eq=False)
class StillSendingError(BotError):
    """A request of this person is in progress, so their data cannot be deleted yet."""

    user_id: int


@dataclass(eq=False)
class RateLimitError(BotError):
    """The person exceeded the number of actions per minute.

    Attributes:
        limit: actions allowed per minute.
        retry_at: time of the next allowed action, aware.
    """

    limit: int
    retry_at: datetime


@dataclass(eq=False)
class ReadLimitError(BotError):
    """The queue was read too often within a minute.

    Attributes:
        limit: reads allowed per person and minute; None if all people together reached theirs.
        retry_at: time of the next allowed read, aware.
    """

    limit: int | None
    retry_at: datetime


@dataclass(eq=False)
class OwnChangeError(BotError):
    """The approver proposed this change, and the server does not allow approving one's own."""

    change_id: int


class SelectionGoneError(BotError):
    """The selection has expired, or belongs to another person."""


@dataclass(eq=False)
class NumbersError(BotError):
    """The typed text is not a list of change numbers, or has more than ``limit`` of them."""

    typed: str
    limit: int


@dataclass(eq=False)
class PurgeCountError(BotError):
    """The number typed to confirm a purge is not the number of changes (``expected``)."""

    typed: str
    expected: int


class PurgeGoneError(BotError):
    """The list of changes to purge has expired, or belongs to another person."""


@dataclass(eq=False)
class UnknownModeError(BotError):
    """The typed text is not a mode of this setting.

    Attributes:
        typed: what was typed.
        known: the modes.
    """

    typed: str
    known: tuple[str, ...]


@dataclass(eq=False)
class OneQuietHourError(BotError):
    """Quiet hours were given with their beginning or their end alone (``hour``, UTC)."""

    hour: int


@dataclass(eq=False)
class BlockNeedsApproversError(BotError):
    """Too few approvers have linked to block people from approving their own changes.

    Attributes:
        known: approvers who have linked.
        needed: approvers required.
    """

    known: int
    needed: int


@dataclass(eq=False)
class RoleNotGrantableError(BotError):
    """The bot must not give this role: the admin could not, or it has dangerous permissions.

    Attributes:
        dangerous: Discord's API names of these permissions; empty where the admin lacks the right.
    """

    role_id: int
    dangerous: tuple[str, ...] = ()
