"""Records out of files, and answers of forms put into them: nothing unknown is lost, nothing wrong gets in."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import CanonicalFormat
from bot.services.forms.forms_input import RecordEdit
from bot.services.records.json_input import JSON_BYTES_MAX, RecordJsonError, normalised, record_from_json

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
WHOLE = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WHOLE,
    lambda inner: st.lists(inner) | st.dictionaries(WHOLE, inner),
    max_leaves=10,
)


def as_file(content: Any) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("data", "problem", "where"),
    [
        (b" " * (JSON_BYTES_MAX + 1), "size", f"{JSON_BYTES_MAX + 1:,} bytes"),
        (b'{"name": "\xff"}', "encoding", "byte 10"),
        (b'{"name":\n "x", "nsfw": }', "syntax", "line 2, column 15: a value is missing"),
        (b" \n", "empty", ""),
        (b'{"a": NaN}', "syntax", ""),
        (b'{"a": 1e999}', "syntax", ""),
        (b'{"a": -1e999}', "syntax", ""),
        (rb'{"name": "\ud800"}', "syntax", ""),
        (b'{"a": ' + b"9" * 5000 + b"}", "syntax", ""),
        (b"[" * 100_000, "syntax", ""),
        (b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}", "syntax", ""),
        (b"[1]", "not_object", "[1]"),
        (b"null", "not_object", "null"),
        (as_file({"x": {"name": "y"}}), "two_names", "x / y"),
        (b'{"name": "x", "nsfw": true, "nsfw": false}', "twice", "nsfw: true / false"),
        (
            b'{"homepage": "https://a.io?token=hush", "homepage": ""}',
            "twice",
            'homepage: "https://a.io?token=REMOVED" / ""',
        ),
        (as_file({"name": "x", "record_type": "blip"}), "wrong_category", "blip"),
        (as_file({"x": {"record_type": ["lora"]}}), "wrong_category", "['lora']"),
    ],
    ids=[
        "too large",
        "no text",
        "a value is missing",
        "empty",
        "NaN",
        "more than the largest number",
        "less than the smallest number",
        "half a character",
        "a number without end",
        "brackets without end",
        "brackets too deep to look into",
        "list",
        "null",
        "a key beside another name",
        "a key twice",
        "a key twice, with a credential",
        "category",
        "no category",
    ],
)
def test_a_file_that_is_no_record_says_why(data: bytes, problem: str, where: str) -> None:
    with pytest.raises(RecordJsonError) as caught:
        record_from_json(data, "lora")
    assert (caught.value.problem, caught.value.where) == (problem, where)


@pytest.mark.parametrize("record", [{"tags": [1] * 3000}, {"description": "x" * 60_000}])
def test_a_record_larger_than_any_model_needs_is_refused_before_its_values_are_looked_at(
    record: dict[str, Any],
) -> None:
    with pytest.raises(RecordJsonError) as caught:
        record_from_json(json.dumps(record).encode(), "lora")
    assert caught.value.problem == "record_size"


@pytest.mark.parametrize(
    ("content", "record"),
    [
        ({"name": "x", "version": "1"}, {"name": "x", "version": "1"}),
        ({"x": {"version": "1"}}, {"name": "x", "version": "1"}),
        ({"x": {"name": "x", "version": "1"}}, {"name": "x", "version": "1"}),
        ({"name": "x", "record_type": "lora"}, {"name": "x"}),
        ({"config": {"download": []}}, {"config": {"download": []}}),
        ({"name": "x"}, {"name": "x"}),
        ({}, {}),
    ],
    ids=["record", "file layout", "file layout with a name", "its own category", "config alone", "name alone", "empty"],
)
def test_both_shapes_that_people_have_are_taken(content: dict[str, Any], record: dict[str, Any]) -> None:
    assert record_from_json(as_file(content), "lora").record == record


def test_a_byte_order_mark_is_no_part_of_the_record() -> None:
    assert record_from_json(b"\xef\xbb\xbf" + as_file({"name": "x"}), "lora").record == {"name": "x"}


@given(st.binary(max_size=200))
def test_any_file_is_a_record_or_says_why(data: bytes) -> None:
    with suppress(RecordJsonError):
        assert isinstance(record_from_json(data, "lora").record, dict)


@given(JSON)
def test_any_json_is_a_record_that_can_be_written_again_or_says_why(content: Any) -> None:
    try:
        record = record_from_json(as_file(content), "lora").record
    except RecordJsonError:
        return
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_an_edit_sets_and_removes_only_what_it_asked_for() -> None:
    before = {"name": "x", "style": "anime", "custom": {"kept": [1]}}
    after = RecordEdit({"style": None, "version": "2"}).apply(before)
    assert after == {"name": "x", "version": "2", "custom": {"kept": [1]}}
    assert before["style"] == "anime", "the record before is left alone"


@given(st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON))
def test_what_a_form_does_not_name_survives(record: dict[str, Any], fields: dict[str, Any]) -> None:
    after = RecordEdit(fields).apply(record)
    assert {key: value for key, value in after.items() if key not in fields} == {
        key: value for key, value in record.items() if key not in fields
    }
    assert all(after[key] == value for key, value in fields.items() if value is not None)


UNTIDY = {
    "name": " Lumen\u00a0",
    "tags": [" lamp", "warm "],
    "settings": {"stop_sequence": ["\n### "]},
    "config": {"files": [{"path": "a ", "sha256sum": " ABCD "}, {"path": "b", "sha256sum": "FIXME"}]},
    "size": 7,
}


def test_new_values_are_trimmed_and_hashes_are_lower_case() -> None:
    assert normalised(UNTIDY, None) == {
        "name": "Lumen",
        "tags": ["lamp", "warm"],
        "settings": {"stop_sequence": ["\n### "]},
        "config": {"files": [{"path": "a", "sha256sum": "abcd"}, {"path": "b", "sha256sum": "FIXME"}]},
        "size": 7,
    }


def test_values_of_the_live_record_stay() -> None:
    assert normalised(UNTIDY, UNTIDY) == UNTIDY
    assert normalised({**UNTIDY, "version": " 2"}, UNTIDY) == {**UNTIDY, "version": "2"}
