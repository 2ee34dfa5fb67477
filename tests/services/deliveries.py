"""The delivery worker's steps for tests without Discord: read what is due, and record how sending ended."""

from bot.services.changes import ChangeFacts
from bot.services.notifications.deliveries import Batch, Delivery, Message, SendOutcome, SendResult
from bot.services.notifications.news import News
from tests.services.conftest import House


async def due_cards(house: House, change_id: int | None = None) -> list[Message]:
    """Return due cards whose content can be read."""
    return await _prepared(house, await house.services.deliveries.due_cards(change_id))


async def due_posts(house: House) -> list[Delivery]:
    """Return due posts, oldest first."""
    return [batch[0] for batch in await house.services.deliveries.due_posts()]


async def due_notices(house: House) -> list[Message]:
    """Return due direct messages whose content can be read."""
    return await _prepared(house, await house.services.deliveries.due_direct_messages())


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
    house: House, message: Message | Delivery, outcome: SendOutcome = SendOutcome.DELIVERED, message_id: int = 500
) -> None:
    """Record the outcome of sending; a message that was sent before keeps its id."""
    message = message if isinstance(message, Message) else Message((message,))
    shown_in = message.delivery.message_id or message_id
    await house.services.deliveries.record(message, SendResult(outcome, shown_in))


async def deliver_cards(house: House, change_id: int | None = None) -> list[Message]:
    """Deliver due cards, each as the message whose id is that of its change plus 500."""
    messages = await due_cards(house, change_id)
    for message in messages:
        await record(house, message, message_id=500 + (message.delivery.change_id or 0))
    return messages


async def deliver_posts(house: House) -> list[Delivery]:
    """Deliver due posts."""
    posts = await due_posts(house)
    for post in posts:
        await record(house, post, message_id=900)
    return posts


async def deliver_notices(house: House) -> list[Message]:
    """Deliver due direct messages."""
    messages = await due_notices(house)
    for message in messages:
        await record(house, message)
    return messages


async def _prepared(house: House, batches: list[Batch]) -> list[Message]:
    found = [await house.services.deliveries.prepare(batch) for batch in batches]
    return [message for message in found if message is not None]
