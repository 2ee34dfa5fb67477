"""An operator's installation: one folder, one set of settings, one bot process after the other."""

import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from storage.database import Database
from storage.keyring import parse_keys
from storage.keyring_check import unlock
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_server import LoopbackDiscord


def free_port() -> int:
    """Return a loopback port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Installation:
    """One operator's installation: settings and a database that outlive each process."""

    discord: LoopbackDiscord
    folder: Path
    environment: dict[str, str]
    _processes: AsyncExitStack
    _started: list[BotProcess] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return Path(self.environment["CURATOR_DATABASE_PATH"])

    async def create_database(self) -> None:
        """Create the database with the installation's keys, as the first start does."""
        async with await Database.open(self.database) as database:
            await unlock(database, parse_keys(SecretStr(self.environment["CURATOR_CREDENTIAL_KEYS"])))

    async def start(self, *arguments: str, **environment: str | None) -> BotProcess:
        """Start ``python -m bot``; an environment variable of ``None`` is left out."""
        together = {**self.environment, **environment}
        process = BotProcess.on(
            self.discord.url,
            "bot",
            *(arguments or ("run",)),
            folder=self.folder / f"process-{len(self._started)}",
            environment={name: value for name, value in together.items() if value is not None},
        )
        self._started.append(process)
        return await self._processes.enter_async_context(process)

    async def start_ready(self, **environment: str | None) -> BotProcess:
        """Start ``python -m bot run`` and wait until it is connected."""
        identified = self.discord.gateway.identifies
        process = await self.start(**environment)
        ready = self.discord.until(
            lambda: self.discord.gateway.identifies > identified and self.discord.gateway.is_ready
        )
        await process.alive(ready)
        return process

    def everything_written(self) -> bytes:
        """Return everything the processes left behind: outputs, database, its log and other files."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return b"\n".join(path.read_bytes() for path in files)
