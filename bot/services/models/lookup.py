"""Looks models up for anybody: in pages from memory, and one by one as they are now."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.errors import BotError
from bot.reference.deployment import CATEGORIES
from bot.reference.errors import ApiError
from bot.reference.models import PendingChange
from bot.services.catalogue import Catalogue
from bot.services.errors import ListGoneError, UnknownModelError
from bot.services.models.names import close_to, resolved
from bot.services.usage import UsageFacts, Usages
from bot.services.watching.queue_monitor import QueueMonitor
from storage.list_filters import ListFilters

PAGE_SIZE: Final = 8
"""Models a page: as many as a message has room for beside its menus."""

NAME_MAX: Final = 200
"""Characters of a part of a name that is looked for."""


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """What a list of models is narrowed to; what is empty does not narrow."""

    name: str = ""
    categories: tuple[str, ...] = ()

    def content(self) -> str:
        """The filter as it is kept, the same text for the same filter."""
        return json.dumps({"models": self.name, "categories": sorted(self.categories)})

    @classmethod
    def of(cls, content: str) -> "ModelFilter":
        """The filter of ``content``."""
        values = json.loads(content)
        return cls(values["models"], tuple(values["categories"]))


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model in a list; ``changes`` counts the open changes of it."""

    category: str
    name: str
    record: dict[str, Any]
    changes: int


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A page of models.

    Attributes:
        number: of the page, from 0.
        pages: how many there are.
        total: how many models the filter lets through.
        close: names that look like the one that was looked for, where nothing was found.
    """

    wanted: ModelFilter
    filter_id: int
    items: tuple[ListedModel, ...]
    number: int
    pages: int
    total: int
    close: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A live model.

    Attributes:
        read_at: when the record was read.
        is_from_memory: whether that was before, because the service does not answer now.
        usage: ``None`` where nobody knows.
        changes: its open changes, by id.
        links: addresses of their cards, by id, where they stand.
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
    """Reads without a key, which models need not."""

    catalogue: Catalogue
    watch: QueueMonitor
    usages: Usages
    filters: ListFilters
    clock: Callable[[], datetime]

    async def page(self, wanted: ModelFilter, number: int = 0) -> ModelPage:
        """Models whose name contains what is looked for, the best first; the last page where there are fewer.

        Raises:
            ApiError: nothing is in memory yet, and the service does not answer.
        """
        categories = wanted.categories or CATEGORIES
        await self._remember(categories)
        found = self._found(wanted, categories)
        pages = max(1, -(-len(found) // PAGE_SIZE))
        number = min(max(number, 0), pages - 1)
        shown = found[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
        items = tuple(self._listed(category, name) for category, name in shown)
        return ModelPage(
            wanted,
            await self.filters.keep(wanted.content(), self.clock()),
            items,
            number,
            pages,
            len(found),
            () if found else close_to(self._names(categories), wanted.name),
        )

    async def filter(self, filter_id: int) -> ModelFilter:
        """What a list is narrowed to, by its number.

        Raises:
            ListGoneError: nobody used it for half a year.
        """
        content = await self.filters.get(filter_id)
        if content is None:
            raise ListGoneError
        return ModelFilter.of(content)

    async def find(self, typed: str, category: str | None, guild_id: int | None) -> ModelFacts | ModelPage:
        """A model by its name, or the list of those that have it where several categories do.

        Raises:
            UnknownModelError: no live model has this name.
            ApiError: it is not in memory, and the service does not answer.
        """
        categories = CATEGORIES if category is None else (category,)
        await self._remember(categories)
        name = resolved(self._names(categories), typed)
        having = [one for one in categories if name in self.catalogue.known_models(one)]
        if len(having) > 1:
            return await self.page(ModelFilter(name[:NAME_MAX], tuple(having)))
        if not having and category is None:
            raise UnknownModelError("", name, close_to(self._names(categories), name))
        return await self.facts(having[0] if having else categories[0], name, guild_id)

    async def chosen(self, category: str, carried: str, guild_id: int | None) -> ModelFacts:
        """A model by what an option of a list carries; errors as :meth:`find`."""
        await self._remember((category,))
        return await self.facts(category, resolved(self.catalogue.known_names(category), carried), guild_id)

    async def facts(self, category: str, name: str, guild_id: int | None) -> ModelFacts:
        """A model as it is now; as it was last read, where the service does not answer.

        Raises:
            UnknownModelError: it is gone.
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
        changes = self.watch.open_changes(category, name)
        links = {change.change_id: await self.watch.card_link(change.change_id, guild_id) for change in changes}
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

    async def _remember(self, categories: Sequence[str]) -> None:
        """Read what was never read, such as right after the start; what fails is left out if anything is there."""
        problem: BotError | None = None
        for category in categories:
            if self.catalogue.read_at(category) is None:
                try:
                    await self.catalogue.live_models(category)
                except BotError as error:
                    problem = error
                    break
        if problem is not None and all(self.catalogue.read_at(category) is None for category in categories):
            raise problem

    def _found(self, wanted: ModelFilter, categories: Sequence[str]) -> list[tuple[str, str]]:
        if len(categories) == 1:
            return [(categories[0], name) for name in self.catalogue.best_names(wanted.name, None, categories[0])]
        having = {category: self.catalogue.known_models(category) for category in categories}
        best = self.catalogue.best_names(wanted.name, None)
        return [(category, name) for name in best for category, models in having.items() if name in models]

    def _names(self, categories: Sequence[str]) -> set[str]:
        return {name for category in categories for name in self.catalogue.known_names(category)}

    def _listed(self, category: str, name: str) -> ListedModel:
        record = self.catalogue.known_models(category)[name]
        return ListedModel(category, name, record, len(self.watch.open_changes(category, name)))
