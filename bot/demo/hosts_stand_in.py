"""Stand-in for Hugging Face and Civitai with made-up models, for demo and tests."""

import json
from email.message import Message
from enum import StrEnum
from http import HTTPStatus
from typing import Any, override
from urllib.parse import parse_qs, unquote, urlsplit

from bot.demo.host_models import (
    CIVITAI_MODELS,
    CIVITAI_VERSIONS,
    HUB_CONFIGS,
    HUB_REPOS,
    HUB_TENSORS,
    tensor_header,
)
from bot.demo.stand_in import SLOW_S, Answer, StandIn, json_answer


class HostMood(StrEnum):
    """Behaviour of both hosts until the next change."""

    WELL = "well"
    FAILING = "failing"
    GARBAGE = "garbage"
    """A page for people instead of JSON."""
    BUSY = "busy"
    REGION = "region"
    SLOW = "slow"


class HostsStandIn(StandIn[HostMood]):
    """Both hosts on one port: the few routes that the bot reads; ``url`` is the address of each."""

    def __init__(self, *, slow_s: float = SLOW_S) -> None:
        """Prepare, without listening yet; ``slow_s`` is the delay of ``HostMood.SLOW``."""
        super().__init__(HostMood.WELL, slow_s=slow_s)
        self._asked: list[str] = []

    @property
    def asked(self) -> list[str]:
        """Return the paths and queries of all requests so far."""
        with self._guard:
            return list(self._asked)

    @override
    def reply(self, target: str, headers: Message, form: str) -> Answer:
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
            return json_answer(CIVITAI_MODELS[int(number)])
        case ["model-versions", "by-hash", sha256]:
            found = (each for each in CIVITAI_VERSIONS.values() if sha256.upper() in json.dumps(each))
            return next(map(json_answer, found), None)
        case ["model-versions", "mini", number] if int(number) in CIVITAI_VERSIONS:
            return json_answer({"requireAuth": False, "fileId": query.get("modelFileId")})
        case ["model-versions", number] if int(number) in CIVITAI_VERSIONS:
            return json_answer(CIVITAI_VERSIONS[int(number)])
    return None


def _hub(path: list[str], wanted: str) -> Answer | None:
    match path:
        case ["api", "models", owner, name, *rest] if rest[:1] in ([], ["revision"], ["paths-info"]):
            repo = HUB_REPOS.get(f"{owner}/{name}")
            if repo is None:
                return _error(HTTPStatus.UNAUTHORIZED, "Invalid username or password.")
            return json_answer(_paths_info(repo, wanted) if rest[:1] == ["paths-info"] else repo)
        case [owner, name, "resolve", _, "config.json"] if f"{owner}/{name}" in HUB_CONFIGS:
            return json_answer(HUB_CONFIGS[f"{owner}/{name}"])
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


def _error(status: HTTPStatus, words: str) -> Answer:
    return json_answer({"error": words}, status)
