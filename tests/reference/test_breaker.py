from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.reference import limits
from bot.reference.breaker import Breaker

SHARES = st.floats(0, 1, exclude_max=True)
NEARLY = 0.001
"""Seconds that sums of such waits may be off."""
LONGEST_S = limits.BREAKER_LONGEST_WAIT.total_seconds()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def breaker_of(clock: Clock, share: float = 0.5) -> Breaker:
    return Breaker(now=clock, jitter=lambda: share)


def fail(breaker: Breaker, times: int) -> None:
    for number in range(times):
        breaker.fail(f"no answer, {number}")


def test_a_few_failures_keep_nobody_from_asking() -> None:
    breaker = breaker_of(Clock())
    fail(breaker, 4)
    assert breaker.wait_s() is None


def test_the_fifth_in_a_row_calls_for_a_try_at_once() -> None:
    breaker = breaker_of(Clock())
    fail(breaker, 5)
    assert breaker.wait_s() == 0
    assert breaker.reason == "no answer, 4"


def test_an_answer_in_between_starts_the_row_anew() -> None:
    breaker = breaker_of(Clock())
    fail(breaker, 4)
    breaker.succeed()
    fail(breaker, 4)
    assert breaker.wait_s() is None


def test_a_try_that_fails_has_everybody_wait_and_the_next_one_longer() -> None:
    clock = Clock()
    breaker = breaker_of(clock)
    fail(breaker, 6)
    assert breaker.wait_s() == 2.5
    clock.now += 2.5
    assert breaker.wait_s() == 0
    breaker.fail("still none")
    assert breaker.wait_s() == 5


def test_late_news_of_earlier_requests_does_not_prolong_the_wait() -> None:
    breaker = breaker_of(Clock())
    fail(breaker, 6)
    fail(breaker, 3)
    assert breaker.wait_s() == 2.5


def test_any_answer_ends_it_and_the_waits_begin_short_again() -> None:
    clock = Clock()
    breaker = breaker_of(clock)
    for _ in range(9):
        fail(breaker, 1)
        clock.now += LONGEST_S
    breaker.succeed()
    assert breaker.wait_s() is None
    fail(breaker, 6)
    assert breaker.wait_s() == 2.5


@given(SHARES, st.integers(1, 200))
def test_it_waits_at_least_a_second_and_at_most_a_minute_however_long_it_lasts(share: float, tries: int) -> None:
    clock = Clock()
    breaker = breaker_of(clock, share)
    fail(breaker, 5)
    waits = []
    for _ in range(tries):
        breaker.fail("none")
        waits.append(breaker.wait_s() or 0)
        clock.now += waits[-1] + NEARLY
    assert all(1 - NEARLY <= wait <= LONGEST_S + NEARLY for wait in waits)
    assert all(later >= earlier - NEARLY for earlier, later in pairwise(waits))
