"""A loopback Discord: simcord's backend and routes as REST under /api/v10, its events as a gateway."""

import asyncio
import contextlib
import io
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Literal, Self, override

from aiohttp import BodyPartReader, web
from simcord._clock import Clock
from simcord.backend import Backend
from simcord.backend.cdn import CDN_BASE
from simcord.backend.errors import BackendError
from simcord.http import RouteNotImplemented, UnsupportedField
from simcord.http import routes as _routes  # noqa: F401 - importing it fills the route table
from simcord.http.router import dispatch

from tests.fakes.discord_calls import Call, Fault, reset
from tests.fakes.discord_gateway import LoopbackGateway

API = "/api/v10"
TOKEN = "loopback-token"
PATIENCE_S = 60.0
"""Cap on each wait: only a test that fails reaches it, also on a busy machine."""
_OPEN_ROUTES = ("/interactions/", "/webhooks/")


class WallClock(Clock):
    """Real time: a process that is not simulated lives by it, and so do Discord's three seconds."""

    @override
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.elapsed)


class LoopbackDiscord:
    """Discord for one bot process.

    Attributes:
        backend: simcord's world; make guilds, channels and people in it.
        gateway: the websocket side.
        calls: every REST request, in order of arrival.
        faults: what shall go wrong.
        gaps: requests that simcord does not model; a test that ends with any has proved nothing.
        sessions_left: what ``/gateway/bot`` says of the IDENTIFYs left today.
        sessions_reset_ms: what it says of the time until the count restarts.
    """

    def __init__(self) -> None:
        self.backend = Backend(clock=WallClock())
        self.gateway = LoopbackGateway(self.backend, TOKEN, self.changed)
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.sessions_left = 1000
        self.sessions_reset_ms = 3_600_000
        self.url = ""
        self._gaps: list[str] = []
        self._by_nonce: dict[tuple[str, str] | None, Any] = {}
        self._waiting: set[asyncio.Future[None]] = set()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)

    @property
    def gaps(self) -> list[str]:
        """Return the bot's requests that are not modelled here."""
        return [*self._gaps, *self.gateway.gaps]

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway/"
        self.gateway.cdn_url = f"{self.url}/cdn"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.close()
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=32 * 1024 * 1024)
        application.router.add_get("/gateway/", self.gateway.serve)
        application.router.add_get("/cdn/{path:.*}", self._cdn)
        application.router.add_route("*", API + "/{path:.*}", self._rest)
        return application

    def changed(self) -> None:
        """Wake the tasks that wait for a condition."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until[T](self, told: Callable[[], T | Literal[False] | None], *, within_s: float = PATIENCE_S) -> T:
        """Wait for a true result of ``told`` and return it; checked after every request and frame.

        Raises:
            TimeoutError: it never did.
        """
        async with asyncio.timeout(within_s):
            while not (found := told()):
                await self._next_change()
        return found

    async def quiet(self, seconds: float) -> None:
        """Return once nothing has been heard from the bot for so long."""
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(seconds):
                    await self._next_change()

    def forget_nonces(self) -> None:
        """Let time pass until the same nonce would be stored as another message."""
        self._by_nonce.clear()

    def forget(self) -> None:
        """Drop what is only kept for looking back; a long run would be slowed by it."""
        for record in (self.calls, self.backend.transcript, self.backend.http_requests):
            record.clear()

    async def _next_change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    async def _cdn(self, request: web.Request) -> web.Response:
        blob = self.backend.cdn.get(f"{CDN_BASE}/{request.match_info['path']}")
        return web.Response(status=404) if blob is None else web.Response(body=blob)

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        arrived = time.perf_counter()
        body, files = await _body_of(request)
        path = request.path.removeprefix(API)
        names = tuple(file.filename for file in files)
        call = Call(request.method, path, dict(request.query), body, arrived, names)
        self.calls.append(call)
        try:
            return await self._answer(request, call, files)
        finally:
            self.changed()

    async def _answer(self, request: web.Request, call: Call, files: list[SimpleNamespace]) -> web.Response:
        fault = next((fault for fault in self.faults if fault.hits(call)), None)
        if fault is not None:
            fault.times -= 1
            if fault.is_after:
                self._do(request, call, files)
            if not fault.status:
                reset(request.transport)
            return _json(fault.body, fault.status or 500, fault.headers)
        status, answer = self._do(request, call, files)
        wants_answer = call.query.get("with_response", "") in ("1", "true")
        if answer is None or (call.path.endswith("/callback") and not wants_answer):
            return web.Response(status=204)
        return _json(answer, status, url=self.url)

    def _do(self, request: web.Request, call: Call, files: list[SimpleNamespace]) -> tuple[int, Any]:
        authorization = request.headers.get("Authorization")
        if authorization != f"Bot {TOKEN}" and not call.path.startswith(_OPEN_ROUTES):
            return 401, {"message": "401: Unauthorized", "code": 0}
        if call.path in ("/gateway", "/gateway/bot"):
            return 200, self._gateway_facts()
        nonce = _enforced_nonce(call)
        if nonce not in self._by_nonce:
            status, answer = self._dispatch(request, call, files)
            if nonce is None or status != HTTPStatus.OK:
                return status, answer
            self._by_nonce[nonce] = answer
        return 200, self._by_nonce[nonce]

    def _dispatch(self, request: web.Request, call: Call, files: list[SimpleNamespace]) -> tuple[int, Any]:
        try:
            return 200, dispatch(
                self.backend,
                call.method,
                call.path,
                json=call.body,
                params=dict(call.query),
                files=files,
                reason=request.headers.get("X-Audit-Log-Reason"),
                message_content_access=False,
            )
        except (RouteNotImplemented, UnsupportedField, ValueError, KeyError, TypeError) as gap:
            self._gaps.append(f"{call.method} {call.path}: {gap!r}")
            return 501, {"message": str(gap), "code": 0}
        except BackendError as refusal:
            return refusal.status, refusal.to_json()

    def _gateway_facts(self) -> dict[str, Any]:
        left = {"total": 1000, "remaining": self.sessions_left}
        limit = left | {"reset_after": self.sessions_reset_ms, "max_concurrency": 1}
        return {"url": self.gateway.url, "shards": 1, "session_start_limit": limit}


def _enforced_nonce(call: Call) -> tuple[str, str] | None:
    """Return path and nonce of a message that is sent once ("enforce_nonce"), else ``None``."""
    is_message = call.method == "POST" and call.path.endswith("/messages") and isinstance(call.body, dict)
    if not is_message or not call.body.get("enforce_nonce"):
        return None
    return call.path, str(call.body["nonce"])


async def _body_of(request: web.Request) -> tuple[Any, list[SimpleNamespace]]:
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), []
    body: Any = None
    files: list[SimpleNamespace] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            content = io.BytesIO(bytes(await part.read()))
            files.append(SimpleNamespace(fp=content, filename=part.filename, description=None))
    for attachment in (body or {}).get("attachments", []):
        if isinstance(attachment.get("id"), int) and attachment["id"] < len(files):
            files[attachment["id"]].description = attachment.get("description")
    return body, files


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None, *, url: str = "") -> web.Response:
    # discord.py compares the Content-Type with exactly this; a charset behind it makes text of the answer.
    text = json.dumps(body).replace(CDN_BASE, f"{url}/cdn")
    return web.Response(
        body=text.encode(), status=status, headers={**(headers or {}), "Content-Type": "application/json"}
    )
