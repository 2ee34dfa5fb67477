"""Proposals that go the whole way on the real service: drafted by the bot, approved and applied beside it."""

import asyncio
import json
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import AsyncExitStack
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import stamina
from pydantic import SecretStr

from bot.build import open_container
from bot.container import Services
from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.errors import ApiError
from bot.reference.models import CanonicalFormat
from bot.services.changes import Origin
from bot.services.checks import CheckCode, has_fail
from bot.services.proposals.outcomes import DraftFacts, Queued
from bot.services.records.json_input import RecordJsonError
from bot.settings import Settings
from storage.keyring import generate_key
from tests.harness.http import CLIENT
from tests.harness.queue import QUEUE
from tests.services.checks.generated import Record, correct_record

USER = 1001


@dataclass(slots=True)
class Applied:
    """A proposal that passed every check.

    Attributes:
        record: the record as sent.
        live: the live record afterwards, ``None`` without one.
        refusal: the service's refusal at submit, approve or apply, ``None`` if it was applied.
    """

    record: Record
    live: Record | None = None
    refusal: str | None = None


class WholeWay:
    """Proposes records to one service, each with names of its own."""

    def __init__(self, services: Services, service: ReferenceService) -> None:
        self.services = services
        self.service = service
        self.avoided: frozenset[CheckCode] = frozenset()
        """Warnings with which a record is not sent."""
        self._numbers = count(1)

    def dialect_of(self, category: str) -> CanonicalFormat:
        """Return the format in which the service keeps a category."""
        assert self.services.catalogue.deployment is not None
        return self.services.catalogue.deployment.dialect_for(category)

    def own(self, record: Record, category: str) -> Record:
        """Copy a record with a model name and file names that no other has."""
        number = next(self._numbers)
        name = f"acme/Whole-{number}-7B" if category == "text_generation" else f"Whole Way {number}"
        copy: Record = json.loads(json.dumps({"name": name, **record}))
        for name in ("model", "full", "x", "vae", "body_pose_model"):
            for suffix in ("safetensors", "ckpt", "pth"):
                _replace(copy, f"{name}.{suffix}", f"{name}-{number}.{suffix}")
        return copy

    async def create(self, category: str, record: Record) -> Applied | None:
        """Propose a new model; ``None`` if the bot refuses or fails it."""
        begin = self.services.draft_sources.create_from_json
        return await self._propose(category, begin(USER, 77, category, json.dumps(record).encode()))

    async def update(self, category: str, record: Record, name: str) -> Applied | None:
        """Propose an update from a file; ``None`` if the bot refuses or fails it."""
        begin = self.services.draft_sources.update_from_json
        return await self._propose(category, begin(USER, 77, category, json.dumps(record).encode(), name))

    async def correct(self, category: str, *, full: bool) -> Record | None:
        """Make a correct model live and return its live record."""
        made = await self.create(
            category, self.own(correct_record(category, self.dialect_of(category), full=full), category)
        )
        return None if made is None else made.live

    async def _propose(self, category: str, drafting: Awaitable[DraftFacts]) -> Applied | None:
        service = self.services.draft_service
        try:
            facts = await drafting
        except RecordJsonError:
            return None
        facts = (await service.revise(USER, facts.draft_id, "As the test has it.")).facts
        if has_fail(facts.checks) or any(check.code in self.avoided for check in facts.checks):
            await service.discard(USER, facts.draft_id)
            return None
        sent = deepcopy(dict(facts.record))
        try:
            outcome = await self.services.submission.submit(USER, facts.draft_id, Origin(next(self._numbers), 77, 78))
        except ApiError as refusal:
            await service.discard(USER, facts.draft_id)
            return Applied(sent, refusal=f"submit: {refusal}")
        if not isinstance(outcome, Queued):
            await service.discard(USER, facts.draft_id)
            return None
        refused = self._apply(outcome.change.change_id)
        await self.services.catalogue.note_applied(outcome.change)
        live = await self.services.catalogue.live_record(category, str(sent["name"]))
        return Applied(sent, None if live is None else without_nulls({"name": sent["name"], **live}), refused)

    def _apply(self, change_id: int) -> str | None:
        decision = {"batch_title": "whole way", "approved_ids": [change_id], "rejected_ids": []}
        for path, content in (("batches", decision), (f"changes/{change_id}/apply", {})):
            answer = self._post(path, content)
            if not answer.is_success:
                self._post("purge", {"purge_all": True})
                return f"{path}: {answer.status_code} {answer.text}"
        return None

    def _post(self, path: str, content: Record) -> httpx.Response:
        return CLIENT.post(f"{self.service.url}/{QUEUE}/{path}", json=content, headers={"apikey": ABE.key})


def without_nulls(value: Any) -> Any:
    """Copy a JSON value without the nulls that older generations write for absent members."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def whole_way(runner: asyncio.Runner, service: ReferenceService, horde_url: str, folder: Path) -> Iterator[WholeWay]:
    """Yield the bot before a service, with Rita linked."""
    settings = Settings(
        discord_token=SecretStr("not used"),
        credential_keys=generate_key(),
        service_url=service.url,
        ask_file_hosts=False,
        ai_horde_url=horde_url,
        database_path=folder / "curator.db",
    )
    stack = AsyncExitStack()
    stack.enter_context(stamina.set_testing(True, attempts=2, cap=True))
    services = runner.run(stack.enter_async_context(open_container(settings)))
    runner.run(services.catalogue.refresh())
    runner.run(services.accounts.link(USER, RITA.key))
    yield WholeWay(services, service)
    runner.run(stack.aclose())


def _replace(value: Any, old: str, new: str) -> None:
    """Replace file names in every text of a record."""
    items: Iterable[tuple[Any, Any]] = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in list(items):
        if isinstance(item, str):
            value[key] = new if item == old else item.replace(f"/{old}", f"/{new}")
        else:
            _replace(item, old, new)
