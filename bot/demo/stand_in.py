"""Base of the stand-ins: an HTTP server on loopback with a thread of its own.

It answers independently of the caller's event loop and its virtual clock.
"""

import json
from abc import ABC, abstractmethod
from email.message import Message
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self, override

SLOW_S = 12.0
"""Longer than any caller waits: the service for AI-Horde, the bot for all questions about one link."""

type Answer = tuple[int, str, bytes]
"""Status, content type and body."""


class StandIn[MoodT: StrEnum](ABC):
    """Server that behaves as its mood says. Use as a context manager."""

    def __init__(self, well: MoodT, *, slow_s: float = SLOW_S) -> None:
        """Prepare, without listening yet.

        Args:
            well: the first mood.
            slow_s: seconds that an answer is late in a slow mood.
        """
        self.slow_s = slow_s
        self._well = self._mood = well
        self._guard = Lock()
        self._mood_over = Event()
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Return the address, without a trailing slash."""
        if self._server is None:
            raise RuntimeError(f"{type(self).__name__} has not been started.")
        return f"http://127.0.0.1:{self._server.server_port}"

    def play(self, mood: MoodT) -> None:
        """Change the behaviour; late answers are sent at once."""
        with self._guard:
            self._mood = mood
            self._mood_over.set()
            self._mood_over = Event()

    @abstractmethod
    def reply(self, target: str, headers: Message, form: str) -> Answer:
        """Return the answer to a request for a path and query; ``form`` is the body of a POST."""

    def start(self) -> None:
        """Listen on a free loopback port."""
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name=type(self).__name__, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send late answers and free the port; does nothing if not started."""
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is None or thread is None:
            return
        self.play(self._well)
        server.shutdown()
        thread.join()
        server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def json_answer(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return an answer with a JSON body."""
    return status, "application/json", json.dumps(value).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined by server_close(): no socket outlives the stand-in

    def __init__(self, stand_in: StandIn[Any]) -> None:
        self.stand_in = stand_in
        super().__init__(("127.0.0.1", 0), _Handler)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that gave up waiting."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5.0  # a connection without a request must not delay server_close()

    def do_GET(self) -> None:
        self._send("")

    def do_POST(self) -> None:
        self._send(self.rfile.read(int(self.headers.get("content-length", 0))).decode())

    def _send(self, form: str) -> None:
        status, content_type, body = self.server.stand_in.reply(self.path, self.headers, form)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""
