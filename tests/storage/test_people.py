"""A person's data: found by walking the schema, exported without the key, gone once deleted."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from storage.cards import Cards
from storage.claims import ClaimRow, Claims
from storage.database import Database, Transaction
from storage.drafts import Draft
from storage.errors import SendingError
from storage.intents import Intents, IntentState, NewIntent
from storage.links import Link, Links
from storage.people import People, personal_tables
from tests.storage.changes import tracked_change

type LinkUser = Callable[..., Awaitable[Link]]
type MakeDraft = Callable[..., Awaitable[Draft]]

RITA, ABE = 1111, 2222

IMPERSONAL = {"replacement", "live_difference", "cursor", "guild", "key_check", "list_filter", "meta"}
"""Tables that concern servers, the installation or messages in channels, and no person."""

PUBLIC = {"tracked_change"}
"""Tables that the service shows to everyone."""


async def _rows_of(database: Database, table: str, user_id: int) -> int:
    rows = await database.read(f"SELECT count(*) FROM {table} WHERE user_id = ?", (user_id,))  # noqa: S608
    return int(rows[0][0])


async def _prepare(database: Database, user_id: int, now: datetime, interaction_id: int) -> int:
    new = NewIntent(
        interaction_id=interaction_id,
        user_id=user_id,
        horde_user_id="101",
        kind="approve",
        guild_id=1,
        channel_id=2,
        change_id=4,
    )
    intent = await Intents(database).prepare(new, now)
    assert intent is not None
    return intent.intent_id


async def test_every_table_is_known_to_concern_people_or_not(database: Database) -> None:
    rows = await database.read("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    assert {row["name"] for row in rows} - set(await database.transaction(personal_tables)) == IMPERSONAL | PUBLIC


async def test_no_table_names_people_in_a_column_that_the_walk_would_miss(database: Database) -> None:
    columns = await database.read(
        "SELECT m.name AS tab, p.name AS col FROM sqlite_master m JOIN pragma_table_info(m.name) p "
        "WHERE m.type = 'table'"
    )
    suspicious = {row["tab"] for row in columns if "user" in row["col"]} - set(
        await database.transaction(personal_tables)
    )
    assert suspicious <= PUBLIC


async def test_a_person_is_told_everything_but_the_key(
    database: Database, links: Links, link_user: LinkUser, make_draft: MakeDraft, now: datetime
) -> None:
    await link_user(links, RITA, key="the-key-that-is-never-told")
    await link_user(links, ABE)
    await make_draft(user_id=RITA, model_name="Deliberate")
    await make_draft(user_id=ABE, model_name="Another user's")
    await Cards(database).record_poll(seen=[tracked_change(now)], now=now)
    await Claims(database).take(ClaimRow(42, "d1", RITA, "1111", "name#1111", now, now + timedelta(days=1)))
    told = await People(database).export(RITA)
    assert set(told) == {"link", "draft", "claim"}
    (link,), (draft,), (claim,) = told["link"], told["draft"], told["claim"]
    assert claim["until"] == (now + timedelta(days=1)).isoformat()
    assert "sealed_key" not in link
    assert (link["horde_username"], link["linked_at"]) == ("name#1111", now.isoformat())
    assert (draft["model_name"], draft["record"]) == ("Deliberate", {"name": "Deliberate"})
    assert "Another user's" not in str(told)


async def test_forgetting_takes_every_row_of_one_person_and_of_no_other(
    database: Database, links: Links, link_user: LinkUser, make_draft: MakeDraft, now: datetime
) -> None:
    for person, interaction_id in ((RITA, 1), (ABE, 2)):
        await link_user(links, person)
        await make_draft(user_id=person)
        intent_id = await _prepare(database, person, now, interaction_id)
        await Intents(database).resolve(intent_id, IntentState.REFUSED, reason="no", now=now)
    people = People(database)
    deleted = await people.forget(RITA)
    assert deleted == {"draft": 1, "intent": 1, "link": 1}
    personal = await database.transaction(personal_tables)
    assert [await _rows_of(database, table, RITA) for table in personal] == [0] * len(personal)
    assert sum([await _rows_of(database, table, ABE) for table in personal]) == 3
    assert await people.forget(RITA) == {}


async def test_a_new_table_with_people_in_it_is_forgotten_too(database: Database) -> None:
    def grow(transaction: Transaction) -> None:
        transaction.execute("CREATE TABLE badge (user_id INTEGER NOT NULL, text TEXT NOT NULL) STRICT")
        transaction.execute("INSERT INTO badge VALUES (?, 'of honour')", (RITA,))

    await database.transaction(grow)
    people = People(database)
    assert await people.export(RITA) == {"badge": [{"user_id": RITA, "text": "of honour"}]}
    assert await people.forget(RITA) == {"badge": 1}


async def test_while_something_is_being_sent_nothing_is_deleted(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA)
    await _prepare(database, RITA, now, 1)
    people = People(database)
    for act in (people.forget, people.require_idle):
        with pytest.raises(SendingError) as refusal:
            await act(RITA)
        assert refusal.value.user_id == RITA
    await people.require_idle(ABE)
    assert await links.get(RITA) is not None


async def test_what_was_forgotten_is_in_neither_file_nor_log(
    database: Database, links: Links, link_user: LinkUser, make_draft: MakeDraft, file_bytes: Callable[[], bytes]
) -> None:
    await link_user(links, RITA, horde_user_id="987654321", key="k" * 22)
    await make_draft(user_id=RITA, model_name="UNFORGETTABLE-NAME", record={"description": "UNFORGETTABLE-WORDS"})
    assert b"UNFORGETTABLE-WORDS" in file_bytes()
    sealed = await database.read_one("SELECT sealed_key FROM link WHERE user_id = ?", (RITA,))
    assert sealed is not None
    await database.checkpoint()
    assert bytes(sealed["sealed_key"]) in file_bytes()
    await People(database).forget(RITA)
    left = file_bytes()
    for trace in (b"UNFORGETTABLE", b"name#987654321", bytes(sealed["sealed_key"])):
        assert trace not in left
