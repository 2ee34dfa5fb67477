"""Repository of selections: changes chosen for a bulk action, with content digests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.button_numbers import button_number
from storage.columns import to_stamp, value_of
from storage.database import Database, Row

type SelectionVerb = Literal["approve", "reject", "apply", "purge"]


@dataclass(frozen=True, slots=True)
class Target:
    """A chosen change; ``digest`` of the content that was shown."""

    change_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Changes that one person chose for a bulk action, in order."""

    selection_id: int
    user_id: int
    verb: SelectionVerb
    chosen: tuple[Target, ...]


class Selections:
    """Repository of selections; buttons refer to them by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user_id: int, verb: SelectionVerb, chosen: Sequence[Target], now: datetime) -> Selection:
        """Store a selection."""
        targets = json.dumps([[one.change_id, one.digest] for one in chosen])
        values = (button_number(), user_id, verb, targets, to_stamp(now))
        row = await self._database.transaction(
            lambda transaction: transaction.execute(
                "INSERT INTO selection (selection_id, user_id, verb, chosen, created_at) VALUES (?, ?, ?, ?, ?) "
                "RETURNING *",
                values,
            ).fetchone()
        )
        return _selection(row)

    async def get(self, selection_id: int, user_id: int) -> Selection | None:
        """Return this person's selection; None if it is another person's or was deleted."""
        row = await self._database.read_one(
            "SELECT * FROM selection WHERE selection_id = ? AND user_id = ?", (selection_id, user_id)
        )
        return None if row is None else _selection(row)

    async def drop_before(self, moment: datetime) -> int:
        """Delete selections made before a moment; return their count."""
        return await self._database.execute("DELETE FROM selection WHERE created_at < ?", (to_stamp(moment),))


def _selection(row: Row) -> Selection:
    chosen = tuple(Target(change_id, digest) for change_id, digest in json.loads(row["chosen"]))
    return value_of(Selection, row, chosen=chosen)
