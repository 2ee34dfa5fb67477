from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.reference.circuit_breaker import LONGEST_WAIT, CircuitBreaker

SHARES = st.floats(0, 1, exclude_max=True)
NEARLY = 0.001
"""Rounding error of a sum of waits, in seconds."""
LONGEST_S = LONGEST_WAIT.total_seconds()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def breaker_with(clock: Clock, share: float = 0.5) -> CircuitBreaker:
    return CircuitBreaker(now=clock, jitter=lambda: share)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for number in range(times):
        breaker.record_failure(f"no answer, {number}")


def test_a_few_failures_leave_the_circuit_closed() -> None:
    breaker = breaker_with(Clock())
    fail(breaker, 4)
    assert breaker.seconds_until_probe() is None


def test_after_the_fifth_failure_in_a_row_a_probe_is_due() -> None:
    breaker = breaker_with(Clock())
    fail(breaker, 5)
    assert breaker.seconds_until_probe() == 0
    assert breaker.last_failure == "no answer, 4"


def test_an_answer_resets_the_count() -> None:
    breaker = breaker_with(Clock())
    fail(breaker, 4)
    breaker.record_success()
    fail(breaker, 4)
    assert breaker.seconds_until_probe() is None


def test_a_failed_probe_opens_the_circuit_and_the_next_one_for_longer() -> None:
    clock = Clock()
    breaker = breaker_with(clock)
    fail(breaker, 6)
    assert breaker.seconds_until_probe() == 2.5
    clock.now += 2.5
    assert breaker.seconds_until_probe() == 0
    breaker.record_failure("still none")
    assert breaker.seconds_until_probe() == 5


def test_failures_of_earlier_requests_do_not_prolong_the_wait() -> None:
    breaker = breaker_with(Clock())
    fail(breaker, 6)
    fail(breaker, 3)
    assert breaker.seconds_until_probe() == 2.5


def test_an_answer_closes_the_circuit_and_resets_the_waits() -> None:
    clock = Clock()
    breaker = breaker_with(clock)
    for _ in range(9):
        fail(breaker, 1)
        clock.now += LONGEST_S
    breaker.record_success()
    assert breaker.seconds_until_probe() is None
    fail(breaker, 6)
    assert breaker.seconds_until_probe() == 2.5


@given(SHARES, st.integers(1, 200))
def test_every_wait_lasts_from_a_second_to_a_minute(share: float, tries: int) -> None:
    clock = Clock()
    breaker = breaker_with(clock, share)
    fail(breaker, 5)
    waits = []
    for _ in range(tries):
        breaker.record_failure("none")
        waits.append(breaker.seconds_until_probe() or 0)
        clock.now += waits[-1] + NEARLY
    assert all(1 - NEARLY <= wait <= LONGEST_S + NEARLY for wait in waits)
    assert all(later >= earlier - NEARLY for earlier, later in pairwise(waits))
