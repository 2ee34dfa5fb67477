"""A service that shows its queue to approvers alone: what the bot reads with an approver's key stays with approvers."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.people import ABE, CORA, DAVE, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.settings import Settings
from storage.subscriptions import SubscriptionKind, Topic
from tests.harness.hiding import HidingTransport
from tests.harness.messages import answer_of, posted_in, text_of
from tests.harness.queue import propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import link, open_draft


@pytest.fixture
def network() -> HidingTransport:
    return HidingTransport({ABE.key, CORA.key})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"reader_key": SecretStr(ABE.key)})


@pytest.mark.parametrize("command", ["queue list", "queue history", "queue stats", "queue show"])
async def test_only_approvers_are_shown_a_hidden_queue(
    simulation: Simulation, world: World, service: ReferenceService, command: str
) -> None:
    change_id = propose_beside(service, "Hidden Model", CORA)
    options = {"change": change_id} if command == "queue show" else {}
    await simulation.let_pass(simulation.bot.poll_interval)  # the bot itself knows the queue
    dave, rita, abe = world.member(DAVE), world.member(RITA), world.member(ABE)
    assert "Link your AI-Horde account first" in text_of(await dave.slash(world.public, command, **options))
    await link(world, RITA)
    assert "You need the approver role" in text_of(await rita.slash(world.public, command, **options))
    await link(world, ABE)
    shown = text_of(await abe.slash(world.public, command, **options))
    assert "You need the approver role" not in shown
    assert "Not " not in shown.splitlines()[0], shown


async def test_a_requestor_sees_their_own_proposals_alone(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    own, other = propose_beside(service, "Hidden Own", RITA), propose_beside(service, "Hidden Other", CORA)
    await simulation.let_pass(simulation.bot.poll_interval)
    await link(world, RITA)
    rita = world.member(RITA)
    assert "Hidden Own" in text_of(await rita.slash(world.public, "queue show", change=own))
    assert "Hidden Other" not in text_of(await rita.slash(world.public, "queue show", change=other))
    mine = text_of(await rita.slash(world.public, "queue mine"))
    assert "Hidden Own" in mine
    assert "Hidden Other" not in mine


async def test_drafts_and_own_changes_name_others_of_their_model_only_to_approvers(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    other = propose_beside(service, "Contested Model", CORA)
    own = propose_beside(service, "Contested Model", RITA)
    await simulation.let_pass(simulation.bot.poll_interval)
    await link(world, RITA)
    await link(world, ABE)
    ritas = text_of(answer_of(await open_draft(world, RITA, "Contested Model")))
    abes = text_of(answer_of(await open_draft(world, ABE, "Contested Model")))
    assert [f"#{other}" in ritas, f"#{own}" in ritas] == [False, True]
    assert [f"#{other}" in abes, f"#{own}" in abes] == [True, True]
    shown = {
        person: text_of(await world.member(person).slash(world.public, "queue show", change=own))
        for person in (RITA, ABE)
    }
    assert [f"#{other}" in shown[person] for person in (RITA, ABE)] == [False, True]


async def test_suggestions_show_a_hidden_queue_only_to_approvers(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    own, other = propose_beside(service, "Hidden Own", RITA), propose_beside(service, "Hidden Other", CORA)
    await simulation.let_pass(simulation.bot.poll_interval)
    await link(world, RITA)
    await link(world, ABE)

    async def suggested(person: Person, command: str, option: str) -> str:
        choices = await world.member(person).autocomplete(world.public, command, option, "")
        return str([(choice["name"], choice["value"]) for choice in choices])

    for command in ("queue show", "approve", "reject"):
        assert str(other) not in await suggested(RITA, command, "change")
        assert str(other) in await suggested(ABE, command, "change")
        assert await suggested(DAVE, command, "change") == "[]"
    assert str(own) in await suggested(RITA, "queue show", "change")
    for command in ("queue list", "queue purge", "queue history", "subscribe add"):
        assert "Hidden Other" not in await suggested(RITA, command, "model")
    for command in ("queue list", "queue purge", "subscribe add"):
        assert CORA.horde_username not in await suggested(RITA, command, "requestor")


async def test_news_of_a_hidden_queue_go_only_to_approvers(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    await link(world, ABE)
    dave, rita, abe = world.member(DAVE), world.member(RITA), world.member(ABE)
    category = {"category": "image_generation"}
    assert "Link your AI-Horde account first" in text_of(await dave.slash(world.public, "subscribe add", **category))
    assert "You need the approver role" in text_of(await rita.slash(world.public, "subscribe add", **category))
    assert "You follow category" in text_of(await abe.slash(world.public, "subscribe add", **category))
    # Both followed it while everyone could read the queue.
    topic, clock = Topic(SubscriptionKind.CATEGORY, "image_generation", ""), simulation.bot.clock
    for person in (DAVE, RITA):
        user_id = world.member(person).user.id
        await simulation.bot.services.following.subscriptions.add(user_id, topic, "", clock())
    propose_beside(service, "Hidden Model", CORA)
    await simulation.let_pass(timedelta(minutes=1))
    told = [len(posted_in(world.direct_messages(person), simulation.env)) for person in (DAVE, RITA, ABE)]
    assert told == [0, 0, 1]
