"""A linked key is in no log, error, file or shared value."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.demo.horde_stand_in import HordeStandIn, Mood
from bot.demo.people import RITA
from bot.identity.accounts import Accounts
from bot.identity.errors import (
    AccountTakenError,
    IdentityError,
)
from bot.identity.roles import Role
from tests.identity.conftest import (
    TTL,
    Clock,
    everything_said_by,
)
from tests.identity.people import A, D, R


async def test_a_key_is_in_no_log_and_no_error_and_not_remembered(
    accounts: Accounts, horde: HordeStandIn, canary: SecretStr, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    key = canary.get_secret_value()
    said: list[str] = []
    with capture_logs() as lines:
        outcome = await accounts.link(R, key)
        said += [repr(outcome), repr(await accounts.actor(R)), repr(vars(accounts))]
        clock.move(TTL)
        for mood in (Mood.RATE_LIMITED, Mood.FAILING, Mood.UNKNOWN):
            horde.play(mood)
            for act in (accounts.actor(R, needs=Role.REQUESTOR), accounts.refresh(R), accounts.link(D, key)):
                with pytest.raises(IdentityError) as caught:
                    await act
                said.append(everything_said_by(caught.value))
        horde.play(Mood.WELL)
        with pytest.raises(AccountTakenError) as taken:
            await accounts.link(A, key)
        said.append(everything_said_by(taken.value))
        await accounts.unlink(R)
    assert key not in f"{said}{lines}"
    # The two that repeat what passes through them at DEBUG are held at INFO by bot.logs.
    kept = [line.getMessage() for line in caplog.records if not line.name.startswith(("httpcore", "aiosqlite"))]
    assert key not in str(kept)


async def test_a_key_is_in_no_file(accounts: Accounts, canary: SecretStr, tmp_path: Path) -> None:
    await accounts.link(R, canary.get_secret_value())
    await accounts.link(R, canary.get_secret_value())
    files = list((tmp_path / "data").iterdir())
    assert any(path.suffix == ".db" for path in files)
    assert not [path for path in files if canary.get_secret_value().encode() in path.read_bytes()]


async def test_standing_is_a_value_that_two_readers_share_safely(
    accounts: Accounts,
) -> None:
    standing = (await accounts.link(R, RITA.key)).standing
    assert replace(standing) == standing
    with pytest.raises(AttributeError):
        standing.roles = frozenset(Role)  # type: ignore[misc]  # the point of the test
