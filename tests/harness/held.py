"""A network on which some requests wait until the test lets them through: a service that is deaf for a while."""

import asyncio
from typing import override

import httpx

from bot.tls import tls_context


class HeldTransport(httpx.AsyncBaseTransport):
    """Real sockets; a request whose path ends so waits for `release`, before the service sees it.

    Attributes:
        path: the end of the paths that wait, None for none.
        arrived: how many came so far.
    """

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self.arrived = 0
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)
        self._permits = asyncio.Semaphore(0)

    def release(self) -> None:
        """Let one request through."""
        self._permits.release()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.path is not None and request.url.path.endswith(self.path):
            self.arrived += 1
            await self._permits.acquire()
        return await self._inner.handle_async_request(request)

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()
