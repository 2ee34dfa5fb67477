"""Slash commands as Discord last received them, kept over restarts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from storage.cursors import Cursors

CURSOR: Final = "synced_commands"


@dataclass(frozen=True, slots=True)
class SyncedCommands:
    """Digest of all commands as sent to Discord, and the id of each top-level command by name."""

    digest: str
    ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SyncedCommandsStore:
    """Storage of the last synchronisation."""

    cursors: Cursors

    async def read(self) -> SyncedCommands | None:
        """Return the last synchronisation, ``None`` before the first."""
        text = await self.cursors.get(CURSOR)
        return SyncedCommands(**json.loads(text)) if text else None

    async def write(self, commands: SyncedCommands) -> None:
        """Keep a synchronisation, replacing the last one."""
        await self.cursors.set(CURSOR, json.dumps({"digest": commands.digest, "ids": dict(commands.ids)}))
