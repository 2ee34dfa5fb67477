"""What the service offers right now (mode, baselines, live names), kept in memory so that forms open at once."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.deployment import Deployment
from bot.reference.errors import NotFoundError
from bot.reference.models import Licence
from bot.services.choices import BASELINES, LICENCES, enumerations
from bot.services.fields import Choice

FRESH_FOR = timedelta(seconds=60)
"""How long an answer about live models counts. The service stays the judge when a proposal arrives."""


@dataclass(slots=True)
class _Models:
    records: Mapping[str, dict[str, Any]]
    read_at: datetime


@dataclass(slots=True)
class Catalogue:
    """Remembers the last answers; asks again when they are old.

    Attributes:
        deployment: as last told, ``None`` before the first answer.
        baselines: as last told, empty before the first answer.
        licences: likewise; empty also where records name none.
    """

    client: ReferenceClient
    clock: Callable[[], datetime]
    deployment: Deployment | None = None
    baselines: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    document: Mapping[str, Any] | None = None
    _models: dict[str, _Models] = field(default_factory=dict)

    async def refresh(self) -> Deployment:
        """Ask for mode, format and baselines.

        Raises:
            ApiError: the service did not answer as it should; what was known stays known.
        """
        self.deployment = await self.client.deployment()
        self.baselines = await self.client.baselines() or self.baselines
        with suppress(BotError):  # forms do without
            self.licences = await self.client.licenses() or self.licences
        return self.deployment

    @property
    def choices(self) -> Choice:
        """What may be chosen in forms, by source, as far as the service has told. Asks nobody."""
        told = {BASELINES: self.baselines, LICENCES: tuple(licence.license_id for licence in self.licences)}
        return {**enumerations(self.document), **told}

    async def current_deployment(self) -> Deployment:
        """The mode and format as of now, never from memory: a PRIMARY may have become a REPLICA.

        Raises:
            ApiError: the service did not answer.
        """
        self.deployment = await self.client.deployment()
        return self.deployment

    async def live_models(self, category: str) -> Mapping[str, dict[str, Any]]:
        """Live records of a category by name, at most ``FRESH_FOR`` old.

        A category that has no models yet is empty; the service says 404 for it.

        Raises:
            ApiError: the service did not answer.
        """
        known = self._models.get(category)
        if known is not None and self.clock() - known.read_at < FRESH_FOR:
            return known.records
        try:
            records = await self.client.models(category)
        except NotFoundError:
            records = {}
        self._models[category] = _Models(records, self.clock())
        return records

    def forget_models(self, category: str) -> None:
        """Drop what is remembered of a category, because a change of it was just applied."""
        self._models.pop(category, None)

    async def names_or_none(self, category: str) -> frozenset[str] | None:
        """Live names for a check; ``None`` when they cannot be had, since a check must not stop the person."""
        try:
            return frozenset(await self.live_models(category))
        except BotError:
            return None
