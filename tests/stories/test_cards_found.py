"""Cards that the database does not know, cards of a former channel, and cards that cannot be drawn."""

import shutil
from pathlib import Path

import discord
import pytest
import simcord

from bot.client.bot import CuratorBot
from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.review.reconcile import DecisionReconciler
from bot.ui.components import Card
from cogs.queue_monitor import worker
from storage.delivery import RETRY_MAX
from tests.harness.messages import buttons_of, card_of, posted_in, text_of
from tests.harness.queue import decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import link


@pytest.fixture
async def change_id(simulation: Simulation, service: ReferenceService) -> int:
    """A change with a card."""
    found = propose_beside(service, "Story Found", RITA)
    await simulation.let_pass(simulation.bot.poll_interval)
    return found


async def forget(simulation: Simulation, sql: str) -> None:
    """Change what the bot knows of its cards, as a crash or an older database would."""
    database = simulation.bot.services.card_service.cards._database
    with simulation.env._bot_scope():
        await database.transaction(lambda transaction: transaction.execute(sql))


UNRECORDED = "UPDATE delivery SET message_id = NULL, shown_revision = 0, nonce = 'another' WHERE kind = 'card'"
"""Killed between sending and recording, and away for longer than Discord remembers the nonce."""


@pytest.mark.parametrize("lost", ["the message was not recorded", "an older database was restored"])
async def test_a_card_is_found_again_and_not_doubled(
    simulation: Simulation, world: World, env: simcord.Env, change_id: int, lost: str
) -> None:
    before = card_of(world.review, env, change_id)
    if lost == "the message was not recorded":
        await forget(simulation, UNRECORDED)
    else:
        await forget(simulation, "DELETE FROM delivery")
        await forget(simulation, "DELETE FROM tracked_change")
        await forget(simulation, "DELETE FROM cursor")
    await simulation.restart()
    await simulation.let_pass(simulation.bot.poll_interval)
    assert card_of(world.review, env, change_id).id == before.id, "one card, the old one"


async def test_a_card_that_is_found_shows_the_present_state(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, change_id: int
) -> None:
    await forget(simulation, UNRECORDED)
    decide_beside(service, approve=[change_id], person=CORA)
    await simulation.restart()
    await simulation.let_pass(simulation.bot.poll_interval)
    assert "**Approved**" in text_of(card_of(world.review, env, change_id))


async def test_a_pressed_card_that_is_unknown_is_redrawn_in_its_true_state(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, change_id: int
) -> None:
    await link(world, ABE)
    await forget(simulation, "DELETE FROM delivery WHERE kind = 'card'")
    decide_beside(service, approve=[change_id], person=CORA)
    await simulation.let_pass(simulation.bot.poll_interval)
    card = card_of(world.review, env, change_id)
    assert "Approve" in buttons_of(card), "it shows an old state"
    await world.member(ABE).click(card, label="Approve")
    await env.settle()
    assert "**Approved**" in text_of(card_of(world.review, env, change_id))


async def test_a_moved_channel_leaves_one_line_with_a_link_and_moving_back_brings_the_cards_back(
    simulation: Simulation, world: World, env: simcord.Env, change_id: int
) -> None:
    other = world.guild.create_text_channel("other-review")
    old = card_of(world.review, env, change_id)
    await world.owner.slash(world.public, "setup review-channel", channel=other)
    await simulation.let_pass(simulation.bot.poll_interval)
    new = card_of(other, env, change_id)
    (stub,) = [message for message in posted_in(world.review, env) if message.id == old.id]
    assert f"/{other.id}/{new.id}" in text_of(stub)
    assert text_of(stub).count("\n") == 0
    assert not buttons_of(stub)
    await world.owner.slash(world.public, "setup review-channel", channel=world.review)
    await simulation.let_pass(simulation.bot.poll_interval)
    assert card_of(world.review, env, change_id).id == old.id
    assert "Approve" in buttons_of(card_of(world.review, env, change_id))
    (stub,) = posted_in(other, env)
    assert not buttons_of(stub)


async def test_a_channel_moved_twice_leaves_lines_that_name_the_present_channel(
    simulation: Simulation, world: World, env: simcord.Env, change_id: int
) -> None:
    second, third = (world.guild.create_text_channel(name) for name in ("second-review", "third-review"))
    for channel in (second, third):
        await world.owner.slash(world.public, "setup review-channel", channel=channel)
        await simulation.let_pass(simulation.bot.poll_interval)
    new = card_of(third, env, change_id)
    assert "Approve" in buttons_of(new)
    for former in (world.review, second):
        stub = next(message for message in posted_in(former, env) if "has its card" in text_of(message))
        assert f"/{third.id}/{new.id}" in text_of(stub)
        assert f"<#{third.id}>" in text_of(stub)
        assert not buttons_of(stub)


async def test_cards_that_were_edited_since_the_restored_copy_show_what_it_holds(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    change_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await link(world, ABE)
    with env._bot_scope():
        await simulation.bot.services.card_service.cards._database.backup(tmp_path / "copy.db")
    await world.member(ABE).click(card_of(world.review, env, change_id), label="Claim")
    await env.settle()
    assert "bob" in text_of(card_of(world.review, env, change_id))
    build = Simulation._build

    async def restore(self: Simulation) -> CuratorBot:
        shutil.copy(tmp_path / "copy.db", self.settings.database_path)
        return await build(self)

    monkeypatch.setattr(Simulation, "_build", restore)
    await simulation.restart()
    await simulation.let_pass(simulation.bot.poll_interval)
    card = card_of(world.review, env, change_id)
    assert "bob" not in text_of(card)
    assert "Claim" in buttons_of(card)


async def test_a_card_that_cannot_be_drawn_is_given_up_named_and_drawn_after_a_new_start(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    service: ReferenceService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def broken(*_: object, **__: object) -> Card:
        tries.append(1)
        raise KeyError("a fault of the program")

    monkeypatch.setattr(worker, "change_card", broken)
    change_id = propose_beside(service, "Story Undrawn", RITA)
    for _ in range(8):
        await simulation.let_pass(RETRY_MAX)
    assert len(tries) == 3
    status = text_of(await world.member(RITA).slash(world.public, "status"))
    assert f"card #{change_id}" in status
    assert "Everything works" not in status
    monkeypatch.undo()
    await simulation.restart()
    await simulation.let_pass(RETRY_MAX)
    assert isinstance(card_of(world.review, env, change_id), discord.Message)
    assert "Everything works" in text_of(await world.member(RITA).slash(world.public, "status"))


async def test_a_fault_in_what_a_poll_does_besides_hides_no_new_change(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_self: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(DecisionReconciler, "reconcile", fail)
    change_id = propose_beside(service, "Story Beside A Fault")
    with pytest.raises(ZeroDivisionError):
        await simulation.let_pass(simulation.bot.poll_interval)
    assert "Approve" in buttons_of(card_of(world.review, env, change_id))
