"""Repository of applied changes whose live record differs from the approved one."""

import json
from dataclasses import dataclass
from datetime import datetime

from storage.columns import from_stamp, to_stamp
from storage.database import Database


@dataclass(frozen=True, slots=True)
class LiveDifference:
    """Difference between the live record and the approved one, read after the apply.

    Attributes:
        fields: paths of the fields that differ; empty where the model as a whole does (deleted but live, or missing).
        read_at: time of that reading.
    """

    fields: tuple[str, ...]
    read_at: datetime


class LiveDifferences:
    """Repository of live differences, by change and content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, change_id: int, digest: str, difference: LiveDifference) -> None:
        """Store a difference; a newer one replaces it."""
        values = (change_id, digest, json.dumps(difference.fields), to_stamp(difference.read_at))
        sql = "INSERT OR REPLACE INTO live_difference (change_id, digest, fields, read_at) VALUES (?, ?, ?, ?)"
        await self._database.execute(sql, values)

    async def of(self, change_id: int, digest: str) -> LiveDifference | None:
        """Return a change's difference from its live record; None if that is as approved."""
        row = await self._database.read_one(
            "SELECT * FROM live_difference WHERE change_id = ? AND digest = ?", (change_id, digest)
        )
        return None if row is None else LiveDifference(tuple(json.loads(row["fields"])), from_stamp(row["read_at"]))
