"""Moving the schema: each step whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path

import pytest

from storage.database import Database
from storage.deliveries import Deliveries
from storage.errors import NewerSchemaError
from storage.migrate import APPLICATION_ID, Migration, migrate, shipped_migrations
from storage.notices import NoticeKey
from storage.thread_posts import ThreadPost, ThreadPosts

pytestmark = pytest.mark.real_opening

FIRST = Migration(1, "CREATE TABLE house (room TEXT NOT NULL PRIMARY KEY) STRICT;")
SECOND = Migration(2, "ALTER TABLE house ADD COLUMN colour TEXT; INSERT INTO house VALUES ('hall', 'blue');")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "file.db", autocommit=True)
    connection.execute("PRAGMA foreign_keys=ON")
    yield connection
    connection.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _never(version: int) -> None:
    raise AssertionError(version)


def test_each_step_is_taken_once_and_in_order(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST], before_first=_never)
    backups: list[int] = []
    migrate(connection, [FIRST, SECOND], before_first=backups.append)
    migrate(connection, [FIRST, SECOND], before_first=_never)
    assert backups == [1], "one backup, before a file with data in it is moved"
    assert _version(connection) == 2
    assert connection.execute("SELECT * FROM house").fetchall() == [("hall", "blue")]
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("CREATE TABLE garden (tree TEXT) STRICT; INSERT INTO nowhere VALUES (1);", "no such table"),
        ("CREATE TABLE garden (tree TEXT) STRICT; this is not SQL;", "syntax error"),
        (
            "CREATE TABLE garden (tree TEXT REFERENCES house (room)) STRICT; INSERT INTO garden VALUES ('oak');",
            "migration 2 leaves dangling references",
        ),
    ],
    ids=["fails late", "no SQL", "dangling reference"],
)
def test_a_step_that_fails_leaves_the_file_at_the_step_before(
    connection: sqlite3.Connection, broken: str, reason: str
) -> None:
    steps = [FIRST, Migration(2, broken)]
    with pytest.raises((sqlite3.OperationalError, RuntimeError), match=reason):
        migrate(connection, steps, before_first=_never)
    assert not connection.in_transaction
    assert _version(connection) == 1
    assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("house",)]
    migrate(connection, [FIRST, SECOND], before_first=lambda _: None)
    assert _version(connection) == 2


def test_a_step_must_not_end_its_own_transaction(connection: sqlite3.Connection) -> None:
    with pytest.raises(RuntimeError, match="ended its own transaction"):
        migrate(connection, [Migration(1, f"{FIRST.sql} COMMIT;")], before_first=_never)
    assert _version(connection) == 0


def test_a_newer_file_is_not_touched(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST, SECOND], before_first=_never)
    with pytest.raises(NewerSchemaError) as refusal:
        migrate(connection, [FIRST], before_first=_never)
    assert (refusal.value.found, refusal.value.known) == (2, 1)
    assert _version(connection) == 2


def test_the_shipped_steps_are_numbered_without_a_gap() -> None:
    assert [step.number for step in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))


async def test_a_file_of_an_older_version_is_backed_up_before_it_is_moved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Database.open(path):
        pass
    newest = len(shipped_migrations())
    later = (*shipped_migrations(), Migration(newest + 1, "CREATE TABLE later (x TEXT) STRICT;"))
    monkeypatch.setattr("storage.sqlite_file.shipped_migrations", lambda: later)
    async with await Database.open(path) as database:
        assert await database.read("SELECT * FROM later") == []
    backup = path.with_name(f"curator.db.schema-{newest}")
    assert backup.stat().st_mode & 0o777 == 0o600
    connection = sqlite3.connect(backup)
    assert _version(connection) == newest
    connection.close()


async def test_what_people_had_still_to_be_told_is_told_by_the_next_version(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("storage.sqlite_file.shipped_migrations", lambda: shipped_migrations()[:1])
        async with await Database.open(path) as database:
            await database.transaction(
                lambda transaction: transaction.execute(
                    "INSERT INTO notice (notice_id, user_id, change_id, status, state, next_at) "
                    "VALUES (7, 1111, 42, 'approved', 'ready', 0)"
                )
            )
    async with await Database.open(path) as database:
        (notice,) = await Deliveries(database).due_notices(datetime.now(UTC))
        assert NoticeKey.of(notice) == NoticeKey(1111, 42, "approved")
        assert notice.nonce == "notice-7", "Discord drops a message that was sent before the update"


async def test_what_threads_said_to_people_becomes_theirs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("told", '{"status": "told", "ping": 1111}'), ("hidden", '{"status": "told", "ping": null}'))
    with monkeypatch.context() as before:
        before.setattr("storage.sqlite_file.shipped_migrations", lambda: shipped_migrations()[:11])
        async with await Database.open(path) as database:
            await database.transaction(
                lambda transaction: transaction.executemany(
                    "INSERT INTO post (guild_id, channel_id, kind, subject, facts, next_at) "
                    "VALUES (77, 770, 'thread', ?, ?, 0)",
                    rows,
                )
            )
    async with await Database.open(path) as database:
        found = await database.read("SELECT subject, user_id FROM delivery ORDER BY delivery_id")
    assert [tuple(row) for row in found] == [("told", 1111), ("hidden", None)]


SCHEMA_12 = Path(__file__).with_name("schema_12.sql")
AFTER_12 = datetime(2026, 3, 2, tzinfo=UTC)
"""A time at which everything that waits in that file is due."""


@pytest.fixture
def old_file(path: Path) -> Path:
    """A database file as the program of schema 12 left it."""
    path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(path, autocommit=True)
    connection.executescript(SCHEMA_12.read_text(encoding="utf-8"))
    connection.close()
    path.chmod(0o600)
    return path


async def test_every_card_of_an_old_file_shows_its_change_after_one_delivery(old_file: Path) -> None:
    async with await Database.open(old_file) as database:
        deliveries = Deliveries(database)
        due = await deliveries.due_cards(AFTER_12)
        assert [(card.change_id, card.guild_id, card.channel_id, card.message_id) for card in due] == [
            (41, 77, 770, None),
            (41, 78, 780, None),
            (43, 77, 770, 543),
            (43, 78, 780, 643),
            (44, 77, 770, 544),
            (44, 78, 780, 644),
            (45, 77, 770, None),
            (48, 77, 770, 548),
            (48, 78, 780, 648),
        ]
        assert [card.shown_revision > 0 for card in due if card.message_id is None] == [False, False, True], (
            "a card whose message was deleted notifies no role again"
        )
        assert due[0].nonce == "ab075c5ef61db9f8216f", "Discord drops a card that was sent before the update"
        await deliveries.mark_delivered(due, 5)
        assert await deliveries.due_cards(AFTER_12) == []
        assert await deliveries.given_up(77) == {770: 1}
        await deliveries.try_channel_again(77, 770)
        assert [card.change_id for card in await deliveries.due_cards(AFTER_12)] == [46]


async def test_every_post_of_an_old_file_is_delivered_once(old_file: Path) -> None:
    async with await Database.open(old_file) as database:
        deliveries, threads = Deliveries(database), ThreadPosts(database)
        due = await deliveries.due_posts(AFTER_12)
        assert [(post.kind, post.subject, post.channel_id, post.message_id, post.user_id) for post in due] == [
            ("thread", "42:542:why", 542, None, 1111),
            ("announcement", "47:digest47:applied", 771, None, None),
            ("thread", "42:digest42:told", 542, None, 1111),
            ("outage", "1772366400", 770, 900, None),
            ("outage", "1772366400", 780, None, None),
            ("outcome", "9", 770, None, 4444),
        ]
        assert due[0].nonce == "0c85c5bf8c1ee405f918"
        await deliveries.mark_delivered(due, 5)
        assert await deliveries.due_posts(AFTER_12) == []
        assert await deliveries.given_up(78) == {780: 1}
        unopened = await threads.unopened(10)
        assert [(card.change_id, card.message_id) for card in unopened] == [(43, 543), (47, 547)]
        await threads.opened(unopened[0], 543, ThreadPost(43, "43:543:why", {"status": "why"}), AFTER_12)
        in_thread = await deliveries.due_posts(AFTER_12)
        assert [post.facts["status"] for post in in_thread] == ["why", "approved"]


async def test_every_direct_message_of_an_old_file_is_delivered_once(old_file: Path) -> None:
    async with await Database.open(old_file) as database:
        deliveries = Deliveries(database)
        due = await deliveries.due_notices(AFTER_12)
        assert [(notice.nonce, notice.user_id, notice.subject) for notice in due] == [
            ("notice-3", 1111, "change:48:rejected"),
            ("notice-5", 1111, "draft:1:expires"),
            ("notice-6", 4444, "link:2:expires"),
            ("notice-7", 1111, "proposal:3:not_queued"),
            ("notice-1", 1111, "change:43:approved"),
        ]
        await deliveries.mark_delivered(due, None)
        known = [NoticeKey(1111, 47, "applied"), NoticeKey(4444, 48, "rejected"), *map(NoticeKey.of, due)]
        assert await deliveries.add_notices(known, AFTER_12) == 0
        assert await deliveries.due_notices(AFTER_12) == []


async def test_an_old_file_is_opened_and_delivered_from_only_once(old_file: Path) -> None:
    async with await Database.open(old_file) as database:
        deliveries = Deliveries(database)
        for due_of in (deliveries.due_cards, deliveries.due_posts, deliveries.due_notices):
            await deliveries.mark_delivered(await due_of(AFTER_12), 5)
    async with await Database.open(old_file) as database:
        deliveries = Deliveries(database)
        for due_of in (deliveries.due_cards, deliveries.due_posts, deliveries.due_notices):
            assert await due_of(AFTER_12) == []


async def test_a_digest_of_an_old_file_can_be_drawn(old_file: Path) -> None:
    connection = sqlite3.connect(old_file, autocommit=True)
    connection.execute(
        "INSERT INTO post (guild_id, channel_id, kind, subject, facts, next_at) "
        """VALUES (77, 770, 'digest', '2026-W09', '{"told":{"pending":3},"days":7}', 0)"""
    )
    connection.close()
    async with await Database.open(old_file) as database:
        (digest,) = [post for post in await Deliveries(database).due_posts(AFTER_12) if post.kind == "digest"]
    assert digest.facts == {"statistics": {"pending": 3}, "days": 7}


def test_a_move_to_the_table_of_deliveries_that_is_broken_off_anywhere_leaves_the_old_file(
    connection: sqlite3.Connection,
) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.executescript(SCHEMA_12.read_text(encoding="utf-8"))
    steps = shipped_migrations()[:14]
    migrate(connection, steps[:-1], before_first=lambda _: None)
    before = list(connection.iterdump())
    instructions = 0
    while _version(connection) == 13:
        assert list(connection.iterdump()) == before
        instructions += 50
        connection.set_progress_handler(chain(repeat(0, instructions), [1], repeat(0)).__next__, 1)
        with suppress(sqlite3.OperationalError):
            migrate(connection, steps, before_first=lambda _: None)
        connection.set_progress_handler(None, 0)
        assert not connection.in_transaction
    assert instructions > 1_000
    assert _version(connection) == 14
    assert connection.execute("SELECT count(*) FROM delivery").fetchone() == (16 + 10 + 7,)
