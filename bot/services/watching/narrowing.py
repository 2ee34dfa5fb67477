"""Which of many listed changes left the list, found without reading it whole: only around the places it shifted at."""

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

type Ask = Callable[[int, int], Awaitable[Sequence[int]]]
"""Gives the ids that the list holds from an offset on, so many or fewer where a page would be too large."""


class UnlikeError(Exception):
    """The list is not what is remembered less some of it, or too much of it moved: it is to be read whole."""


@dataclass(slots=True)
class Departures:
    """Compares a remembered list, ids ascending, with the one that is there now.

    What stands at place ``i`` now stood at ``i + shift`` before, where ``shift`` counts those that left from before
    it. Between two places with the same shift nothing left, so that nothing there need be read.

    Attributes:
        former: the ids that the list held.
        ask: reads a part of it as it is now.
        page: ids that are worth reading at once instead of halving further.
        questions: how many may be asked; more, and reading the whole list is cheaper.
    """

    former: Sequence[int]
    ask: Ask
    page: int
    questions: int

    async def among(self, count: int) -> list[int]:
        """Find the ids that left, ascending.

        Args:
            count: how many the list holds now.

        Raises:
            UnlikeError: it holds others, moved while it was being read, or would take too many questions.
            ApiError: it could not be read.
        """
        return await self._between(0, 0, count, len(self.former) - count)

    async def _between(self, start: int, shift: int, end: int, end_shift: int) -> list[int]:
        """Those that left between the place before ``start``, with its shift, and ``end`` with its own."""
        if shift == end_shift:
            return []
        if end - start <= self.page:
            return await self._read(start, end, self.former[start + shift : end + end_shift])
        middle = (start + end) // 2
        found = await self._asked(middle, 1)
        before = bisect_left(self.former, found[0]) if found else len(self.former)
        middle_shift = before - middle
        if not shift <= middle_shift <= end_shift or self.former[before] != found[0]:
            raise UnlikeError
        older = await self._between(start, shift, middle, middle_shift)
        return older + await self._between(middle + 1, middle_shift, end, end_shift)

    async def _read(self, start: int, end: int, former: Sequence[int]) -> list[int]:
        here: set[int] = set()
        while start < end:
            part = await self._asked(start, end - start)
            if not part:
                raise UnlikeError
            here.update(part)
            start += len(part)
        left = [change_id for change_id in former if change_id not in here]
        if len(left) + len(here) != len(former):
            raise UnlikeError
        return left

    async def _asked(self, offset: int, limit: int) -> Sequence[int]:
        if not self.questions:
            raise UnlikeError
        self.questions -= 1
        return await self.ask(offset, limit)
