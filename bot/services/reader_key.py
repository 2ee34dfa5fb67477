"""The reader key, which only polls the queue, and the reasons why it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr

from bot.errors import BotError
from bot.identity.accounts import Actor
from bot.identity.errors import IdentityError, KeyShapeError, UnknownKeyError
from bot.identity.horde import HordeClient, find_user
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.errors import ForbiddenError, NotFoundError, UnauthorizedError
from bot.reference.models import ChangeStatus
from bot.reference.queue_pages import ChangePage

SETTING = "CURATOR_READER_KEY"


class ReaderProblem(StrEnum):
    """Reason why the queue cannot be read with the reader key."""

    UNKNOWN_KEY = "unknown_key"
    """AI-Horde says that no account has the key: it was revoked or mistyped."""

    NO_ROLE = "no_role"
    """The service shows its queue to approvers only (3.0.0), and the key does not belong to one."""

    UNCONFIRMED = "unconfirmed"
    """The service could not confirm the key; AI-Horde may be busy."""


_REMEDIES = {
    ReaderProblem.UNKNOWN_KEY: f"AI-Horde does not know the reader key: set {SETTING} to a valid key, or remove it",
    ReaderProblem.NO_ROLE: f"the queue is shown to approvers only: set {SETTING} to an approver's key",
    ReaderProblem.UNCONFIRMED: f"the service could not confirm the reader key; if this lasts, check {SETTING}",
}


def remedy_of(problem: ReaderProblem) -> str:
    """Return the cause and the remedy in one line, for an operator."""
    return _REMEDIES[problem]


class ReaderKeyError(BotError):
    """The service refuses the reader key.

    Attributes:
        problem: the cause; of ``UNCONFIRMED`` a retry may help.
    """

    def __init__(self, problem: ReaderProblem = ReaderProblem.NO_ROLE) -> None:
        super().__init__(remedy_of(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ReaderKeyCheck:
    """Check of the reader key against AI-Horde itself, which tells a revoked key from an outage."""

    key: SecretStr
    horde: HordeClient

    async def is_unknown(self) -> bool:
        """Return whether AI-Horde knows no account of the key; False if it does not answer."""
        try:
            await find_user(self.key, self.horde)
        except (UnknownKeyError, KeyShapeError):
            return True
        except IdentityError:
            return False
        return False


@contextmanager
def with_reader_key() -> Iterator[None]:
    """Distinguish a refusal of the reader key from one of the person's key.

    Raises:
        ReaderKeyError: instead of the service's refusal.
    """
    try:
        yield
    except ForbiddenError:
        raise ReaderKeyError(ReaderProblem.NO_ROLE) from None
    except UnauthorizedError:
        raise ReaderKeyError(ReaderProblem.UNCONFIRMED) from None


async def read_own_changes(
    client: ReferenceClient,
    actor: Actor,
    reader_key: SecretStr,
    *,
    offset: int,
    limit: int,
    statuses: tuple[ChangeStatus, ...] = (),
    categories: tuple[str, ...] = (),
) -> ChangePage:
    """Read a page of a person's own changes, oldest first.

    Release 3.0.0 has no list of them and shows requestors nothing; there the reader key finds their proposals.

    Raises:
        ReaderKeyError: the service refuses the reader key.
        ApiError: the service did not answer.
    """
    try:
        return await client.my_changes(actor.key, statuses=statuses, categories=categories, offset=offset, limit=limit)
    except NotFoundError as error:
        if not error.is_route_missing:
            raise
    is_own_key = Role.APPROVER in actor.roles
    with nullcontext() if is_own_key else with_reader_key():
        return await client.changes(
            actor.key if is_own_key else reader_key,
            statuses=statuses,
            categories=categories,
            requested_by=(actor.horde.user_id,),
            offset=offset,
            limit=limit,
        )
