"""Compressed answers, and those that are too large once they are decompressed."""

import gzip
import tracemalloc

import pytest

from bot.reference.errors import (
    IndeterminateError,
    MalformedReplyError,
)
from bot.reference.transport import MAX_BODY_BYTES
from tests.reference.calls import KEY, PAGE, read, write
from tests.reference.conftest import Connect
from tests.reference.faulty import (
    FaultyServer,
    answering,
)


async def test_a_gzip_bomb_is_not_decompressed(connect: Connect) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, compresslevel=1)
    async with FaultyServer(answering(200, bomb, "content-encoding: gzip")) as server:
        client = connect(server.url)
        tracemalloc.start()
        try:
            with pytest.raises(MalformedReplyError, match="too large"):
                await client.change(KEY, 42)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 32 * 1024 * 1024
        with pytest.raises(IndeterminateError, match="too large"):
            await write(client)


async def test_reading_ends_when_even_an_empty_page_is_too_large(connect: Connect) -> None:
    bomb = gzip.compress(b"\0" * (MAX_BODY_BYTES + 1), compresslevel=1)
    async with FaultyServer(answering(200, bomb, "content-encoding: gzip")) as server:
        with pytest.raises(MalformedReplyError, match="too large"):
            await read(connect(server.url))
        assert len(server.exchanges) <= 12


async def test_a_compressed_answer_is_decompressed(connect: Connect) -> None:
    packed = answering(200, gzip.compress(PAGE), "content-encoding: gzip")
    async with FaultyServer(packed) as server:
        assert (await read(connect(server.url))).items == ()
        assert b"accept-encoding: gzip\r\n" in server.exchanges[0].raw.lower()


@pytest.mark.parametrize("headers", [("content-encoding: gzip",), ("content-encoding: br",)])
async def test_an_answer_with_a_wrong_encoding_is_malformed(connect: Connect, headers: tuple[str, ...]) -> None:
    async with FaultyServer(answering(200, PAGE, *headers)) as server:
        with pytest.raises(MalformedReplyError, match="garbled"):
            await read(connect(server.url))
        with pytest.raises(IndeterminateError, match="garbled"):
            await write(connect(server.url))
