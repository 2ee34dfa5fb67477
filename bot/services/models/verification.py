"""Verification of live models with their hosts: some on request, all over a week."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final

from pydantic import TypeAdapter

from bot.reference.deployment import CATEGORIES
from bot.reference.names import BACKEND_PREFIXES
from bot.services.catalogue import Catalogue
from bot.services.errors import UnknownModelError
from bot.services.hosts.host_checks import HostChecks, subject_of
from bot.services.hosts.host_findings import HostFinding, HostSubject, HostVerdict
from bot.services.model_names import close_to, resolved
from storage.cursors import Cursors

MODELS_MAX: Final = 40
"""Models that one command asks about: some 120 requests, of 500 in five minutes that Hugging Face allows."""
AT_ONCE: Final = 4
FRESH_FOR: Final = timedelta(days=1)
"""Age up to which a command uses an answer again, so that the next one goes on with other models."""
SLOT: Final = timedelta(minutes=10)
SLOTS: Final = timedelta(days=7) // SLOT
SLOTS_AT_ONCE: Final = 3
"""Slots that are caught up after a pause."""
CURSOR_SLOT: Final = "verified_slot"
CURSOR_REFUTED: Final = "refuted_models"


@dataclass(frozen=True, slots=True)
class RefutedModel:
    """A live model with a file that workers would not get, or that has moved."""

    category: str
    name: str
    findings: tuple[HostFinding, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of a verification.

    Attributes:
        refuted: models with a finding.
        checked: models about which a host has answered.
        unanswered: models whose host could not be asked.
        waiting: models that have not been asked about yet.
    """

    refuted: tuple[RefutedModel, ...]
    checked: int
    unanswered: int = 0
    waiting: int = 0

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Verification":
        """Read it from the facts of a post."""
        return TypeAdapter(Verification).validate_python(facts)

    def facts(self) -> dict[str, Any]:
        """Return it as the facts of a post (JSON)."""
        facts: dict[str, Any] = TypeAdapter(Verification).dump_python(self, mode="json")
        return facts


@dataclass(frozen=True, slots=True)
class _LiveSubject:
    category: str
    name: str
    subject: HostSubject


@dataclass(slots=True)
class ModelVerification:
    """Compares live models with the hosts of their files."""

    catalogue: Catalogue
    host_checks: HostChecks
    cursors: Cursors
    clock: Callable[[], datetime]

    async def verify(self, category: str | None, typed: str | None) -> Verification:
        """Ask about one model, or about models of a category that were not asked about within a day.

        Raises:
            UnknownModelError: no live model has this name.
            ApiError: the service does not answer.
        """
        live = await self._live((category,) if category is not None else CATEGORIES)
        if typed is not None:
            names = {each.name for each in live}
            name = resolved(names, typed)
            live = [each for each in live if each.name == name]
            if not live:
                raise UnknownModelError(category or "", name, close_to(names, name))
        due = [each for each in live if self.host_checks.is_due(each.subject, fresh_for=FRESH_FOR)]
        await self._ask(due[:MODELS_MAX], fresh_for=FRESH_FOR)
        return self._result(live)

    async def ask_due(self) -> int:
        """Ask about the models of the slots since the last call (one a week); return the count.

        Raises:
            ApiError: the service does not answer.
        """
        now = int(self.clock().timestamp() // SLOT.total_seconds())
        last = await self.cursors.get(CURSOR_SLOT)
        first = max(int(last) + 1, now - SLOTS_AT_ONCE + 1) if last is not None else now
        slots = {slot % SLOTS for slot in range(first, now + 1)}
        if not slots:
            return 0
        live = await self._live(CATEGORIES)
        due = [each for each in live if slot_of(each.category, each.name) in slots]
        await self._ask(due, fresh_for=timedelta())
        refuted = {(each.category, each.name) for each in self._result(due).refuted}
        kept = {pair for pair in await self._noted() if pair not in {(each.category, each.name) for each in due}}
        await self.cursors.set(CURSOR_REFUTED, json.dumps(sorted(kept | refuted)))
        await self.cursors.set(CURSOR_SLOT, str(now))
        return len(due)

    async def recheck_noted(self) -> Verification:
        """Ask again about models that the weekly check noted; return what is still true.

        Raises:
            ApiError: the service does not answer.
        """
        noted = await self._noted()
        live = [each for each in await self._live(CATEGORIES) if (each.category, each.name) in noted]
        await self._ask(live, fresh_for=SLOT)
        return self._result(live)

    async def _noted(self) -> set[tuple[str, str]]:
        stored = await self.cursors.get(CURSOR_REFUTED)
        return set() if stored is None else {(category, name) for category, name in json.loads(stored)}

    async def _live(self, categories: Sequence[str]) -> list[_LiveSubject]:
        """Return the live models with something to check; not the backends' copies of text models."""
        found = []
        for category in categories:
            dialect = await self.catalogue.dialect_of(category)
            for name, record in (await self.catalogue.live_models(category)).items():
                subject = subject_of({"name": name, **record}, category, dialect)
                if not name.startswith(BACKEND_PREFIXES) and self.host_checks.is_checkable(subject):
                    found.append(_LiveSubject(category, name, subject))
        return found

    async def _ask(self, live: Sequence[_LiveSubject], *, fresh_for: timedelta) -> None:
        for some in batched(live, AT_ONCE):
            await asyncio.gather(*(self.host_checks.ask(each.subject, fresh_for=fresh_for) for each in some))

    def _result(self, live: Sequence[_LiveSubject]) -> Verification:
        known = [(each, self.host_checks.known(each.subject)) for each in live]
        answered = [(each, findings) for each, findings in known if any(one.facts.problem is None for one in findings)]
        refuted = [RefutedModel(each.category, each.name, tuple(_refuting(findings))) for each, findings in answered]
        return Verification(
            refuted=tuple(model for model in refuted if model.findings),
            checked=len(answered),
            unanswered=sum(bool(findings) for _, findings in known) - len(answered),
            waiting=sum(not findings for _, findings in known),
        )


def name_digest(name: str) -> str:
    """Return the digest that stands for a model's name in the id of a button."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _refuting(findings: Sequence[HostFinding]) -> Iterator[HostFinding]:
    return (each for each in findings if each.verdict.is_fail or each.verdict is HostVerdict.MOVED)


def slot_of(category: str, name: str) -> int:
    """Return the slot of the week in which the weekly check asks about a model."""
    return int(hashlib.sha256(f"{category}/{name}".encode()).hexdigest()[:8], 16) % SLOTS
