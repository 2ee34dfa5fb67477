"""Reads the queue for people: with their own key where they have linked one, else with the bot's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from bot.identity.accounts import Accounts
from bot.identity.errors import NotLinkedError, UnreadableKeyError
from bot.identity.standing import Role
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.errors import ApiError, ForbiddenError, NotFoundError, ReadOnlyError
from bot.reference.models import ChangePage, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.queue.listing import ListFilter, Window

BEYOND = Window(10**9, 1)
"""Past the end of every queue: the answer is a count and nothing else."""


@dataclass(slots=True)
class QueueReader:
    """The queue is public where the service shows it to any key; where it does not, everybody reads for themselves."""

    accounts: Accounts
    client: ReferenceClient
    catalogue: Catalogue
    reader_key: SecretStr

    async def key_of(self, user_id: int) -> SecretStr:
        """The key to read with for a person.

        Raises:
            NotLinkedError: they have none, and this service shows its queue to approvers alone.
            ApiError: the service could not be asked what it is.
        """
        try:
            return (await self.accounts.actor(user_id)).key
        except (NotLinkedError, UnreadableKeyError):
            if await self.client.conceals_queue():
                raise
        return self.reader_key

    async def assert_shown(self, user_id: int) -> None:
        """Make sure that what the bot read with its own key, the service would show this person too.

        Raises:
            NotLinkedError, MissingRoleError: it shows its queue to approvers alone.
            ApiError: the service could not be asked.
        """
        if await self.client.conceals_queue():
            await self.accounts.actor(user_id, needs=Role.APPROVER)

    def sees_all(self, user_id: int) -> bool:
        """Return whether the service would show the whole queue to this person; from memory, for autocompletion."""
        if not self.client.may_conceal_queue:
            return True
        standing = self.accounts.peek(user_id)
        return standing is not None and standing.may(Role.APPROVER)

    async def page(self, user_id: int, wanted: ListFilter, window: Window) -> ChangePage:
        """A part of the queue, oldest first, and how much matches in all.

        Raises:
            NotLinkedError: as :meth:`key_of`.
            ReadOnlyError: a replica, which has no queue; or the queue is switched off.
            ApiError: the service did not answer, or does not show this person its queue.
        """
        return await self.client.changes(
            await self.key_of(user_id),
            statuses=wanted.statuses,
            categories=wanted.categories,
            model_name=wanted.model or None,
            requested_by=(wanted.requestor,) if wanted.requestor else (),
            offset=window.offset,
            limit=window.limit,
        )

    async def change(self, user_id: int, change_id: int) -> PendingChange | None:
        """One change, None when the service does not have it. One's own is shown also where the queue is hidden.

        Raises:
            NotLinkedError, ReadOnlyError, ApiError: as :meth:`page`.
        """
        try:
            async with self.telling_why():
                return await self.client.change(await self.key_of(user_id), change_id)
        except NotFoundError:
            return None
        except ForbiddenError as refusal:
            return await self._own(user_id, change_id, refusal)

    async def _own(self, user_id: int, change_id: int, refusal: ForbiddenError) -> PendingChange:
        """Look with the bot's key at what the service does not show this person, and pass on what is their own."""
        standing = await self.accounts.standing(user_id)
        try:
            change = await self.client.change(self.reader_key, change_id)
        except ApiError:
            raise refusal from None
        if standing is None or change.requested_by != standing.horde.user_id:
            raise refusal
        return change

    @asynccontextmanager
    async def telling_why(self) -> AsyncIterator[None]:
        """Have a replica say that it is one: of a single change, and of its log, it says only that it has no queue.

        Raises:
            ReadOnlyError: with the reason, instead of the service's.
        """
        try:
            yield
        except ReadOnlyError as error:
            if error.kind == "queue_disabled":
                assert_pending_queue_write_enabled(await self.catalogue.current_deployment())
            raise
