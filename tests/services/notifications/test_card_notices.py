"""Cards of rejections say how their requestor was notified; they are redrawn for nothing else."""

from bot.services.changes import NotifiedBy
from tests.services.conftest import OTHER, App
from tests.services.deliveries import deliver_cards, due_notices, facts_of, record
from tests.services.notifications.closed_messages import posted, refuse, shown_and_rejected
from tests.services.notifications.recipients import follow


async def shown(app: App) -> list[NotifiedBy | None]:
    """Deliver the cards that are to be redrawn, and return how each says that the requestor was notified."""
    return [facts_of(card).notified_by for card in await deliver_cards(app)]


async def test_the_card_of_a_rejection_says_that_its_requestor_was_told(servers: App) -> None:
    await shown_and_rejected(servers)
    (notice,) = await due_notices(servers)
    assert await shown(servers) == []
    await record(servers, notice)
    assert await shown(servers) == [NotifiedBy.DIRECT_MESSAGE] * 2


async def test_the_card_of_a_rejection_says_that_no_message_reached_its_requestor(servers: App) -> None:
    await shown_and_rejected(servers)
    await refuse(servers)
    assert await shown(servers) == [None] * 2, "the post waits"
    (post,) = await posted(servers)
    await record(servers, post)
    assert await shown(servers) == [NotifiedBy.THREAD, NotifiedBy.ELSEWHERE]


async def test_a_card_is_not_redrawn_for_news_to_a_follower(servers: App) -> None:
    await follow(servers, OTHER, category="image_generation")
    await shown_and_rejected(servers)
    for notice in await due_notices(servers):
        if notice.delivery.user_id == OTHER:
            await record(servers, notice)
    assert await shown(servers) == []


async def test_a_card_is_not_redrawn_for_news_of_an_approval(servers: App) -> None:
    servers.service.put(42)
    await servers.services.monitor.poll()
    servers.service.put(42, status="approved", approved_by="303")
    await servers.services.monitor.poll()
    await deliver_cards(servers)
    (notice,) = await due_notices(servers)
    await record(servers, notice)
    assert await shown(servers) == []
