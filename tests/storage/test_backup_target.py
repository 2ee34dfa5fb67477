"""A backup replaces earlier backups and nothing else, and a command creates no database by itself."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from storage.cards import Cards
from storage.database import Database
from storage.deliveries import Deliveries
from storage.errors import MissingFileError, TargetTakenError, UnusableFileError
from storage.guild_settings import GuildSettings
from storage.purges import Purges
from storage.selections import Selections, Target
from storage.sqlite_file import check_is_there, check_replaceable
from tests.storage.changes import tracked_change

pytestmark = pytest.mark.real_opening


async def test_a_command_needs_a_database_or_its_marker(used: Path, tmp_path: Path) -> None:
    check_is_there(used)
    used.unlink()
    check_is_there(used)  # opening then says that it was removed
    with pytest.raises(MissingFileError, match=r"absent\.db"):
        check_is_there(tmp_path / "absent.db")


async def test_an_earlier_backup_is_replaced_and_a_new_file_is_made(
    database: Database, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    check_replaceable(target, path)
    await database.backup(target)
    check_replaceable(target, path)
    check_replaceable(path.with_name("copy.db"), path)


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal", ".installed"])
async def test_a_file_of_the_database_is_no_target(used: Path, ending: str) -> None:
    target = used.with_name(f"{used.name}{ending}")
    with pytest.raises(TargetTakenError, match=f"^{target} is a file that belongs to the database; name a new file"):
        check_replaceable(target, used)
    check_replaceable(used.parent.parent / f"{used.name}{ending}", used)


async def test_the_database_itself_is_no_target_under_any_name(used: Path, tmp_path: Path) -> None:
    (tmp_path / "symbolic.db").symlink_to(used)
    (tmp_path / "hard.db").hardlink_to(used)
    (tmp_path / "folder").symlink_to(used.parent)
    for target in (used, tmp_path / "symbolic.db", tmp_path / "hard.db", tmp_path / "folder" / used.name):
        with pytest.raises(TargetTakenError, match=f"^{target} is the database itself; name a new file"):
            check_replaceable(target, used)
    with pytest.raises(TargetTakenError, match="belongs to the database"):
        check_replaceable(tmp_path / "folder" / f"{used.name}-wal", used)


async def test_a_file_of_another_kind_is_no_target(used: Path, tmp_path: Path) -> None:
    notes, empty, foreign, folder = (tmp_path / name for name in ("notes.txt", "empty.db", "foreign.db", "a folder"))
    notes.write_text("Kept since years." * 20)
    empty.touch()
    folder.mkdir()
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    for target in (notes, empty, foreign, folder):
        with pytest.raises(TargetTakenError, match=f"{target.name} is a file of another kind, and would be lost"):
            check_replaceable(target, used)


async def test_a_file_in_the_place_of_the_unfinished_copy_is_no_target(used: Path, tmp_path: Path) -> None:
    unfinished = tmp_path / "copy.db.unfinished"
    unfinished.write_bytes(b"")  # as an interrupted backup leaves it
    check_replaceable(tmp_path / "copy.db", used)
    unfinished.write_text("Kept since years.")
    with pytest.raises(TargetTakenError, match=r"copy\.db\.unfinished is a file of another kind"):
        check_replaceable(tmp_path / "copy.db", used)


async def test_a_target_that_cannot_be_reached_is_refused_with_the_reason(database: Database, tmp_path: Path) -> None:
    loop = tmp_path / "loop.db"
    loop.symlink_to(loop)
    with pytest.raises(UnusableFileError, match=r"copy\.db cannot be used: Too many levels of symbolic links; check"):
        await database.backup(loop / "copy.db")
    with pytest.raises(UnusableFileError, match=r"xxx cannot be used: File name too long; check"):
        check_replaceable(tmp_path / ("x" * 300), database.path)


async def test_cards_of_open_changes_are_drawn_again_from_a_restored_backup(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    """They may show what happened after the backup."""
    pending = [tracked_change(now, each) for each in (41, 42, 43)]
    cards, deliveries = Cards(database), Deliveries(database)
    await GuildSettings(database).set_review_channel(77, 770)
    await cards.record_poll(seen=pending, now=now)
    for card in (await deliveries.due_cards(now))[:2]:
        await deliveries.mark_delivered([card], 500)
    await cards.record_poll(seen=[replace(pending[0], status="rejected")], now=now)
    await deliveries.mark_delivered(await deliveries.due_cards(now, 41), 500)
    await database.backup(tmp_path / "copy.db")
    async with await Database.open(tmp_path / "copy.db") as restored:
        due = [(card.change_id, card.message_id) for card in await Deliveries(restored).due_cards(now)]
    assert due == [(42, 500), (43, None)], "the card of a decided change stays"
    assert [card.change_id for card in await deliveries.due_cards(now)] == [43], "nothing is due here"


async def test_a_button_from_after_the_backup_acts_on_nothing_that_was_made_after_its_restore(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    await database.backup(tmp_path / "copy.db")
    async with await Database.open(tmp_path / "copy.db") as restored:
        lost, _ = [await Selections(each).add(202, "approve", [Target(42, "d1")], now) for each in (database, restored)]
        assert await Selections(restored).get(lost.selection_id, 202) is None
        asked, _ = [await Purges(each).offer(202, "{}", [42], now) for each in (database, restored)]
        assert await Purges(restored).get(asked.purge_id, 202) is None


async def test_a_compacted_file_keeps_what_is_in_it(database: Database, path: Path) -> None:
    await GuildSettings(database).set_review_channel(77, 770)
    await database.compact()
    assert (await GuildSettings(database).get(77)).review_channel_id == 770
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
