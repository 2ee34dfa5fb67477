"""How much a live model is used, as far as the service can say; what it cannot say is simply not known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.models import Usage

COUNTS_FOR = timedelta(minutes=10)
"""How long an answer counts, also the one that there is none: the service asks AI-Horde for it each time."""

COUNTED = frozenset({"image_generation", "text_generation"})
"""Categories whose use AI-Horde counts."""


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """A model among those of its category.

    Attributes:
        rank: its place by use in the last month, 1 is the most used.
        total: how many models are counted.
        month: pictures or texts in the last month.
        workers: how many serve it now.
        unit: what is counted: ``images`` or ``texts``.
    """

    rank: int
    total: int
    month: int
    workers: int
    unit: str = "images"


@dataclass(slots=True)
class _Answer:
    models: Mapping[str, Usage]
    read_at: datetime


@dataclass(slots=True)
class Usages:
    """Asks the service's statistics, seldom."""

    client: ReferenceClient
    clock: Callable[[], datetime]
    _answers: dict[str, _Answer] = field(default_factory=dict)

    async def of(self, category: str, name: str) -> UsageFacts | None:
        """How much a model is used; ``None`` where nobody knows."""
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

    async def _ask(self, category: str) -> Mapping[str, Usage]:
        try:
            return await self.client.usage(category)
        except BotError:
            return {}
