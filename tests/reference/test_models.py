import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.reference.models import (
    ChangeStatus,
    ErrorDetail,
    ErrorResponse,
    Operation,
    PendingChange,
    without_nulls,
)

LEAST: dict[str, Any] = {
    "change_id": 7,
    "category": "blip",
    "model_name": "B",
    "operation": "create",
    "payload": {"name": "B"},
    "requested_by": "101",
    "requested_at": 1_700_000_000,
    "status": "pending",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = st.dictionaries(st.text(max_size=8), JSON, max_size=5)


def change(**differing: Any) -> PendingChange:
    return PendingChange.model_validate(LEAST | differing)


def test_the_operations_are_the_services() -> None:
    assert [operation.value for operation in Operation] == ["create", "update", "delete"]


def test_only_applied_and_rejected_are_final() -> None:
    assert {status for status in ChangeStatus if not status.is_open} == {"applied", "rejected"}
    assert {status.value for status in ChangeStatus if status.is_open} == {"pending", "approved", "applying"}


def test_an_error_detail_has_place_text_and_kind() -> None:
    bare = ErrorDetail.model_validate({"msg": "m"})
    assert (bare.loc, bare.msg, bare.type) == (None, "m", None)
    full = ErrorDetail.model_validate({"loc": ["body", 3], "msg": "m", "type": "missing", "input": {}})
    assert (full.loc, full.type) == (("body", 3), "missing")
    with pytest.raises(ValidationError):
        ErrorDetail.model_validate({"loc": []})


def test_an_error_response_is_a_sentence_or_a_list() -> None:
    assert ErrorResponse.model_validate({"detail": "no"}).detail == "no"
    several = ErrorResponse.model_validate({"detail": [{"msg": "a"}, {"msg": "b", "loc": ["x"]}]}).detail
    assert several == (ErrorDetail(msg="a"), ErrorDetail(msg="b", loc=("x",)))
    with pytest.raises(ValidationError):
        ErrorResponse.model_validate({"detail": {"msg": "neither"}})


def test_a_record_of_an_older_service_and_one_of_a_newer_are_read() -> None:
    assert change().resource_kind == "model_reference"
    newer = change(resource_kind="image_baseline", votes=3)
    assert newer.resource_kind == "image_baseline"
    assert newer.model_dump()["votes"] == 3


def test_a_change_without_a_payload_has_an_empty_one() -> None:
    assert change(payload=None).payload == {}
    assert PendingChange.model_validate({k: v for k, v in LEAST.items() if k != "payload"}).payload == {}


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        change().status = ChangeStatus.APPLIED  # pydantic refuses it


def test_a_message_that_does_not_fit_is_reported_without_its_content() -> None:
    with pytest.raises(ValidationError) as caught:
        change(change_id="canary")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("operation", "update"),
        ("category", "clip"),
        ("model_name", "C"),
        ("requested_by", "102"),
        ("payload", {"name": "B", "x": 0}),
        ("payload", {"name": "B", "x": False}),
    ],
)
def test_another_proposal_under_a_reused_id_has_another_digest(field: str, other: Any) -> None:
    assert change(**{field: other}).digest != change().digest


@pytest.mark.parametrize(
    ("field", "other"),
    [("status", "applied"), ("batch_id", 3), ("updated_at", 1), ("approved_by", "202"), ("change_id", 8)],
)
def test_what_happens_to_a_proposal_leaves_its_digest(field: str, other: Any) -> None:
    assert change(**{field: other}).digest == change().digest


def test_a_digest_is_what_it_was_in_the_first_release() -> None:
    assert change().digest == "ef58dba539"


@given(PAYLOADS)
def test_a_digest_survives_the_wire_and_the_loss_of_nulls(payload: dict[str, Any]) -> None:
    there_and_back = json.loads(json.dumps(payload))
    shuffled = dict(reversed(list(there_and_back.items())))
    digests = {change(payload=p).digest for p in (payload, shuffled, without_nulls(payload))}
    assert len(digests) == 1
    assert all(character in "0123456789abcdef" for character in digests.pop())


@given(JSON)
def test_without_nulls_is_done_after_one_pass(value: Any) -> None:
    once = without_nulls(value)
    assert without_nulls(once) == once
