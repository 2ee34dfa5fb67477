"""A page of the queue read only as deep as it is needed: what tells whether a change moved, and the rest on demand."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from bot.reference.errors import MalformedReplyError
from bot.reference.models import PendingChange


class Entry(TypedDict):
    """What of a change differs once anything of it does: the service stamps ``updated_at`` with every move.

    The rest tells an id that stands for something else now.
    """

    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)  # type: ignore[misc]  # how pydantic configures one

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
_FIRST_CHANGE = re.compile(rb'\s*\{\s*"items"\s*:\s*\[\s*\{\s*"change_id"\s*:\s*(\d{1,18})\s*,')


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, change ids ascending.

    Attributes:
        total: how many changes the filter matches.
        entries: as far as they tell what moved; ``None`` when the page is byte for byte the former one.
        fingerprint: of the page.
        oversized: changes that the page covers without showing them, since each is too large to be read: the
            number, 0 where not even that is known.
    """

    total: int
    entries: tuple[Entry, ...] | None
    fingerprint: bytes
    _body: bytes
    oversized: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """Places of the list that the page covers."""
        return len(self.entries or ()) + len(self.oversized)

    def whole(self, change_ids: Collection[int]) -> Iterator[PendingChange]:
        """Read some of the changes whole, one at a time, so that whoever asks may pause in between.

        Raises:
            MalformedReplyError: one does not read as a change.
        """
        if not change_ids:
            return
        for item in from_json(self._body)["items"]:
            if item["change_id"] in change_ids:
                try:
                    yield PendingChange.model_validate(item)
                except ValidationError:
                    raise MalformedReplyError("A change of the queue does not read as expected.") from None


def oversized(total: int, start: bytes) -> Listing:
    """Make a page that covers one change which is too large to be read.

    Args:
        total: how many changes the filter matches.
        start: first bytes of the page, which the service begins with the number of its first change.
    """
    found = _FIRST_CHANGE.match(start)
    return Listing(total, (), b"", b"", oversized=(int(found[1]) if found else 0,))


def read_listing(body: bytes, former: bytes | None) -> Listing:
    """Read a page.

    Args:
        body: the answer.
        former: fingerprint of the page as last read, ``None`` to read it in any case.

    Raises:
        ValidationError: no page of a queue.
    """
    fingerprint = hashlib.sha256(body).digest()
    if fingerprint == former:
        return Listing(0, None, fingerprint, body)
    page = _PAGE.validate_json(body)
    return Listing(page["total"], tuple(page["items"]), fingerprint, body)
