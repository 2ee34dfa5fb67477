"""Broken off at any instruction, a step of several tables leaves everything or nothing."""

import itertools
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import pytest
from pydantic import SecretStr

from storage.cards import Cards
from storage.database import Database, Transaction
from storage.deliveries import Deliveries
from storage.drafts import Draft
from storage.guild_settings import GuildSettings
from storage.intents import Intents, IntentState, NewIntent
from storage.links import Link, Links
from storage.notices import NoticeKey
from tests.storage.changes import tracked_change

pytestmark = pytest.mark.real_opening

_TABLES = ("link", "draft", "intent", "guild", "tracked_change", "delivery", "cursor")


async def _contents(database: Database) -> dict[str, list[dict[str, object]]]:
    """Every row of every table; nonces are random and left out."""
    tables: dict[str, list[dict[str, object]]] = {}
    for table in _TABLES:
        rows = await database.read(f"SELECT * FROM {table}")  # noqa: S608 - table names of this file
        tables[table] = [{name: value for name, value in dict(row).items() if name != "nonce"} for row in rows]
    return tables


class _Interruption:
    """Lets SQLite run ``count`` instructions, then breaks one statement off."""

    def __init__(self, count: int) -> None:
        self._left = count

    def __call__(self) -> bool:
        self._left -= 1
        return self._left == -1

    def arm(self, connection: Transaction) -> None:
        connection.set_progress_handler(self, 1)


def _disarm(connection: Transaction) -> None:
    connection.set_progress_handler(None, 0)


async def _break_off_everywhere(database: Database, step: Callable[[], Awaitable[object]]) -> tuple[int, set[str]]:
    """Run ``step`` broken off at its first, second, third … instruction, until it is kept.

    Says how often nothing at all was kept, and which tables were changed when something was.
    """
    before = await _contents(database)
    for failures in itertools.count():
        await database._run(_Interruption(failures).arm)
        with suppress(sqlite3.OperationalError):  # the very last instructions of COMMIT fail after the fact
            await step()
        await database._run(_disarm)
        assert not await database._run(lambda connection: connection.in_transaction)
        after = await _contents(database)
        if after != before:
            return failures, {table for table in _TABLES if after[table] != before[table]}
    raise AssertionError


async def test_a_poll_broken_off_anywhere_leaves_nothing(database: Database, now: datetime) -> None:
    settings, cards = GuildSettings(database), Cards(database)
    for guild_id in (77, 78):
        await settings.set_review_channel(guild_id, guild_id * 10)
    failures, changed = await _break_off_everywhere(
        database,
        lambda: cards.record_poll(
            seen=[tracked_change(now)], now=now, notices=[NoticeKey(1, 42, "pending")], cursors={"queue": "42"}
        ),
    )
    assert failures > 50
    assert changed == {"tracked_change", "delivery", "cursor"}
    assert len(await Deliveries(database).due_cards(now)) == 2


@pytest.mark.parametrize("outcome", [IntentState.QUEUED, IntentState.UNKNOWN, IntentState.REFUSED])
async def test_an_outcome_broken_off_anywhere_leaves_draft_and_intent_as_they_were(
    database: Database,
    make_draft: Callable[..., Awaitable[Draft]],
    now: datetime,
    outcome: IntentState,
) -> None:
    intents, draft = Intents(database), await make_draft()
    new = NewIntent(
        interaction_id=1, user_id=draft.user_id, horde_user_id="101", kind="propose", draft_id=draft.draft_id
    )
    intent = await intents.prepare(new, now)
    assert intent is not None
    await intents.mark_sent(intent.intent_id, now)
    failures, changed = await _break_off_everywhere(
        database,
        lambda: intents.resolve(intent.intent_id, outcome, change_id=42, now=now, notices=[NoticeKey(1, 42, outcome)]),
    )
    assert failures > 20
    assert changed == {"intent", "draft", "delivery"}
    assert (await intents.unresolved() == []) is outcome.is_final


async def test_linking_again_broken_off_anywhere_keeps_the_former_key(
    database: Database,
    links: Links,
    link_user: Callable[..., Awaitable[Link]],
) -> None:
    await link_user(links, 1111)
    failures, changed = await _break_off_everywhere(
        database, lambda: link_user(links, 1111, key="another-key-0123456789")
    )
    assert failures > 20
    assert changed == {"link"}
    assert await links.key(1111) == SecretStr("another-key-0123456789")
