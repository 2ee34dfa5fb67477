"""A copy that is whole, private and can be started from."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operator.exit_codes import ExitCode
from tests.harness.command_line import first_start, typed
from tests.harness.full_disk import files_no_larger_than

pytestmark = pytest.mark.usefixtures("complete")


def marked(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT value FROM cursor WHERE name = 'mark'")]
    finally:
        connection.close()


def mark(path: Path, text: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT OR REPLACE INTO cursor (name, value) VALUES ('mark', ?)", (text,))
    connection.close()


def test_a_backup_is_restored_by_putting_it_back(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    first_start()
    mark(database, "before")
    result = typed("backup", str(target))
    assert result.exit_code == 0, result.output
    assert str(target) in result.stdout
    assert target.stat().st_mode & 0o777 == 0o600
    mark(database, "after")

    for part in database.parent.glob("curator.db-*"):
        part.unlink()
    shutil.copy(target, database)  # keeps the mode of what it replaces
    assert typed("keys", "list").exit_code == 0
    assert marked(database) == ["before"]


def test_a_lost_database_is_not_recreated_but_restored(database: Path, tmp_path: Path) -> None:
    first_start()
    mark(database, "kept")
    typed("backup", str(tmp_path / "copy.db"))
    database.unlink()
    lost = typed("run")
    assert lost.exit_code == ExitCode.DATA_DAMAGED
    assert "restore a backup" in lost.stderr
    shutil.copy(tmp_path / "copy.db", database)
    database.chmod(0o600)
    assert typed("keys", "list").exit_code == 0
    assert marked(database) == ["kept"]


def test_a_place_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    result = typed("backup", str(tmp_path / "absent" / "copy.db"))
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "Nothing was changed" in result.stderr
    assert "Traceback" not in result.output


def test_a_backup_needs_neither_a_token_nor_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first_start()
    for name in ("DISCORD_TOKEN", "CREDENTIAL_KEYS"):
        monkeypatch.delenv(f"CURATOR_{name}")
    result = typed("backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 0, result.output


def test_an_earlier_backup_is_replaced_and_nothing_else(database: Path, tmp_path: Path) -> None:
    first_start()
    copy, notes, other, link = (tmp_path / name for name in ("copy.db", "notes.txt", "other.db", "link.db"))
    notes.write_text("Kept since years.")
    foreign = sqlite3.connect(other)
    foreign.execute("CREATE TABLE recipe (name TEXT)")
    foreign.close()
    link.symlink_to(database)
    before = {path: path.read_bytes() for path in (notes, other, database)}
    for _ in range(2):
        assert typed("backup", str(copy)).exit_code == 0
    for target in (notes, other, link, database, Path(f"{database}-wal"), Path(f"{database}.installed")):
        refused = typed("backup", str(target))
        assert refused.exit_code == ExitCode.CONFIGURATION, target
        assert "Nothing was changed" in refused.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_a_path_without_a_database_makes_no_empty_backup(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    first_start()
    mark(database, "kept")
    typed("backup", str(copy))
    for path in database.parent.iterdir():
        path.unlink()
    result = typed("backup", str(copy))
    assert result.exit_code == ExitCode.CONFIGURATION
    assert f"there is no database at {database}" in result.stderr
    assert "CURATOR_DATABASE_PATH" in result.stderr
    assert not database.exists()
    assert marked(copy) == ["kept"]


def test_a_disk_without_room_for_the_copy_is_named_by_the_copy(database: Path, tmp_path: Path) -> None:
    first_start()
    copy = tmp_path / "copy.db"
    with files_no_larger_than(50_000):
        result = typed("backup", str(copy))
    assert result.exit_code == ExitCode.DISK
    assert f"{copy} could not be written" in result.stderr
    assert list(tmp_path.glob("copy.db*")) == []


def test_a_file_beside_the_backup_is_not_deleted_for_the_unfinished_copy(tmp_path: Path) -> None:
    first_start()
    notes, copy = tmp_path / "copy.db.unfinished", tmp_path / "copy.db"
    notes.write_text("Kept since years.")
    refused = typed("backup", str(copy))
    assert refused.exit_code == ExitCode.CONFIGURATION
    assert str(notes) in refused.stderr
    assert notes.read_text() == "Kept since years."
    notes.write_bytes(b"")  # as an interrupted backup leaves it
    assert typed("backup", str(copy)).exit_code == 0


@pytest.fixture
def held(complete: None, database: Path) -> Iterator[None]:
    """A bot runs, as far as the file can tell."""
    first_start()
    holder = sqlite3.connect(database)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.close()


@pytest.mark.usefixtures("held")
def test_while_the_bot_runs_a_check_says_where_else_to_look() -> None:
    result = typed("check")
    assert result.exit_code == ExitCode.ALREADY_RUNNING
    assert "/healthz" in result.stdout


@pytest.mark.usefixtures("held")
def test_while_the_bot_runs_it_says_how_the_bot_does_it(tmp_path: Path) -> None:
    result = typed("backup", str(tmp_path / "copy.db"))
    assert result.exit_code == ExitCode.ALREADY_RUNNING
    assert "SIGUSR1" in result.stderr
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.usefixtures("held")
def test_keys_are_not_touched_meanwhile() -> None:
    result = typed("keys", "rotate")
    assert result.exit_code == ExitCode.ALREADY_RUNNING
    assert "Stop the bot first" in result.stderr
