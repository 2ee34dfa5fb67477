"""Cards: what they show, which messages become cards, and when a new one mentions a role."""

from dataclasses import replace

import pytest

from bot.reference.errors import UnavailableError
from bot.services.changes import CardState, ChangeFacts, Gone
from bot.services.notifications.cards import PING_PAUSE
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.polling.missing_changes import GONE_AFTER
from storage.guild_settings import Setting
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_cards, due_notices, facts_of, record

ROLE, OTHER_GUILD, OTHER_CHANNEL = 80, GUILD + 1, CHANNEL + 1


@pytest.fixture
async def pinging(app: App) -> App:
    """A server with a role to mention."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.guild_setup.change(GUILD, Setting.PING_ROLE, ROLE)
    await app.services.monitor.poll()
    return app


async def propose(app: App, change_id: int = 42) -> None:
    app.service.put(change_id)
    await app.services.monitor.poll()


async def pings(app: App, guild_id: int = GUILD) -> list[int | None]:
    """Deliver the due cards, and return the roles that those of a server mention."""
    return [card.ping_role_id for card in await deliver_cards(app) if card.delivery.guild_id == guild_id]


async def test_the_card_of_a_new_change_mentions_the_role(pinging: App) -> None:
    await propose(pinging)
    assert await pings(pinging) == [ROLE]


async def test_a_server_without_a_role_mentions_none(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await propose(app)
    assert await pings(app) == [None]


async def test_a_role_is_mentioned_again_after_ten_minutes_and_not_before(pinging: App) -> None:
    await propose(pinging)
    assert await pings(pinging) == [ROLE]
    pinging.clock.move(seconds=PING_PAUSE.total_seconds() - 1)
    await propose(pinging, 43)
    assert await pings(pinging) == [None]
    pinging.clock.move(seconds=1)
    await propose(pinging, 44)
    assert await pings(pinging) == [ROLE]


async def test_two_cards_of_one_moment_mention_the_role_once(pinging: App) -> None:
    pinging.service.put(42)
    await propose(pinging, 43)
    first, second = await due_cards(pinging)
    await record(pinging, first, message_id=542)
    again = await pinging.services.deliveries.prepare(second.group)
    assert again is not None
    assert (first.ping_role_id, again.ping_role_id) == (ROLE, None)


async def test_a_clock_that_is_put_back_keeps_no_mention_back(pinging: App) -> None:
    await propose(pinging)
    assert await pings(pinging) == [ROLE]
    pinging.clock.move(seconds=-1)
    await propose(pinging, 43)
    assert await pings(pinging) == [ROLE]


async def test_servers_mention_their_roles_independently(pinging: App) -> None:
    await propose(pinging)
    await pings(pinging)
    await pinging.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await pinging.services.guild_setup.change(OTHER_GUILD, Setting.PING_ROLE, ROLE + 1)
    await propose(pinging, 43)
    cards = {card.delivery.guild_id: card for card in await due_cards(pinging) if card.delivery.change_id == 43}
    assert {guild_id: card.ping_role_id for guild_id, card in cards.items()} == {GUILD: None, OTHER_GUILD: ROLE + 1}


async def test_a_card_that_is_posted_late_mentions_no_role_any_more(pinging: App) -> None:
    await propose(pinging)
    pinging.clock.move(seconds=PING_PAUSE.total_seconds())
    (card,) = await due_cards(pinging)
    assert card.ping_role_id == ROLE
    pinging.clock.move(seconds=1)
    (card,) = await due_cards(pinging)
    assert card.ping_role_id is None


async def test_a_redrawn_card_mentions_no_role(pinging: App) -> None:
    await propose(pinging)
    (card,) = await due_cards(pinging)
    await pinging.services.deliveries.note_found(card.delivery, 542)
    await pinging.services.card_service.cards.touch(42)
    assert await pings(pinging) == [None]


async def test_a_card_that_is_posted_again_mentions_no_role(pinging: App) -> None:
    await propose(pinging)
    (card,) = await due_cards(pinging)
    await pinging.services.deliveries.note_found(card.delivery, None)
    await pinging.services.card_service.cards.touch(42)
    assert await pings(pinging) == [None]


async def test_a_change_that_is_decided_already_mentions_no_role(pinging: App) -> None:
    pinging.service.put(42, status="approved", approved_by="303")
    await pinging.services.monitor.poll()
    assert await pings(pinging) == [None]


async def test_quiet_hours_mention_no_role(pinging: App) -> None:
    await pinging.services.guild_setup.change(GUILD, Setting.QUIET_FROM, "12to13")
    await propose(pinging)
    assert await pings(pinging) == [None]


async def test_a_change_that_is_checked_again_is_read_and_redrawn_everywhere(pinging: App) -> None:
    await pinging.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await propose(pinging)
    await deliver_cards(pinging)
    assert await due_cards(pinging) == []
    checked = await pinging.services.card_service.check_again(42)
    assert isinstance(checked, ChangeFacts)
    assert (checked.change.change_id, checked.state) == (42, CardState.PENDING)
    assert [card.delivery.guild_id for card in await due_cards(pinging)] == [GUILD, OTHER_GUILD]


async def test_a_change_that_moved_meanwhile_is_shown_and_told_as_it_is_now(pinging: App) -> None:
    await propose(pinging)
    pinging.service.put(42, status="approved", approved_by="303")
    checked = await pinging.services.card_service.check_again(42)
    assert isinstance(checked, ChangeFacts)
    assert checked.state is CardState.APPROVED
    assert [facts_of(card).state for card in await due_cards(pinging)] == [CardState.APPROVED]
    assert [notice.delivery.user_id for notice in await due_notices(pinging)] == [REQUESTOR]


async def test_a_change_that_is_gone_is_called_gone(pinging: App) -> None:
    await propose(pinging)
    del pinging.service.changes[42]
    assert await pinging.services.card_service.check_again(42) == Gone(42)


async def test_a_service_that_is_away_is_said_to_be_away(pinging: App) -> None:
    await propose(pinging)
    pinging.service.is_away = True
    with pytest.raises(UnavailableError):
        await pinging.services.card_service.check_again(42)


async def test_a_card_shows_the_state_that_the_bot_has_seen(pinging: App) -> None:
    await propose(pinging)
    pinging.service.put(42, status="approved", approved_by="303")
    assert [facts_of(card).state for card in await due_cards(pinging)] == [CardState.PENDING]
    await pinging.restart()
    assert [facts_of(card).state for card in await due_cards(pinging)] == [CardState.PENDING]


async def test_the_card_of_a_change_that_is_gone_says_so_and_names_its_requestor(pinging: App) -> None:
    await pinging.services.memberships.record(GUILD, REQUESTOR, is_member=True)
    await propose(pinging)
    await deliver_cards(pinging)
    pinging.service.changes.clear()
    await pinging.wait_until_gone()
    (card,) = await due_cards(pinging)
    facts = facts_of(card)
    assert (facts.state, facts.requestor_id, facts.noticed_at) == (
        CardState.PURGED,
        REQUESTOR,
        pinging.clock(),
    )
    assert GONE_AFTER.total_seconds() > 0


async def test_a_card_names_its_requestor_in_their_server_only(pinging: App) -> None:
    await pinging.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await pinging.services.memberships.record(GUILD, REQUESTOR, is_member=True)
    await propose(pinging)
    named = {card.delivery.guild_id: facts_of(card).requestor_id for card in await due_cards(pinging)}
    assert named == {GUILD: REQUESTOR, OTHER_GUILD: None}


async def test_a_change_that_was_never_seen_has_no_card(pinging: App) -> None:
    await propose(pinging)
    (card,) = await due_cards(pinging)
    assert await pinging.services.card_service.facts_of(replace(card.delivery, change_id=999)) is None


async def test_a_finished_change_is_drawn_from_memory_or_read_again(pinging: App) -> None:
    await propose(pinging)
    await deliver_cards(pinging)
    pinging.service.put(42, status="rejected", rejected_by="303", reject_reason="no")
    await pinging.services.monitor.poll()
    (card,) = await due_cards(pinging)
    facts = facts_of(card)
    assert (facts.state, facts.change.reject_reason) == (CardState.REJECTED, "no")


async def test_a_message_that_the_database_lost_becomes_the_card_again(pinging: App) -> None:
    service = pinging.services.card_service
    await propose(pinging)
    assert not await service.knows(GUILD, 777)
    assert await service.adopt(GUILD, CHANNEL, 777, 42)
    assert await service.knows(GUILD, 777)
    assert not await service.knows(GUILD + 1, 777)
    assert not await service.adopt(GUILD, CHANNEL, 777, 42), "it is known now"
    (card,) = await due_cards(pinging)
    assert (card.delivery.message_id, card.delivery.change_id) == (777, 42)


async def test_a_message_about_an_unknown_change_is_no_card(pinging: App) -> None:
    assert not await pinging.services.card_service.adopt(GUILD, CHANNEL, 777, 42)


async def stubs(app: App) -> list[Delivery]:
    """Return the former cards that are to become links, with what they say."""
    groups = await app.services.deliveries.due_posts()
    found = [await app.services.deliveries.prepare(group) for group in groups if group[0].kind is DeliveryKind.STUB]
    return [message.delivery for message in found if message is not None]


async def test_a_former_card_links_the_card_in_the_new_channel_as_soon_as_that_is_posted(pinging: App) -> None:
    await propose(pinging)
    await deliver_cards(pinging)
    await pinging.services.guild_setup.use_review_channel(GUILD, OTHER_CHANNEL)
    await pinging.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL + 1)
    await propose(pinging)
    for card in await due_cards(pinging):
        if card.delivery.guild_id == OTHER_GUILD:
            await record(pinging, card, message_id=700)
    (stub,) = await stubs(pinging)
    assert (stub.channel_id, stub.message_id) == (CHANNEL, 542)
    assert stub.facts == {"change_id": 42, "url": None, "channel_id": OTHER_CHANNEL}, "not that of the other server"
    for card in await due_cards(pinging):
        await record(pinging, card, message_id=600)
    (stub,) = await stubs(pinging)
    url = f"https://discord.com/channels/{GUILD}/{OTHER_CHANNEL}/600"
    assert stub.facts == {"change_id": 42, "url": url, "channel_id": OTHER_CHANNEL}


async def test_only_the_cards_of_one_change_are_due_when_that_is_asked(pinging: App) -> None:
    await propose(pinging)
    await propose(pinging, 43)
    assert [card.delivery.change_id for card in await due_cards(pinging, 43)] == [43]
    assert [card.delivery.change_id for card in await due_cards(pinging)] == [42, 43]


async def test_the_time_of_a_proposal_is_that_of_the_service(pinging: App) -> None:
    await propose(pinging)
    found = await pinging.services.card_service.proposed_at([42, 999])
    assert {change_id: int(at.timestamp()) for change_id, at in found.items()} == {42: 1_772_366_400}
