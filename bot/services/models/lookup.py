"""Lookup of live models: pages from memory, and single models as they are now."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.errors import BotError
from bot.reference.deployment import CATEGORIES
from bot.reference.errors import ApiError
from bot.reference.models import PendingChange
from bot.services.card_links import CardLinks
from bot.services.catalogue import Catalogue
from bot.services.errors import UnknownModelError
from bot.services.model_names import choice_value, close_to, resolved
from bot.services.pages import NAME_FILTER_MAX, ListFilter, Page, clamp_page, on_page
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.usage import UsageFacts, Usages
from storage.list_filters import ListFilters

MODELS_PER_PAGE: Final = 15
VALUES_MAX: Final = 25
"""Values of a filter: options of a menu (Discord's documentation)."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """Model in a list.

    Attributes:
        changes: number of its open changes.
        month: images or texts in the last month, ``None`` if unknown.
    """

    category: str
    name: str
    record: dict[str, Any]
    changes: int
    month: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage(Page[ListedModel]):
    """Page of models.

    Attributes:
        baselines, styles: values by which the list can be filtered, the most frequent first.
        similar: names similar to the one searched for, if nothing was found.
    """

    size: int = MODELS_PER_PAGE
    baselines: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Live model.

    Attributes:
        is_from_memory: the service did not answer; the record was read at ``read_at``, before.
        usage: ``None`` if unknown.
        changes: its open changes, by id.
        links: URLs of their posted cards, by id.
    """

    category: str
    name: str
    record: dict[str, Any]
    read_at: datetime
    is_from_memory: bool
    usage: UsageFacts | None
    changes: tuple[PendingChange, ...]
    links: dict[int, str]


@dataclass(slots=True)
class ModelLookup:
    """Looks models up without a key; models are public."""

    catalogue: Catalogue
    snapshot: QueueSnapshot
    card_links: CardLinks
    usages: Usages
    filters: ListFilters
    clock: Callable[[], datetime]

    async def page(self, wanted: ListFilter, number: int = 0) -> ModelPage:
        """Return a page of models whose names contain ``wanted.model``: best match first.

        Raises:
            ApiError: nothing is in memory yet, and the service does not answer.
        """
        categories = wanted.categories or CATEGORIES
        await self._load(categories)
        named = self._named(wanted.model, categories)
        found = [model for model in named if _is_wanted(wanted, model.record)]
        number = clamp_page(number, len(found), MODELS_PER_PAGE)
        return ModelPage(
            wanted=wanted,
            entries=tuple(map(self._listed, on_page(found, number, MODELS_PER_PAGE))),
            list_id=await self.filters.keep(wanted.content(), self.clock()),
            number=number,
            total=len(found),
            baselines=_values("baseline", named, wanted.baselines),
            styles=_values("style", named, wanted.styles),
            similar=() if found else close_to(self._names(categories), wanted.model),
        )

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values of a field of all live models, the most frequent first; from memory."""
        models = (record for category in CATEGORIES for record in self.catalogue.known_models(category).values())
        return tuple(value for value, _ in Counter(_stated(key, models)).most_common())

    async def find(self, typed: str, category: str | None, guild_id: int | None) -> ModelFacts | ModelPage:
        """Find a model by name; returns a list if several categories have a model of this name.

        Raises:
            UnknownModelError: no live model has this name.
            ApiError: it is not in memory, and the service does not answer.
        """
        categories = CATEGORIES if category is None else (category,)
        await self._load(categories)
        name = resolved(self._names(categories), typed)
        having = [one for one in categories if name in self.catalogue.known_models(one)]
        if len(having) > 1:
            return await self.page(ListFilter(model=name[:NAME_FILTER_MAX], categories=tuple(having)))
        if not having and category is None:
            raise UnknownModelError("", name, close_to(self._names(categories), name))
        return await self.facts(having[0] if having else categories[0], name, guild_id)

    async def chosen(self, value: str, guild_id: int | None) -> ModelFacts:
        """Find a model by the value of a menu option, ``category:name``; errors as :meth:`find`."""
        category, _, name = value.partition(":")
        await self._load((category,))
        return await self.facts(category, resolved(self.catalogue.known_names(category), name), guild_id)

    async def facts(self, category: str, name: str, guild_id: int | None) -> ModelFacts:
        """Read a model; return it from memory if the service does not answer.

        Raises:
            UnknownModelError: it is not live any more.
            ApiError: as :meth:`find`.
        """
        known, read_at = self.catalogue.known_models(category).get(name), self.clock()
        is_from_memory = False
        try:
            record = await self.catalogue.live_record(category, name)
        except ApiError:
            if known is None:
                raise
            record, read_at, is_from_memory = known, self.catalogue.read_at(category) or read_at, True
        if record is None:
            raise UnknownModelError(category, name, close_to(self.catalogue.known_names(category), name))
        changes = self._open_of(category, name)
        links = {change.change_id: await self.card_links.link(change.change_id, guild_id) for change in changes}
        return ModelFacts(
            category,
            name,
            record,
            read_at,
            is_from_memory,
            None if is_from_memory else await self.usages.of(category, name),
            changes,
            {change_id: link.url for change_id, link in links.items() if link is not None},
        )

    async def _load(self, categories: Sequence[str]) -> None:
        """Load categories that are not in memory yet; raises only if none is loaded."""
        for category in categories:
            if self.catalogue.read_at(category) is None:
                try:
                    await self.catalogue.live_models(category)
                except BotError:
                    if all(self.catalogue.read_at(each) is None for each in categories):
                        raise
                    return

    def _named(self, part: str, categories: Sequence[str]) -> list[ListedModel]:
        """Return the models whose names contain a part, without their open changes."""
        having = {category: self.catalogue.known_models(category) for category in categories}
        best = self.catalogue.best_names(part, None, categories[0] if len(categories) == 1 else None)
        return [
            ListedModel(category, name, models[name], 0, self.catalogue.usages.months(category).get(name))
            for name in best
            for category, models in having.items()
            if name in models
        ]

    def _names(self, categories: Sequence[str]) -> set[str]:
        return {name for category in categories for name in self.catalogue.known_names(category)}

    def _listed(self, model: ListedModel) -> ListedModel:
        return replace(model, changes=len(self._open_of(model.category, model.name)))

    def _open_of(self, category: str, name: str) -> tuple[PendingChange, ...]:
        """Return a model's open changes; none where the service shows its queue to approvers only."""
        is_hidden = self.catalogue.client.may_conceal_queue  # then it was read with an approver's key
        return () if is_hidden else self.snapshot.of_model(category, name)


def _is_wanted(wanted: ListFilter, record: dict[str, Any]) -> bool:
    return (not wanted.baselines or record.get("baseline") in wanted.baselines) and (
        not wanted.styles or record.get("style") in wanted.styles
    )


def _values(key: str, models: Iterable[ListedModel], chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the chosen values, and the most frequent others."""
    counted = Counter(_stated(key, (model.record for model in models)))
    frequent = (value for value, _ in counted.most_common(VALUES_MAX))
    return tuple(dict.fromkeys((*chosen, *frequent)))[:VALUES_MAX]


def _stated(key: str, records: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Return the values that a menu can offer."""
    values = (record.get(key) for record in records)
    return (value for value in values if isinstance(value, str) and value and choice_value(value) == value)
