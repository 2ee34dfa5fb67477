"""Which changes left a long list: found wherever they stood, with few questions, and never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.watching.narrowing import Departures, UnlikeError

PAGE, MANY = 8, 1_000


@dataclass
class Queue:
    """A list of ids that counts what it is asked; an answer may be shorter than was wanted."""

    ids: Sequence[int]
    longest: int = PAGE
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def __call__(self, offset: int, limit: int) -> list[int]:
        self.asked.append((offset, limit))
        return list(self.ids[offset : offset + min(limit, self.longest)])


@given(data=st.data(), ids=st.sets(st.integers(1, 10_000), max_size=200), longest=st.integers(1, PAGE))
async def test_whatever_left_is_found(data: st.DataObject, ids: set[int], longest: int) -> None:
    former = sorted(ids)
    left = data.draw(st.sets(st.sampled_from(former)) if former else st.just(set[int]()))
    now = [change_id for change_id in former if change_id not in left]
    assert await Departures(former, Queue(now, longest), PAGE, MANY).among(len(now)) == sorted(left)


@given(data=st.data(), count=st.integers(1, 10_000))
async def test_one_that_left_takes_few_questions_however_long_the_list(data: st.DataObject, count: int) -> None:
    former = range(1, count + 1)
    left = data.draw(st.sampled_from(former))
    queue = Queue([change_id for change_id in former if change_id != left])
    assert await Departures(former, queue, PAGE, MANY).among(count - 1) == [left]
    assert len(queue.asked) <= 1 + max(0, ceil(log2(count / PAGE)))


async def test_nothing_is_asked_where_nothing_left() -> None:
    queue = Queue(range(100))
    assert await Departures(range(100), queue, PAGE, MANY).among(100) == []
    assert queue.asked == []


@given(data=st.data())
async def test_a_list_that_holds_others_is_never_taken_for_the_remembered_one(data: st.DataObject) -> None:
    former = [2 * number for number in range(1, 60)]
    left = data.draw(st.sets(st.sampled_from(former), min_size=1))
    stranger = data.draw(st.sampled_from(range(1, 120, 2)))
    now = sorted({*former, stranger} - left)
    try:
        found = await Departures(former, Queue(now), PAGE, MANY).among(len(now))
    except UnlikeError:
        return
    assert set(found) <= left, "where it did not look it said nothing"


@given(left=st.sets(st.integers(1, 400)), questions=st.integers(0, 60))
async def test_no_more_is_asked_than_may_be(left: set[int], questions: int) -> None:
    former = range(1, 401)
    queue = Queue([change_id for change_id in former if change_id not in left])
    try:
        assert await Departures(former, queue, PAGE, questions).among(len(queue.ids)) == sorted(left)
    except UnlikeError:
        assert len(queue.asked) == questions
    assert len(queue.asked) <= questions


@pytest.mark.parametrize("now", [[], [1, 2, 3]])
async def test_a_list_that_became_shorter_meanwhile_is_read_anew(now: list[int]) -> None:
    with pytest.raises(UnlikeError):
        await Departures(range(1, 40), Queue(now), PAGE, MANY).among(38)
