"""Refusals posted in channels, and a database that fails."""

from datetime import timedelta
from pathlib import Path

from bot.services.public_refusals import PublicRefusals
from storage.cursors import Cursors
from storage.database import Database
from tests.services.conftest import Clock


async def test_a_database_that_fails_keeps_no_refusal_from_being_shown_nor_lets_it_be_repeated(tmp_path: Path) -> None:
    clock = Clock()
    database = await Database.open(tmp_path / "curator.db")
    await database.close()
    refusals = PublicRefusals(Cursors(database), clock)
    assert await refusals.take(1, "replica")
    assert not await refusals.take(1, "replica")
    assert await refusals.take(2, "replica")
    assert await refusals.take(1, "queue_disabled")
    clock.move(seconds=timedelta(minutes=10).total_seconds())
    assert await refusals.take(1, "replica")
