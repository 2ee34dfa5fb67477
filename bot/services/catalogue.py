"""Cache of mode, baselines, licences and live models, so that forms open at once."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.deployment import CATEGORIES, Deployment
from bot.reference.errors import NotFoundError
from bot.reference.models import CanonicalFormat, Licence, PendingChange
from bot.reference.names import BACKEND_PREFIXES
from bot.services.checks.checked_record import CheckedRecord
from bot.services.checks.live_index import LiveIndex, live_index
from bot.services.errors import CategoryNotTakenError
from bot.services.forms.fields import BASELINES, LICENCES, ChoicesBySource, enumerations
from bot.services.model_names import NameIndex, best_of
from bot.services.records.field_support import unsupported_fields
from bot.services.usage import COUNTED_CATEGORIES, Usages

FRESH_FOR = timedelta(seconds=60)
"""Time until live models in memory expire; the service checks each proposal itself."""

UNDATED_FRESH_FOR = timedelta(minutes=10)
"""Time until models expire where the service has no timestamp of the last update: a replica, an old release."""


@dataclass(slots=True)
class _Models:
    records: dict[str, dict[str, Any]]
    read_at: datetime
    updated: int | None = None
    is_outdated: bool = False
    names: frozenset[str] | None = None
    """Names of ``records``, built when first asked for."""


@dataclass(slots=True)
class Catalogue:
    """Keeps the last answers, and reads again when they expire.

    Live models are kept in the format of the deployment. Methods that are not ``async`` read only memory.

    Attributes:
        deployment: ``None`` before the first answer.
        baselines: empty before the first answer.
        licence_facts: licences that a record may name; empty before the first answer, and where records name none.
        document: OpenAPI document of the service, ``None`` before the first answer.
    """

    client: ReferenceClient
    usages: Usages
    clock: Callable[[], datetime]
    deployment: Deployment | None = None
    baselines: tuple[str, ...] = ()
    licence_facts: tuple[Licence, ...] = ()
    document: Mapping[str, Any] | None = None
    _described: Deployment | None = None
    _models: dict[str, _Models] = field(default_factory=dict)
    _baselines_updated: int | None = None
    _baselines_at: datetime | None = None
    _indices: dict[str, tuple[Mapping[str, int], NameIndex]] = field(default_factory=dict)
    _live_indices: dict[str, LiveIndex] = field(default_factory=dict)
    _enumerated: tuple[Mapping[str, Any] | None, ChoicesBySource] = field(default=(None, {}))

    @property
    def licences(self) -> frozenset[str]:
        """Ids of the licences that a record may name."""
        return frozenset(licence.license_id for licence in self.licence_facts)

    @property
    def choices(self) -> ChoicesBySource:
        """Values offered in forms, by source."""
        known = {BASELINES: self.baselines, LICENCES: tuple(licence.license_id for licence in self.licence_facts)}
        if self._enumerated[0] is not self.document:
            self._enumerated = self.document, enumerations(self.document)
        return {**self._enumerated[1], **known}

    def unsupported_fields(self, category: str, dialect: CanonicalFormat) -> frozenset[str]:
        """Return the keys of fields that this service does not store, so that no form has them."""
        return unsupported_fields(category, dialect, self.document)

    def require_category(self, category: str) -> None:
        """Require that models of a category can be proposed; passes while that is unknown.

        Raises:
            CategoryNotTakenError: they cannot.
        """
        if self.deployment is not None and category not in self.deployment.categories:
            raise CategoryNotTakenError(category, self.deployment.categories)

    async def refresh_deployment(self) -> Deployment:
        """Read mode and format now: a PRIMARY may have become a REPLICA.

        Raises:
            ApiError: the service did not answer.
        """
        self.deployment = await self.client.deployment()
        return self.deployment

    async def dialect_of(self, category: str) -> CanonicalFormat:
        """Return the format in which this deployment's records of a category are read and written.

        Raises:
            ApiError: it is unknown and the service does not answer, or this program does not support it.
        """
        return (self.deployment or await self.refresh_deployment()).dialect_for(category)

    async def live_models(self, category: str) -> Mapping[str, dict[str, Any]]:
        """Return the live records of a category by name, at most ``FRESH_FOR`` old.

        A category without models is empty; the service answers 404 for it.

        Raises:
            ApiError: the service did not answer.
        """
        known = self._models.get(category)
        if known is not None and not known.is_outdated and self._is_within(FRESH_FOR, known.read_at):
            return known.records
        return (await self._read(category, None if known is None else known.updated)).records

    async def live_record(self, category: str, name: str) -> dict[str, Any] | None:
        """Read one live record, ``None`` if there is no such model.

        Raises:
            ApiError: the service did not answer.
        """
        record = await self.client.model(category, name, dialect=await self.dialect_of(category))
        known = self._models.get(category)
        if known is not None and (record is not None) != (name in known.records):
            self._indices.pop(category, None)
            known.names = None
        if known is not None and record != known.records.get(name):
            self._live_indices.pop(category, None)
        if known is not None and record is not None:
            known.records[name] = record
        elif known is not None:
            known.records.pop(name, None)
        return record

    def known_models(self, category: str) -> Mapping[str, dict[str, Any]]:
        """Return the live records as last read, empty before the first time."""
        known = self._models.get(category)
        return {} if known is None else known.records

    def known_record(self, category: str, name: str) -> dict[str, Any] | None:
        """Return a live record as last read, ``None`` if it has to be read again."""
        known = self._models.get(category)
        return None if known is None or known.is_outdated else known.records.get(name)

    def known_names(self, category: str) -> tuple[str, ...]:
        """Return the names of models that can be changed, without backend aliases."""
        names = self.known_models(category)
        if category != "text_generation":
            return tuple(names)
        return tuple(name for name in names if not name.startswith(BACKEND_PREFIXES))

    def best_names(self, typed: str, limit: int | None, category: str | None = None) -> list[str]:
        """Return names that match the typed text, best match first, then most used."""
        categories = CATEGORIES if category is None else (category,)
        return best_of([self._index(one) for one in categories], typed, limit)

    def _index(self, category: str) -> NameIndex:
        if category not in self._models:
            return NameIndex(())  # not cached: a typed category may be any text
        use = self.usages.months(category)
        known = self._indices.get(category)
        if known is None or known[0] is not use:
            known = self._indices[category] = use, NameIndex(self.known_names(category), use)
        return known[1]

    def live_index(self, category: str) -> LiveIndex | None:
        """Return the index of the live records as last read, ``None`` before the first time."""
        if category not in self._models or self.deployment is None:
            return None
        if category not in self._live_indices:
            dialect = self.deployment.dialect_for(category)
            self._live_indices[category] = live_index(self.known_models(category), dialect)
        return self._live_indices[category]

    def read_at(self, category: str) -> datetime | None:
        """Return the time at which the models in memory were read, ``None`` before the first time."""
        known = self._models.get(category)
        return None if known is None else known.read_at

    async def note_applied(self, change: PendingChange) -> None:
        """Expire the models of an applied change's category; of a baseline, read choices again.

        Failed requests are repeated by :meth:`refresh`.
        """
        if change.category in self._models:
            self._models[change.category].is_outdated = True
        if not change.is_record:
            self._baselines_at = self._described = None
            with suppress(BotError):
                await self._read_baselines()
                self.document = await self.client.document()

    def with_service_facts(self, subject: CheckedRecord, live: Mapping[str, dict[str, Any]] | None) -> CheckedRecord:
        """Return the record to check with the service's choices and live models (None: unknown)."""
        return replace(
            subject,
            deployment=self.deployment,
            choices=self.choices,
            baselines=self.baselines or None,
            licences=self.licences or None,
            live=self.live_index(subject.category),
            live_names=None if live is None else self._live_names(subject.category),
            live_record=None if live is None else live.get(subject.name),
        )

    def _live_names(self, category: str) -> frozenset[str]:
        known = self._models[category]
        known.names = known.names if known.names is not None else frozenset(known.records)
        return known.names

    async def models_or_none(self, category: str) -> Mapping[str, dict[str, Any]] | None:
        """Return the live records, None if unknown: a check must not stop the person."""
        try:
            return await self.live_models(category)
        except BotError:
            return None

    async def refresh(self) -> None:
        """Read again what expired: live models, baselines, licences, document, usage.

        One small request while nothing changes; a failed request is repeated at the next call.
        """
        updated = await self._last_updated()
        for category in CATEGORIES:
            if self._is_due(category, updated):
                try:
                    await self._read(category, updated)
                except BotError:
                    continue
        is_current = self.baselines and updated is not None and updated == self._baselines_updated
        if not is_current or not self._is_within(UNDATED_FRESH_FOR, self._baselines_at):
            with suppress(BotError):
                await self._read_baselines()
                self._baselines_updated, self._baselines_at = updated, self.clock()
        is_new_deployment = self.deployment != self._described
        if is_new_deployment or not self.licence_facts:
            with suppress(BotError):
                self.licence_facts = await self.client.licenses()
        if is_new_deployment or self.document is None:
            with suppress(BotError):
                self.document = await self.client.document()
                self._described = self.deployment
        await self.usages.refresh()
        for category in COUNTED_CATEGORIES:
            self._index(category)

    async def _read_baselines(self) -> None:
        self.baselines = await self.client.baselines() or self.baselines

    async def _last_updated(self) -> int | None:
        try:
            dialect = await self.dialect_of(CATEGORIES[0])
            return await self.client.last_updated(dialect)
        except BotError:
            return None

    def _is_due(self, category: str, updated: int | None) -> bool:
        known = self._models.get(category)
        if known is None or known.is_outdated:
            return True
        return (updated is not None and updated != known.updated) or not self._is_within(
            UNDATED_FRESH_FOR, known.read_at
        )

    def _is_within(self, span: timedelta, at: datetime | None) -> bool:
        """Return whether the time is at most ``span`` ago; False if the clock was set back."""
        return at is not None and timedelta() <= self.clock() - at < span

    async def _read(self, category: str, updated: int | None) -> _Models:
        try:
            records = await self.client.models(category, dialect=await self.dialect_of(category))
        except NotFoundError:
            records = {}
        self._models[category] = read = _Models(dict(records), self.clock(), updated)
        self._indices.pop(category, None)
        self._live_indices.pop(category, None)
        return read
