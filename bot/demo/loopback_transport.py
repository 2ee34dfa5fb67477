"""HTTP transport for a bot in the simulation; real sockets keep httpx's timeouts real."""

import asyncio
from dataclasses import dataclass
from typing import Self, override

import httpx
import simcord

from bot.demo.simcord_seams import is_parked_outside, owns
from bot.tls import tls_context

DEMO_GRACE_S = 1.0
"""Seconds that a page waits for a slow service before it continues without the answer."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A request, its future answer, and the future that ends the wait."""

    request: httpx.Request
    answer: asyncio.Future[httpx.Response]
    grace_over: asyncio.Future[None]


class LoopbackTransport(httpx.AsyncBaseTransport):
    """Transport of the bot's requests out of the simulation, and of their answers into it.

    Time inside is virtual, so timeouts there never fire. A worker outside makes the real request, while the bot
    waits for a future. Use it with `async with` before the environment starts, then set `env`. Clients may close
    it any number of times; only leaving that block stops it.
    """

    def __init__(self, *, grace_s: float | None = None, inner: httpx.AsyncBaseTransport | None = None) -> None:
        """Create the transport, without opening connections.

        After ``grace_s`` real seconds the simulation continues without the answer; None waits without limit.
        """
        self.env: simcord.Env | None = None
        self.grace_s = grace_s
        self._inner = inner or httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._under_way: set[asyncio.Task[None]] = set()
        self._worker: asyncio.Task[None] | None = None

    @override
    async def __aenter__(self) -> Self:
        # httpx.AsyncClient enters its transport too; the first caller is the driver.
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="loopback-transport")
        return self

    @override
    async def __aexit__(self, *_: object) -> None:
        """Do nothing: closing a client must not stop the driver's transport."""

    async def stop(self) -> None:
        """Stop the worker, cancel running requests, and close the sockets."""
        tasks = [task for task in (self._worker, *self._under_way) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._inner.aclose()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request to the worker and return the complete response.

        Raises:
            httpx.TransportError: As httpx itself, including timeouts.
        """
        loop = asyncio.get_running_loop()
        job = _Job(request, loop.create_future(), loop.create_future())
        self._jobs.put_nowait(job)
        try:
            await job.grace_over
            if job.answer.done():
                return job.answer.result()
            return await self._wait_outside(job)
        finally:
            # Cancels the request if the caller was cancelled; does nothing after an answer.
            job.answer.cancel()

    async def _wait_outside(self, job: _Job) -> httpx.Response:
        task = asyncio.current_task()
        if self.env is None or not owns(self.env, task) or is_parked_outside(self.env, task):
            return await job.answer
        waiting = self.env.external_wait(job.answer, reason=f"{job.request.method} {job.request.url.path}")
        response: httpx.Response = await waiting
        return response

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            task = asyncio.create_task(self._serve(job))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _serve(self, job: _Job) -> None:
        sending = asyncio.create_task(self._send(job.request))
        job.answer.add_done_callback(lambda _: sending.cancel())
        try:
            await asyncio.wait({sending}, timeout=self.grace_s)
            if not sending.done():
                _settle(job.grace_over)
                await asyncio.wait({sending})
        finally:
            sending.cancel()
            self._hand_over(sending, job)

    @staticmethod
    def _hand_over(sending: asyncio.Task[httpx.Response], job: _Job) -> None:
        if not job.answer.done():
            if not sending.done() or sending.cancelled():
                job.answer.set_exception(httpx.ReadError("the loopback transport was stopped"))
            elif (error := sending.exception()) is not None:
                job.answer.set_exception(error)
            else:
                job.answer.set_result(sending.result())
        _settle(job.grace_over)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        try:
            if not isinstance(response.stream, httpx.AsyncByteStream):
                raise TypeError(type(response.stream))
            # Raw bytes: the client decodes them, as with a real connection.
            raw = b"".join([chunk async for chunk in response.stream])
        finally:
            await response.aclose()
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(raw))


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
