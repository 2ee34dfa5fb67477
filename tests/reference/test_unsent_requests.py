"""Records and names that no request can carry."""

from typing import Any

import pytest

from bot.reference.errors import (
    InvalidRequestError,
)
from tests.reference.calls import write
from tests.reference.conftest import Connect
from tests.reference.faulty import (
    FaultyServer,
    answering,
)

UNWRITABLE: list[dict[str, Any]] = [
    {"description": "half a pair \ud83d, canary"},
    {"size": float("nan"), "description": "canary"},
    {"size": float("inf")},
]


@pytest.mark.parametrize("record", UNWRITABLE)
async def test_a_record_that_is_not_valid_json_is_not_sent(connect: Connect, record: dict[str, Any]) -> None:
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError) as caught:
            await write(connect(server.url), record)
        assert "canary" not in repr(caught.value)
        assert server.exchanges == []


async def test_a_record_that_contains_itself_is_not_sent(connect: Connect) -> None:
    record: dict[str, Any] = {}
    record["self"] = record
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError):
            await write(connect(server.url), record)
        assert server.exchanges == []


async def test_a_name_that_is_too_long_for_a_url_is_not_sent(connect: Connect) -> None:
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError, match="as an address"):
            await connect(server.url).model("blip", "\U0001f600" * 10_000)
        assert server.exchanges == []
