"""Cursors: where a poll goes on."""

from storage.cursors import Cursors
from storage.database import Database


async def test_a_cursor_is_nothing_until_set_and_then_the_last_value(database: Database) -> None:
    cursors = Cursors(database)
    assert await cursors.get("queue") is None
    await cursors.set("queue", "41")
    await cursors.set("queue", "42")
    await cursors.set("audit", "7")
    assert (await cursors.get("queue"), await cursors.get("audit")) == ("42", "7")
