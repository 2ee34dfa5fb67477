"""Failures of the decisions themselves; each carries facts, none has sentences."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from bot.errors import BotError
from bot.services.changes import CardState


class DraftGoneError(BotError):
    """The draft was sent, discarded or has expired since its card was drawn."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


class UnknownModelError(BotError):
    """There is no live model of this name.

    Attributes:
        category: where it was looked for.
        name: what was asked for.
        close: names that look like it.
    """

    def __init__(self, category: str, name: str, close: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.category = category
        self.name = name
        self.close = close


class CategoryNotTakenError(BotError):
    """The service takes no models of this category: it is older than they are, or keeps its reference as legacy.

    Attributes:
        category: what was asked for.
        taken: the categories in which models can be proposed.
    """

    def __init__(self, category: str, taken: tuple[str, ...]) -> None:
        super().__init__(category)
        self.category = category
        self.taken = taken


class NameMismatchError(BotError):
    """The name that was typed to confirm a delete is not the model's.

    Attributes:
        typed: what was typed.
        expected: what should have been.
    """

    def __init__(self, typed: str, expected: str) -> None:
        super().__init__(typed)
        self.typed = typed
        self.expected = expected


class NotYourProposalError(BotError):
    """Somebody else proposed the change that shall be taken up again."""

    def __init__(self, change_id: int) -> None:
        super().__init__(change_id)
        self.change_id = change_id


class NotRejectedError(BotError):
    """The change that shall be taken up again is in the queue, or live.

    Attributes:
        state: what it is.
    """

    def __init__(self, change_id: int, state: CardState) -> None:
        super().__init__(change_id)
        self.change_id = change_id
        self.state = state


class NoRecordError(BotError):
    """A message holds no record: neither a JSON file nor a block of JSON."""


class DraftsFullError(BotError):
    """The person keeps as many drafts as may be kept.

    Attributes:
        limit: how many that is.
        record: what would have been the next one, so that nothing typed is lost.
    """

    def __init__(self, limit: int, record: Mapping[str, Any]) -> None:
        super().__init__(limit)
        self.limit = limit
        self.record = record


class ServerOnlyError(BotError):
    """What was asked needs a server; it was asked in a direct message."""


class ServerNotServedError(BotError):
    """The operator has not put the server on the list of those that may use the bot."""


class ListGoneError(BotError):
    """The list was drawn so long ago that nobody knows any more what it was narrowed to."""


class FollowError(BotError):
    """It is not clear what shall be followed.

    Attributes:
        problem: ``nothing`` was named, ``several`` things were, or more than one ``category`` has the model.
        typed: the model's name, where it is about one.
    """

    def __init__(self, problem: Literal["nothing", "several", "category"], typed: str = "") -> None:
        super().__init__(problem, typed)
        self.problem = problem
        self.typed = typed


class SubscriptionsFullError(BotError):
    """The person follows as many things as one may; ``limit`` is how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class UnknownRequestorError(BotError):
    """A list was to be narrowed to a requestor whom nobody knows.

    Attributes:
        typed: what was typed.
    """

    def __init__(self, typed: str) -> None:
        super().__init__(typed)
        self.typed = typed


class StillSendingError(BotError):
    """A request of theirs is on its way, so that what is stored about them cannot be deleted just now."""

    def __init__(self, user_id: int) -> None:
        super().__init__(user_id)
        self.user_id = user_id


class TooFastError(BotError):
    """The person has taken as many actions as anybody may in a minute.

    Attributes:
        limit: how many that is.
        retry_at: when the next one may be taken, aware.
    """

    def __init__(self, limit: int, retry_at: datetime) -> None:
        super().__init__(limit)
        self.limit = limit
        self.retry_at = retry_at


class OwnChangeError(BotError):
    """The change is the approver's own, and the server lets another decide."""

    def __init__(self, change_id: int) -> None:
        super().__init__(change_id)
        self.change_id = change_id


class SelectionGoneError(BotError):
    """What was chosen is not kept any more, or somebody else chose it."""


class NumbersError(BotError):
    """What was typed are not numbers of changes, or too many of them.

    Attributes:
        typed: what was typed.
        limit: how many there may be.
    """

    def __init__(self, typed: str, limit: int) -> None:
        super().__init__(typed)
        self.typed = typed
        self.limit = limit


class PurgeCountError(BotError):
    """Another number was typed than there are changes to purge.

    Attributes:
        typed: what was typed.
        expected: how many changes would leave.
    """

    def __init__(self, typed: str, expected: int) -> None:
        super().__init__(typed)
        self.typed = typed
        self.expected = expected


class PurgeGoneError(BotError):
    """What a purge would take away was shown too long ago, or to somebody else."""
