"""Discord's gateway on loopback: JSON text frames over a websocket; it may only project simcord's backend."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, override

import aiohttp
import discord
from aiohttp import web
from simcord.backend import Backend, serializers
from simcord.backend.cdn import CDN_BASE
from simcord.gateway import FakeGateway

DISPATCH, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 7, 9, 10, 11
HEARTBEAT_INTERVAL_MS = 41_250
"""Milliseconds, as Discord's own gateway says."""

AUTHENTICATION_FAILED = 4004
DISALLOWED_INTENTS = 4014


class _Parsers(dict[str, Callable[[Any], None]]):
    """Stands where simcord expects discord.py's parsers: each event parsed is put on the wire."""

    def __init__(self, dispatch: Callable[[str, Any], None]) -> None:
        super().__init__()
        self._dispatch = dispatch

    @override
    def __getitem__(self, event: str) -> Callable[[Any], None]:
        return partial(self._dispatch, event)


@dataclass(frozen=True, slots=True)
class _Frame:
    text: str
    interaction_id: int | None = None


class GatewaySession:
    """One identified session; outlives its sockets, so that it can be resumed."""

    def __init__(self, session_id: str, intents: discord.Intents, backend: Backend, cdn_url: str) -> None:
        self.session_id = session_id
        self._cdn_url = cdn_url
        self.intents = intents
        self.parsers = _Parsers(self.dispatch)
        self.projection = FakeGateway(backend, self)
        self.is_ready = False
        self._backend = backend
        self._frames: list[_Frame] = []
        self._outbox: asyncio.Queue[_Frame] | None = None

    def dispatch(self, event: str, payload: Any) -> None:
        """Number an event, keep it for a resume, and send it if a bot listens."""
        frame = {"op": DISPATCH, "s": len(self._frames) + 1, "t": event, "d": payload}
        text = json.dumps(frame).replace(CDN_BASE, self._cdn_url)
        self._frames.append(_Frame(text, int(payload["id"]) if event == "INTERACTION_CREATE" else None))
        if self._outbox is not None:
            self._outbox.put_nowait(self._frames[-1])

    def attach(self, outbox: asyncio.Queue[_Frame], *, after: int = 0) -> None:
        """Send to this socket from now on, beginning with what came after frame number ``after``."""
        for frame in self._frames[after:]:
            outbox.put_nowait(frame)
        self._outbox = outbox

    def detach(self) -> None:
        """Keep what happens until a bot resumes."""
        self._outbox = None

    def greet(self, resume_url: str) -> None:
        """Say READY, then every guild, as Discord does after IDENTIFY."""
        guilds = list(self._backend.guilds.values())
        ready = {
            "v": 10,
            "user": dict(serializers.user_payload(self._backend.bot_user)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": self.session_id,
            "resume_gateway_url": resume_url,
            "shard": [0, 1],
            "application": {"id": str(self._backend.application_id), "flags": 0},
        }
        self.dispatch("READY", ready)
        for guild in guilds:
            self.projection.feed("GUILD_CREATE", serializers.guild_create_payload(self._backend, guild))
        self._backend.subscribers.append(self.projection.feed)
        self.is_ready = True

    def end(self) -> None:
        """Forget the session: nothing can be resumed any more."""
        self.detach()
        if self.projection.feed in self._backend.subscribers:
            self._backend.subscribers.remove(self.projection.feed)


class LoopbackGateway:
    """Serves sessions and plays the gateway's own misfortunes on demand.

    Attributes:
        url: what READY names for resuming; known once the server listens.
        cdn_url: where attachments are served, likewise.
        identifies: how many sessions were begun.
        resumes: how many were taken up again.
        refuses_with: close code for the next IDENTIFYs, ``None`` to accept them.
        answers_heartbeats: ``False`` makes a zombie of the connection.
        refuses_connections: ``True`` answers 503 to each connection.
        heartbeat_interval_ms: how often the bot is asked for a heartbeat, in milliseconds.
        gaps: what the bot asked of the gateway that is not modelled.
        sent: by interaction id, the second of ``time.perf_counter`` at which it went onto the wire.
    """

    def __init__(self, backend: Backend, token: str, changed: Callable[[], None]) -> None:
        self.url = ""
        self.cdn_url = ""
        self.identifies = 0
        self.resumes = 0
        self.refuses_with: int | None = None
        self.answers_heartbeats = True
        self.refuses_connections = False
        self.heartbeat_interval_ms = HEARTBEAT_INTERVAL_MS
        self.gaps: list[str] = []
        self.sent: dict[int, float] = {}
        self.session: GatewaySession | None = None
        self._backend = backend
        self._token = token
        self._changed = changed
        self._sockets: dict[web.WebSocketResponse, asyncio.Transport | None] = {}

    @property
    def is_ready(self) -> bool:
        """Return whether a bot is connected and has received its guilds."""
        return self.session is not None and self.session.is_ready and bool(self._sockets)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one connection until either side ends it."""
        if self.refuses_connections:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        outbox: asyncio.Queue[_Frame] = asyncio.Queue()
        writer = asyncio.create_task(self._write(socket, outbox))
        self._sockets[socket] = request.transport
        try:
            outbox.put_nowait(_frame(HELLO, {"heartbeat_interval": self.heartbeat_interval_ms}))
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._receive(json.loads(message.data), socket, outbox)
        finally:
            writer.cancel()
            del self._sockets[socket]
            if self.session is not None:
                self.session.detach()
            self._changed()
        return socket

    async def _receive(
        self, frame: Mapping[str, Any], socket: web.WebSocketResponse, outbox: asyncio.Queue[_Frame]
    ) -> None:
        match frame["op"]:
            case 1:  # heartbeat
                if self.answers_heartbeats:
                    outbox.put_nowait(_frame(HEARTBEAT_ACK))
            case 2:  # identify
                await self._identify(frame["d"], socket, outbox)
            case 6:  # resume
                self._resume(frame["d"], outbox)
            case operation:
                self.gaps.append(f"gateway opcode {operation}")
        self._changed()

    async def _identify(
        self, wish: Mapping[str, Any], socket: web.WebSocketResponse, outbox: asyncio.Queue[_Frame]
    ) -> None:
        self.identifies += 1
        refusal = self.refuses_with or (AUTHENTICATION_FAILED if wish["token"] != self._token else None)
        if refusal is not None:
            await socket.close(code=refusal)
            return
        if self.session is not None:
            self.session.end()
        intents = discord.Intents._from_value(wish["intents"])
        self.session = GatewaySession(f"session-{self.identifies}", intents, self._backend, self.cdn_url)
        self.session.attach(outbox)
        self.session.greet(self.url)

    def _resume(self, wish: Mapping[str, Any], outbox: asyncio.Queue[_Frame]) -> None:
        if self.session is None or wish["session_id"] != self.session.session_id:
            outbox.put_nowait(_frame(INVALID_SESSION, data=False))
            return
        self.resumes += 1
        self.session.attach(outbox, after=wish["seq"])
        self.session.dispatch("RESUMED", {})

    async def ask_to_reconnect(self) -> None:
        """Opcode 7: the client shall come back and resume."""
        await self._tell(_frame(RECONNECT))

    async def invalidate(self, *, is_resumable: bool) -> None:
        """Opcode 9; where not resumable the session is forgotten."""
        if not is_resumable and self.session is not None:
            self.session.end()
            self.session = None
        await self._tell(_frame(INVALID_SESSION, data=is_resumable))

    async def close(self, code: int = 1001) -> None:
        """Close every connection with a gateway close code."""
        for socket in list(self._sockets):
            await socket.close(code=code)

    def drop(self) -> None:
        """Cut every connection as a broken network does: no close frame."""
        for transport in list(self._sockets.values()):
            if transport is not None:
                transport.abort()

    async def _tell(self, frame: _Frame) -> None:
        for socket in list(self._sockets):
            await socket.send_str(frame.text)

    async def _write(self, socket: web.WebSocketResponse, outbox: asyncio.Queue[_Frame]) -> None:
        while not socket.closed:
            frame = await outbox.get()
            if frame.interaction_id is not None:
                self.sent[frame.interaction_id] = time.perf_counter()
            try:
                await socket.send_str(frame.text)
            except ConnectionError:
                return


def _frame(operation: int, data: Any = None) -> _Frame:
    return _Frame(json.dumps({"op": operation, "d": data, "s": None, "t": None}))
