from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.errors import (
    ApiError,
    ConflictError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
    ServiceAwayError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.retry import RetryDecision, delay, parse_retry_after

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SHARES = st.floats(0, 1, exclude_max=True)
FINAL: list[ApiError] = [
    ForbiddenError("x", status=403),
    NotFoundError("x", status=404),
    ConflictError("x", status=409),
    InvalidRequestError("x", status=422),
    ReadOnlyError("x", kind="replica", status=503),
    IndeterminateError("x", status=502),
    MalformedReplyError("x"),
    ServiceAwayError("x", next_try_at=NOW),
]


@pytest.mark.parametrize("failure", FINAL, ids=lambda failure: type(failure).__name__)
def test_what_is_decided_or_perhaps_done_is_never_asked_again(failure: ApiError) -> None:
    assert delay(1, failure=failure) is None


@given(SHARES)
def test_what_was_not_done_is_asked_twice_more_ever_later_within_two_seconds(share: float) -> None:
    failure = UnavailableError("x")
    first, second = (delay(attempt, failure=failure, jitter=share) for attempt in (1, 2))
    assert first is not None
    assert second is not None
    assert timedelta(seconds=0.2) <= first < second <= timedelta(seconds=2)
    assert delay(3, failure=failure, jitter=share) is None


@given(SHARES)
def test_an_unconfirmed_key_is_asked_about_once_more_after_two_to_five_seconds(share: float) -> None:
    failure = UnauthorizedError("Invalid API key", status=401)
    wait = delay(1, failure=failure, jitter=share)
    assert wait is not None
    assert timedelta(seconds=2) <= wait <= timedelta(seconds=5)
    assert delay(2, failure=failure, jitter=share) is None


def test_a_key_that_was_never_sent_is_not_asked_about_again() -> None:
    assert delay(1, failure=UnauthorizedError("shape")) is None


@given(st.floats(0, 1e9), SHARES)
def test_a_wish_to_wait_is_kept_whole_or_not_tried_at_all(seconds: float, share: float) -> None:
    wait = delay(1, failure=UnavailableError("x", status=429, retry_after_s=seconds), jitter=share)
    if seconds < 12:
        assert wait == timedelta(seconds=seconds)
    else:
        assert wait is None or wait >= timedelta(seconds=seconds)


def test_a_decision_counts_the_failures_of_its_own_call() -> None:
    decide = RetryDecision(confirms_key=True, jitter=lambda: 0.0)
    failure = UnavailableError("x")
    assert [decide(failure) for _ in range(3)] == [timedelta(seconds=0.2), timedelta(seconds=0.4), False]


def test_a_fault_of_the_program_is_not_retried() -> None:
    assert RetryDecision(confirms_key=True)(RuntimeError("bug")) is False


def test_whoever_asks_ai_horde_next_does_not_wait_for_a_second_401() -> None:
    unconfirmed = UnauthorizedError("x", status=401)
    assert RetryDecision(confirms_key=False)(unconfirmed) is False
    assert RetryDecision(confirms_key=True)(unconfirmed)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1000000000", 60.0),
        ("9" * 400, 60.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        (format_datetime(NOW + timedelta(seconds=20), usegmt=True), 20.0),
        (format_datetime(NOW + timedelta(days=2), usegmt=True), 60.0),
        (format_datetime(NOW - timedelta(seconds=20), usegmt=True), None),
        ("Mon, 04 May 2026 12:00:05", 5.0),
        ("Mon, 99 May 2026 12:00:05 GMT", None),
    ],
)
def test_retry_after_in_every_form(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, now=NOW) == seconds


@given(st.text() | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_retry_after_is_never_negative_and_at_most_a_minute(header: str) -> None:
    seconds = parse_retry_after(header, now=NOW)
    assert seconds is None or 0 <= seconds <= 60
