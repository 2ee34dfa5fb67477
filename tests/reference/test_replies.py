import pytest

from bot.reference import replies
from bot.reference.errors import (
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    UnavailableError,
)
from bot.reference.models import CanonicalFormat, MyRoles, ReplicateMode
from bot.reference.transport import Reply


def reply(status: int, body: bytes) -> Reply:
    return Reply(status=status, body=body)


def test_a_422_is_read_without_what_was_sent() -> None:
    body = (
        b'{"detail":[{"type":"missing","loc":["body","baseline"],"msg":"Field required","input":{"k":"canary"}},'
        b'{"type":"value_error","loc":["body"],"msg":"Value error, Unknown style: nope","ctx":{"error":{}}}]}'
    )
    error = replies.failure_of(reply(422, body), is_write=True)
    assert isinstance(error, InvalidRequestError)
    assert error.detail == "Field required; Value error, Unknown style: nope"
    assert [field.loc for field in error.fields] == [("body", "baseline"), ("body",)]
    assert "canary" not in error.detail


@pytest.mark.parametrize("body", [b"", b"Internal Server Error", b'{"detail": {"x": 1}}', b'{"error": "x"}', b"[]"])
def test_a_failure_that_explains_nothing_is_named_by_its_status(body: bytes) -> None:
    error = replies.failure_of(reply(404, body), is_write=False)
    assert isinstance(error, NotFoundError)
    assert error.detail == "HTTP status 404 without an explanation."
    assert not error.is_route_missing


def test_an_unexpected_answer_is_reported_by_its_places_only() -> None:
    with pytest.raises(MalformedReplyError) as caught:
        replies.parse(reply(200, b'{"user_id": ["canary"]}'), MyRoles.model_validate, is_write=False)
    assert caught.value.detail == ("The answer does not read as expected (user_id: string_type, username: missing).")
    assert caught.value.__cause__ is None


def test_a_report_of_a_partial_apply_is_a_result_under_any_status() -> None:
    body = b'{"applied":[],"failed_change_id":3,"failed_error":"gone","failed_error_type":"X"}'
    for status in (400, 404, 503):
        result = replies.apply_result(reply(status, body))
        assert (result.failed_change_id, result.failed_error) == (3, "gone")


def test_a_refused_apply_is_not_a_result() -> None:
    with pytest.raises(InvalidRequestError, match="mixed"):
        replies.apply_result(reply(400, b'{"detail": "mixed"}'))
    with pytest.raises(IndeterminateError):
        replies.apply_result(reply(500, b'{"applied": []}'))
    with pytest.raises(UnavailableError):
        replies.apply_result(reply(503, b'{"detail": "Auth service timed out"}'))


def test_a_deployment_is_read_whatever_its_format() -> None:
    body = {"replicate_mode": "REPLICA", "canonical_format": "legacy", "writable": False, "more": 1}
    found = replies.deployment(body)
    assert (found.mode, found.canonical_format) == (ReplicateMode.REPLICA, CanonicalFormat.LEGACY)
    assert replies.deployment(body | {"canonical_format": "v3"}).canonical_format == "v3"


def test_the_format_is_the_same_however_it_is_spelled() -> None:
    body = {"replicate_mode": "PRIMARY", "canonical_format": "LEGACY", "writable": True}
    assert replies.deployment(body).canonical_format is CanonicalFormat.LEGACY


def test_a_bare_mode_is_that_of_a_service_without_a_queue() -> None:
    found = replies.deployment("PRIMARY")
    assert (found.mode, found.has_queue, found.takes_writes) == (ReplicateMode.PRIMARY, False, False)
    with pytest.raises(ValueError, match="not a valid ReplicateMode"):
        replies.deployment("OTHER")


@pytest.mark.parametrize("value", [None, [], {"replicate_mode": "OTHER"}])
def test_what_is_no_deployment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        replies.deployment(value)


def test_a_difference_leaves_out_what_differs_in_nulls_alone() -> None:
    files: list[dict[str, object]] = [{"path": "a.ckpt", "sha256sum": "0"}]
    fields: list[dict[str, object]] = [
        {"field_path": "config.files", "old_value": files, "new_value": [{**files[0], "md5sum": None}]},
        {"field_path": "style", "old_value": None, "new_value": "anime"},
    ]
    body = {
        "change_id": 1,
        "category": "image_generation",
        "model_name": "A",
        "operation": "update",
        "net_operation": "modified",
        "field_diffs": [{**field, "change_type": "modified"} for field in fields],
    }
    assert [field.field_path for field in replies.diff(body).field_diffs] == ["style"]
