"""Full disk: nothing is sent before it is stored, all else works, and no restart is needed."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import simcord

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from storage.database import Database, Transaction
from storage.deliveries import Deliveries
from storage.errors import DiskError
from tests.harness.full_disk import files_no_larger_than
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import changes_in, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.harness.written import written_logs
from tests.stories.attachments import json_file
from tests.stories.payloads import CONFIG_V2, V2
from tests.stories.people import change_id_in, link

PLENTY = 1_000_000
TOO_MUCH_FOR_WHAT_IS_FREE = "Pixel art in clear colours. " * 140


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    with written_logs() as stream:
        yield stream


async def fill_up(database: Database) -> None:
    """Leave not one page to this file, as a full disk does."""
    (pages,) = await database.read("PRAGMA page_count")
    await database.read(f"PRAGMA max_page_count={pages[0]}")

    def write(transaction: Transaction) -> None:
        transaction.execute("CREATE TABLE IF NOT EXISTS filling (content TEXT) STRICT")
        transaction.execute("INSERT INTO filling VALUES (?)", ("x" * 3000,))

    while True:
        try:
            await database.transaction(write)
        except DiskError:
            return


async def make_room(database: Database) -> None:
    await database.read(f"PRAGMA max_page_count={PLENTY}")


async def test_nothing_is_sent_that_was_not_written_down_and_room_is_all_it_needs(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, logs: io.StringIO
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    fields = {"name": "Full disk", "description": TOO_MUCH_FOR_WHAT_IS_FREE, "config": CONFIG_V2}
    record = json_file({**V2["image_generation"], **fields})
    command = "propose-model create"
    drafted = await rita.slash(world.public, command, category="image_generation", name="Full disk", record=record)
    database = simulation.bot.services.draft_service.drafts._database
    await fill_up(database)
    refused = await rita.click(answer_of(drafted), label="Submit")
    assert "disk is full" in text_of(refused)
    assert changes_in(service) == []
    await env.advance_time(61)  # the roles are stale, and cannot be written down
    for command in ("status", "account status", "propose-model drafts", "queue list", "queue mine"):
        assert "disk is full" not in text_of(await rita.slash(world.public, command)), command
    assert "Full disk" in text_of(await rita.slash(world.public, "propose-model drafts"))
    assert "DiskError" in logs.getvalue()
    await make_room(database)
    sent = await rita.click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    assert [change["change_id"] for change in changes_in(service)] == [change_id], text_of(sent)
    assert "Pending" in text_of(card_of(world.review, env, change_id))


async def test_a_message_that_was_sent_before_the_disk_was_full_is_sent_once(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    service: ReferenceService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await link(world, RITA)
    change_id = propose_beside(service, "Unrecorded")

    async def full(*_: object) -> None:
        raise DiskError(Path("curator.db"), is_full=True)

    with monkeypatch.context() as patch:
        patch.setattr(Deliveries, "mark_delivered", full)
        for _ in range(5):
            await simulation.let_pass(timedelta(minutes=10))
    await simulation.let_pass(timedelta(minutes=10))
    assert "Pending" in text_of(card_of(world.review, env, change_id)), "one card"
    decide_beside(service, reject=[change_id])
    await simulation.let_pass(timedelta(minutes=10))
    assert "Rejected" in text_of(card_of(world.review, env, change_id))
    assert len(posted_in(world.direct_messages(RITA), env)) == 1


async def test_who_wants_to_be_forgotten_is_told_that_it_is_not_done_and_loses_nothing_until_it_can_be(
    simulation: Simulation, world: World
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    for name in ("Kept", "Kept too", "Kept as well", "Kept at last"):
        record = json_file({**V2["image_generation"], "name": name, "description": "x" * 48_000, "config": CONFIG_V2})
        await rita.slash(world.public, "propose-model create", category="image_generation", name=name, record=record)
    privacy = simulation.bot.services.privacy
    before = (await privacy.export(rita.id)).rows
    asked = await rita.slash(world.public, "account forget-me")
    await privacy.people._database.checkpoint()
    with files_no_larger_than(100_000):  # the log of the deletion would be
        refused = await rita.click(answer_of(asked), label="Delete my data")
    assert "Not deleted: the bot's disk is full or failing" in text_of(refused)
    assert "**Changed:** nothing." in text_of(refused)
    assert (await privacy.export(rita.id)).rows == before
    assert "alice" in text_of(await rita.slash(world.public, "account status"))
    await rita.click(answer_of(asked), label="Delete my data")
    assert "Your data is deleted" in text_of(answer_of(asked))
    assert (await privacy.export(rita.id)).rows == {}
