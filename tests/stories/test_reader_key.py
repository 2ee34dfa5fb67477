"""A reader key that AI-Horde does not know any more: the bot says so everywhere, and people can go on working."""

from collections.abc import Iterator

import pytest
import simcord
import stamina
from pydantic import SecretStr

from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.notifications.outages import AWAY_AFTER
from bot.services.reader_key import ReaderKeyError
from bot.settings import Settings
from tests.harness.messages import posted_in, text_of
from tests.harness.queue import propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import link


@pytest.fixture(autouse=True)
def _no_pause_before_a_retry() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"reader_key": SecretStr("revoked-key-of-no-account")})


async def test_a_revoked_reader_key_is_named_in_status_setup_and_once_in_the_review_channel(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    for _ in range(3):
        with pytest.raises(ReaderKeyError):
            await simulation.let_pass(AWAY_AFTER)
    posts = [text_of(message) for message in posted_in(world.review, env)]
    assert [("CURATOR_READER_KEY" in post, "The bot cannot read the queue" in post) for post in posts] == [(True, True)]
    rita = world.member(RITA)
    status = text_of(await rita.slash(world.public, "status"))
    assert "Everything works" not in status
    assert "CURATOR_READER_KEY" in status
    setup = text_of(await world.owner.slash(world.public, "setup show"))
    assert "CURATOR_READER_KEY" in setup


async def test_with_a_revoked_reader_key_a_refusal_never_blames_the_key_of_the_person(
    world: World, service: ReferenceService
) -> None:
    change_id = propose_beside(service, "Unseen Model", RITA)
    await link(world, ABE)
    commands: dict[str, dict[str, int]] = {
        "queue list": {},
        "queue show": {"change": change_id},
        "queue stats": {},
        "queue history": {},
        "approve": {"change": change_id},
    }
    for person in (ABE, DAVE):  # linked, and not
        for command, options in commands.items():
            shown = text_of(await world.member(person).slash(world.public, command, **options))
            assert "your key could not" not in shown, (command, shown)
            if "Not shown" in shown:
                assert "Your own key is fine" in shown, (command, shown)
