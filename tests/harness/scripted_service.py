"""A queue as a test writes it, at the edge of HTTP: for moments that the real service cannot be brought to at will."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from inspect import isawaitable
from typing import Any, override
from urllib.parse import parse_qs

import httpx
from pydantic_core import to_json

URL = "https://models.example"
_V2 = "/model_references/v2"
_QUEUE = f"{_V2}/pending_queue"

type Answer = tuple[int, Any]
type Meanwhile = Callable[[httpx.Request], object]


def harmless(name: str) -> dict[str, Any]:
    """A v2 record on which every check passes."""
    file_name, sha256 = f"{name.replace(' ', '_')}.safetensors", hashlib.sha256(name.encode()).hexdigest()
    url = f"https://huggingface.co/example/models/resolve/main/{file_name}"
    return {
        "name": name,
        "baseline": "stable_diffusion_xl",
        "nsfw": False,
        "description": "Draws boats and harbours.",
        "config": {"download": [{"file_name": file_name, "file_url": url, "sha256sum": sha256}]},
    }


class ScriptedService(httpx.AsyncBaseTransport):
    """Answers as the service does (8.6.2), from what the test put in.

    Attributes:
        changes: The queue by id, each as the service tells it.
        models: Live records of each category; a category that is not in it answers 404, as an empty one does.
        roles: Of every key.
        requests: All that was asked, in order.
        is_away: Refuses connections.
        keeps_live_records: Answers that changes are applied, without changing a live record.
        breaks_after: Paths whose work is done, but whose answer never arrives.
        refusals: Path -> status and detail, instead of an answer.
        bodies: Path, or method and path, -> status and whole body, likewise.
        meanwhile: Path -> what happens once, while its answer is on its way; a coroutine holds the answer up.
        date: Its clock, in the header of each answer.
    """

    def __init__(self) -> None:
        self.changes: dict[int, dict[str, Any]] = {}
        self.models: dict[str, dict[str, Any]] = {"image_generation": {"Deliberate": {"name": "Deliberate"}}}
        self.mode = "PRIMARY"
        self.user_id = "202"
        self.roles = ["requestor", "approver"]
        self.requests: list[httpx.Request] = []
        self.is_away = False
        self.keeps_live_records = False
        self.breaks_after: set[str] = set()
        self.refusals: dict[str, tuple[int, str]] = {}
        self.bodies: dict[str, tuple[int, Any]] = {}
        self.meanwhile: dict[str, Meanwhile] = {}
        self.date: datetime | None = None

    def put(self, change_id: int, **changes: Any) -> dict[str, Any]:
        """Have a change in the queue; what is not said of it is that of a plain one."""
        plain = {
            "change_id": change_id,
            "category": "image_generation",
            "model_name": f"Model {change_id}",
            "operation": "create",
            "payload": harmless(f"Model {change_id}"),
            "requested_by": "101",
            "requested_username": "alice#101",
            "requested_at": 1_772_366_400,
            "status": "pending",
        }
        self.changes[change_id] = change = {**plain, **self.changes.get(change_id, {}), **changes}
        if changes.get("status") == "applied" and not self.keeps_live_records:
            self._make_live(change)
        return change

    def _make_live(self, change: Mapping[str, Any]) -> None:
        records = self.models.setdefault(change["category"], {})
        records.pop(change["model_name"], None)
        if change["operation"] != "delete":
            records[change["model_name"]] = dict(change["payload"])

    @property
    def writes(self) -> list[httpx.Request]:
        """Every request that would change something."""
        return [request for request in self.requests if request.method != "GET"]

    def asked(self, part: str) -> int:
        """Return the number of requests with this in the path."""
        return sum(part in request.url.path for request in self.requests)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.is_away:
            raise httpx.ConnectError("refused", request=request)
        path = _path_of(request)
        scripted = self._scripted(f"{request.method} {path}") or self._scripted(path)
        answer = answered(*(scripted or self._queue(path, request) or self._around(path)))
        if self.date is not None:
            answer.headers["date"] = format_datetime(self.date, usegmt=True)
        if (meanwhile := self.meanwhile.pop(path, None)) is not None:
            happening = meanwhile(request)
            if isawaitable(happening):
                await happening
        if path in self.breaks_after:
            raise httpx.ReadError("reset", request=request)
        return answer

    def _scripted(self, path: str) -> Answer | None:
        if path in self.refusals:
            status, detail = self.refusals[path]
            return status, {"detail": detail}
        return self.bodies.get(path)

    def _around(self, path: str) -> Answer:
        is_primary = self.mode == "PRIMARY"
        known: dict[str, Any] = {
            "/replicate_mode": {"replicate_mode": self.mode, "canonical_format": "v2", "writable": is_primary},
            "/openapi.json": {"info": {"version": "8.6.2"}},
            "/api/v2/find_user": {"username": "bob#202", "id": 202},
            f"{_V2}/me/roles": {"user_id": self.user_id, "username": "bob#202", "roles": self.roles},
            f"{_V2}/image_generation/baselines/": {"items": [{"name": "stable_diffusion_xl"}]},
            **{f"{_V2}/{category}": records for category, records in self.models.items()},
            **{f"{_V2}/{c}/model/{name}": one for c, records in self.models.items() for name, one in records.items()},
        }
        return (200, known[path]) if path in known else (404, {"detail": "Nothing of this name."})

    def _queue(self, path: str, request: httpx.Request) -> Answer | None:
        match path.strip("/").split("/"):
            case ["changes" | "my_changes" as listing]:
                query = parse_qs(request.url.query.decode())
                return 200, self._page(listing, query)
            case ["changes", change_id]:
                change = self.changes.get(int(change_id))
                return (200, change) if change else (404, {"detail": "Pending change not found"})
            case ["batches"]:
                return self._decided(json.loads(request.content))
            case ["apply"]:
                return self._applied(json.loads(request.content))
            case ["purge" | "purge trial" as purge]:
                return self._purged(json.loads(request.content), is_trial=purge != "purge")
            case _:
                return None

    def _page(self, listing: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        found = [
            change
            for _, change in sorted(self.changes.items())
            if change["status"] in query.get("statuses", [change["status"]])
            and change["category"] in query.get("categories", [change["category"]])
            and change["requested_by"] in query.get("requested_by", [change["requested_by"]])
            and query.get("model_name", [""])[0].casefold() in change["model_name"].casefold()
            and (listing == "changes" or change["requested_by"] == self.user_id)
        ]
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        return {"items": found[offset : offset + limit], "total": len(found), "offset": offset, "limit": limit}

    def _decided(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        chosen = [(status, i) for status in ("approved", "rejected") for i in body[f"{status}_ids"]]
        for _, change_id in chosen:
            if (status := self.changes[change_id]["status"]) != "pending":
                return 400, {"detail": f"Change {change_id} is not pending (status={status})"}
        decided: dict[str, list[Any]] = {"approved": [], "rejected": []}
        for status, change_id in chosen:
            by = {f"{status}_by": self.user_id, f"{status}_username": "bob#202"}
            decided[status].append(self.put(change_id, status=status, reject_reason=body["reject_reason"], **by))
        return 200, {"batch_id": 1, "batch_title": body["batch_title"], **decided}

    def _applied(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        change_ids = body["change_ids"]
        by = {"applied_by": self.user_id, "applied_username": "bob#202", "applied_job_id": body["job_id"]}
        return 200, {"applied": [self.put(change_id, status="applied", **by) for change_id in change_ids]}

    def _purged(self, body: Mapping[str, Any], *, is_trial: bool) -> tuple[int, Any]:
        query = {key: values if isinstance(values, list) else [values] for key, values in body.items()}
        found = self._page("changes", {**query, "offset": ["0"], "limit": ["500"]})["items"]
        change_ids = [change["change_id"] for change in found]
        for change_id in () if is_trial else change_ids:
            del self.changes[change_id]
        return 200, {"removed_count": len(found), "removed_change_ids": change_ids, "dry_run": is_trial}


def _path_of(request: httpx.Request) -> str:
    """The path as tests name it; what a purge would take is asked for under a path of its own."""
    path = request.url.path.removeprefix(_QUEUE)
    return f"{path} trial" if path == "/purge" and json.loads(request.content)["dry_run"] else path


def answered(status: int, body: Any) -> httpx.Response:
    """Return an answer as it comes from a socket: not read yet."""
    content = to_json(body)  # json.dumps takes ten times as long for megabytes
    headers = {"content-type": "application/json", "content-length": str(len(content))}
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))
