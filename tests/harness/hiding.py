"""The real service with a queue that only approvers may read, as its first generation with a queue had it (3.0.0)."""

import json
from collections.abc import Collection
from typing import override

import httpx

from bot.tls import tls_context
from tests.harness.queue import QUEUE
from tests.harness.scripted_service import answered

REFUSED = {"detail": "Invalid API key."}


class HidingTransport(httpx.AsyncBaseTransport):
    """Real sockets, but the service describes itself as 3.0.0 and shows its queue to some keys alone."""

    def __init__(self, approver_keys: Collection[str]) -> None:
        self._keys = frozenset(approver_keys)
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")  # under which the service is served
        if path.startswith(f"/{QUEUE}/my_changes"):
            return answered(404, {"detail": "Not Found"})
        if path.startswith(f"/{QUEUE}/") and request.headers.get("apikey") not in self._keys:
            return answered(401, REFUSED)
        response = await self._inner.handle_async_request(request)
        if path != "/openapi.json":
            return response
        document = json.loads(await response.aread())
        await response.aclose()
        document["paths"] = {path: what for path, what in document["paths"].items() if "my_changes" not in path}
        return answered(200, document)

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()
