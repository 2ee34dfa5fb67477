"""People who get direct messages: what they follow, and what is due to them."""

from bot.services.notifications.deliveries import Message
from bot.services.notifications.news import ChangeNews, SeveralNews
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App
from tests.services.deliveries import due_notices, record

FIRST = 7001
"""Id of the first message to a follower."""


async def follow(app: App, user_id: int = OTHER, **what: str) -> int:
    """Have a person follow something; returns the subscription's number."""
    wanted: dict[str, str | None] = {"category": None, "model": None, "requestor": None}
    followed = await app.services.following.follow(user_id, **{**wanted, **what})
    return followed.followed.subscription_id


async def told(app: App, user_id: int = REQUESTOR) -> list[Message]:
    """Return the messages that a person is to get."""
    return [notice for notice in await due_notices(app) if notice.delivery.user_id == user_id]


async def news(app: App, user_id: int = REQUESTOR) -> ChangeNews:
    """Return the one message about one change that a person is to get."""
    (notice,) = await told(app, user_id)
    assert isinstance(notice.content, ChangeNews)
    return notice.content


async def several(app: App, user_id: int = REQUESTOR) -> list[SeveralNews]:
    """Return the messages about several changes that a person is to get."""
    return [notice.content for notice in await told(app, user_id) if isinstance(notice.content, SeveralNews)]


async def told_of(app: App, **change: str) -> Message:
    """Have the approver read of a change in a message of its own, and return the message about its next state."""
    app.service.put(1)
    await app.services.monitor.poll()
    (first,) = await due_notices(app)
    await record(app, first, message_id=FIRST)
    app.service.put(1, **change)
    await app.services.monitor.poll()
    (moved,) = await told(app, APPROVER)
    return moved
