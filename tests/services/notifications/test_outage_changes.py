"""Outages that change their kind, and drafts that can be sent once the service takes proposals again."""

import pytest

from bot.reference.models import Operation
from bot.services.notifications.news import DraftWaits
from bot.services.notifications.outages import AWAY_AFTER, BLIND_AFTER
from storage.cursors import Cursors
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_notices, deliver_posts, due_notices, due_posts
from tests.services.notifications.outages import (
    REPLICA,
    UNKNOWN_AT_AI_HORDE,
    fail_for_long,
    look,
    said,
)
from tests.services.proposals.sending import drafted

READ_ONLY = (503, REPLICA)


@pytest.fixture
async def watched(app: App) -> App:
    """A server with a review channel, whose queue was just seen."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.user_id = "101"
    await look(app)
    return app


async def waits(app: App) -> list[tuple[int | None, object]]:
    return [(notice.delivery.user_id, notice.content) for notice in await due_notices(app)]


async def test_a_failed_poll_after_a_long_pause_is_no_outage(watched: App) -> None:
    watched.clock.move(hours=5)
    watched.service.is_away = True
    await look(watched)
    assert await said(watched) == []


async def test_two_polls_that_fail_within_a_minute_are_no_outage(watched: App) -> None:
    watched.service.is_away = True
    for _ in range(3):
        await look(watched)
        watched.clock.move(seconds=(AWAY_AFTER.total_seconds() - 1) / 2)
    assert await said(watched) == []
    watched.clock.move(seconds=1)
    await look(watched)
    assert len(await said(watched)) == 1


async def test_a_poll_that_succeeds_in_between_starts_the_count_again(watched: App) -> None:
    watched.service.is_away = True
    await look(watched)
    watched.service.is_away = False
    await look(watched)
    watched.service.is_away = True
    await look(watched)
    watched.clock.move(seconds=AWAY_AFTER.total_seconds() - 1)
    await look(watched)
    assert await said(watched) == []


async def test_a_draft_of_a_read_only_time_is_offered_once_to_its_owner(watched: App) -> None:
    watched.service.refusals["/changes"] = READ_ONLY
    await look(watched)
    watched.clock.move(minutes=1)
    draft = await drafted(watched)
    assert await waits(watched) == []
    del watched.service.refusals["/changes"]
    await look(watched)
    offer = DraftWaits(draft.draft_id, Operation.CREATE, "image_generation", "Pixel")
    assert await waits(watched) == [(REQUESTOR, offer)]
    await look(watched)
    assert len(await waits(watched)) == 1
    await watched.services.draft_service.discard(REQUESTOR, draft.draft_id)
    assert await waits(watched) == []


async def test_a_draft_from_before_the_read_only_time_is_not_offered(watched: App) -> None:
    await drafted(watched)
    watched.clock.move(minutes=1)
    watched.service.refusals["/changes"] = READ_ONLY
    await look(watched)
    watched.clock.move(minutes=1)
    del watched.service.refusals["/changes"]
    await look(watched)
    assert await waits(watched) == []


async def test_after_an_outage_that_was_never_read_only_no_draft_is_offered(watched: App) -> None:
    await fail_for_long(watched)
    watched.service.is_away = False
    await drafted(watched)
    await look(watched)
    assert await waits(watched) == []


@pytest.mark.parametrize("is_read_only_first", [True, False])
async def test_a_time_that_was_read_only_in_part_offers_drafts(watched: App, *, is_read_only_first: bool) -> None:
    if is_read_only_first:
        watched.service.refusals["/changes"] = READ_ONLY
        await look(watched)
        await drafted(watched)
    await fail_for_long(watched)
    watched.service.is_away = False
    if not is_read_only_first:
        watched.service.refusals["/changes"] = READ_ONLY
        await look(watched)
        await drafted(watched)
    await watched.restart()
    watched.service.user_id = "101"
    watched.service.refusals.clear()
    await look(watched)
    assert len(await waits(watched)) == 1


async def test_a_draft_is_offered_again_after_the_next_read_only_time(watched: App) -> None:
    draft = await drafted(watched)
    for words in ("Wanted.", "Still wanted."):
        watched.clock.move(hours=1)
        watched.service.refusals["/changes"] = READ_ONLY
        await look(watched)
        await watched.services.draft_service.revise(REQUESTOR, draft.draft_id, words)
        watched.service.refusals.clear()
        await look(watched)
        assert len(await deliver_notices(watched)) == 1


async def test_an_outage_that_turns_into_a_read_only_time_says_so_in_the_same_post(watched: App) -> None:
    await fail_for_long(watched)
    await deliver_posts(watched)
    watched.service.is_away = False
    watched.service.refusals["/changes"] = READ_ONLY
    await look(watched)
    (post,) = await deliver_posts(watched)
    assert (post.message_id, post.facts["is_read_only"]) == (900, True)


async def test_an_outage_that_turns_into_a_revoked_key_says_so_in_the_same_post(watched: App) -> None:
    since = int(watched.clock().timestamp())
    await fail_for_long(watched)
    assert [facts.get("blind") for facts in await said(watched)] == [None]
    watched.service.is_away = False
    watched.service.refusals["/changes"] = (401, "Invalid API key")
    watched.service.bodies["/api/v2/find_user"] = UNKNOWN_AT_AI_HORDE
    await look(watched)
    (post,) = await deliver_posts(watched)
    assert (post.message_id, post.subject) == (900, str(since))
    assert (post.facts["blind"], post.facts["since"], post.facts["until"]) == ("unknown_key", since, None)
    watched.service.is_away = True
    await look(watched)
    (facts,) = await said(watched)
    assert "blind" not in facts


async def test_an_outage_is_not_rewritten_for_a_cause_that_may_pass(watched: App) -> None:
    await fail_for_long(watched)
    await deliver_posts(watched)
    watched.service.is_away = False
    watched.service.refusals["/changes"] = (401, "Invalid API key")
    await look(watched)
    assert await due_posts(watched) == []


async def test_a_missing_role_is_posted_as_soon_as_an_outage(watched: App) -> None:
    watched.service.refusals["/changes"] = (403, "You are not on the pending queue approver list.")
    await look(watched)
    watched.clock.move(seconds=AWAY_AFTER.total_seconds())
    await look(watched)
    assert [facts["blind"] for facts in await said(watched)] == ["no_role"]


async def test_a_queue_that_cannot_be_read_for_another_reason_is_posted_after_half_an_hour(watched: App) -> None:
    watched.service.refusals["/changes"] = (418, "I do not like this.")
    await look(watched)
    watched.clock.move(seconds=BLIND_AFTER.total_seconds() - 1)
    await look(watched)
    assert await said(watched) == []
    watched.clock.move(seconds=1)
    await look(watched)
    assert [facts["blind"] for facts in await said(watched)] == ["unreadable"]


async def test_a_garbled_answer_counts_as_an_outage(watched: App) -> None:
    watched.service.bodies["/changes"] = (200, {"unlike": "a page"})
    await look(watched)
    watched.clock.move(seconds=AWAY_AFTER.total_seconds())
    await look(watched)
    (facts,) = await said(watched)
    assert "blind" not in facts


async def test_only_servers_that_read_of_an_outage_read_of_its_end(watched: App) -> None:
    await fail_for_long(watched)
    await deliver_posts(watched)
    await watched.services.guild_setup.use_review_channel(GUILD + 1, CHANNEL + 1)
    watched.service.is_away = False
    await look(watched)
    assert {post.guild_id for post in await due_posts(watched)} == {GUILD}
    back = [post for post in await due_posts(watched) if post.facts.get("is_back")]
    assert [(post.channel_id, post.message_id) for post in back] == [(CHANNEL, None)]


async def test_an_outage_that_is_over_is_forgotten(watched: App) -> None:
    await fail_for_long(watched)
    watched.service.is_away = False
    await look(watched)
    cursors: Cursors = watched.services.outages.cursors
    assert not await cursors.get("outage")
    watched.clock.move(hours=1)
    await fail_for_long(watched)
    assert len(await said(watched)) == 1, "the next outage has a post of its own"
