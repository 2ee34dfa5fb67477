"""Reader of the queue for people: with their own key if linked, else the reader key."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass

from pydantic import SecretStr

from bot.identity.accounts import Accounts
from bot.identity.errors import NotLinkedError, UnreadableKeyError
from bot.identity.standing import Role, Standing
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.errors import ApiError, ForbiddenError, NotFoundError, ReadOnlyError
from bot.reference.models import PendingChange
from bot.reference.queue_pages import ChangePage
from bot.services.catalogue import Catalogue
from bot.services.pages import BEYOND, ListFilter, Window
from bot.services.reader_key import with_reader_key

SEARCHED = 100
"""Newest changes to read and search; the service can only filter by a part of the name."""


@dataclass(slots=True)
class QueueReader:
    """Reads with the reader key; where the service hides its queue, with the person's key."""

    accounts: Accounts
    client: ReferenceClient
    catalogue: Catalogue
    reader_key: SecretStr

    async def key_of(self, user_id: int) -> SecretStr:
        """Return the key to read with for a person.

        Raises:
            NotLinkedError: they have none, and this service shows its queue to approvers only.
            ApiError: the service did not say whether it does.
        """
        try:
            return (await self.accounts.actor(user_id)).key
        except (NotLinkedError, UnreadableKeyError):
            if await self.client.conceals_queue():
                raise
        return self.reader_key

    async def require_access(self, user_id: int) -> None:
        """Require that the service would show this person what the bot read with the reader key.

        Raises:
            NotLinkedError, MissingRoleError: it shows its queue to approvers only.
            ApiError: the service did not say whether it does.
        """
        if await self.client.conceals_queue():
            await self.accounts.actor(user_id, needs=Role.APPROVER)

    def sees_all(self, user_id: int) -> bool:
        """Return whether this person may see the whole queue; from memory, for autocompletion."""
        return not self.client.may_conceal_queue or _is_approver(self.accounts.peek(user_id))

    async def may_read_all(self, user_id: int) -> bool:
        """Return whether this person may read the whole queue, by the role as last read.

        Raises:
            ApiError: the service did not say whether it shows its queue to approvers only.
        """
        return not await self.client.conceals_queue() or _is_approver(await self.accounts.standing(user_id))

    async def page(self, user_id: int, wanted: ListFilter, window: Window) -> ChangePage:
        """Read a window of the queue, oldest first, with the total that matches.

        Raises:
            NotLinkedError: as :meth:`key_of`.
            ReadOnlyError: a replica, which has no queue; or the queue is disabled.
            ApiError: the service did not answer, or does not show this person its queue.
        """
        key = await self.key_of(user_id)
        async with self.explain(key):
            return await self.client.changes(
                key,
                statuses=wanted.statuses,
                categories=wanted.categories,
                model_name=wanted.model or None,
                requested_by=(wanted.requestor,) if wanted.requestor else (),
                offset=window.offset,
                limit=window.limit,
            )

    async def newest(self, user_id: int, wanted: ListFilter) -> tuple[Sequence[PendingChange], int]:
        """Read the newest ``SEARCHED`` matches, oldest first; return them and the total.

        Two requests; errors as :meth:`page`.
        """
        matching = (await self.page(user_id, wanted, BEYOND)).total
        if not matching:
            return (), 0
        first = max(0, matching - SEARCHED)
        return (await self.page(user_id, wanted, Window(first, matching - first))).items, matching

    async def change(self, user_id: int, change_id: int) -> PendingChange | None:
        """Read one change, None without it; own changes also where the queue is hidden.

        Raises:
            NotLinkedError, ReadOnlyError, ApiError: as :meth:`page`.
        """
        try:
            key = await self.key_of(user_id)
            async with self.explain(key):
                return await self.client.change(key, change_id)
        except NotFoundError:
            return None
        except ForbiddenError as refusal:
            return await self._own(user_id, change_id, refusal)

    async def _own(self, user_id: int, change_id: int, refusal: ForbiddenError) -> PendingChange:
        """Read a change with the reader key if it is this person's, else raise ``refusal``."""
        standing = await self.accounts.standing(user_id)
        try:
            change = await self.client.change(self.reader_key, change_id)
        except ApiError:
            raise refusal from None
        if standing is None or change.requested_by != standing.horde.user_id:
            raise refusal
        return change

    @asynccontextmanager
    async def explain(self, key: SecretStr) -> AsyncIterator[None]:
        """Report a refused reader key as such, and a replica as one.

        For a single change and for the log, the service only says "no queue".

        Raises:
            ReaderKeyError: ``key`` is the reader key, and was refused.
            ReadOnlyError: with the deployment's reason.
        """
        try:
            with with_reader_key() if key is self.reader_key else nullcontext():
                yield
        except ReadOnlyError as error:
            if error.kind == "queue_disabled":
                assert_pending_queue_write_enabled(await self.catalogue.refresh_deployment())
            raise


def _is_approver(standing: Standing | None) -> bool:
    return standing is not None and standing.may(Role.APPROVER)
