"""Stand-in for AI-Horde, for demo and tests: accounts of keys, and usage statistics."""

import re
from collections.abc import Mapping, Sequence
from email.message import Message
from enum import StrEnum
from http import HTTPStatus
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

from bot.demo.horde_figures import ModelFigures, stats_of_models, status_of_models
from bot.demo.stand_in import SLOW_S, Answer, StandIn, json_answer

ANONYMOUS_KEY = "0000000000"
ANONYMOUS_USERNAME = "Anonymous#0"


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


class HordeStandIn(StandIn[Mood]):
    """Server of AI-Horde's `GET /api/v2/find_user` for a few keys, and of its statistics."""

    def __init__(
        self, users: Mapping[str, str], *, figures: Sequence[ModelFigures] = (), slow_s: float = SLOW_S
    ) -> None:
        """Create the stand-in, without listening yet.

        ``users`` are usernames by key, as AI-Horde spells them (``alice#101``; ``alice#101 (Shared Key: name)``). The
        anonymous key is always known.
        """
        super().__init__(Mood.WELL, slow_s=slow_s)
        self._figures = tuple(figures)
        self._first_users = {ANONYMOUS_KEY: ANONYMOUS_USERNAME, **users}
        self._users = dict(self._first_users)
        self._calls = 0

    @property
    @override
    def url(self) -> str:
        """Return the base URL with its trailing slash, as ``AI_HORDE_URL`` requires it."""
        return f"{super().url}/api/"

    @property
    def calls(self) -> int:
        """Return the number of ``find_user`` requests since the start or the last :meth:`reset`."""
        with self._guard:
            return self._calls

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

    @override
    def reply(self, target: str, headers: Message, form: str) -> Answer:
        if urlsplit(target).path == "/api/v2/find_user":
            return self._find_user(headers.get("apikey"))
        return self._public(target)

    def _find_user(self, apikey: str | None) -> Answer:
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
        return json_answer(user)

    def _public(self, address: str) -> Answer:
        """Return the answer of a public route, by path and query; not counted."""
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        match path.removeprefix("/api/v2/"):
            case "status/heartbeat":
                return _message(HTTPStatus.OK, "OK")
            case "status/models":
                found: Any = status_of_models(self._figures, query.get("type", ["image"])[0])
            case "stats/img/models":
                found = stats_of_models(self._figures, "image")
            case "stats/text/models":
                found = stats_of_models(self._figures, "text")
            case _:
                return _message(HTTPStatus.NOT_FOUND, "The requested URL was not found on the server.")
        return self._out_of_order() or json_answer(found)

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


def _message(status: HTTPStatus, message: str, **more: str) -> Answer:
    return json_answer({"message": message, **more}, status)
