"""A purge shows the changes, asks for their number, and removes exactly these, once."""

import pytest
import simcord
from simcord.results import InteractionResult, ResponseMessage

from bot.demo.people import ABE, CORA, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.queue import changes_in, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import fill, link

FIELD = "Number of changes"


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


async def purge(world: World, question: ResponseMessage, typed: str, person: Person = ABE) -> InteractionResult:
    """Press the red button and type a number."""
    member = world.member(person)
    (label,) = [label for label in buttons_of(question) if label.startswith("Purge")]
    shown = await member.click(question, label=label)
    return await fill(member, shown, {FIELD: typed})


def ids_in(service: ReferenceService) -> list[int]:
    return [change["change_id"] for change in changes_in(service)]


async def test_the_shown_changes_are_removed_and_their_cards_show_it(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService
) -> None:
    ids = [propose_beside(service, f"Purged {number}") for number in range(3)]
    kept = [propose_beside(service, "Purged by another", ABE), propose_beside(service, "Purged 3")]
    decide_beside(service, reject=kept[1:])
    await simulation.let_pass(simulation.bot.poll_interval)
    await link(world, ABE)
    abe = world.member(ABE)
    asked = answer_of(
        await abe.slash(world.public, "queue purge", status="pending", model="purged", requestor="alice#101")
    )
    text = text_of(asked)
    assert "Purge 3 changes?" in text
    assert "pending changes · name contains purged · by alice\\#101" in text
    assert all(f"**#{one}**" in text for one in ids)
    assert ids_in(service) == [*ids, *kept], "the question changes nothing"
    shown = await abe.click(asked, label="Purge 3…")
    assert f"**#{ids[0]}, #{ids[1]} and #{ids[2]}** leave the queue" in str(shown.modal)
    await fill(abe, shown, {FIELD: "3"})
    assert "3 changes purged" in text_of(asked)
    assert ids_in(service) == kept
    for one in ids:
        assert "Purged" in text_of(card_of(world.review, env, one))
        assert "Approve" not in buttons_of(card_of(world.review, env, one))


async def test_a_wrong_number_purges_nothing(world: World, service: ReferenceService) -> None:
    ids = [propose_beside(service, "Number A"), propose_beside(service, "Number B")]
    await link(world, ABE)
    asked = answer_of(await world.member(ABE).slash(world.public, "queue purge", status="pending"))
    refused = await purge(world, asked, "3")
    assert "Not purged: you typed `3`, not 2" in text_of(refused)
    assert "press *Purge 2…* again" in text_of(refused)
    assert ids_in(service) == ids
    await purge(world, asked, " 2 ")
    assert ids_in(service) == []


async def test_a_changed_list_is_shown_again_and_nothing_is_removed(world: World, service: ReferenceService) -> None:
    first = propose_beside(service, "Moving A")
    await link(world, ABE)
    asked = answer_of(await world.member(ABE).slash(world.public, "queue purge", status="pending"))
    second = propose_beside(service, "Moving B")
    await purge(world, asked, "1")
    assert "The list has changed" in text_of(asked)
    assert "A purge would remove 2 changes" in text_of(asked)
    assert ids_in(service) == [first, second]
    await purge(world, asked, "2")
    assert ids_in(service) == []


async def test_a_purge_is_sent_once_however_often_the_form_is_submitted(
    world: World, service: ReferenceService
) -> None:
    propose_beside(service, "Once")
    await link(world, ABE)
    abe = world.member(ABE)
    asked = answer_of(await abe.slash(world.public, "queue purge", status="pending"))
    opened = [await abe.click(asked, label="Purge 1…") for _ in range(2)]
    await fill(abe, opened[0], {FIELD: "1"})
    propose_beside(service, "Once More")
    await fill(abe, opened[1], {FIELD: "1"})
    assert "Already sent" in text_of(asked)
    assert len(ids_in(service)) == 1


async def test_without_matching_changes_there_is_no_question(world: World, service: ReferenceService) -> None:
    await link(world, ABE)
    nothing = await world.member(ABE).slash(world.public, "queue purge", status="applying")
    assert "Nothing to purge" in text_of(nothing)
    assert "Cancel" not in buttons_of(nothing)


async def test_only_approvers_purge_and_only_what_they_were_shown(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    kept = propose_beside(service, "Guarded")
    await link(world, RITA)
    rita = world.member(RITA)
    assert "You need the approver role" in text_of(await rita.slash(world.public, "queue purge", status="pending"))
    cora = world.member(CORA)
    assert "Link your AI-Horde account first" in text_of(
        await cora.slash(world.public, "queue purge", status="pending")
    )
    assert ids_in(service) == [kept]
    assert posted_in(world.public, env) == []
