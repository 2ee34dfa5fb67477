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

COUNTED_CATEGORIES = frozenset({"image_generation", "text_generation"})
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """The last answer about a category, empty without one; ``months`` outlive a failure."""

    models: Mapping[str, Usage]
    months: Mapping[str, int]
    read_at: datetime


@dataclass(slots=True)
class Usages:
    """Cache of the service's usage statistics."""

    client: ReferenceClient
    clock: Callable[[], datetime]
    _answers: dict[str, _Answer] = field(default_factory=dict)

    async def of(self, category: str, name: str) -> UsageFacts | None:
        """Return the usage of a model, ``None`` if unknown."""
        if category not in COUNTED_CATEGORIES:
            return None
        models = (await self._read(category)).models
        model = models.get(name)
        if model is None:
            return None
        rank = 1 + sum(other.usage_month > model.usage_month for other in models.values())
        unit = "images" if category == "image_generation" else "texts"
        return UsageFacts(rank, len(models), model.usage_month, model.worker_count, unit)

    def months(self, category: str) -> Mapping[str, int]:
        """Return the last month's use by model, for rankings; empty if unknown. No request."""
        known = self._answers.get(category)
        return _UNKNOWN if known is None else known.months

    async def refresh(self) -> None:
        """Read the use that rankings need, if it has expired."""
        for category in COUNTED_CATEGORIES:
            await self._read(category)

    async def _read(self, category: str) -> _Answer:
        known = self._answers.get(category)
        if known is not None and timedelta() <= self.clock() - known.read_at < COUNTS_FOR:
            return known
        try:
            models: Mapping[str, Usage] = await self.client.usage(category)
        except BotError:
            models = {}
        months = {name: model.usage_month for name, model in models.items()} or self.months(category)
        self._answers[category] = answer = _Answer(models, months, self.clock())
        return answer
