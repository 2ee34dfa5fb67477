"""A service that shows its queue only to approvers, and a bot whose reader key is not an approver's."""

from contextlib import suppress
from datetime import timedelta

import pytest
import simcord
from pydantic import SecretStr

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.reader_key import ReaderKeyError
from bot.settings import Settings
from tests.harness.lossy import Loss, LossyTransport
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import change_of, changes_in, hides_queue, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import link, open_draft, propose

ANONYMOUS = "0000000000"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"reader_key": type(settings.reader_key)(ANONYMOUS)})


@pytest.fixture
def network() -> LossyTransport:
    return LossyTransport()


async def test_status_says_which_setting_shows_the_queue(world: World, version: str) -> None:
    status = text_of(await world.member(RITA).slash(world.public, "status"))
    is_hidden = version.startswith("3.")
    assert ("The queue is hidden from the bot" in status) is is_hidden
    assert ("CURATOR_READER_KEY" in status) is is_hidden


class TestWithAnApproversReaderKey:
    """The bot may read the queue; other people may not."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"reader_key": SecretStr(ABE.key)})

    async def test_the_numbers_are_told_to_whom_the_service_shows_its_queue(self, world: World, version: str) -> None:
        await link(world, RITA)
        await link(world, ABE)
        told = {name: text_of(await world.member(name).slash(world.public, "queue stats")) for name in (RITA, ABE)}
        is_hidden = version.startswith("3.")
        assert ("need the approver role" in told[RITA]) is is_hidden, told[RITA]
        assert "need the approver role" not in told[ABE]


async def test_what_is_proposed_and_decided_here_works_all_the_same(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    await link(world, ABE)
    change_id = await propose(world, RITA, "Compat Hidden")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"
    assert "Approved" in text_of(card_of(world.review, env, change_id))


async def test_a_lost_answer_is_owned_up_to_and_found_once_a_key_may_look(
    simulation: Simulation, world: World, service: ReferenceService, network: LossyTransport, version: str
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Compat Lost")
    network.loss = Loss.ANSWER
    await rita.click(answer_of(drafted), label="Submit")
    network.loss = Loss.NOTHING
    is_hidden = version.startswith("3.")
    for looked_again in (False, True):
        if looked_again:
            await rita.click(answer_of(drafted), label="Look again")
        if looked_again and not is_hidden:
            assert "Queued as #" in text_of(answer_of(drafted)), "a service that tells people their own changes"
            return
        said = text_of(answer_of(drafted))
        assert "No answer yet" in said
        assert ("set `CURATOR_READER_KEY` to an approver's key" in said) is is_hidden
        assert ("You get a direct message" in said) is not is_hidden
    with suppress(ReaderKeyError):
        await simulation.let_pass(timedelta(hours=1))
    assert posted_in(world.direct_messages(RITA), simulation.env) == [], "no notification without a known result"
    assert "Compat Lost" in text_of(await rita.slash(world.public, "propose-model drafts"))

    simulation.settings = simulation.settings.model_copy(update={"reader_key": SecretStr(ABE.key)})
    await simulation.restart()
    await simulation.let_pass(timedelta(minutes=1))
    (change,) = changes_in(service)
    (told,) = posted_in(world.direct_messages(RITA), simulation.env)
    assert f"#{change['change_id']}" in text_of(told)
    assert "Compat Lost" not in text_of(await rita.slash(world.public, "propose-model drafts"))
    assert len(network.writes) == 1


async def test_people_see_of_the_queue_what_the_service_shows_them(world: World, service: ReferenceService) -> None:
    is_hidden = hides_queue(service)
    others = propose_beside(service, "Compat Others", ABE)
    rita, abe = world.member(RITA), world.member(ABE)
    for command in ("queue list", "queue history"):
        said = text_of(await rita.slash(world.public, command))
        assert ("Link your AI-Horde account first" in said) is is_hidden, command
    await link(world, RITA)
    await link(world, ABE)
    for command in ("queue list", "queue history"):
        said = text_of(await rita.slash(world.public, command))
        assert ("You need the approver role" in said) is is_hidden, command
    shown = text_of(await rita.slash(world.public, "queue show", change=others))
    assert ("You need the approver role" in shown) is is_hidden
    assert ("Compat Others" in shown) is not is_hidden
    assert ("Compat Others" in text_of(await rita.slash(world.public, "queue list"))) is not is_hidden
    assert "Compat Others" in text_of(await abe.slash(world.public, "queue list"))
