"""Hugging Face and Civitai with made-up models on one loopback port, for demo and tests.

It runs on a thread of its own, so that it answers while the simulation stands still.
"""

import json
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Final, Self, override
from urllib.parse import parse_qs, unquote, urlsplit

from bot.demo.host_models import (
    CIVITAI_MODELS,
    CIVITAI_VERSIONS,
    HUB_CONFIGS,
    HUB_REPOS,
    HUB_TENSORS,
    tensor_header,
)

SLOW_S: Final = 12.0
"""Longer than the time for all questions about one link."""

type Answer = tuple[int, str, bytes]


class HostMood(StrEnum):
    """Behaviour of both hosts until the next change."""

    WELL = "well"
    FAILING = "failing"
    GARBAGE = "garbage"
    """A page for people instead of JSON."""
    BUSY = "busy"
    REGION = "region"
    SLOW = "slow"


class HostsStandIn:
    """Both hosts: the few routes that the bot reads. Use as a context manager; ``url`` is the address of each."""

    def __init__(self, *, port: int = 0, slow_s: float = SLOW_S) -> None:
        """Prepare, without listening yet.

        Args:
            port: the loopback port; 0 takes a free one.
            slow_s: seconds an answer is late in ``HostMood.SLOW``.
        """
        self.slow_s = slow_s
        self._port = port
        self._mood = HostMood.WELL
        self._asked: list[str] = []
        self._guard = Lock()
        self._mood_over = Event()
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Return the address, without a trailing slash."""
        if self._server is None:
            raise RuntimeError("The stand-in of the hosts has not been started.")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def asked(self) -> list[str]:
        """Return the paths and queries of all requests so far."""
        with self._guard:
            return list(self._asked)

    def play(self, mood: HostMood) -> None:
        """Behave in this way from now on; late answers are sent at once."""
        with self._guard:
            self._mood = mood
            self._mood_over.set()
            self._mood_over = Event()

    def __enter__(self) -> Self:
        self._server = _Server(self, self._port)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="file-hosts", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is None or thread is None:
            return
        self.play(HostMood.WELL)
        server.shutdown()
        thread.join()
        server.server_close()

    def answer(self, target: str, form: str) -> Answer:
        """Return the answer to a request: status, content type and body."""
        with self._guard:
            self._asked.append(target)
            mood, mood_over = self._mood, self._mood_over
        match mood:
            case HostMood.FAILING:
                return _error(HTTPStatus.BAD_GATEWAY, "Bad gateway")
            case HostMood.GARBAGE:
                return HTTPStatus.OK, "text/html", b"<!doctype html><title>Just a moment</title>"
            case HostMood.BUSY:
                return _error(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests")
            case HostMood.REGION:
                return _error(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, "Not available in your region.")
            case HostMood.SLOW:
                mood_over.wait(self.slow_s)
            case HostMood.WELL:
                pass
        parts = urlsplit(target)
        path = [unquote(each) for each in parts.path.strip("/").split("/")]
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        found = (
            _civitai(path[2:], query) if path[:2] == ["api", "v1"] else _hub(path, parse_qs(form).get("paths", [""])[0])
        )
        return found or _error(HTTPStatus.NOT_FOUND, "Not found")


def _civitai(path: list[str], query: dict[str, str]) -> Answer | None:
    match path:
        case ["models", number] if int(number) in CIVITAI_MODELS:
            return _json(CIVITAI_MODELS[int(number)])
        case ["model-versions", "by-hash", sha256]:
            return next((_json(each) for each in CIVITAI_VERSIONS.values() if sha256.upper() in json.dumps(each)), None)
        case ["model-versions", "mini", number] if int(number) in CIVITAI_VERSIONS:
            return _json({"requireAuth": False, "fileId": query.get("modelFileId")})
        case ["model-versions", number] if int(number) in CIVITAI_VERSIONS:
            return _json(CIVITAI_VERSIONS[int(number)])
    return None


def _hub(path: list[str], wanted: str) -> Answer | None:
    match path:
        case ["api", "models", owner, name, *rest] if rest[:1] in ([], ["revision"], ["paths-info"]):
            repo = HUB_REPOS.get(f"{owner}/{name}")
            if repo is None:
                return _error(HTTPStatus.UNAUTHORIZED, "Invalid username or password.")
            return _json(_paths_info(repo, wanted) if rest[:1] == ["paths-info"] else repo)
        case [owner, name, "resolve", _, "config.json"] if f"{owner}/{name}" in HUB_CONFIGS:
            return _json(HUB_CONFIGS[f"{owner}/{name}"])
        case [owner, name, "resolve", _, file] if (shapes := HUB_TENSORS.get(f"{owner}/{name}/{file}")) is not None:
            return HTTPStatus.PARTIAL_CONTENT, "application/octet-stream", tensor_header(shapes)
    return None


def _paths_info(repo: dict[str, Any], wanted: str) -> list[dict[str, Any]]:
    files = [each for each in repo["siblings"] if each["rfilename"] == wanted]
    return [
        {
            "type": "file",
            "path": wanted,
            "size": each["size"],
            "oid": each["blobId"],
            "lfs": {"oid": each["lfs"]["sha256"], "size": each["size"]} if "lfs" in each else None,
            "securityFileStatus": {"status": "safe"},
        }
        for each in files
    ]


def _json(value: Any) -> Answer:
    return HTTPStatus.OK, "application/json", json.dumps(value).encode()


def _error(status: HTTPStatus, words: str) -> Answer:
    return status, "application/json", json.dumps({"error": words}).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined by server_close(): no socket outlives the stand-in

    def __init__(self, hosts: HostsStandIn, port: int) -> None:
        self.hosts = hosts
        super().__init__(("127.0.0.1", port), _Handler)

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
        status, content_type, body = self.server.hosts.answer(self.path, form)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""
