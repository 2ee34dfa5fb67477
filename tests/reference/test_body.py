import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.body import BodyEncodingError, BodyReader, BodyTooLargeError


def read(chunks: list[bytes], *, encoding: str = "", limit: int = 10_000) -> bytes:
    reader = BodyReader(content_encoding=encoding, max_bytes=limit)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_an_answer_is_put_together_again_plain_and_packed(data: bytes, size: int) -> None:
    assert read(cut(data, size)) == data
    assert read(cut(gzip.compress(data), size), encoding="GZip ") == data


@pytest.mark.parametrize("encoding", ["identity", "", "gzip"])
def test_the_limit_is_met_but_not_passed(encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else bytes
    assert len(read([pack(b"x" * 100)], encoding=encoding, limit=100)) == 100
    with pytest.raises(BodyTooLargeError):
        read([pack(b"x" * 101)], encoding=encoding, limit=100)


def test_a_bomb_in_one_chunk_is_not_unpacked_beyond_the_limit() -> None:
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
def test_an_answer_that_is_not_packed_as_it_says_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(BodyEncodingError):
        read(chunks, encoding="gzip")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BodyEncodingError):
        read([b""], encoding=encoding)


def test_an_empty_packed_answer_is_empty() -> None:
    assert read([], encoding="gzip") == b""
