"""Comparison of a draft with the live record: its diff, and changes since the draft began."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.errors import BotError
from bot.reference.deployment import CATEGORIES
from bot.reference.models import Operation
from bot.reference.names import BACKEND_PREFIXES
from bot.services.catalogue import Catalogue
from bot.services.proposals.outcomes import LiveFacts
from bot.services.records.diff import Rebased, draft_diff, is_same, rebase
from bot.services.usage import UsageFacts, Usages
from storage.drafts import Draft, Drafts

DEPENDENTS_MAX = 50

_NO_NAMES = frozenset({"name", "model_name", "style", "baseline", "tags", "trigger", "type", "description"})
"""Fields that never refer to another model by name."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft compared with the current live record.

    Attributes:
        draft: as stored after the comparison.
        moved: the rebase onto a newer live record, ``None`` if the live record is unchanged.
        is_unchanged: the draft equals the live record.
    """

    draft: Draft
    moved: Rebased | None = None
    is_unchanged: bool = False


@dataclass(slots=True)
class LiveComparison:
    """Compares drafts with live records and rebases a draft onto a newer one."""

    catalogue: Catalogue
    usages: Usages
    drafts: Drafts
    clock: Callable[[], datetime]

    async def facts(self, draft: Draft) -> LiveFacts | None:
        """Return the draft's diff and conflicts with the cached live record; ``None`` for a create."""
        operation = Operation(draft.operation)
        if operation is Operation.CREATE:
            return None
        base = draft.base or {}
        try:
            live = (await self.catalogue.live_models(draft.category)).get(draft.model_name, base)
        except BotError:
            live = base
        moved = rebase(base, base, live).taken if not is_same(base, live) else ()
        if operation is Operation.UPDATE:
            return LiveFacts(draft_diff(draft.model_name, draft.category, live, draft.record), moved)
        usage = await self.usages.of(draft.category, draft.model_name)
        return LiveFacts(None, moved, usage, tuple(self._dependents(draft.category, draft.model_name)))

    async def usage_of(self, draft: Draft) -> UsageFacts | None:
        """Return the usage of the model that a draft changes; ``None`` if new or unknown."""
        if Operation(draft.operation) is Operation.CREATE:
            return None
        return await self.usages.of(draft.category, draft.model_name)

    async def compare(self, draft: Draft) -> Comparison:
        """Compare a draft with the current live record; rebase and save it if that changed.

        Raises:
            ApiError: the service does not answer.
            DraftUnavailableError: the draft is gone or no longer open.
        """
        operation = Operation(draft.operation)
        if operation is Operation.CREATE:
            return Comparison(draft)
        live = await self.catalogue.live_record(draft.category, draft.model_name)
        if live is None:  # a check reports it
            return Comparison(draft)
        live = {"name": draft.model_name, **live}
        base = draft.base or {}
        moved = None
        if not is_same(base, live):
            draft = await self.drafts.get(draft.draft_id, draft.user_id) or draft  # it may have been edited meanwhile
            base = draft.base or {}
            moved = rebase(base, draft.record if operation is Operation.UPDATE else base, live)
            draft = await self.drafts.save(replace(draft, record=moved.record, base=live), self.clock())
        is_unchanged = operation is Operation.UPDATE and is_same(draft.record, live)
        return Comparison(draft, moved, is_unchanged)

    def _dependents(self, category: str, name: str) -> Iterator[tuple[str, str]]:
        found = 0
        for other_category in CATEGORIES:
            for other, record in self.catalogue.known_models(other_category).items():
                if (other_category, other) == (category, name) or found >= DEPENDENTS_MAX:
                    continue
                is_twin = category == other_category == "text_generation" and _is_twin(name, other)
                if is_twin or _mentions(record, name):
                    found += 1
                    yield other_category, other


def _is_twin(name: str, other: str) -> bool:
    """Return whether ``other`` is a backend's copy of the model.

    The ``koboldcpp/`` copy drops the organisation from the name.
    """
    backend = next((prefix for prefix in BACKEND_PREFIXES if other.startswith(prefix)), None)
    return backend is not None and other.removeprefix(backend) in (name, name.rpartition("/")[2])


def _mentions(value: Any, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(_mentions(item, name) for key, item in value.items() if key not in _NO_NAMES)
    if isinstance(value, list):
        return any(_mentions(item, name) for item in value)
    return bool(value == name) if isinstance(value, str) else False
