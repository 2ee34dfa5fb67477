import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.errors import (
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    UnavailableError,
)
from bot.reference.models import Diff, MyRoles
from bot.reference.replies import (
    BodyEncodingError,
    BodyReader,
    BodyTooLargeError,
    Reply,
    failure_of,
    parse_apply_result,
    parse_retry_after,
    parser_for,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def reply(status: int, body: bytes, *, answers_write: bool = False) -> Reply:
    return Reply(status=status, body=body, answers_write=answers_write)


def test_a_422_is_parsed_without_the_input() -> None:
    body = (
        b'{"detail":[{"type":"missing","loc":["body","baseline"],"msg":"Field required","input":{"k":"canary"}},'
        b'{"type":"value_error","loc":["body"],"msg":"Value error, Unknown style: nope","ctx":{"error":{}}}]}'
    )
    error = failure_of(reply(422, body, answers_write=True))
    assert isinstance(error, InvalidRequestError)
    assert error.detail == "Field required; Value error, Unknown style: nope"
    assert [field.loc for field in error.fields] == [("body", "baseline"), ("body",)]
    assert "canary" not in error.detail


@pytest.mark.parametrize("body", [b"", b"Internal Server Error", b'{"detail": {"x": 1}}', b'{"error": "x"}', b"[]"])
def test_a_failure_without_an_explanation_is_described_by_its_status(body: bytes) -> None:
    error = failure_of(reply(404, body))
    assert isinstance(error, NotFoundError)
    assert error.detail == "HTTP status 404 without an explanation."
    assert not error.is_route_missing


def test_an_unexpected_answer_is_described_without_its_values() -> None:
    with pytest.raises(MalformedReplyError) as caught:
        parser_for(MyRoles)(reply(200, b'{"user_id": ["canary"]}'))
    assert caught.value.detail == ("The answer does not read as expected (user_id: string_type, username: missing).")
    assert caught.value.__cause__ is None


def test_a_report_of_a_partial_apply_is_a_result_under_any_status() -> None:
    body = b'{"applied":[],"failed_change_id":3,"failed_error":"gone","failed_error_type":"X"}'
    for status in (400, 404, 503):
        result = parse_apply_result(reply(status, body, answers_write=True))
        assert (result.failed_change_id, result.failed_error) == (3, "gone")


def test_a_refused_apply_is_not_a_result() -> None:
    with pytest.raises(InvalidRequestError, match="mixed"):
        parse_apply_result(reply(400, b'{"detail": "mixed"}', answers_write=True))
    with pytest.raises(IndeterminateError):
        parse_apply_result(reply(500, b'{"applied": []}', answers_write=True))
    with pytest.raises(UnavailableError):
        parse_apply_result(reply(503, b'{"detail": "Auth service timed out"}', answers_write=True))


def test_a_diff_omits_fields_that_differ_only_in_nulls() -> None:
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
    assert [field.field_path for field in Diff.model_validate(body).field_diffs] == ["style"]


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
def test_retry_after_is_parsed_in_every_form(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, now=NOW) == seconds


@given(st.text() | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_retry_after_is_never_negative_and_at_most_a_minute(header: str) -> None:
    seconds = parse_retry_after(header, now=NOW)
    assert seconds is None or 0 <= seconds <= 60


def read(chunks: list[bytes], *, encoding: str = "", limit: int = 10_000) -> bytes:
    reader = BodyReader(content_encoding=encoding, max_bytes=limit)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_a_body_is_the_same_plain_and_compressed(data: bytes, size: int) -> None:
    assert read(cut(data, size)) == data
    assert read(cut(gzip.compress(data), size), encoding="GZip ") == data


@pytest.mark.parametrize("encoding", ["identity", "", "gzip"])
def test_a_body_may_reach_the_limit_but_not_pass_it(encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else bytes
    assert len(read([pack(b"x" * 100)], encoding=encoding, limit=100)) == 100
    with pytest.raises(BodyTooLargeError):
        read([pack(b"x" * 101)], encoding=encoding, limit=100)


def test_a_bomb_in_one_chunk_is_not_decompressed_beyond_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 32_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLargeError):
            read([bomb], encoding="gzip", limit=1000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("chunks", [[b"not gzip"], [gzip.compress(b"x" * 99)[:-6]]])
def test_a_body_that_is_not_gzip_as_it_says_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(BodyEncodingError):
        read(chunks, encoding="gzip")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_an_encoding_that_was_not_requested_is_refused(encoding: str) -> None:
    with pytest.raises(BodyEncodingError):
        read([b""], encoding=encoding)


def test_an_empty_compressed_body_is_empty() -> None:
    assert read([], encoding="gzip") == b""
