"""The composition root opens in an order that finds what is wrong early, and closes everything it opened."""

from functools import partial
from typing import override

import httpx
import pytest
from pydantic import SecretStr

from bot.build import build_bot
from bot.connections import connect
from bot.settings import Settings
from storage.database import Database
from storage.errors import LockedError, WrongKeyError
from storage.keyring import generate_key


class Untouchable(httpx.AsyncBaseTransport):
    """A network on which any request is a mistake."""

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)


async def test_the_file_is_free_again_when_the_bot_is_closed(settings: Settings) -> None:
    for _ in range(2):
        async with build_bot(settings) as bot:
            assert bot.services.monitor.last_poll_at is None
        assert bot.is_closed()


async def test_a_second_instance_is_refused_before_any_network(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(settings):
        monkeypatch.setattr(Database, "open", partial(Database.open, lock_wait_s=0))
        with pytest.raises(LockedError):
            async with build_bot(settings, transport=Untouchable()):
                pytest.fail("two instances held one file")


async def test_a_wrong_credential_key_is_refused_before_any_network_and_frees_the_file(
    settings: Settings,
) -> None:
    async with connect(settings):
        pass
    key_id = settings.credential_keys.get_secret_value().partition(":")[0]
    other = f"{key_id}:{generate_key().get_secret_value().partition(':')[2]}"
    wrong = settings.model_copy(update={"credential_keys": SecretStr(other)})
    with pytest.raises(WrongKeyError):
        async with build_bot(wrong, transport=Untouchable()):
            pytest.fail("another key opened the file")
    async with connect(settings):
        pass
