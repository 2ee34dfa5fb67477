from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.identity.sliding_window import SlidingWindow

ALLOWED, WITHIN = 3, timedelta(minutes=1)
USER, ANOTHER_USER = 1, 2


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_few_times_are_free_then_one_waits_for_the_first_to_be_forgotten() -> None:
    clock = Clock()
    window = SlidingWindow(ALLOWED, WITHIN, clock)
    for _ in range(ALLOWED):
        assert window.wait(USER) is None
        window.record(USER)
        clock.now += 10
    assert window.wait(USER) == timedelta(seconds=30)
    assert window.wait(ANOTHER_USER) is None
    clock.now += 30
    assert window.wait(USER) is None


@given(st.lists(st.floats(0, 30), max_size=60))
def test_however_one_hurries_no_more_is_let_through_in_any_minute(pauses: list[float]) -> None:
    clock = Clock()
    window = SlidingWindow(ALLOWED, WITHIN, clock)
    through: list[float] = []
    for pause in pauses:
        clock.now += pause
        if window.wait(USER) is None:
            window.record(USER)
            through.append(clock.now)
    span_s = WITHIN.total_seconds()
    for moment in through:
        assert sum(moment - span_s < other <= moment for other in through) <= ALLOWED


@given(st.floats(0, 100), st.integers(1, 5))
def test_a_user_who_waits_as_told_is_let_through(pause: float, cost: int) -> None:
    clock = Clock()
    window = SlidingWindow(ALLOWED, WITHIN, clock)
    for _ in range(ALLOWED):
        window.record(USER, cost=cost)
        clock.now += pause / 10
    wait = window.wait(USER)
    clock.now += (wait or timedelta()).total_seconds() + 0.001
    assert window.wait(USER) is None
