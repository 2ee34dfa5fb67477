"""Pagination: a list is read to its end and no further, for any length that the service reports."""

from dataclasses import dataclass

import pytest

from bot.reference import paging
from bot.reference.errors import MalformedReplyError
from bot.reference.paging import PARTS_MAX, read_in_parts, read_pages


@dataclass(frozen=True)
class Page:
    length: int
    total: int
    first_id: int = 0


async def offsets(page: Page, *, start: int = 0) -> list[int]:
    """Read a list in which every page is the same; returns the offsets that were asked for."""
    asked: list[int] = []

    async def read(offset: int) -> Page:
        asked.append(offset)
        return page

    async for _ in read_pages(read, offset=start):
        pass
    return asked


async def test_pages_follow_each_other_up_to_the_total() -> None:
    assert await offsets(Page(length=4, total=11), start=1) == [1, 5, 9]


async def test_an_empty_page_ends_a_list_that_claims_to_be_longer() -> None:
    assert await offsets(Page(length=0, total=11)) == [0]


async def test_a_page_that_is_repeated_is_an_error_at_once() -> None:
    with pytest.raises(MalformedReplyError, match="repeats"):
        await offsets(Page(length=4, total=10**9, first_id=7))


async def test_a_list_without_an_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_PAGES", 50)
    with pytest.raises(MalformedReplyError):
        await offsets(Page(length=1, total=10**9))


async def test_a_page_is_read_in_halves_around_what_is_too_large() -> None:
    async def read(offset: int, limit: int) -> list[int] | None:
        places = list(range(offset, offset + limit))
        return None if 13 in places else places

    parts, left_out = await read_in_parts(read, offset=10, limit=8)
    assert [place for part in parts for place in part] == [10, 11, 12, 14, 15, 16, 17]
    assert left_out == [(13, 1)]


async def test_reading_in_parts_ends_and_names_what_it_did_not_reach() -> None:
    asked = 0

    async def read(_offset: int, _limit: int) -> list[int] | None:
        nonlocal asked
        asked += 1
        return None

    parts, left_out = await read_in_parts(read, offset=0, limit=100)
    assert (parts, asked) == ([], PARTS_MAX)
    assert sum(length for _, length in left_out) == 100
    assert left_out == sorted(left_out)


async def test_the_longest_page_of_the_largest_records_that_the_bot_sends_is_read_whole() -> None:
    async def read(offset: int, limit: int) -> list[int] | None:
        return list(range(offset, offset + limit)) if limit <= 31 else None  # of 256 KB each

    parts, left_out = await read_in_parts(read, offset=0, limit=500)
    assert [place for part in parts for place in part] == list(range(500))
    assert left_out == []
