"""A person sees what is kept of them, takes it along, and has it deleted."""

import json

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE, CORA, DAVE, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.ui.help import SECTIONS
from tests.harness.messages import answer_of, buttons_of, card_of, text_of
from tests.harness.queue import changes_in, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import fill, link, open_draft, propose
from tests.stories.prefilled import edit


async def _typed(world: World, person: Person, command: str) -> InteractionResult:
    return await world.member(person).slash(world.public, command)


async def _export_in(result: InteractionResult) -> dict[str, object]:
    (file,) = answer_of(result).attachments
    found: dict[str, object] = json.loads(await file.read())
    return found


async def test_an_export_holds_what_was_typed_and_never_the_key(world: World) -> None:
    await link(world, RITA)
    await open_draft(world, RITA, "Kept Draft")
    result = await _typed(world, RITA, "account export")
    assert result.ephemeral
    export = await _export_in(result)
    text = json.dumps(export)
    assert "Kept Draft" in text
    assert RITA.horde_username in text
    assert RITA.key not in text
    assert "sealed" not in text


async def test_no_user_is_told_of_another(world: World) -> None:
    await link(world, RITA)
    await open_draft(world, RITA, "Of Rita alone")
    assert "Of Rita alone" not in json.dumps(await _export_in(await _typed(world, ABE, "account export")))


async def test_forgetting_asks_once_and_then_nothing_is_left(world: World, simulation: Simulation) -> None:
    await link(world, RITA)
    await open_draft(world, RITA, "Gone For Good")
    rita = world.member(RITA)
    asked = await _typed(world, RITA, "account forget-me")
    assert set(buttons_of(answer_of(asked))) == {"Delete my data", "Cancel"}
    kept = await rita.click(answer_of(asked), label="Cancel")
    assert "Nothing" in text_of(kept) or "nothing" in text_of(answer_of(asked))
    asked = await _typed(world, RITA, "account forget-me")
    await rita.click(answer_of(asked), label="Delete my data")
    told = text_of(answer_of(asked))
    assert "Your data is deleted" in told
    assert "1 draft" in told
    assert "belongs to the service" in told
    refused = await rita.slash(world.public, "propose-model create", category="image_generation")
    assert "Link your AI-Horde account" in text_of(refused)
    database = simulation.settings.database_path
    left = b"".join(part.read_bytes() for part in database.parent.glob(f"{database.name}*"))
    assert b"Gone For Good" not in left
    again = await _typed(world, RITA, "account forget-me")
    await rita.click(answer_of(again), label="Delete my data")
    assert "Nothing was stored about you" in text_of(answer_of(again))


async def test_a_proposal_stays_in_the_queue_and_can_still_be_decided(world: World, env: simcord.Env) -> None:
    await link(world, RITA)
    change_id = await propose(world, RITA, "Outlives Its Author")
    asked = await _typed(world, RITA, "account forget-me")
    await world.member(RITA).click(answer_of(asked), label="Delete my data")
    await link(world, ABE)
    abe = world.member(ABE)
    pressed = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await abe.click(answer_of(pressed), label=f"Approve #{change_id}")
    assert "Approved" in text_of(card_of(world.review, env, change_id))


async def test_a_claim_leaves_the_card_with_its_owner(world: World, env: simcord.Env) -> None:
    await link(world, RITA)
    await link(world, ABE)
    change_id = await propose(world, RITA, "Claimed And Left")
    abe = world.member(ABE)
    await abe.click(card_of(world.review, env, change_id), label="Claim")
    assert "claimed by" in text_of(card_of(world.review, env, change_id))
    asked = await _typed(world, ABE, "account forget-me")
    await abe.click(answer_of(asked), label="Delete my data")
    assert "claimed by" not in text_of(card_of(world.review, env, change_id))


async def test_privacy_says_plainly_who_can_read_what(world: World) -> None:
    told = text_of(await _typed(world, DAVE, "privacy"))
    assert "30 days after the last edit" in told
    assert "180 days after its last use" in told
    assert "operator can" in told
    assert "belongs to the service" in told
    assert "forget-me" in told


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
    member, result = world.member(person or DAVE), await _typed(world, person or DAVE, "help")
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
    told = text_of(await _typed(world, RITA, "help"))
    assert f"your #{asked} **Help Asked** needs changes" in told
    decide_beside(service, reject=[rejected])
    await env.advance_time(21)
    helped = await _typed(world, RITA, "help")
    assert f"your #{rejected} **Help Rejected** was rejected" in text_of(helped)
    assert "has 1 more" in text_of(helped)
    await edit(rita, await rita.click(answer_of(helped), label=f"Revise #{rejected}"), {"Why": "Better now."})
    assert f"your #{asked} **Help Asked** needs changes" in text_of(await _typed(world, RITA, "help"))


async def test_help_names_the_next_step_of_each_person(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    for person in (RITA, CORA):
        await link(world, person)
    assert "press *Link account*" in text_of(await _typed(world, DAVE, "help"))
    assert "starts a draft" in text_of(await _typed(world, RITA, "help"))
    await open_draft(world, RITA, "Help Draft")
    told = text_of(await _typed(world, RITA, "help"))
    assert "you have 1 unsent draft" in told
    assert "</propose-model drafts:" in told
    own = propose_beside(service, "Help Own", CORA)
    oldest = propose_beside(service, "Help Oldest")
    propose_beside(service, "Help Newer")
    await env.advance_time(21)
    helped = await _typed(world, CORA, "help")
    assert f"**Now:** #{oldest} CREATE · **Help Oldest** was proposed <t:" in text_of(helped)
    await world.member(CORA).click(answer_of(helped), label="Oldest pending")
    decide_beside(service, approve=[own], reject=[one["change_id"] for one in changes_in(service)[1:]])
    await env.advance_time(21)
    told = text_of(await _typed(world, CORA, "help"))
    assert "1 approved change is not live yet" in told
    assert "</apply:" in told


async def test_help_sends_an_admin_to_the_setup_of_a_new_server(world: World, simulation: Simulation) -> None:
    await simulation.bot.services.guild_setup.guild_settings.set_review_channel(world.guild.id, None)
    assert "</setup show:" in text_of(await _typed(world, ABE, "help")).partition("**Now:**")[2]


async def test_help_knows_every_command_there_is(simulation: Simulation) -> None:
    listed = {line.command for _, lines in SECTIONS for line in lines}
    there = {
        command.qualified_name
        for command in simulation.bot.tree.walk_commands()
        if not getattr(command, "commands", None) and not command.qualified_name.startswith("setup ")
    }
    assert there - listed == {"help"}, "give each other command a line in SECTIONS of bot/ui/help.py"
