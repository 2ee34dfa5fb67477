"""Reader of live and queued models from the real service, for the demo's page."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import httpx

from bot.demo.horde_stand_in import ANONYMOUS_KEY
from bot.reference.deployment import CATEGORIES
from bot.services.forms.fields_text import baseline_name
from bot.tls import tls_context
from bot.ui.choice_names import category_name, option_words

V2 = "model_references/v2"
SHOWN_CHANGES = 40


class LiveReference:
    """Reader of the service for the page; marks models that are newer than the demo."""

    def __init__(self, service_url: str) -> None:
        """Create the reader; `service_url` is the base URL ending in `/api`."""
        self._url = service_url
        self._client = httpx.AsyncClient(base_url=f"{service_url}/", trust_env=False, timeout=20, verify=tls_context())
        self._at_start: dict[str, frozenset[str]] = {}
        self._counts_at_start: Counter[str] = Counter()
        self._remembering: asyncio.Task[None] | None = None

    async def remember(self) -> None:
        """Store the names of all present models and the counts of changes; later ones are new."""
        changes, *found = await asyncio.gather(self._changes(), *(self._models(category) for category in CATEGORIES))
        self._counts_at_start = _counts(changes)
        self._at_start = {category: frozenset(models) for category, models in zip(CATEGORIES, found, strict=True)}

    def remember_soon(self) -> None:
        """Begin to remember; `read` waits for it."""
        self._remembering = asyncio.create_task(self.remember(), name="remember-reference")

    async def close(self) -> None:
        """Close the connections."""
        if self._remembering is not None:
            self._remembering.cancel()
            await asyncio.gather(self._remembering, return_exceptions=True)
        await self._client.aclose()

    async def read(self, category: str) -> dict[str, Any]:
        """Read all data of the page.

        Returns:
            `mode`, `canonical_format`, `writable`, `category`, `categories`, `models` (new ones first), `changes`
            (newest first; None where this deployment has no queue), `counts` by status, and `new_counts`: by how
            many each grew since the start.

        Raises:
            httpx.HTTPError: The service is away.
        """
        if self._remembering is not None:
            await self._remembering
        deployment, models, changes = await asyncio.gather(
            self._get("replicate_mode"), self._models(category), self._changes()
        )
        counts = _counts(changes)
        before = self._at_start.get(category, frozenset())
        entries = [
            {
                "name": name,
                "is_new": name not in before,
                "about": _about(record),
                "description": record.get("description") or "",
                "link": f"{self._url}/{V2}/{category}/model/{quote(name, safe='')}",
            }
            for name, record in models.items()
        ]
        entries.sort(key=lambda entry: (not entry["is_new"], str(entry["name"]).casefold()))
        return {
            "mode": deployment["replicate_mode"],
            "canonical_format": deployment["canonical_format"],
            "writable": deployment["writable"],
            "category": category,
            "categories": CATEGORIES,
            "address": f"{self._url}/{V2}/{category}",
            "models": entries,
            "changes": None if changes is None else [_line(change) for change in changes[-SHOWN_CHANGES:]][::-1],
            "counts": counts,
            "new_counts": counts - self._counts_at_start,
        }

    async def _get(self, path: str, **params: int) -> Any:
        answer = await self._client.get(path, params=params, headers={"apikey": ANONYMOUS_KEY})
        answer.raise_for_status()
        return answer.json()

    async def _models(self, category: str) -> dict[str, dict[str, Any]]:
        try:
            return dict(await self._get(f"{V2}/{category}"))
        except httpx.HTTPStatusError:
            return {}  # the service says 404 until a category has its first model

    async def _changes(self) -> list[dict[str, Any]] | None:
        try:
            return list((await self._get(f"{V2}/pending_queue/changes", limit=500))["items"])
        except httpx.HTTPStatusError:
            return None


def _counts(changes: Iterable[dict[str, Any]] | None) -> Counter[str]:
    return Counter(str(change["status"]) for change in changes or ())


def _line(change: dict[str, Any]) -> dict[str, Any]:
    keys = ("change_id", "operation", "category", "model_name", "status", "requested_username")
    return {key: change.get(key) for key in keys} | {"kind": category_name(str(change.get("category")))}


def _about(record: dict[str, Any]) -> list[str]:
    """Return the two or three main facts of a model."""
    facts = [option_words(baseline_name(str(record[key])))[0] for key in ("baseline", "style") if record.get(key)]
    if record.get("nsfw"):
        facts.append("NSFW")
    size = record.get("size_on_disk_bytes")
    if isinstance(size, int) and size > 0:
        facts.append(f"{size / 1e9:.1f} GB")
    parameters = record.get("parameters") or record.get("parameters_count")
    if isinstance(parameters, int) and parameters > 0:
        facts.append(f"{parameters / 1e9:g} B parameters")
    return facts
