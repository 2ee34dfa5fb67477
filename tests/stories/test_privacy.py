"""A person sees what is kept of them, takes it along, and has it deleted."""

import json

import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE, DAVE, RITA, Person
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, text_of
from tests.harness.simulation import Simulation
from tests.stories.people import link, open_draft, propose


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
