"""Bounded reading of the service's lists, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from bot.reference.errors import MalformedReplyError

MAX_PAGES = 10_000
"""Pages of one list; a list that goes on for longer has no end."""


PARTS_MAX = 24
"""Requests for the parts of one page that is too large to be read at once; reads leave AI-Horde thirty a minute.

A page of more than 192 places gets one for eight places.
"""


class Page(Protocol):
    """Part of a list that the service keeps."""

    @property
    def length(self) -> int:
        """Places of the list that the page covers, those of unreadable changes included."""

    @property
    def total(self) -> int:
        """Length of the list, as the service counts it."""

    @property
    def first_id(self) -> int:
        """First id on the page; the list ascends. 0 where it is empty or the id is not known."""


async def read_pages[P: Page](read: Callable[[int], Awaitable[P]], *, offset: int = 0) -> AsyncIterator[P]:
    """Read a list to its end by pages; ``read`` returns the page at an offset.

    Every page moves the offset on by at least one place. An empty page ends the list even if ``total`` counts more.

    Raises:
        MalformedReplyError: a page is repeated, or the list does not end within ``MAX_PAGES``; further errors as
            ``read``.
    """
    before = 0
    for _ in range(MAX_PAGES):
        page = await read(offset)
        if page.first_id and page.first_id <= before:
            raise MalformedReplyError("The list of changes repeats a page.")
        before = page.first_id or before
        yield page
        offset += page.length
        if page.length < 1 or offset >= page.total:
            return
    raise MalformedReplyError("The list of changes does not end.")


async def read_in_parts[P](
    read: Callable[[int, int], Awaitable[P | None]], *, offset: int, limit: int
) -> tuple[list[P], list[tuple[int, int]]]:
    """Read a page in halves where too large; return parts and left-out places, in order.

    ``read`` reads so many places from an offset, None if that is too large. A place that is too large by itself is left
    out, and so is what ``PARTS_MAX`` requests do not reach.
    """
    parts: list[P] = []
    left_out: list[tuple[int, int]] = []
    waiting = [(offset, limit)]
    for _ in range(max(PARTS_MAX, limit // 8)):
        if not waiting:
            break
        start, length = waiting.pop()
        part = await read(start, length)
        if part is not None:
            parts.append(part)
        elif length > 1:
            half = length // 2
            waiting += [(start + half, length - half), (start, half)]
        else:
            left_out.append((start, length))
    return parts, [*left_out, *reversed(waiting)]
