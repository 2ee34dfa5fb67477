"""A read-only service: its refusal is said in the channel, in its own words, and nothing typed is lost."""

import pytest
import simcord

from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, buttons_of, posted_in, text_of
from tests.stories.people import link, onlooker, open_draft

WORDS = "This instance is in REPLICA mode and does not support write operations."
OWN_WORDS = "The service runs as a read-only copy (REPLICA)"
"""Words of the bot, where the service refused without the reason or was not asked."""


@pytest.fixture
def service(replica_service: ReferenceService) -> ReferenceService:
    return replica_service


async def test_submit_is_off_and_the_draft_is_kept(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Replica")
    assert "The service takes no proposals now" in text_of(drafted)
    assert buttons_of(drafted)["Submit"]["disabled"]
    again = await rita.click(answer_of(drafted), label="Try again")
    assert "The service takes no proposals now" in text_of(again)
    drafts = await rita.slash(world.public, "propose-model drafts")
    assert "Story Replica" in text_of(drafts)


async def test_a_deletion_during_a_replica_names_its_own_button(world: World) -> None:
    await link(world, RITA)
    options = {"category": "image_generation", "model": "Tin Robot", "why": "No worker hosts it."}
    drafted = await world.member(RITA).slash(world.public, "propose-model delete", **options)
    assert buttons_of(drafted)["Delete…"]["disabled"]
    assert "*Try again* turns *Delete…* on" in text_of(drafted)


@pytest.mark.parametrize(
    ("command", "options"), [("approve", {"change": 1}), ("reject", {"change": 1}), ("apply", {"changes": "1"})]
)
async def test_deciding_is_refused_in_the_channel(
    world: World, env: simcord.Env, command: str, options: dict[str, object]
) -> None:
    await link(world, ABE)
    await world.member(ABE).slash(world.public, command, **options)
    (refusal,) = posted_in(world.public, env)
    assert "Not " in text_of(refusal)
    assert OWN_WORDS in text_of(refusal)
    assert "bob\\#202" in text_of(refusal)
    assert "The service answered" not in text_of(refusal)


async def test_the_channel_reads_a_refusal_once_in_ten_minutes_and_each_person_every_time(
    world: World, env: simcord.Env
) -> None:
    await link(world, ABE)
    await link(world, CORA)
    abe, cora = world.member(ABE), world.member(CORA)
    first = await abe.slash(world.public, "apply", changes="1")
    assert "The reason is in this channel" in text_of(answers_of(first)[0])
    again = await abe.slash(world.public, "approve", change=1)
    other = await cora.slash(world.public, "approve", change=1)
    assert len(posted_in(world.public, env)) == 1
    for answer in (again, other):
        assert "Not approved: the service is read-only" in text_of(answers_of(answer)[-1])
        assert answers_of(answer)[-1].ephemeral
    await env.advance_time(601)
    await abe.slash(world.public, "apply", changes="1")
    assert len(posted_in(world.public, env)) == 2


async def test_status_says_that_the_service_is_read_only(world: World) -> None:
    status = await world.member(RITA).slash(world.public, "status")
    assert "The service is read-only" in text_of(status)
    assert "REPLICA" in text_of(status)


@pytest.mark.parametrize("command", ["queue list", "queue show", "queue next", "queue mine", "queue history"])
async def test_looking_at_the_queue_says_why_there_is_none(world: World, env: simcord.Env, command: str) -> None:
    await link(world, ABE)
    options = {"change": 1} if command == "queue show" else {}
    answered = await world.member(ABE).slash(world.public, command, **options)
    assert "Not shown: the service is read-only" in text_of(answered)
    assert "shows your drafts. The queue can be read once" in text_of(answered)
    words = OWN_WORDS if command == "queue show" else WORDS
    assert words in text_of(answered).replace("\\", "")
    assert posted_in(world.public, env) == []


async def test_the_queue_in_numbers_says_that_there_is_none_to_the_one_who_asks(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    shown = await (await onlooker(world, service)).slash(world.public, "queue stats")
    assert "Not shown: the service is read-only" in text_of(shown)
    assert WORDS in text_of(shown).replace("\\", "")
    assert posted_in(world.public, env) == []


async def test_purging_is_refused_in_the_channel(world: World, env: simcord.Env) -> None:
    await link(world, ABE)
    await world.member(ABE).slash(world.public, "queue purge", status="pending")
    (refusal,) = posted_in(world.public, env)
    assert "Not purged: the service is read-only" in text_of(refusal)
    assert "bob\\#202" in text_of(refusal)
    assert WORDS in text_of(refusal).replace("\\", "")
