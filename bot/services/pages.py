"""Pages of lists, and the filters that their buttons name by number; pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.reference.models import ChangeStatus, PendingChange

PAGE_SIZE: Final = 8
"""Entries per page; a message has no room for more beside its menus."""

NAME_FILTER_MAX: Final = 200
"""Characters of a part of a name to search for: the service's limit."""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Filter of a list; empty fields are ignored.

    Attributes:
        model: a part of the name, case-insensitive.
        requestor: a Horde user id.
        older_than: a batch; the list begins behind it.
    """

    statuses: tuple[ChangeStatus, ...] = ()
    categories: tuple[str, ...] = ()
    model: str = ""
    requestor: str = ""
    older_than: int = 0

    def content(self) -> str:
        """Return the filter as JSON, identical for equal filters."""
        values = {
            "statuses": [status for status in ChangeStatus if status in self.statuses],
            "categories": sorted(self.categories),
            "model": self.model,
            "requestor": self.requestor,
            "older_than": self.older_than,
        }
        return json.dumps({key: value for key, value in values.items() if value})

    @classmethod
    def of(cls, content: str) -> "ListFilter":
        """Parse the filter from ``content``."""
        values = json.loads(content)
        return cls(
            tuple(ChangeStatus(status) for status in values.get("statuses", ())),
            tuple(values.get("categories", ())),
            values.get("model", ""),
            values.get("requestor", ""),
            values.get("older_than", 0),
        )

    def matches(self, change: PendingChange) -> bool:
        """Return whether the service would list the change."""
        return (
            (not self.statuses or change.status in self.statuses)
            and (not self.categories or change.category in self.categories)
            and self.model.casefold() in change.model_name.casefold()
            and self.requestor in ("", change.requested_by)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page[EntryT]:
    """One page of a list.

    Attributes:
        wanted: filter of the list.
        list_id: number under which the filter is stored.
        entries: of this page.
        number: of this page, from 0.
        total: entries of the whole list.
    """

    wanted: ListFilter
    list_id: int
    entries: tuple[EntryT, ...] = ()
    number: int = 0
    total: int = 0

    @property
    def pages(self) -> int:
        """Number of pages, 1 for an empty list."""
        return pages_of(self.total)

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


def pages_of(total: int) -> int:
    """Count the pages of a list; an empty one has one."""
    return max(1, -(-total // PAGE_SIZE))


def clamp_page(number: int, total: int) -> int:
    """Return the page of this number, or the nearest one that exists."""
    return min(max(number, 0), pages_of(total) - 1)


def on_page[EntryT](entries: Sequence[EntryT], number: int) -> Sequence[EntryT]:
    """Return the entries on a page of a list that is complete in memory."""
    return entries[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]


def window(total: int, number: int) -> Window:
    """Return the window of a page that has the newest first, in a list that has the oldest first."""
    end = max(0, total - number * PAGE_SIZE)
    start = max(0, end - PAGE_SIZE)
    return Window(start, end - start)
