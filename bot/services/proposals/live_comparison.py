"""The live record behind a draft: what the draft changes of it, and whether it moved since the draft began."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.errors import BotError
from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat, Operation
from bot.services.catalogue import BACKEND_PREFIXES, Catalogue
from bot.services.proposals.outcomes import LiveFacts
from bot.services.proposals.rebase import Rebased, draft_diff, is_same, rebase
from bot.services.usage import UsageFacts, Usages
from storage.drafts import Draft, Drafts

DEPENDENTS_MAX = 50

_NO_NAMES = frozenset({"name", "model_name", "style", "baseline", "tags", "trigger", "type", "description"})
"""Fields that hold no names of other models, though a model may be called the same."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft held against the live record as it is now.

    Attributes:
        draft: as stored now.
        moved: how it was put onto a newer live record, ``None`` where that did not move.
        is_unchanged: whether the live record already says all of it.
    """

    draft: Draft
    moved: Rebased | None = None
    is_unchanged: bool = False


@dataclass(slots=True)
class LiveComparison:
    """Reads live records; writes to drafts only to put them onto a newer one."""

    catalogue: Catalogue
    usages: Usages
    drafts: Drafts
    clock: Callable[[], datetime]

    async def facts(self, draft: Draft) -> LiveFacts | None:
        """What a draft means for the live record, from what was read of it lately; ``None`` for a create."""
        operation, dialect = Operation(draft.operation), CanonicalFormat(draft.dialect)
        if operation is Operation.CREATE:
            return None
        base = draft.base or {}
        try:
            live = (await self.catalogue.live_models(draft.category)).get(draft.model_name, base)
        except BotError:
            live = base
        moved = rebase(base, base, live).taken if not is_same(base, live, dialect) else ()
        if operation is Operation.UPDATE:
            return LiveFacts(draft_diff(draft.model_name, draft.category, live, draft.record, dialect), moved)
        usage = await self.usages.of(draft.category, draft.model_name)
        return LiveFacts(None, moved, usage, tuple(self._dependents(draft.category, draft.model_name)))

    async def usage_of(self, draft: Draft) -> UsageFacts | None:
        """How much the model is used that a draft changes; ``None`` for a new one, and where nobody knows."""
        if Operation(draft.operation) is Operation.CREATE:
            return None
        return await self.usages.of(draft.category, draft.model_name)

    async def settle(self, draft: Draft) -> Comparison:
        """Hold a draft against the live record as it is now, and put it onto that record where it moved.

        Raises:
            ApiError: the service does not answer.
            DraftUnavailableError: the draft went meanwhile.
        """
        operation, dialect = Operation(draft.operation), CanonicalFormat(draft.dialect)
        if operation is Operation.CREATE:
            return Comparison(draft)
        live = await self.catalogue.live_record(draft.category, draft.model_name)
        if live is None:  # a check says so
            return Comparison(draft)
        live = {"name": draft.model_name, **live}
        base = draft.base or {}
        moved = None
        if not is_same(base, live, dialect):
            moved = rebase(base, draft.record if operation is Operation.UPDATE else base, live)
            draft = await self.drafts.save(replace(draft, record=moved.record, base=live), self.clock())
        is_unchanged = operation is Operation.UPDATE and is_same(draft.record, live, dialect)
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
    """Whether the other is a backend's copy, which goes with the model: ``koboldcpp/`` drops the organisation."""
    backend = next((prefix for prefix in BACKEND_PREFIXES if other.startswith(prefix)), None)
    return backend is not None and other.removeprefix(backend) in (name, name.rpartition("/")[2])


def _mentions(value: Any, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(_mentions(item, name) for key, item in value.items() if key not in _NO_NAMES)
    if isinstance(value, list):
        return any(_mentions(item, name) for item in value)
    return bool(value == name) if isinstance(value, str) else False
