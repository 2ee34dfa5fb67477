"""Usage of live models, from the service's statistics; unknown if the service cannot say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.models import Usage

COUNTS_FOR = timedelta(minutes=10)
"""Time until an answer expires, an error included: the service asks AI-Horde each time."""

MOST_USED = 10
"""Models of a category, by usage, whose changes need consensus."""

COUNTED = frozenset({"image_generation", "text_generation"})
"""Categories whose usage AI-Horde counts."""


_UNKNOWN: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """Usage of a model within its category.

    Attributes:
        rank: by usage in the last month; 1 is the most used.
        total: counted models.
        month: images or texts in the last month.
        workers: that serve it now.
        unit: ``images`` or ``texts``.
    """

    rank: int
    total: int
    month: int
    workers: int
    unit: str = "images"

    @property
    def is_among_most_used(self) -> bool:
        """True if a change of the model needs consensus."""
        return self.rank <= MOST_USED and self.month > 0


@dataclass(slots=True)
class _Answer:
    models: Mapping[str, Usage]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Months:
    counts: Mapping[str, int]
    read_at: datetime


@dataclass(slots=True)
class Usages:
    """Cache of the service's usage statistics."""

    client: ReferenceClient
    clock: Callable[[], datetime]
    _answers: dict[str, _Answer] = field(default_factory=dict)
    _months: dict[str, _Months] = field(default_factory=dict)

    async def of(self, category: str, name: str) -> UsageFacts | None:
        """Return the usage of a model, ``None`` if unknown."""
        if category not in COUNTED:
            return None
        known = self._answers.get(category)
        if known is None or not timedelta() <= self.clock() - known.read_at < COUNTS_FOR:
            known = self._answers[category] = _Answer(await self._ask(category), self.clock())
        model = known.models.get(name)
        if model is None:
            return None
        rank = 1 + sum(other.usage_month > model.usage_month for other in known.models.values())
        unit = "images" if category == "image_generation" else "texts"
        return UsageFacts(rank, len(known.models), model.usage_month, model.worker_count, unit)

    def months(self, category: str) -> Mapping[str, int]:
        """Return the last month's use by model as last read, empty if unknown; from memory, for rankings."""
        known = self._months.get(category)
        return _UNKNOWN if known is None else known.counts

    async def refresh(self) -> None:
        """Read the use that rankings need, if it has expired; an error keeps what is known, until it expires again."""
        for category in COUNTED:
            known = self._months.get(category)
            if known is not None and timedelta() <= self.clock() - known.read_at < COUNTS_FOR:
                continue
            models = await self._ask(category)
            counts = {name: model.usage_month for name, model in models.items()} or self.months(category)
            self._months[category] = _Months(counts, self.clock())

    async def _ask(self, category: str) -> Mapping[str, Usage]:
        try:
            return await self.client.usage(category)
        except BotError:
            return {}
