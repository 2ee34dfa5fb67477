"""Lets requests through while the service answers, and answers in its stead while it does not."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from bot.reference import replies
from bot.reference.breaker import Breaker
from bot.reference.errors import ApiError, ServiceAwayError, is_outage
from bot.reference.models import HeartBeat
from bot.reference.requests import Request
from bot.reference.transport import Reply, Transport


class Gate:
    """Stands before the one service that a transport leads to."""

    def __init__(
        self,
        transport: Transport,
        *,
        heartbeat: Request,
        monotonic: Callable[[], float],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Be open for everything.

        Args:
            transport: The way to the service.
            heartbeat: The question by which a service that was away is tried.
            monotonic: Seconds on a clock that nobody sets.
            jitter: A random share from 0 up to 1.
        """
        self._transport = transport
        self._heartbeat = heartbeat
        self._breaker = Breaker(now=monotonic, jitter=jitter)
        self._trying = asyncio.Lock()
        self._deafening = 0

    @property
    def next_try_at(self) -> datetime | None:
        """When the service is tried again; ``None`` while it is asked as ever."""
        wait_s = self._breaker.wait_s()
        return None if wait_s is None else self._transport.now() + timedelta(seconds=wait_s)

    async def send[T](self, request: Request, read: Callable[[Reply], T]) -> T:
        """Ask once and read the answer.

        Raises:
            ServiceAwayError: Not asked: it has not answered for a while, nor now when it was tried.
            ApiError: As the transport and ``read`` say.
        """
        await self._let_through()
        with self._deafened(request):
            return await self._noted(request, read)

    async def _let_through(self) -> None:
        if self._breaker.wait_s() == 0:
            async with self._trying:  # one tries, the others learn what came of it
                if self._breaker.wait_s() == 0:
                    await self._try()
        if (next_try_at := self.next_try_at) is not None:
            raise ServiceAwayError(self._breaker.reason, next_try_at=next_try_at)

    async def _try(self) -> None:
        read = partial(replies.parse, build=HeartBeat.model_validate, is_write=False)
        try:
            await self._noted(self._heartbeat, read)
        except ApiError as error:
            if not is_outage(error):
                self._breaker.succeed()

    async def _noted[T](self, request: Request, read: Callable[[Reply], T]) -> T:
        try:
            answer = read(await self._transport.send(request))
        except ApiError as error:
            if error.status is not None and not is_outage(error):
                self._breaker.succeed()
            elif is_outage(error) and not self._deafening:
                self._breaker.fail(error.detail)
            raise
        self._breaker.succeed()
        return answer

    @contextmanager
    def _deafened(self, request: Request) -> Iterator[None]:
        """Count no silence while the service does what keeps it from answering anybody: it is not away."""
        self._deafening += request.deafens
        try:
            yield
        finally:
            self._deafening -= request.deafens
