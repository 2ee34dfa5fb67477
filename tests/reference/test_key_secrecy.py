"""A key is sent in its header only, and is in no error and no log line."""

import logging
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from bot.reference.errors import (
    ApiError,
    UnauthorizedError,
)
from tests.reference.calls import CANARY, KEY, PAGE, WRITES, read
from tests.reference.conftest import Connect
from tests.reference.faulty import (
    Behaviour,
    FaultyServer,
    answering,
    half_an_answer,
    out_of_time,
    reset,
    silence,
)

BAD_KEYS = [
    "",
    "short",
    "x" * 65,
    f"{CANARY}\n",
    f"{CANARY}\r\nx: y",
    f"\u200b{CANARY}",
    f"{CANARY} ",
    "ключ-ключ-ключ",
]


@pytest.mark.parametrize("text", BAD_KEYS)
async def test_an_invalid_key_is_not_sent_and_not_in_the_error(connect: Connect, text: str) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        with pytest.raises(UnauthorizedError) as caught:
            await connect(server.url).changes(SecretStr(text))
        assert caught.value.status is None
        assert not text or text not in f"{caught.value!r} {caught.value.__context__!r}"
        assert server.exchanges == []


async def test_the_key_is_only_in_its_header(connect: Connect) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        client = connect(server.url)
        await client.changes(KEY, model_name="x")
        await client.baselines()
    with_key, without = (exchange.raw for exchange in server.exchanges)
    assert f"apikey: {CANARY}\r\n".encode() in with_key
    assert with_key.count(CANARY.encode()) == 1
    assert b"apikey" not in without


@pytest.mark.parametrize(
    "fault",
    [silence, reset, half_an_answer, answering(401), answering(500), answering(302), answering(422), answering(202)],
)
async def test_no_error_and_no_log_line_contains_the_key(
    connect: Connect, lapse: Callable[[], None], fault: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FaultyServer(out_of_time(fault, lapse)) as server:
        for call in (read, *WRITES):
            with pytest.raises(ApiError) as caught:
                await call(connect(server.url))
            chain = [caught.value, caught.value.__cause__, caught.value.__context__]
            assert all(CANARY not in f"{error!r} {error}" for error in chain)
        assert all(CANARY.encode() in exchange.raw for exchange in server.exchanges)
    assert caplog.text
    assert CANARY not in caplog.text
