"""``/help`` names the next step of each person, and the commands that they may use."""

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE, CORA, DAVE, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.ui.help import SECTIONS
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.queue import changes_in, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import fill, link, open_draft, propose
from tests.stories.prefilled import edit


async def _help(world: World, person: Person) -> InteractionResult:
    return await world.member(person).slash(world.public, "help")


@pytest.mark.parametrize(
    ("person", "shown", "hidden"),
    [
        (None, "account link", ("propose-model create", "approve", "setup show")),
        (RITA, "propose-model create", ("approve", "queue next", "setup show")),
        (ABE, "setup show", ()),
        (CORA, "queue next", ("setup show",)),
        (DAVE, "account unlink", ("propose-model create", "approve")),
    ],
)
async def test_help_shows_what_this_person_may_use(
    world: World, person: Person | None, shown: str, hidden: tuple[str, ...]
) -> None:
    if person is not None:
        await link(world, person)
    member, result = world.member(person or DAVE), await _help(world, person or DAVE)
    told = text_of(answer_of(result))
    assert "**Now:**" in told
    await member.click(answer_of(result), label="All commands")
    everything = text_of(answer_of(result))
    assert f"</{shown}:" in everything
    for command in hidden:
        assert f"</{command}:" not in told + everything
    await member.click(answer_of(result), label="Back")
    assert text_of(answer_of(result)) == told


async def test_help_names_own_proposals_that_wait_for_their_requestor(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    for person in (RITA, CORA):
        await link(world, person)
    asked, rejected = await propose(world, RITA, "Help Asked"), await propose(world, RITA, "Help Rejected")
    cora, rita = world.member(CORA), world.member(RITA)
    opened = await cora.click(card_of(world.review, env, asked), label="Needs changes…")
    await fill(cora, opened, {"What should change?": "Please add a trigger word."})
    told = text_of(await _help(world, RITA))
    assert f"your #{asked} **Help Asked** needs changes" in told
    decide_beside(service, reject=[rejected])
    await env.advance_time(21)
    helped = await _help(world, RITA)
    assert f"your #{rejected} **Help Rejected** was rejected" in text_of(helped)
    assert "has 1 more" in text_of(helped)
    await edit(rita, await rita.click(answer_of(helped), label=f"Revise #{rejected}"), {"Why": "Better now."})
    assert f"your #{asked} **Help Asked** needs changes" in text_of(await _help(world, RITA))


async def test_help_names_the_next_step_of_each_person(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    for person in (RITA, CORA):
        await link(world, person)
    assert "press *Link account*" in text_of(await _help(world, DAVE))
    assert "starts a draft" in text_of(await _help(world, RITA))
    await open_draft(world, RITA, "Help Draft")
    told = text_of(await _help(world, RITA))
    assert "you have 1 unsent draft" in told
    assert "</propose-model drafts:" in told
    own = propose_beside(service, "Help Own", CORA)
    oldest = propose_beside(service, "Help Oldest")
    propose_beside(service, "Help Newer")
    await env.advance_time(21)
    helped = await _help(world, CORA)
    assert f"**Now:** #{oldest} CREATE · **Help Oldest** was proposed <t:" in text_of(helped)
    await world.member(CORA).click(answer_of(helped), label="Oldest pending")
    decide_beside(service, approve=[own], reject=[one["change_id"] for one in changes_in(service)[1:]])
    await env.advance_time(21)
    told = text_of(await _help(world, CORA))
    assert "1 approved change is not live yet" in told
    assert "</apply:" in told


async def test_help_sends_an_admin_to_the_setup_of_a_new_server(world: World, simulation: Simulation) -> None:
    await simulation.bot.services.guild_setup.guild_settings.set_review_channel(world.guild.id, None)
    assert "</setup show:" in text_of(await _help(world, ABE)).partition("**Now:**")[2]


async def test_help_knows_every_command_there_is(simulation: Simulation) -> None:
    listed = {line.command for _, lines in SECTIONS for line in lines}
    there = {
        command.qualified_name
        for command in simulation.bot.tree.walk_commands()
        if not getattr(command, "commands", None) and not command.qualified_name.startswith("setup ")
    }
    assert there - listed == {"help"}, "give each other command a line in SECTIONS of bot/ui/help.py"
