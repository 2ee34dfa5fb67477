"""The command line as an operator types it, in this process."""

import asyncio
import os
from pathlib import Path

from pydantic import SecretStr
from typer.testing import CliRunner, Result

from bot.__main__ import app
from storage.database import Database
from storage.keyring import parse_keys
from storage.keyring_check import unlock

TOKEN = "a-token-that-must-never-be-shown"


def typed(*words: str) -> Result:
    """Output and exit code of a command."""
    return CliRunner().invoke(app, list(words))


def first_start() -> None:
    """Begin the database of the settings, as the first ``run`` does."""

    async def begin() -> None:
        async with await Database.open(Path(os.environ["CURATOR_DATABASE_PATH"])) as database:
            await unlock(database, parse_keys(SecretStr(os.environ["CURATOR_CREDENTIAL_KEYS"])))

    asyncio.run(begin())
