"""Stand-in for AI-Horde on loopback, for demo and tests: accounts of keys, and usage statistics.

It runs on its own thread, independent of the caller's event loop and its virtual clock.
"""

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self, override
from urllib.parse import parse_qs, urlsplit

from bot.demo.horde_figures import ModelFigures, stats_of_models, status_of_models

ANONYMOUS_KEY = "0000000000"
ANONYMOUS_USERNAME = "Anonymous#0"
SLOW_S = 12.0
"""Longer than the service's timeout of ten seconds for AI-Horde."""

type Answer = tuple[int, str, bytes]


class Mood(StrEnum):
    """Behaviour of the stand-in until the next change."""

    WELL = "well"
    UNKNOWN = "unknown"
    """404 for every key, as after a purge of users."""
    RATE_LIMITED = "rate_limited"
    FAILING = "failing"
    GARBAGE = "garbage"
    """200 with HTML instead of JSON, like a proxy's maintenance page."""
    SLOW = "slow"
    """Correct answers, :attr:`HordeStandIn.slow_s` seconds late."""


class HordeStandIn:
    """Server of AI-Horde's ``GET /api/v2/find_user`` for a few keys, and of its public statistics.

    Use as ``async with HordeStandIn(users) as horde`` or ``with``; ``horde.url`` ends in ``/api/``.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        figures: Sequence[ModelFigures] = (),
        port: int = 0,
        slow_s: float = SLOW_S,
    ) -> None:
        """Create the stand-in, without listening yet.

        Args:
            users: usernames by key, as AI-Horde spells them (``alice#101``; ``alice#101 (Shared Key: name)``).
                The anonymous key is always known.
            figures: usage statistics of models; empty for none.
            port: the loopback port; 0 takes a free one.
            slow_s: delay of an answer in :attr:`Mood.SLOW`, in seconds.
        """
        self.slow_s = slow_s
        self._figures = tuple(figures)
        self._first_users = {ANONYMOUS_KEY: ANONYMOUS_USERNAME, **users}
        self._users = dict(self._first_users)
        self._port = port
        self._mood = Mood.WELL
        self._calls = 0
        self._guard = Lock()
        self._mood_over = Event()
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Return the base URL with its trailing slash, as ``AI_HORDE_URL`` requires it."""
        if self._server is None:
            msg = "The AI-Horde stand-in has not been started."
            raise RuntimeError(msg)
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    @property
    def calls(self) -> int:
        """Return the number of ``find_user`` requests since the start or the last :meth:`reset`."""
        with self._guard:
            return self._calls

    def play(self, mood: Mood) -> None:
        """Change the behaviour; answers delayed by :attr:`Mood.SLOW` are sent at once."""
        with self._guard:
            self._mood = mood
            self._mood_over.set()
            self._mood_over = Event()

    def know(self, key: str, username: str) -> None:
        """Add a key, or change its username."""
        with self._guard:
            self._users[key] = username

    def drop(self, key: str) -> None:
        """Remove a key; an unknown one is ignored."""
        with self._guard:
            self._users.pop(key, None)

    def reset(self) -> None:
        """Restore the initial behaviour, users and counter."""
        self.play(Mood.WELL)
        with self._guard:
            self._calls = 0
            self._users = dict(self._first_users)

    def start(self) -> None:
        """Listen on loopback.

        Raises:
            OSError: the port is taken.
        """
        self._server = _Server(self, self._port)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="ai-horde", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send delayed answers and free the port; does nothing if not started."""
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is None or thread is None:
            return
        self.play(Mood.WELL)
        server.shutdown()
        thread.join()
        server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    def answer(self, apikey: str | None) -> Answer:
        """Count a request; return status, content type and body. May block in :attr:`Mood.SLOW`."""
        with self._guard:
            self._calls += 1
        if (out_of_order := self._out_of_order()) is not None:
            return out_of_order
        with self._guard:
            username = None if self._mood is Mood.UNKNOWN else self._users.get(apikey or "")
        if apikey is None:
            return _message(HTTPStatus.BAD_REQUEST, "Input payload validation failed")
        if username is None:
            # AI-Horde itself echoes the key here: showing its answer would leak the key.
            return _message(HTTPStatus.NOT_FOUND, f"User with api_key '{apikey}' not found.", rc="UserNotFound")
        number = re.search(r"#(\d+)", username)
        user = {"username": username, "id": int(number[1]) if number else None, "kudos": 0, "trusted": True}
        return _json(user)

    def answer_public(self, address: str) -> Answer:
        """Return the answer of a public route, by path and query; not counted."""
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        match path.removeprefix("/api/v2/"):
            case "status/heartbeat":
                return _message(HTTPStatus.OK, "OK")
            case "status/models":
                told: Any = status_of_models(self._figures, query.get("type", ["image"])[0])
            case "stats/img/models":
                told = stats_of_models(self._figures, "image")
            case "stats/text/models":
                told = stats_of_models(self._figures, "text")
            case _:
                return _message(HTTPStatus.NOT_FOUND, "The requested URL was not found on the server.")
        return self._out_of_order() or _json(told)

    def _out_of_order(self) -> Answer | None:
        """Return the error answer of a mood; ``None`` if there is none, late in :attr:`Mood.SLOW`."""
        with self._guard:
            mood, mood_over = self._mood, self._mood_over
        match mood:
            case Mood.RATE_LIMITED:
                return _message(HTTPStatus.TOO_MANY_REQUESTS, "90 per 1 minute")
            case Mood.FAILING:
                return _message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
            case Mood.GARBAGE:
                return HTTPStatus.OK, "text/html", b"<!doctype html><title>Back soon</title>"
            case Mood.SLOW:
                mood_over.wait(self.slow_s)
            case Mood.WELL | Mood.UNKNOWN:
                pass
        return None


def _json(value: Any) -> Answer:
    return HTTPStatus.OK, "application/json", json.dumps(value).encode()


def _message(status: HTTPStatus, message: str, **more: str) -> Answer:
    return status, "application/json", json.dumps({"message": message, **more}).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined by server_close(): no socket outlives the stand-in

    def __init__(self, horde: HordeStandIn, port: int) -> None:
        self.horde = horde
        super().__init__(("127.0.0.1", port), _Handler)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that gave up waiting."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5.0  # a connection without a request must not delay server_close()

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/api/v2/find_user":
            status, content_type, body = self.server.horde.answer(self.headers.get("apikey"))
        else:
            status, content_type, body = self.server.horde.answer_public(self.path)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""
