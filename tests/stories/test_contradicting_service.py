"""Two unsynchronised workers of the service: a proposal to one is unknown to the other, or has other content there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import simcord

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import CORA, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.divided import DividedTransport
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import changes_in, hides_queue
from tests.harness.services import older_python
from tests.harness.simulation import Simulation
from tests.stories.people import link, open_draft

LOOKS = 40


@pytest.fixture
def service(fresh_v2_service: ReferenceService) -> ReferenceService:
    return fresh_v2_service


@pytest.fixture
def other(service: ReferenceService, horde: HordeStandIn, documents: Path) -> Iterator[ReferenceService]:
    """Return a second worker on the same folder."""
    beside = ReferenceService(service.folder, ai_horde_url=horde.url, python=older_python(), documents=documents)
    with beside as running:
        yield running


@pytest.fixture
def network(service: ReferenceService, other: ReferenceService) -> DividedTransport:
    return DividedTransport(service, other)


async def submit(world: World, person: Person, name: str) -> str:
    """Propose a model; return the answer."""
    drafted = await open_draft(world, person, name)
    await world.member(person).click(answer_of(drafted), label="Submit")
    return text_of(answer_of(drafted))


async def test_a_proposal_that_the_queue_does_not_show_is_kept_and_found_later(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, other: ReferenceService
) -> None:
    await link(world, RITA)
    said = await submit(world, RITA, "Story In One Process")
    if hides_queue(service):
        assert "Queued as #" in said, "a requestor's key may not look there, so the answer is taken as it is"
        return
    (change,) = changes_in(service)
    assert "Not confirmed" in said
    assert f"as #{change['change_id']}" in said
    assert "**Changed:** unknown" in said
    assert "The draft is kept" in said
    for _ in range(LOOKS):
        await simulation.let_pass(timedelta(seconds=20))
        await env.settle()
    (told,) = posted_in(world.direct_messages(RITA), env)
    assert f"#{change['change_id']}" in text_of(told)
    card = text_of(card_of(world.review, env, change["change_id"]))
    assert "Story In One Process" in card
    assert "Pending" in card
    assert "Story In One Process" not in text_of(await world.member(RITA).slash(world.public, "propose-model drafts"))
    assert len(changes_in(service)) + len(changes_in(other)) == 1, "never sent twice"


async def test_two_proposals_that_were_given_one_number_are_both_found_and_never_sent_again(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    service: ReferenceService,
    other: ReferenceService,
    network: DividedTransport,
) -> None:
    await link(world, RITA)
    await link(world, CORA)
    said = await submit(world, RITA, "Story Of Rita")
    if hides_queue(service):
        assert "Queued as #" in said
        return
    assert "Not confirmed" in said
    network.takes = 1
    assert "Not confirmed" in await submit(world, CORA, "Story Of Cora")
    for _ in range(LOOKS):
        await simulation.let_pass(timedelta(seconds=20))
        await env.settle()
    for person, name in ((RITA, "Story Of Rita"), (CORA, "Story Of Cora")):
        (told,) = posted_in(world.direct_messages(person), env)
        assert "#1" in text_of(told)
        assert name not in text_of(await world.member(person).slash(world.public, "propose-model drafts"))
    assert len(changes_in(service)) == len(changes_in(other)) == 1
