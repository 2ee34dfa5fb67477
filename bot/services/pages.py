"""Pages of lists, and the filters that their buttons name by number; pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.forms.fields_text import baseline_name
from bot.services.forms.value_names import CATEGORIES, VALUES

PAGE_SIZE: Final = 8
"""Entries per page; a message has no room for more beside its menus."""

NAME_FILTER_MAX: Final = 200
"""Characters of a part of a name to search for: the service's limit."""

WORDS_MAX: Final = 100
"""Characters of words to search for."""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Filter of a list; empty fields are ignored.

    Attributes:
        model: a part of the name, case-insensitive.
        requestor: a Horde user id.
        words: to be found in a change, each of them; see :func:`has_words`.
        baselines, styles: of live models.
    """

    statuses: tuple[ChangeStatus, ...] = ()
    categories: tuple[str, ...] = ()
    model: str = ""
    requestor: str = ""
    words: str = ""
    baselines: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def content(self) -> str:
        """Return the filter as JSON, identical for equal filters."""
        values = {
            "statuses": [status for status in ChangeStatus if status in self.statuses],
            "categories": sorted(self.categories),
            "model": self.model,
            "requestor": self.requestor,
            "words": self.words,
            "baselines": sorted(self.baselines),
            "styles": sorted(self.styles),
        }
        return json.dumps({key: value for key, value in values.items() if value})

    @classmethod
    def of(cls, content: str) -> "ListFilter":
        """Parse the filter from ``content``."""
        return _FILTERS.validate_json(content)

    def matches(self, change: PendingChange) -> bool:
        """Return whether the service would list the change."""
        return (
            (not self.statuses or change.status in self.statuses)
            and (not self.categories or change.category in self.categories)
            and self.model.casefold() in change.model_name.casefold()
            and self.requestor in ("", change.requested_by)
        )


_FILTERS: Final = TypeAdapter(ListFilter)


def has_words(change: PendingChange, words: str) -> bool:
    """Return whether each word is in a change's names, people, reasons or record.

    The category, the baseline and the style are also found by the names that cards show.
    """
    people = (change.requested_username, change.approved_username, change.rejected_username, change.applied_username)
    values = (VALUES.get(baseline_name(str(change.payload.get(key)))) for key in ("baseline", "style"))
    shown = (CATEGORIES.get(change.category), *(value[0] for value in values if value))
    texts = (change.model_name, change.category, *shown, *people, change.notes, change.reject_reason)
    text = "\n".join((*filter(None, texts), json.dumps(change.payload, ensure_ascii=False, default=str))).casefold()
    return all(word in text for word in words.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page[EntryT]:
    """One page of a list.

    Attributes:
        wanted: filter of the list.
        list_id: number under which the filter is stored.
        entries: of this page.
        number: of this page, from 0.
        total: entries of the whole list.
        size: entries of a full page.
    """

    wanted: ListFilter
    list_id: int
    entries: tuple[EntryT, ...] = ()
    number: int = 0
    total: int = 0
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """Number of pages, 1 for an empty list."""
        return pages_of(self.total, self.size)

    @property
    def has_previous(self) -> bool:
        """Return whether a page precedes this one."""
        return self.number > 0

    @property
    def has_next(self) -> bool:
        """Return whether a page follows this one."""
        return self.number + 1 < self.pages


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a list that has its oldest entry first, as the service lists."""

    offset: int
    limit: int


BEYOND: Final = Window(10**9, 1)
"""Window past the end of every queue; its answer is only a count."""


def pages_of(total: int, size: int = PAGE_SIZE) -> int:
    """Count the pages of a list; an empty one has one."""
    return max(1, -(-total // size))


def clamp_page(number: int, total: int, size: int = PAGE_SIZE) -> int:
    """Return the page of this number, or the nearest one that exists."""
    return min(max(number, 0), pages_of(total, size) - 1)


def on_page[EntryT](entries: Sequence[EntryT], number: int, size: int = PAGE_SIZE) -> Sequence[EntryT]:
    """Return the entries on a page of a list that is complete in memory."""
    return entries[number * size : (number + 1) * size]


def window(total: int, number: int) -> Window:
    """Return the window of a newest-first page in a list that has the oldest first."""
    end = max(0, total - number * PAGE_SIZE)
    start = max(0, end - PAGE_SIZE)
    return Window(start, end - start)
