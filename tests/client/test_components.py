"""Every button that was ever posted is served by one class, for as long as the bot runs."""

from collections.abc import Iterator
from typing import Any

import discord
import pytest
import simcord

from bot.client.components import NEVER, PersistentItem
from bot.demo.people import ABE, DAVE
from bot.demo.world import World
from bot.ui import custom_ids, list_ids
from bot.ui.custom_ids import AccountVerb, ChangeVerb, DraftVerb
from bot.ui.proposals.drafts_list import DRAFTS_TEMPLATE
from tests.client.registered import served
from tests.harness.messages import card_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import link
from tests.ui.inert import ID_LENGTH_MAX

LARGEST = 10**18 - 1
IDS = (
    *(custom_ids.change(verb, LARGEST, "0123456789") for verb in ChangeVerb),
    *(custom_ids.draft(verb, LARGEST) for verb in DraftVerb),
    *(custom_ids.account(verb) for verb in AccountVerb),
    custom_ids.confirm_approve(LARGEST, "0123456789"),
    custom_ids.CONFIRM_CANCEL,
    custom_ids.setup_test(),
    DRAFTS_TEMPLATE,
    *(list_ids.pager_id(kind, verb, LARGEST, 999_999_999) for kind in list_ids.ListKind for verb in list_ids.ListVerb),
    list_ids.OPEN_QUEUE,
    list_ids.OPEN_NEXT,
    list_ids.purge(LARGEST),
)


def subclasses(kind: type[PersistentItem[Any]]) -> Iterator[type[PersistentItem[Any]]]:
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses(child)


async def test_every_id_is_short_and_served_by_exactly_one_class(simulation: Simulation) -> None:
    patterns = simulation.bot._connection._view_store._dynamic_items
    for custom_id in IDS:
        assert len(custom_id) <= ID_LENGTH_MAX
        # discord.py runs every class whose template matches.
        assert len([pattern for pattern in patterns if pattern.match(custom_id)]) == 1, custom_id


async def test_every_class_of_the_cogs_is_registered_and_bases_serve_nothing(simulation: Simulation) -> None:
    assert NEVER not in served(simulation)
    written = {  # by name: an extension that is loaded again brings classes of its own
        (kind.__module__, kind.__qualname__)
        for kind in subclasses(PersistentItem)
        if kind.__module__.startswith("cogs.") and kind.__discord_ui_compiled_template__.pattern != NEVER
    }
    assert written == {(kind.__module__, kind.__qualname__) for kind in served(simulation).values()}


async def test_no_class_overrides_what_catches_its_failures(simulation: Simulation) -> None:
    for kind in served(simulation).values():
        for guarded in ("callback", "interaction_check", "from_custom_id"):
            assert guarded not in vars(kind), kind


async def test_classes_stay_registered_and_no_view_is_kept_when_views_and_forms_end(
    simulation: Simulation, approver: World, env: simcord.Env, scripted: ScriptedService
) -> None:
    before = served(simulation)
    abe, dave = approver.member(ABE), approver.member(DAVE)
    card = card_of(approver.review, env, 42)
    await abe.click(card, label="Approve")
    await abe.click(card, label="Full record")
    await abe.click(card, label="Reject…")
    await dave.slash(approver.public, "propose-model create", category="lora")
    await abe.slash(approver.public, "propose-model create", category="lora")
    await abe.slash(approver.public, "setup show")
    scripted.put(42, status="approved", approved_by="303")
    await env.advance_time(21 * 60)
    store = simulation.bot._connection._view_store
    assert served(simulation) == before
    assert not store._views
    assert not store._synced_message_views
    assert not store._modals, "forms have ended"
    assert simulation.bot.persistent_views == []
    again = await abe.click(card_of(approver.review, env, 42), label="Apply")
    assert again.acknowledged


async def test_an_id_that_was_made_up_is_served_by_no_handler(simulation: Simulation) -> None:
    patterns = simulation.bot._connection._view_store._dynamic_items
    for custom_id in ("change:approve:0:0123456789", "change:approve:42:short", "draft:look:-1", "x", "", "(?!)"):
        assert not [pattern for pattern in patterns if pattern.fullmatch(custom_id)], custom_id


async def test_the_bot_asks_for_nothing_privileged(simulation: Simulation) -> None:
    intents = simulation.bot.intents
    assert intents == discord.Intents(guilds=True)
    assert not any((intents.members, intents.presences, intents.message_content))


@pytest.mark.parametrize(
    ("label", "now"), [("Reject…", "opens the form"), ("Needs changes…", "press *Needs changes…* again")]
)
async def test_a_role_newer_than_what_was_remembered_is_told_where_no_form_can_open_any_more(
    simulation: Simulation, world: World, env: simcord.Env, scripted: ScriptedService, label: str, now: str
) -> None:
    scripted.roles = ["requestor"]
    await link(world, ABE)
    scripted.roles = ["approver"]
    abe = world.member(ABE)
    simulation.bot.services.accounts.mark_stale(abe.id)
    pressed = text_of(await abe.click(card_of(world.review, env, 42), label=label))
    assert "You have the role now" in pressed
    assert now in pressed
    assert (await abe.click(card_of(world.review, env, 42), label=label)).modal is not None
