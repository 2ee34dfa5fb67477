"""Sends requests as the retry policy decides, to whatever generation of the service turns out to answer."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import stamina
import structlog

from bot.reference import limits, replies
from bot.reference.document import ServiceDocument, read_document
from bot.reference.errors import (
    ApiError,
    ForbiddenError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.gate import Gate
from bot.reference.generations import NEWEST, Generation, generation_of
from bot.reference.models import MyRoles
from bot.reference.requests import Request, Requests
from bot.reference.retry import RetryDecision
from bot.reference.routes import RouteNames
from bot.reference.transport import Reply, Transport

_log = structlog.stdlib.get_logger(__name__)


class Caller:
    """Knows which generation answers, once it has asked, and speaks to it so; keeps no key.

    A generation that was given counts for good. One that was found out is asked for anew after a sign that the
    service may have been replaced meanwhile (see :meth:`reconsider`).
    """

    def __init__(
        self,
        transport: Transport,
        *,
        generation: Generation | None,
        time_limits: limits.TimeLimits,
        monotonic: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._time_limits = time_limits
        self._generation = generation
        self._is_given = generation is not None
        self._document: ServiceDocument | None = None
        self._is_doubted = False
        self._learning = asyncio.Lock()
        self.root = Requests(NEWEST(), time_limits)
        """Builds the few requests that are the same in every generation."""
        self._gate = Gate(transport, heartbeat=self.root.probe(RouteNames.get_heartbeat), monotonic=monotonic)

    async def requests(self) -> Requests:
        """Give what builds requests for the generation that answers.

        Raises:
            ApiError: Nobody answers, so it is not known yet.
        """
        return Requests(await self.generation(), self._time_limits)

    async def generation(self) -> Generation:
        """Tell the generation, asking for it the first time; errors as :meth:`requests`."""
        if self._generation is None:
            async with self._learning:
                if self._generation is None:
                    await self._learn()
        assert self._generation is not None  # noqa: S101 - learned above, or an error was raised
        return self._generation

    @property
    def service_date(self) -> datetime | None:
        """The service's clock with its last answer, None while it has told none."""
        return self._transport.service_date

    @property
    def known_generation(self) -> Generation | None:
        """The generation that answers, None while it has not been asked."""
        return self._generation

    @property
    def known_document(self) -> ServiceDocument | None:
        """What the service said of itself, None while it has not been asked."""
        return self._document

    async def document(self) -> ServiceDocument:
        """Give what the service says of itself, asked for once.

        Raises:
            ApiError: It says nothing, or cannot be asked.
        """
        if self._document is None:
            self._document = await self.ask(self.root.document(), read_document)
        return self._document

    async def reconsider(self) -> ServiceDocument | None:
        """Ask again what the service is if it was not known yet, or may have been replaced; for when it is up.

        Returns:
            What it says of itself, None while it does not.
        """
        if self._document is None or self._is_doubted:
            try:
                self._take(await self.ask(self.root.document(), read_document, attempts=1))
            except ApiError:
                return self._document
        return self._document

    async def ask_or[T](self, request: Request, build: Callable[[Any], T], *, absent: T) -> T:
        """Ask for something that there may not be; ``absent`` stands for a 404 that is not about the route."""
        try:
            return await self.ask(request, build)
        except NotFoundError as error:
            if error.is_route_missing:
                raise
            return absent

    async def ask[T](
        self,
        request: Request,
        build: Callable[[Any], T],
        *,
        attempts: int = limits.ATTEMPTS,
        confirms_key: bool = True,
    ) -> T:
        """Ask, and build a value of the answer's JSON."""
        read = partial(replies.parse, build=build, is_write=request.is_write)
        return await self.send(request, read, attempts=attempts, confirms_key=confirms_key)

    async def send[T](
        self,
        request: Request,
        read: Callable[[Reply], T],
        *,
        attempts: int = limits.ATTEMPTS,
        confirms_key: bool = True,
    ) -> T:
        """Ask, and read the answer whatever its status."""

        async def attempt() -> T:
            try:
                return await self._gate.send(request, read)
            except UnauthorizedError as error:
                raise await self._told_apart(error, request) from None

        # without arguments of its own: stamina's hooks would log them
        caller = stamina.AsyncRetryingCaller(attempts=attempts, timeout=limits.RETRY_BUDGET)
        try:
            return await caller(RetryDecision(confirms_key=confirms_key), attempt)
        except ApiError as error:
            self._is_doubted = self._is_doubted or _hints_at_another_service(error)
            raise

    async def _told_apart(self, error: UnauthorizedError, request: Request) -> ApiError:
        """Tell a missing role from a bad key, where the service answers both alike (3.0.0)."""
        if self._generation is None or not self._generation.conceals_roles:
            return error
        if request.needs is None or request.key is None or error.status is None:
            return error
        try:
            question = Requests(self._generation, self._time_limits).read(RouteNames.get_my_roles, request.key)
            read = partial(replies.parse, build=MyRoles.model_validate, is_write=False)
            mine = await self._gate.send(question, read)
        except ApiError:
            return error
        if mine.roles & {request.needs, "approver"}:  # an approver is a requestor too
            return error
        return ForbiddenError(f"You are not on the pending queue {request.needs} list.", status=error.status)

    async def _learn(self) -> None:
        try:
            self._take(await self.ask(self.root.document(), read_document))
        except (NotFoundError, MalformedReplyError):  # it keeps its document to itself
            self._generation = NEWEST()

    def _take(self, document: ServiceDocument) -> None:
        self._document = document
        self._is_doubted = False
        if self._is_given:
            return
        found = generation_of(document)
        if self._generation is None or self._generation.number != found.number:
            _log.info("service_generation", generation=found.number, version=document.version)
        self._generation = found


def _hints_at_another_service(error: ApiError) -> bool:
    """Whether a failure could mean that another version was started since: it was away, or a route is gone."""
    match error:
        case NotFoundError(is_route_missing=True) | ReadOnlyError(kind="format") | MalformedReplyError():
            return True
        case UnavailableError(status=None):
            return True
    return False
