"""The delivery worker's steps for tests without Discord: read what is due, and record how sending ended."""

from bot.services.changes import ChangeFacts
from bot.services.notifications.deliveries import Delivery, DeliveryGroup, Message, SendOutcome, SendResult
from bot.services.notifications.news import News
from tests.services.conftest import App


async def due_cards(app: App, change_id: int | None = None) -> list[Message]:
    """Return due cards whose content can be read."""
    return await _prepared(app, await app.services.deliveries.due_cards(change_id))


async def due_posts(app: App) -> list[Delivery]:
    """Return due posts, oldest first."""
    return [group[0] for group in await app.services.deliveries.due_posts()]


async def due_notices(app: App) -> list[Message]:
    """Return due direct messages whose content can be read."""
    return await _prepared(app, await app.services.deliveries.due_direct_messages())


def facts_of(message: Message) -> ChangeFacts:
    """Return the content of a card."""
    assert isinstance(message.content, ChangeFacts)
    return message.content


def news_of(message: Message) -> News:
    """Return the content of a direct message."""
    assert message.content is not None
    assert not isinstance(message.content, ChangeFacts)
    return message.content


async def record(
    app: App, message: Message | Delivery, outcome: SendOutcome = SendOutcome.DELIVERED, message_id: int = 500
) -> None:
    """Record the outcome of sending; a message that was sent before keeps its id."""
    message = message if isinstance(message, Message) else Message((message,))
    shown_in = message.delivery.message_id or message_id
    await app.services.deliveries.record(message, SendResult(outcome, shown_in))


async def deliver_cards(app: App, change_id: int | None = None) -> list[Message]:
    """Deliver due cards, each as the message whose id is that of its change plus 500."""
    messages = await due_cards(app, change_id)
    for message in messages:
        await record(app, message, message_id=500 + (message.delivery.change_id or 0))
    return messages


async def deliver_posts(app: App) -> list[Delivery]:
    """Deliver due posts."""
    posts = await due_posts(app)
    for post in posts:
        await record(app, post, message_id=900)
    return posts


async def deliver_notices(app: App) -> list[Message]:
    """Deliver due direct messages."""
    messages = await due_notices(app)
    for message in messages:
        await record(app, message)
    return messages


async def _prepared(app: App, groups: list[DeliveryGroup]) -> list[Message]:
    found = [await app.services.deliveries.prepare(group) for group in groups]
    return [message for message in found if message is not None]
