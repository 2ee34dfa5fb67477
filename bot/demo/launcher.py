"""Website of the demo: welcome page, a simulated Discord a person, and live models."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import httpx
from aiohttp import web
from simcord.builders import ChannelHandle
from simcord.preview import Preview

from bot.demo import simcord_seams as seams
from bot.demo.context_menus import ContextMenus
from bot.demo.live_reference import LiveReference
from bot.demo.people import PEOPLE, Person
from bot.demo.place_routes import PlaceRoutes, Seat
from bot.demo.preview_mount import CAPABILITY, CONTENT_TYPES, STATIC_FOLDER, MountedServer
from bot.demo.reference_service import ReferenceService
from bot.demo.world import PUBLIC_CHANNEL, REVIEW_CHANNEL, World, portrait
from bot.reference.deployment import CATEGORIES
from bot.ui.choice_names import category_name

PAGE_FOLDER = resources.files("bot.demo") / "page"
PAGE_FILES = ("launcher.css", "launcher.js", "stage.css", "stage.js", "steps.js")
FONTS = ("noto-sans-latin-v2.015.ttf", "noto-sans-mono-v2.014.ttf")
"""Fonts of simcord, for the same look as the simulated Discord."""
DIRECT_MESSAGES = "messages"
PAUSE_S = 60
"""Seconds for which the page's button stops the service."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class DemoTab:
    """View of a channel by a person."""

    person: Person
    name: str
    channel: ChannelHandle
    viewer_id: int

    @property
    def path(self) -> str:
        """Return the path of the mount, with a trailing slash."""
        return f"/as/{self.person.name.lower()}/{self.name}/"


class Launcher:
    """Web server of the demo on one loopback port."""

    def __init__(
        self,
        world: World,
        live: LiveReference,
        *,
        service: ReferenceService,
        turn: asyncio.Lock,
        bot_picture: bytes,
        is_lived_in: bool = False,
    ) -> None:
        """Create the server.

        ``turn`` is held while the simulation advances; ``bot_picture`` is the bot's avatar, a PNG.
        """
        self._is_lived_in = is_lived_in
        self._resume_at = 0.0
        self._bot_picture = bot_picture
        self._world = world
        self._live = live
        self._service = service
        self._turn = turn
        self._opening = asyncio.Lock()
        self._port = 0
        self._stack = AsyncExitStack()
        self._servers: dict[int, MountedServer] = {}
        self.previews: list[Preview] = []

    @asynccontextmanager
    async def serve(self, port: int) -> AsyncIterator[str]:
        """Serve on a loopback port, 0 for a free one, until the block ends; yield the address.

        Raises:
            OSError: The port is taken.
        """
        app = web.Application()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        with socket.create_server(("127.0.0.1", port)) as listening:
            port = int(listening.getsockname()[1])
            seams.keep_markdown_parsers()
            seams.keep_command_mentions()
            async with AsyncExitStack() as stack:
                self._port, self._stack = port, await stack.enter_async_context(AsyncExitStack())
                self._add_own_routes(app)
                PlaceRoutes(self._find_seat, ContextMenus(self._world)).add_to(app.router)
                await runner.setup()
                stack.push_async_callback(runner.cleanup)
                await web.SockSite(runner, listening).start()
                yield f"http://127.0.0.1:{port}/"

    def tabs(self) -> Sequence[DemoTab]:
        """Return all views: each person's channels, threads, and direct messages with the bot."""
        shared = {PUBLIC_CHANNEL: self._world.public, REVIEW_CHANNEL: self._world.review}
        shared |= {f"thread-{thread.id}": thread for thread in self._world.threads()}
        return [
            DemoTab(person, name, channel, self._world.member(person).id)
            for person in PEOPLE
            for name, channel in {**shared, DIRECT_MESSAGES: self._world.direct_messages(person)}.items()
        ]

    async def _find_seat(self, request: web.Request) -> Seat:
        """Return the seat of a request; the first one opens the channel's preview."""
        asked = (request.match_info["person"], request.match_info["place"])
        tab = next((tab for tab in self.tabs() if (tab.person.name.lower(), tab.name) == asked), None)
        if tab is None:
            raise web.HTTPNotFound
        member = None if tab.name == DIRECT_MESSAGES else self._world.member(tab.person)
        async with self._opening:
            server = self._servers.get(tab.channel.id) or await self._open_preview(tab)
        return Seat(server, tab.viewer_id, member)

    async def _open_preview(self, tab: DemoTab) -> MountedServer:
        async with self._turn:
            preview = self._preview_of(tab)
            server = MountedServer(preview, self._port, self._turn)
            preview._server = server  # noqa: SLF001 - the seam
            await self._stack.enter_async_context(preview)
            seams.make_room_for_preview(self._world.env)
        self.previews.append(preview)
        self._servers[tab.channel.id] = server
        return server

    def _preview_of(self, tab: DemoTab) -> Preview:
        members = self._world.members.values()
        is_direct = tab.name == DIRECT_MESSAGES
        preview = self._world.env.preview(
            tab.channel,
            viewers=[self._world.member(tab.person).user] if is_direct else [*members],
            layout="channel",
        )
        preview.capability = CAPABILITY
        return preview

    def _add_own_routes(self, app: web.Application) -> None:
        app.router.add_get("/", _page_file("index.html"))
        for name in PAGE_FILES:
            app.router.add_get(f"/{name}", _page_file(name))
        for name in FONTS:
            app.router.add_get(f"/fonts/{name}", _page_file(name, STATIC_FOLDER / "fonts"))
        for person in PEOPLE:
            app.router.add_get(f"/portraits/{person.name.lower()}.png", _picture(portrait(person)))
        app.router.add_get("/portraits/curator.png", _picture(self._bot_picture))
        app.router.add_get("/world.json", self._world_json)
        app.router.add_get("/news.json", self._news_json)
        app.router.add_get("/live.json", self._live_json)
        app.router.add_post("/pause", self._pause)

    async def _world_json(self, _: web.Request) -> web.Response:
        """Return people, their channels and the deployment."""
        people = [
            {
                "id": person.name.lower(),
                "name": person.name,
                "horde": person.horde_username,
                "key": person.key,
                "part": person.part,
                "colour": person.colour,
            }
            for person in PEOPLE
        ]
        return web.json_response(
            {
                "mode": self._service.mode.value,
                "lived_in": self._is_lived_in,
                "people": people,
                "categories": [{"value": category, "name": category_name(category)} for category in CATEGORIES],
                "channels": [PUBLIC_CHANNEL, REVIEW_CHANNEL],
                "channel_ids": {str(tab.channel.id): tab.name for tab in self.tabs()},
                "messages": DIRECT_MESSAGES,
                "capability": CAPABILITY,
            },
            headers=HEADERS,
        )

    async def _news_json(self, _: web.Request) -> web.Response:
        """Return the newest message of each channel, for unread marks on the tabs, and the threads."""
        env = self._world.env
        newest = {tab.path: str(seams.newest_message_id(env, tab.channel.id)) for tab in self.tabs()}
        threads = [{"id": str(thread.id), "name": thread.name} for thread in self._world.threads()]
        return web.json_response({"newest": newest, "threads": threads}, headers=HEADERS)

    async def _live_json(self, request: web.Request) -> web.Response:
        category = request.query.get("category", CATEGORIES[0])
        if category not in CATEGORIES:
            raise web.HTTPNotFound
        if self._service.is_paused:
            seconds = max(0, round(self._resume_at - asyncio.get_running_loop().time()))
            return web.json_response({"problem": "paused", "seconds": seconds}, status=503, headers=HEADERS)
        try:
            return web.json_response(await self._live.read(category), headers=HEADERS)
        except httpx.HTTPError as error:
            return web.json_response({"problem": type(error).__name__}, status=503, headers=HEADERS)

    async def _pause(self, _: web.Request) -> web.Response:
        """Stop the service for a minute; a second press does not prolong it."""
        if not self._service.is_paused:
            self._service.pause()
            loop = asyncio.get_running_loop()
            self._resume_at = loop.call_later(PAUSE_S, self._service.resume).when()
        return web.json_response({"seconds": PAUSE_S}, headers=HEADERS)


def _page_file(name: str, folder: Traversable = PAGE_FOLDER) -> Any:
    async def answer(_: web.Request) -> web.Response:
        body = (folder / name).read_bytes()
        return web.Response(body=body, content_type=CONTENT_TYPES[name.rpartition(".")[2]], headers=HEADERS)

    return answer


def _picture(png: bytes) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=png, content_type="image/png", headers={"Cache-Control": "max-age=3600"})

    return answer
