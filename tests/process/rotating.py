"""A process that rotates credential keys and kills itself at a given instruction of SQLite's; run with -m."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

from storage.database import Database, Transaction
from storage.keyring import parse_keys
from storage.keyring_check import unlock
from storage.rotation import Rotation


async def rotate(path: Path, keys: str, url: str, die_at: int) -> None:
    """Rotate, or die."""
    left = die_at

    def step() -> bool:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    def arm(connection: Transaction) -> None:
        connection.set_progress_handler(step, 1)

    async with await Database.open(path) as database:
        rotation = Rotation(database, await unlock(database, parse_keys(SecretStr(keys))), url)
        await database._run(arm)  # the seam of the failure tests
        while not (await rotation.step()).is_last:
            pass
        await rotation.finish()


if __name__ == "__main__":
    asyncio.run(rotate(Path(sys.argv[1]), os.environ["KEYS"], sys.argv[2], int(sys.argv[3])))
