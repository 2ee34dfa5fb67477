from hypothesis import given
from hypothesis import strategies as st

from bot.operator.sessions import KEPT_BACK, LONGEST_WAIT_S, wait_before_start

SECONDS = st.floats(0, 86_400)


@given(st.integers(KEPT_BACK, 1000), SECONDS)
def test_with_enough_starts_left_there_is_no_wait(remaining: int, reset_after_s: float) -> None:
    assert wait_before_start(remaining, reset_after_s) is None


@given(st.integers(0, KEPT_BACK - 1), SECONDS)
def test_with_few_left_it_waits_for_the_reset_and_looks_again_within_the_hour(
    remaining: int, reset_after_s: float
) -> None:
    wait_s = wait_before_start(remaining, reset_after_s)
    assert wait_s is not None
    assert 1 <= wait_s <= LONGEST_WAIT_S
    assert wait_s >= min(reset_after_s, LONGEST_WAIT_S)
