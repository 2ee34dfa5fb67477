import pytest

from bot.errors import BotError
from bot.reference import errors
from bot.reference.errors import (
    ApiError,
    ConflictError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
    UnauthorizedError,
    UnavailableError,
    error_for,
)
from bot.reference.models import ErrorDetail

REPLICA = "This instance is in REPLICA mode and does not support write operations. "
READ_ONLY_TEXTS = [
    (REPLICA + "Only PRIMARY instances can modify data.", "replica"),
    (REPLICA + "Only PRIMARY instances can queue model changes.", "replica"),
    (REPLICA + "Only PRIMARY instances can create models.", "replica"),
    (
        (
            "This instance cannot process legacy writes. PRIMARY deployments with legacy canonical format must "
            "enable legacy write support."
        ),
        "replica",
    ),
    ("Metadata tracking is not supported in REPLICA mode", "replica"),
    (
        (
            "This deployment does not expose write operations for this API. "
            "Expected canonical_format='v2', got 'legacy'."
        ),
        "format",
    ),
    (
        "Pending queue writes are not available for the configured canonical format. canonical_format='x'",
        "format",
    ),
    (
        ("This endpoint is only available when canonical_format='v2'. Current setting: canonical_format='legacy'"),
        "format",
    ),
    ("Pending queue is disabled or unsupported on this deployment.", "queue_disabled"),
]


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize(("text", "kind"), READ_ONLY_TEXTS)
def test_a_refusal_of_mode_or_format_is_for_good(text: str, kind: str, *, is_write: bool) -> None:
    error = error_for(503, text, is_write=is_write)
    assert isinstance(error, ReadOnlyError)
    assert (error.kind, error.detail, error.status) == (kind, text, 503)


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize("text", ["Auth service timed out", "Auth service unavailable"])
def test_when_ai_horde_cannot_be_asked_nothing_was_done(text: str, *, is_write: bool) -> None:
    assert type(error_for(503, text, is_write=is_write)) is UnavailableError


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_fault_after_a_write_leaves_open_what_was_done(status: int) -> None:
    assert type(error_for(status, "boom", is_write=True)) is IndeterminateError
    assert type(error_for(status, "boom", is_write=False)) is UnavailableError


@pytest.mark.parametrize("is_write", [True, False])
@pytest.mark.parametrize(
    ("status", "leaf"),
    [
        (400, InvalidRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (408, UnavailableError),
        (409, ConflictError),
        (413, InvalidRequestError),
        (418, InvalidRequestError),
        (422, InvalidRequestError),
        (429, UnavailableError),
    ],
)
def test_a_status_has_one_meaning_for_reads_and_writes(status: int, leaf: type[ApiError], *, is_write: bool) -> None:
    error = error_for(status, "text", is_write=is_write, retry_after_s=7)
    assert type(error) is leaf
    assert (error.detail, error.status) == ("text", status)
    if isinstance(error, UnavailableError):
        assert error.retry_after_s == 7


def test_a_write_route_that_is_not_mounted_is_the_other_dialects() -> None:
    error = error_for(405, "Method Not Allowed", is_write=True)
    assert isinstance(error, ReadOnlyError)
    assert error.kind == "format"
    assert type(error_for(405, "Method Not Allowed", is_write=False)) is MalformedReplyError


def test_complaints_about_fields_are_kept_apart() -> None:
    fields = (ErrorDetail(loc=("body", "a"), msg="one"), ErrorDetail(msg="two"))
    error = error_for(422, fields, is_write=True)
    assert error.fields == fields
    assert error.detail == "one; two"


def test_a_missing_route_is_told_from_a_missing_model() -> None:
    assert NotFoundError("Not Found", status=404).is_route_missing
    assert not NotFoundError("Model 'x' not found in category 'blip'", status=404).is_route_missing


def test_every_leaf_can_be_caught_as_the_bots_error() -> None:
    leaves = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, ApiError)]
    assert len(leaves) > 10
    assert all(issubclass(leaf, BotError) for leaf in leaves)
