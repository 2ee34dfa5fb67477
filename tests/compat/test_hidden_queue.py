"""A service that shows its queue to approvers alone, in front of a bot whose own key is none of theirs."""

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.settings import Settings
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.queue import change_of
from tests.stories.people import link, propose

ANONYMOUS = "0000000000"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"reader_key": type(settings.reader_key)(ANONYMOUS)})


async def test_status_says_which_setting_shows_the_queue(world: World, version: str) -> None:
    status = text_of(await world.member(RITA).slash(world.public, "status"))
    is_hidden = version.startswith("3.")
    assert ("The queue is hidden from the bot" in status) is is_hidden
    assert ("CURATOR_READER_KEY" in status) is is_hidden


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
