"""Bounded reading of the service's lists, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from bot.reference.errors import MalformedReplyError

MAX_PAGES = 10_000
"""Pages of one list; a list that goes on for longer has no end."""


class Page(Protocol):
    """Part of a list that the service keeps."""

    @property
    def length(self) -> int:
        """Places of the list that the page covers, those of changes too large to be read included."""

    @property
    def total(self) -> int:
        """Length of the list, as the service counts it."""


async def read_pages[P: Page](read: Callable[[int], Awaitable[P]], *, offset: int = 0) -> AsyncIterator[P]:
    """Read a list to its end, one page after another.

    Every page moves the offset on by at least one place. An empty page ends the list even if ``total`` counts more.

    Args:
        read: reads the page that begins at an offset.
        offset: of the first page.

    Raises:
        MalformedReplyError: the list does not end within ``MAX_PAGES``; further errors as ``read``.
    """
    for _ in range(MAX_PAGES):
        page = await read(offset)
        yield page
        offset += page.length
        if page.length < 1 or offset >= page.total:
            return
    raise MalformedReplyError("The list of changes does not end.")
