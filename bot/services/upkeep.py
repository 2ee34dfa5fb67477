"""Maintenance by a running bot: key rotation, backups and database metrics."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from storage.cursors import Cursors
from storage.database import Database
from storage.deliveries import Deliveries
from storage.links import Links
from storage.rotation import Rotation

WRITE_TEST = "write_test"
"""Cursor that is written to find a full disk: a queue in which nothing moves writes nothing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """Row counts of the database.

    Attributes:
        links: linked people.
        notices: undelivered direct messages.
        refused_channels: channels in which Discord refused the bot three times, of all servers.
    """

    links: int
    notices: int
    refused_channels: int


@dataclass(slots=True)
class Upkeep:
    """Maintenance of the database, which only this process can open."""

    database: Database
    rotation: Rotation
    cursors: Cursors
    links: Links
    deliveries: Deliveries
    _writes: int = 0

    async def rotate(self) -> int:
        """Re-encrypt all links with the first credential key; return their number."""
        moved, unreadable = 0, 0
        while not (batch := await self.rotation.step()).is_last:
            moved += batch.moved
            unreadable += len(batch.unreadable)
        if moved or unreadable:
            await self.rotation.finish()
            log.info("credential_keys_rotated", moved=moved, unreadable=unreadable)
        return moved

    async def backup(self) -> Path:
        """Write a complete copy beside the file, replacing the last one; return its path."""
        target = self.database.path.with_name(f"{self.database.path.name}.backup")
        await self.database.backup(target)
        log.info("backup_written", path=str(target))
        return target

    async def stored(self) -> Stored:
        """Return row counts; this also tests that the database can be written and read.

        Raises:
            StorageError: it cannot: the disk is full, or it fails.
        """
        self._writes += 1
        await self.cursors.set(WRITE_TEST, str(self._writes))
        return Stored(
            links=await self.links.count(),
            notices=await self.deliveries.count_waiting_notices(),
            refused_channels=await self.deliveries.count_refused_channels(),
        )
