"""What a running bot does for its operator: moves to a new credential key, copies its file, tells its measures."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from storage.database import Database
from storage.deliveries import Deliveries
from storage.links import Links
from storage.rotation import Rotation

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is in the file.

    Attributes:
        links: linked people.
        notices: direct messages that are still to be delivered.
    """

    links: int
    notices: int


@dataclass(slots=True)
class Upkeep:
    """Works on the file that this process holds, which no other process can open meanwhile."""

    database: Database
    rotation: Rotation
    links: Links
    deliveries: Deliveries

    async def rotate(self) -> int:
        """Seal with the first credential key what another one sealed; returns how many links that were."""
        moved, unreadable = 0, 0
        while not (batch := await self.rotation.step()).is_last:
            moved += batch.moved
            unreadable += len(batch.unreadable)
        if moved or unreadable:
            await self.rotation.finish()
            log.info("credential keys rotated", moved=moved, unreadable=unreadable)
        return moved

    async def backup(self) -> Path:
        """Write a whole copy beside the file, replacing the one before; returns where."""
        target = self.database.path.with_name(f"{self.database.path.name}.backup")
        await self.database.backup(target)
        log.info("backup written", path=str(target))
        return target

    async def stored(self) -> Stored:
        """Read how much is in the file: the sign that it can be read at all."""
        return Stored(links=await self.links.count(), notices=await self.deliveries.count_waiting_notices())
