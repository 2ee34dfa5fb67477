"""A network that loses answers, or whole requests, when a test says so."""

from enum import Enum
from typing import override

import httpx

from bot.tls import tls_context


class Loss(Enum):
    """Part of the next writes that is lost."""

    NOTHING = "nothing"
    REQUEST = "request"
    """The connection breaks while the request is on its way: the service never sees it."""
    ANSWER = "answer"
    """The service does it, and its answer never arrives."""
    CONNECTION = "connection"
    """Connection refused: nothing can have been done."""


class LossyTransport(httpx.AsyncBaseTransport):
    """Real sockets, but for what `loss` takes away from requests that write."""

    def __init__(self) -> None:
        self.loss = Loss.NOTHING
        self.sent: list[httpx.Request] = []
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)

    @property
    def writes(self) -> list[httpx.Request]:
        """Every request that would change something, in order, lost ones too."""
        return [request for request in self.sent if request.method != "GET"]

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        loss = self.loss if request.method != "GET" else Loss.NOTHING
        if loss is Loss.CONNECTION:
            raise httpx.ConnectError("refused", request=request)
        if loss is Loss.REQUEST:
            raise httpx.ReadError("reset", request=request)
        response = await self._inner.handle_async_request(request)
        if loss is Loss.ANSWER:
            await response.aread()
            await response.aclose()
            raise httpx.ReadError("reset", request=request)
        return response

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()
