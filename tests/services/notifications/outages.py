"""Outages as the loop notices them, and their posts."""

from typing import Any

from bot.errors import BotError
from bot.services.notifications.outages import AWAY_AFTER
from tests.services.conftest import App
from tests.services.deliveries import deliver_posts

REPLICA = "This instance is in REPLICA mode and does not support write operations."
UNKNOWN_AT_AI_HORDE = (404, {"message": "User with api_key not found.", "rc": "UserNotFound"})


async def look(app: App) -> None:
    """Run what the loop does at each poll."""
    try:
        await app.services.monitor.poll()
    except BotError:
        pass
    finally:
        await app.services.outages.note()


async def fail_for_long(app: App) -> None:
    """Poll until the absence of the service counts as an outage."""
    app.service.is_away = True
    await look(app)
    app.clock.move(seconds=AWAY_AFTER.total_seconds())
    await look(app)


async def said(app: App) -> list[dict[str, Any]]:
    """Post what is due, and return what it says."""
    return [dict(post.facts) for post in await deliver_posts(app)]
