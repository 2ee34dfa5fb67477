"""Closed direct messages: a decision is posted in a server of the person, everything else waits for a command."""

from typing import Any

import pytest

from bot.services.changes import CardState
from bot.services.notifications.deliveries import Delivery, DeliveryGroup, DeliveryKind, SendOutcome
from bot.services.notifications.news import ChangeNews, News, SeveralNews
from storage.delivery import MAX_REFUSALS, RETRY_FIRST, RETRY_MAX
from tests.services.conftest import APPROVER, CHANNEL, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_cards, due_notices, record
from tests.services.notifications.closed_messages import posted, refuse, shown_and_rejected
from tests.services.notifications.conftest import FIRST_CHANNEL, FIRST_GUILD
from tests.services.notifications.recipients import follow
from tests.services.proposals.sending import sent
from tests.services.queue_moves import decided, reject, rejected, seen


async def join(app: App, guild_id: int) -> None:
    await app.services.memberships.record(guild_id, REQUESTOR, is_member=True)


async def missed(app: App, user_id: int = REQUESTOR) -> list[tuple[DeliveryGroup, News]]:
    return await app.services.undelivered.missed(user_id)


async def test_a_post_in_place_of_a_message_brings_no_card_of_the_ended_change_to_other_servers(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await shown_and_rejected(app)
    await app.services.guild_setup.use_review_channel(FIRST_GUILD, FIRST_CHANNEL)
    await refuse(app)
    assert [card.delivery.guild_id for card in await due_cards(app)] == [GUILD]


async def test_the_post_says_what_the_message_would_have_said(servers: App) -> None:
    await join(servers, GUILD)
    await shown_and_rejected(servers)
    notice = await refuse(servers)
    assert isinstance(notice.content, ChangeNews)
    change = notice.content.facts.change
    (post,) = await posted(servers)
    assert post.facts == {
        "status": "told",
        "about": "rejected",
        "digest": change.digest,
        "operation": "create",
        "name": "Model 42",
        "requested_by": "101",
        "requestor": "alice#101",
        "reason": "no",
        "ping": REQUESTOR,
        "at": int(servers.clock().timestamp()),
        "change_id": 42,
    }
    assert (post.user_id, post.kind) == (REQUESTOR, DeliveryKind.THREAD)
    assert await missed(servers) == [], "it was posted"
    servers.clock.move(days=1)
    assert await due_notices(servers) == []


async def test_it_is_posted_in_a_server_of_the_person_and_mentions_them(servers: App) -> None:
    await join(servers, GUILD)
    await shown_and_rejected(servers)
    await refuse(servers)
    assert [(post.guild_id, post.facts["ping"]) for post in await posted(servers)] == [(GUILD, REQUESTOR)]


async def test_it_is_posted_in_the_first_server_without_a_mention_if_the_person_is_in_none(servers: App) -> None:
    await shown_and_rejected(servers)
    await refuse(servers)
    assert [(post.guild_id, post.facts["ping"]) for post in await posted(servers)] == [(FIRST_GUILD, None)]


async def test_of_several_servers_of_the_person_it_is_posted_where_they_proposed_it(servers: App) -> None:
    for guild_id in (FIRST_GUILD, GUILD):
        await join(servers, guild_id)
    await sent(servers)
    await shown_and_rejected(servers)
    await refuse(servers)
    assert [(post.guild_id, post.facts["ping"]) for post in await posted(servers)] == [(GUILD, REQUESTOR)]


async def test_a_change_of_the_web_page_is_posted_in_the_first_server_of_the_person(servers: App) -> None:
    for guild_id in (FIRST_GUILD, GUILD):
        await join(servers, guild_id)
    await shown_and_rejected(servers)
    await refuse(servers)
    assert [(post.guild_id, post.facts["ping"]) for post in await posted(servers)] == [(FIRST_GUILD, REQUESTOR)]


async def test_a_server_that_the_person_left_is_not_preferred_for_a_proposal_made_there(servers: App) -> None:
    await join(servers, FIRST_GUILD)
    await sent(servers)
    await shown_and_rejected(servers)
    await refuse(servers)
    assert [(post.guild_id, post.facts["ping"]) for post in await posted(servers)] == [(FIRST_GUILD, REQUESTOR)]


async def test_a_person_who_hides_their_account_is_not_mentioned(servers: App) -> None:
    await join(servers, GUILD)
    await servers.services.accounts.set_visible(REQUESTOR, is_visible=False)
    await shown_and_rejected(servers)
    await refuse(servers)
    assert [(post.facts["ping"], post.user_id) for post in await posted(servers)] == [(None, None)]


async def give_up(app: App, guild_id: int) -> None:
    """Have Discord refuse a server's card for good."""
    for _ in range(MAX_REFUSALS):
        (card,) = [card for card in await due_cards(app) if card.delivery.guild_id == guild_id]
        await record(app, card, SendOutcome.REFUSED)
        app.clock.move(seconds=RETRY_MAX.total_seconds())


async def test_a_server_whose_card_could_not_be_posted_gets_no_post(servers: App) -> None:
    await seen(servers, 42)
    await give_up(servers, FIRST_GUILD)
    await deliver_cards(servers)
    await rejected(servers)
    await refuse(servers)
    assert [post.guild_id for post in await posted(servers)] == [GUILD]


async def test_a_server_whose_posted_card_cannot_be_edited_still_takes_the_post(servers: App) -> None:
    await seen(servers, 42)
    await deliver_cards(servers)
    await rejected(servers)
    await give_up(servers, FIRST_GUILD)
    await refuse(servers)
    assert [post.guild_id for post in await posted(servers)] == [FIRST_GUILD]


async def test_a_change_without_a_card_gets_one_for_the_post(servers: App) -> None:
    reject(servers)
    servers.service.put(42, status="pending")
    await servers.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    for change_id in range(1, 30):
        servers.service.put(change_id)
    await servers.services.monitor.poll()
    assert 42 not in {card.delivery.change_id for card in await deliver_cards(servers)}
    await rejected(servers)
    await refuse(servers)
    assert 42 in {card.delivery.change_id for card in await deliver_cards(servers)}
    assert [post.change_id for post in await posted(servers)] == [42]
    assert await missed(servers) == []


async def test_news_of_a_followed_change_are_not_posted_and_wait_for_a_command(servers: App) -> None:
    await follow(servers, OTHER, category="image_generation")
    await shown_and_rejected(servers)
    notices = {notice.delivery.user_id: notice for notice in await due_notices(servers)}
    await record(servers, notices[OTHER], SendOutcome.REFUSED)
    assert await posted(servers) == []
    ((group, news),) = await missed(servers, OTHER)
    assert isinstance(news, ChangeNews)
    assert news.followed is not None
    assert await missed(servers) == [], "the requestor's message is still to be sent"
    await servers.services.undelivered.note_read(group)
    assert await missed(servers, OTHER) == []
    await servers.restart()
    assert await missed(servers, OTHER) == []


async def test_what_is_missed_while_the_bot_runs_is_found_by_the_next_command(app: App) -> None:
    assert await missed(app) == []
    await seen(app, 42)
    await rejected(app)
    await refuse(app)
    ((_, news),) = await missed(app)
    assert isinstance(news, ChangeNews)
    assert news.facts.state is CardState.REJECTED
    assert await missed(app, APPROVER) == []


async def test_what_is_outdated_at_the_next_command_is_never_shown(app: App) -> None:
    await seen(app, 42)
    await decided(app, "approved", 42)
    await refuse(app)
    reject(app)
    assert await missed(app) == []
    app.service.put(42, status="approved", approved_by="303")
    assert await missed(app) == [], "given up"


async def test_several_missed_decisions_are_read_together(app: App) -> None:
    await seen(app, 1, 2, 3)
    await decided(app, "approved", 1, 2, 3)
    await refuse(app)
    ((group, news),) = await missed(app)
    assert isinstance(news, SeveralNews)
    assert (len(group), news.total) == (3, 3)
    await app.services.undelivered.note_read(group)
    assert await missed(app) == []


async def test_several_missed_news_of_followed_changes_are_read_together(app: App) -> None:
    await seen(app, 1, 2)
    await follow(app, OTHER, category="image_generation")
    await decided(app, "approved", 1)
    await decided(app, "rejected", 2)
    await refuse(app, OTHER)
    ((_, news),) = await missed(app, OTHER)
    assert isinstance(news, SeveralNews)
    assert news.total == 2


async def test_twenty_decisions_are_posted_though_fewer_changes_are_read_a_minute(servers: App) -> None:
    await join(servers, GUILD)
    changes = range(1, 21)
    await seen(servers, *changes)
    await deliver_cards(servers)
    await decided(servers, "approved", *changes)
    for _ in range(3):
        await refuse(servers)
        servers.clock.move(minutes=1)
        if not await due_notices(servers):
            break
    servers.clock.move(hours=1)
    assert await due_notices(servers) == []
    assert await missed(servers) == [], "all were posted"


async def test_a_post_waits_while_one_of_several_changes_cannot_be_read(servers: App) -> None:
    await seen(servers, 1, 2)
    await deliver_cards(servers)
    await decided(servers, "approved", 1, 2)
    (notice,) = await due_notices(servers)
    servers.service.is_away = True
    await record(servers, notice, SendOutcome.REFUSED)
    servers.service.is_away = False
    assert await posted(servers) == []
    assert await due_notices(servers) == [], "not before its time"
    servers.clock.move(seconds=RETRY_FIRST.total_seconds())
    (again,) = await due_notices(servers)
    await record(servers, again, SendOutcome.REFUSED)
    assert [post.facts["name"] for post in await posted(servers)] == ["Model 1", "Model 2"]
    assert await missed(servers) == []


async def test_of_several_changes_one_that_moved_on_is_not_posted(servers: App) -> None:
    await seen(servers, 1, 2)
    await deliver_cards(servers)
    await decided(servers, "approved", 1, 2)
    (notice,) = await due_notices(servers)
    servers.service.put(2, status="applied", applied_by="303")
    await record(servers, notice, SendOutcome.REFUSED)
    assert [post.facts["name"] for post in await posted(servers)] == ["Model 1"]
    assert await missed(servers) == []


async def refuse_post(app: App, post: Delivery) -> None:
    await record(app, post, SendOutcome.REFUSED)
    app.clock.move(seconds=RETRY_MAX.total_seconds())


async def test_a_post_that_no_channel_takes_waits_for_the_next_command(servers: App) -> None:
    await join(servers, GUILD)
    await shown_and_rejected(servers)
    await refuse(servers)
    assert await missed(servers) == []
    (in_thread,) = await posted(servers)
    await refuse_post(servers, in_thread)
    for refusals in range(MAX_REFUSALS):
        (in_channel,) = await posted(servers)
        assert (in_channel.channel_id, in_channel.refusals) == (CHANNEL, refusals)
        assert await missed(servers) == [], "the channel may take it yet"
        await refuse_post(servers, in_channel)
    assert await posted(servers) == []
    ((group, news),) = await missed(servers)
    assert isinstance(news, ChangeNews)
    await servers.services.undelivered.note_read(group)
    assert await missed(servers) == []


async def test_a_post_whose_card_no_channel_takes_waits_for_the_next_command(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await seen(app, 42)
    await rejected(app)
    await refuse(app)
    assert await missed(app) == []
    await give_up(app, GUILD)
    ((_, news),) = await missed(app)
    assert isinstance(news, ChangeNews)


async def test_a_post_that_waits_for_a_thread_is_not_missed_when_its_card_cannot_be_edited(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await seen(app, 42)
    await deliver_cards(app)
    await rejected(app)
    await refuse(app)
    await give_up(app, GUILD)
    assert await missed(app) == []
    assert len(await posted(app)) == 1


@pytest.mark.parametrize("status", ["approved", "applied"])
async def test_every_decision_is_posted(servers: App, status: str) -> None:
    await seen(servers, 42)
    await deliver_cards(servers)
    await decided(servers, status, 42)
    await refuse(servers)
    facts: list[dict[str, Any]] = [dict(post.facts) for post in await posted(servers)]
    assert [(one["about"], one["reason"]) for one in facts] == [(status, None)]
