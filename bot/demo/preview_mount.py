"""simcord's preview bridge without a socket of its own, one per channel."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any, override

from aiohttp import web
from simcord.backend.errors import BackendError, SetupError
from simcord.preview import Preview
from simcord.preview import _server as bridge
from simcord.preview._server import PreviewServer, _read_json_body

from bot.demo.simcord_seams import newest_revision, tell_time

CAPABILITY = "demo"
"""Fixed, so that URLs stay valid. The pages are protected because simcord requires it in a header of its own, which
another site's page cannot send to loopback, and because the host must be the launcher's."""

STATIC_FOLDER = resources.files("simcord.preview") / "static"
CONTENT_TYPES = {
    "css": "text/css",
    "html": "text/html",
    "js": "application/javascript",
    "json": "application/json",
    "ttf": "font/ttf",
}

_ABSOLUTE = re.compile(r"""(?<=["'`])/(?=[a-z][a-z0-9./-]*)""")


def below_a_path(text: str) -> str:
    """Make simcord's absolute URLs relative, so that they work below any path."""
    return _ABSOLUTE.sub("./", text)


class MountedServer(PreviewServer):
    """simcord's preview bridge without a socket of its own; the launcher routes requests to it."""

    def __init__(self, preview: Preview, port: int, turn: asyncio.Lock) -> None:
        """Create a server that replaces the bridge of `preview`, which is not entered yet.

        Requests with another host or origin than the launcher's port are refused. Actions wait for ``turn``, which is
        held while the simulation advances.
        """
        super().__init__(preview, port)
        self._turn = turn

    @override
    async def start(self) -> None:
        # simcord imports aiohttp into this name where it would bind its own socket.
        bridge.web = web  # type: ignore[attr-defined]
        self.port = self._requested_port

    @override
    async def close(self) -> None:
        self.port = None

    def headers(self) -> dict[str, str]:
        """Return simcord's headers, changed so that the launcher may frame the page."""
        headers = {**self._SECURITY_HEADERS, "X-Frame-Options": "SAMEORIGIN"}
        policy = headers["Content-Security-Policy"]
        headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        return headers

    def is_authorized(self, request: web.Request) -> bool:
        """Return whether the request comes from the demo's own page."""
        return bool(self._authorized(request))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the simulation still, for an action of a person."""
        async with self._turn:
            tell_time(self.preview)
            yield

    async def open_for(self, request: web.Request, viewer_id: int) -> web.StreamResponse:
        """Open a page for a member; the member named in the request is ignored."""
        if not self._authorized(request):
            raise web.HTTPUnauthorized
        async with self.turn():
            try:
                page = self.preview._open_page(viewer_id, None)  # noqa: SLF001 - the seam
                payload = self.preview._page_payload(page)  # noqa: SLF001 - the seam
            except (SetupError, BackendError) as error:
                raise web.HTTPServiceUnavailable(text=str(error)) from error
        return web.json_response(payload, headers=self.headers())

    @override
    async def _action(self, request: web.Request) -> web.StreamResponse:
        """Perform an action on the latest revision, after acquiring the lock.

        simcord refuses an action on an older revision, and the pump may have published a newer one since the click.
        The target of the click is still checked.
        """
        context_id = request.headers.get("X-Simcord-Context")
        if not self._authorized(request, context=context_id):
            raise web.HTTPUnauthorized
        body: Any
        if request.content_type.startswith("multipart/"):
            body = await self._multipart_action(request)
        else:
            body = await _read_json_body(request)
        async with self.turn():
            revision = newest_revision(self.preview, context_id)
            if isinstance(body, dict) and revision is not None and "published_revision" in body:
                body["published_revision"] = revision
            try:
                result = await self.preview._action(context_id, body)  # noqa: SLF001 - the seam
            except (SetupError, BackendError) as error:
                raise web.HTTPGone(text=str(error)) from error
        return web.json_response(result, headers=self.headers())
