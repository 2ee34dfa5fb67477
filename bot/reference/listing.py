"""Shallow reading of a queue page: enough to see which changes moved, the rest on demand."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from bot.reference.errors import MalformedReplyError
from bot.reference.models import PendingChange


class Entry(TypedDict):
    """The fields of a change that reveal any difference: the service updates ``updated_at`` with every transition.

    The other fields reveal an id that was reused for another change.
    """

    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)  # type: ignore[misc]  # pydantic's way to configure one

    change_id: int
    status: str
    updated_at: NotRequired[int | None]
    requested_at: int
    requested_by: str
    category: str
    model_name: str
    operation: str


class _Page(TypedDict):
    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)  # type: ignore[misc]  # as above

    items: list[Entry]
    total: int


_PAGE = TypeAdapter(_Page)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, change ids ascending.

    Attributes:
        total: number of changes that match the filter.
        entries: the changes; None when the page is byte for byte the previous one.
        fingerprint: hash of the page.
        unreadable: number of changes on this page that are too large to be read.
    """

    total: int
    entries: tuple[Entry, ...] | None
    fingerprint: bytes
    _body: bytes
    unreadable: int = 0

    def whole(self, change_ids: Collection[int]) -> Iterator[PendingChange]:
        """Parse these changes in full, one at a time, so that the caller can pause in between.

        Raises:
            MalformedReplyError: one is not a change.
        """
        if not change_ids:
            return
        for item in from_json(self._body)["items"]:
            if item["change_id"] in change_ids:
                try:
                    yield PendingChange.model_validate(item)
                except ValidationError:
                    raise MalformedReplyError("A change of the queue does not read as expected.") from None


def oversized(total: int) -> Listing:
    """Build the page that stands for one change which is too large to be read."""
    return Listing(total, (), b"", b"", unreadable=1)


def read_listing(body: bytes, former: bytes | None) -> Listing:
    """Parse a page.

    Args:
        body: the reply's.
        former: fingerprint of the previous reading, None to parse the page in any case.

    Raises:
        ValidationError: not a page of the queue.
    """
    fingerprint = hashlib.sha256(body).digest()
    if fingerprint == former:
        return Listing(0, None, fingerprint, body)
    page = _PAGE.validate_json(body)
    return Listing(page["total"], tuple(page["items"]), fingerprint, body)
