"""A requestor whose direct messages are closed: the steps until a post in a server tells them."""

from bot.services.notifications.deliveries import Delivery, Message, SendOutcome
from tests.services.conftest import GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_notices, due_posts, record
from tests.services.notifications.conftest import FIRST_GUILD
from tests.services.queue_moves import rejected, seen


async def shown_and_rejected(app: App) -> None:
    """Have alice's change seen, shown by its cards, and rejected."""
    await seen(app, 42)
    await deliver_cards(app)
    await rejected(app)
    await deliver_cards(app)


async def refuse(app: App, user_id: int = REQUESTOR) -> Message:
    """Have Discord refuse the direct message to a person."""
    (notice,) = [notice for notice in await due_notices(app) if notice.delivery.user_id == user_id]
    await record(app, notice, SendOutcome.REFUSED)
    return notice


async def posted(app: App, guild_ids: tuple[int, ...] = (FIRST_GUILD, GUILD)) -> list[Delivery]:
    """Open the threads that posts wait for, and return the posts to the requestor."""
    for card in await app.services.threads.due():
        await app.services.threads.opened(card, card.message_id + card.guild_id)
    return [post for post in await due_posts(app) if post.facts.get("status") == "told" and post.guild_id in guild_ids]
