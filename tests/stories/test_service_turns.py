"""The service takes no proposals any more between the form and the press: said in the channel, kept, and sent later."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import simcord

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, posted_in, text_of
from tests.harness.queue import changes_in
from tests.stories.people import link, open_draft

NO_QUEUE = {"HORDE_MODEL_REFERENCE_PENDING_QUEUE__ENABLED": "false"}


@pytest.fixture
async def service(tmp_path: Path, horde: HordeStandIn, documents: Path) -> AsyncIterator[ReferenceService]:
    running = ReferenceService(tmp_path / "service", ai_horde_url=horde.url, documents=documents).start()
    yield running
    running.stop()


def turned(
    service: ReferenceService, port: int, horde: HordeStandIn, mode: Mode, more: Mapping[str, str]
) -> ReferenceService:
    """Stop the service, and start it otherwise: on the same port, with the same files."""
    service.stop()
    return ReferenceService(
        service.folder, ai_horde_url=horde.url, mode=mode, port=port, extra_environment=dict(more)
    ).start()


async def test_a_read_only_service_turns_submit_off_and_offers_it_when_it_is_back(
    world: World, env: simcord.Env, service: ReferenceService, horde: HordeStandIn
) -> None:
    await link(world, RITA)
    rita, port = world.member(RITA), int(service.origin.rpartition(":")[2])
    await env.advance_time(21)
    replica = turned(service, port, horde, Mode.REPLICA, {})
    try:
        await env.advance_time(60)
        drafted = await open_draft(world, RITA, "Story Held Up")
        assert "The service takes no proposals now" in text_of(drafted)
        assert buttons_of(drafted)["Submit"]["disabled"]
    finally:
        replica.stop()
    back = turned(replica, port, horde, Mode.V2, {})
    try:
        await env.advance_time(600)
        (offer,) = posted_in(world.direct_messages(RITA), env)
        assert "The service takes proposals again" in text_of(offer)
        assert "Story Held Up" in text_of(offer)
        await rita.user.click(offer, label="Open the draft")
        (opened,) = posted_in(world.direct_messages(RITA), env)
        await rita.user.click(opened, label="Submit")
        assert [change["model_name"] for change in changes_in(back)] == ["Story Held Up"]
    finally:
        back.stop()


@pytest.mark.parametrize(
    ("mode", "more", "heading", "words"),
    [
        (Mode.REPLICA, {}, "the service is read-only", "is in REPLICA mode and does not support write operations"),
        (Mode.LEGACY, {}, "the service takes another format", "does not expose write operations for this API"),
        (Mode.V2, NO_QUEUE, "the queue is switched off", "Pending queue is disabled"),
    ],
    ids=["read-only", "another format", "no queue"],
)
async def test_a_service_that_turns_between_form_and_press_loses_nothing(
    world: World,
    env: simcord.Env,
    service: ReferenceService,
    horde: HordeStandIn,
    mode: Mode,
    more: Mapping[str, str],
    heading: str,
    words: str,
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Turned")
    port = int(service.origin.rpartition(":")[2])
    other = turned(service, port, horde, mode, more)
    try:
        await rita.click(answer_of(drafted), label="Submit")
        (refusal,) = posted_in(world.public, env)
        said = text_of(refusal).replace("\\", "")
        assert f"Not queued: {heading}" in said
        assert words in said
        assert "The draft is kept" in said
    finally:
        other.stop()
    back = turned(other, port, horde, Mode.V2, {})
    try:
        drafts = await rita.slash(world.public, "propose-model drafts")
        await rita.select(answer_of(drafts), values=["1"])
        await rita.click(answer_of(drafts), label="Submit")
        if "Submit" in buttons_of(answer_of(drafts)):  # converted there and back: it is shown before it is sent
            await rita.click(answer_of(drafts), label="Submit")
        assert "Queued as #" in text_of(answer_of(drafts))
        assert [change["model_name"] for change in changes_in(back)] == ["Story Turned"]
    finally:
        back.stop()
