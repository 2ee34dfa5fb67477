"""A rotation killed at random points goes on when it is begun again, and no key is lost."""

import asyncio
import os
import random
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from storage.columns import to_stamp
from storage.database import Database, Transaction
from storage.encryption import Binding
from storage.keyring import Keyring, generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Links
from storage.rotation import Rotation, rows_by_key
from tests.fakes.bot_process import ROOT

URL = "https://models.example/api"
ORIGIN = "https://models.example:443"
PEOPLE = 1800
KILLS = 12
NOW = to_stamp(datetime(2026, 3, 1, tzinfo=UTC))


def key_of(user_id: int) -> str:
    return f"the-key-of-user-{user_id:06}"


def link_everybody(keyring: Keyring, transaction: Transaction) -> None:
    rows = [
        (user_id, str(user_id), keyring.primary_id, keyring.seal(SecretStr(key_of(user_id)), binding), NOW)
        for user_id in range(1, PEOPLE + 1)
        for binding in [Binding(user_id, str(user_id), 1, ORIGIN)]
    ]
    transaction.executemany(
        "INSERT INTO link (user_id, horde_user_id, horde_username, generation, key_id, sealed_key, linked_at) "
        "VALUES (?, ?, 'name', 1, ?, ?, ?)",
        rows,
    )


async def rotate_until(path: Path, keys: str, instruction: int) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.process.rotating", str(path), URL, str(instruction)),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "KEYS": keys},
    )
    return await process.wait()


async def test_wherever_it_is_killed_every_key_still_opens_and_the_rest_is_moved_later(tmp_path: Path) -> None:
    path = tmp_path / "data" / "curator.db"
    old, new = (generate_key().get_secret_value() for _ in range(2))
    async with await Database.open(path) as database:
        keyring = await unlock(database, parse_keys(SecretStr(old)))
        await database.transaction(lambda transaction: link_everybody(keyring, transaction))
    both = f"{new},{old}"
    chance = random.Random(20)  # noqa: S311 - points to die at, the same ones each time
    codes = []
    for _ in range(KILLS):
        code = await rotate_until(path, both, chance.randrange(1, 30_000))
        assert code in (0, -signal.SIGKILL)
        codes.append(code)
        async with await Database.open(path) as database:
            links = Links(database, await unlock(database, parse_keys(SecretStr(both))), URL)
            assert (await links.try_sample(PEOPLE)).unreadable == ()
    assert codes.count(-signal.SIGKILL) > KILLS / 2, codes
    async with await Database.open(path) as database:
        keyring = await unlock(database, parse_keys(SecretStr(both)))
        rotation = Rotation(database, keyring, URL)
        while not (await rotation.step()).is_last:
            pass
        assert dict(await rows_by_key(database))[keyring.primary_id] == PEOPLE
        key = await Links(database, keyring, URL).key(PEOPLE)
        assert key is not None
        assert key.get_secret_value() == key_of(PEOPLE)
