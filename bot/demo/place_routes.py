"""Routes of simcord's preview below `/as/{person}/{place}/`, the same for all views."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from aiohttp import web
from simcord.actors import MemberActor

from bot.demo.context_menus import ContextMenus, NoSuchMenuError
from bot.demo.preview_mount import CONTENT_TYPES, STATIC_FOLDER, MountedServer, below_a_path
from bot.demo.simulator_patches import patched

BASE: Final = "/as/{person}/{place}"
PAGE_HEAD: Final = '<link rel="stylesheet" href="/stage.css"><script src="/stage.js" defer></script>'
THEIR_ROUTES: Final = (
    ("DELETE", "/api/pages/{context_id}", "_delete_page"),
    ("GET", "/api/state", "_state"),
    ("GET", "/api/commands", "_commands"),
    ("GET", "/api/action-result", "_action_result"),
    ("GET", "/api/assets/{asset_id}", "_asset"),
    ("POST", "/api/action", "_action"),
)
"""Method, path and handler of simcord's API."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in front of a channel or a thread.

    Attributes:
        server: Bridge to the preview of the channel.
        viewer_id: Discord id of the person.
        member: The person as a member of the server; None in direct messages, which have no context menus.
    """

    server: MountedServer
    viewer_id: int
    member: MemberActor | None


type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PlaceRoutes:
    """Page, files and API of each seat."""

    def __init__(self, find: Callable[[web.Request], Awaitable[Seat]], menus: ContextMenus) -> None:
        """Create the routes.

        ``find`` returns the seat of a request by `person` and `place`, or raises `HTTPNotFound`.
        """
        self._find = find
        self._menus = menus

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add all routes."""
        for path, filename in MountedServer._STATIC_FILES.items():  # noqa: SLF001 - the seam
            if (STATIC_FOLDER / filename).is_file():
                router.add_get(f"{BASE}{path}", self._file(filename))
        for method, path, name in THEIR_ROUTES:
            router.add_route(method, f"{BASE}{path}", self._theirs(name))
        router.add_post(f"{BASE}/api/pages", self._open_page)
        router.add_get(f"{BASE}/api/context-menus/{{message_id:[0-9]+}}", self._list_menus)
        router.add_post(f"{BASE}/api/context-menus/{{message_id:[0-9]+}}", self._open_menu)

    def _file(self, filename: str) -> Handler:
        content_type = CONTENT_TYPES.get(filename.rpartition(".")[2], "text/plain")

        async def answer(request: web.Request) -> web.StreamResponse:
            headers = (await self._find(request)).server.headers()
            if content_type == "font/ttf":
                headers |= {"Cache-Control": "max-age=86400", "Pragma": ""}
            return web.Response(body=_body_of(filename), content_type=content_type, headers=headers)

        return answer

    def _theirs(self, name: str) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            seat = await self._find(request)
            response: web.StreamResponse = await getattr(seat.server, name)(request)
            return response

        return answer

    async def _open_page(self, request: web.Request) -> web.StreamResponse:
        seat = await self._find(request)
        return await seat.server.open_for(request, seat.viewer_id)

    async def _list_menus(self, request: web.Request) -> web.StreamResponse:
        seat = await self._find(request)
        member = _member_of(seat, request)
        message_id = int(request.match_info["message_id"])
        try:
            names = self._menus.names(seat.server.preview, member, message_id)
        except NoSuchMenuError as error:
            raise web.HTTPNotFound from error
        return web.json_response(names, headers=seat.server.headers())

    async def _open_menu(self, request: web.Request) -> web.StreamResponse:
        seat = await self._find(request)
        member = _member_of(seat, request)
        message_id, name = int(request.match_info["message_id"]), await request.text()
        async with seat.server.turn():
            try:
                await self._menus.open(seat.server.preview, member, message_id, name)
            except NoSuchMenuError as error:
                raise web.HTTPNotFound from error
        return web.json_response({}, headers=seat.server.headers())


def _member_of(seat: Seat, request: web.Request) -> MemberActor:
    if not seat.server.is_authorized(request):
        raise web.HTTPUnauthorized
    if seat.member is None:
        raise web.HTTPNotFound
    return seat.member


@cache
def _body_of(filename: str) -> bytes:
    body = (STATIC_FOLDER / filename).read_bytes()
    if filename.endswith(".ttf"):
        return body
    text = below_a_path(patched(filename, body.decode()))
    if filename == "index.html":
        text = text.replace("</head>", f"{PAGE_HEAD}</head>")
    return text.encode()
