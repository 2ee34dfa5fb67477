"""Pages of the queue: in parts where too large, or only deep enough to see what moved."""

import hashlib
import re
from asyncio import sleep
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NotRequired, TypedDict

from pydantic import ConfigDict, SecretStr, TypeAdapter, ValidationError
from pydantic_core import from_json

from bot.reference.errors import OversizedReplyError
from bot.reference.models import CHANGE_ID_MAX, ChangeId, PendingChange, UnixTime
from bot.reference.paging import read_in_parts
from bot.reference.queue_pages import ChangePage, MilestonePage
from bot.reference.replies import parse, parser_for
from bot.reference.requests import COUNT_ONLY_OFFSET, PAGE_SIZE, QueueFilter
from bot.reference.routes import RouteNames
from bot.reference.session import ServiceSession


class Entry(TypedDict):
    """The fields of a change that reveal any difference: each transition sets ``updated_at``.

    The other fields reveal an id that was reused for another change.
    """

    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)  # type: ignore[misc]  # pydantic's way to configure one

    change_id: ChangeId
    status: str
    updated_at: NotRequired[UnixTime | None]
    requested_at: UnixTime
    requested_by: str
    category: str
    model_name: str
    operation: str


class _Page(TypedDict):
    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)  # type: ignore[misc]  # as above

    items: list[Entry]
    total: int


class _AnyPage(TypedDict):
    __pydantic_config__ = ConfigDict(hide_input_in_errors=True)  # type: ignore[misc]  # as above

    items: list[Any]
    total: int


FREE_FAILURES = 24
"""Pages of one poll that may be too large without a pause; a change too large by itself takes ten at most."""

PAUSE_S = 4.0
"""Pause after each further one: AI-Horde confirms 90 keys a minute for everyone, and each took a confirmation."""

PAUSES_MAX = 10
"""Pauses of one poll; what is left is read at the next polls, so that new changes do not wait for it."""

_PAGE = TypeAdapter(_Page)
_ANY_PAGE = TypeAdapter(_AnyPage)
_ENTRY = TypeAdapter(Entry)
_FIRST_CHANGE = re.compile(rb'\s*\{\s*"items"\s*:\s*\[\s*\{\s*"change_id"\s*:\s*(\d{1,18})\s*,')


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, change ids ascending.

    Attributes:
        total: number of changes that match the filter.
        entries: the changes; None when the page is byte for byte the previous one.
        fingerprint: hash of the page.
        unreadable: ids of the changes on this page that are too large or malformed; 0 for an unknown id.
    """

    total: int
    entries: tuple[Entry, ...] | None
    fingerprint: bytes
    _body: bytes
    unreadable: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """Places of the list that the page covers."""
        return len(self.entries or ()) + len(self.unreadable)

    @property
    def first_id(self) -> int:
        """First change; 0 where there is none or its id is not known."""
        return next(iter((*(entry["change_id"] for entry in self.entries or ()), *self.unreadable)), 0)

    def parse(self, change_ids: Collection[int]) -> Iterator[PendingChange]:
        """Parse these changes in full, one at a time, for pauses in between; skip malformed ones."""
        if not change_ids:
            return
        for item in from_json(self._body)["items"]:
            if _id_of(item) in change_ids:
                with suppress(ValidationError):
                    yield PendingChange.model_validate(item)


def oversized(total: int, start: bytes) -> Listing:
    """Build the page that stands for a change which is too large to be read.

    ``start`` holds the first bytes of the real page, with the id of its first change.
    """
    found = _FIRST_CHANGE.match(start)
    return Listing(total, (), b"", b"", unreadable=(int(found[1]) if found else 0,))


def read_listing(body: bytes, former: bytes | None) -> Listing:
    """Parse a page, unless its fingerprint is ``former``, that of the previous reading.

    Raises:
        ValidationError: not a page of the queue.
    """
    fingerprint = hashlib.sha256(body).digest()
    if fingerprint == former:
        return Listing(0, None, fingerprint, body)
    try:
        page = _PAGE.validate_json(body)
    except ValidationError:
        return _without_malformed(body, fingerprint)
    return Listing(page["total"], tuple(page["items"]), fingerprint, body)


def _without_malformed(body: bytes, fingerprint: bytes) -> Listing:
    """Parse a page entry by entry; raises as ``read_listing``."""
    page = _ANY_PAGE.validate_json(body)
    entries: list[Entry] = []
    unreadable: list[int] = []
    for item in page["items"]:
        try:
            entries.append(_ENTRY.validate_python(item))
        except ValidationError:
            unreadable.append(_id_of(item))
    return Listing(page["total"], tuple(entries), fingerprint, body, tuple(unreadable))


def _id_of(item: Any) -> int:
    """Return the id of an item of a page; 0 if it has none."""
    found = item.get("change_id") if isinstance(item, dict) else None
    return found if isinstance(found, int) and 0 < found <= CHANGE_ID_MAX else 0


@dataclass(slots=True)
class PageSize:
    """Number of changes to ask for at once: halved after too large a page, else doubled.

    Attributes:
        failures: pages that were too large.
        pauses: pauses in this poll.
    """

    limit: int = PAGE_SIZE
    failures: int = 0
    pauses: int = 0

    @property
    def is_spent(self) -> bool:
        """Return whether this poll should end."""
        return self.pauses >= PAUSES_MAX

    async def note_failure(self, asked: int) -> None:
        """Note a page that was too large; after many of them, pause."""
        self.limit, self.failures = max(asked // 2, 1), self.failures + 1
        if self.failures > FREE_FAILURES:
            self.pauses += 1
            await sleep(PAUSE_S)


async def read_entries(
    session: ServiceSession, key: SecretStr, wanted: QueueFilter, former: bytes | None, size: PageSize
) -> Listing:
    """Read a page of the queue, shorter if it is too large; ``former`` as in ``read_listing``."""
    requests, read = await session.requests(), partial(parse, build=partial(read_listing, former=former))
    while True:
        limit = min(size.limit, wanted.limit)
        try:
            request = requests.queue(RouteNames.list_changes, key, replace(wanted, limit=limit))
            page = await session.send(request, read)
        except OversizedReplyError as error:
            start = error.start
        else:
            size.limit = limit * 2
            return page
        await size.note_failure(limit)
        if limit == 1:
            count = requests.queue(RouteNames.list_changes, key, replace(wanted, offset=COUNT_ONLY_OFFSET, limit=1))
            return oversized((await session.send(count, parser_for(ChangePage))).total, start)


async def read_page[P: (ChangePage, MilestonePage)](
    session: ServiceSession, route: RouteNames, key: SecretStr, wanted: QueueFilter, shape: type[P]
) -> P:
    """Read a page of the queue, in halves if too large (8.6.2 limits no proposal's length).

    A change that is malformed or too large by itself is left out, and those behind the last part of very many;
    ``total`` and ``left_out`` count them.

    Raises:
        OversizedReplyError: not even an empty page can be read: not this service.
    """
    requests = await session.requests()
    empty: list[P] = []

    async def read(offset: int, limit: int) -> P:
        request = requests.queue(route, key, replace(wanted, offset=offset, limit=limit))
        return await session.send(request, partial(parse, build=partial(_parse_page, shape)))

    async def read_part(offset: int, limit: int) -> P | None:
        try:
            return await read(offset, limit)
        except OversizedReplyError:
            if limit == 1 and not empty:
                empty.append(await read(COUNT_ONLY_OFFSET, 1))
            return None

    parts, left_out = await read_in_parts(read_part, offset=wanted.offset, limit=wanted.limit)
    if len(parts) == 1 and not left_out:
        return parts[0]
    last = parts[-1] if parts else empty[0]
    missing = sum(max(0, min(length, last.total - offset)) for offset, length in left_out)
    missing += sum(part.left_out for part in parts)
    items = tuple(item for part in parts for item in part.items)
    return last.model_copy(update={"items": items, "left_out": missing})


def _parse_page[P: (ChangePage, MilestonePage)](shape: type[P], body: bytes) -> P:
    """Parse a page without its malformed changes; raises ``ValueError`` for another answer."""
    try:
        return shape.model_validate_json(body)
    except ValidationError:
        _ANY_PAGE.validate_json(body)
    page = from_json(body)
    readable: list[Any] = []
    for item in page["items"]:
        with suppress(ValidationError):
            readable += shape.model_validate({**page, "items": [item]}).items
    return shape.model_validate({**page, "items": readable, "left_out": len(page["items"]) - len(readable)})
