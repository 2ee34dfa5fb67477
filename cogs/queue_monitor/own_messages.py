"""Messages of before this start that were not recorded, found in a channel's history."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.ui.components import Markup

READ: Final = 100
"""Messages of a channel's history that are read, once per channel and start."""

QUEUED_BEFORE: Final = timedelta(minutes=10)
"""Longest time by which the due time of a post may lie behind the message that it became: it moves with each retry."""

_TITLE: Final = re.compile(r"-# #(\d+) · [^\n]*\n[^\n]*")
"""Title of a card: number, operation and category, then the name."""

_ACTIVE: Final = ("change:", "claim:")
"""Beginnings of the custom ids on a card that is not final."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message of the bot; ``title`` is None unless it is a card with active buttons."""

    message_id: int
    at: datetime
    title: str | None
    content: tuple[str, ...]


def content_of(view: discord.ui.LayoutView | Markup) -> tuple[str, ...]:
    """Return the texts and custom ids of a message, in order."""
    found: list[str] = []
    for item in view.walk_children():
        if isinstance(item, discord.ui.TextDisplay):
            found.append(item.content.strip())
        elif isinstance(item, discord.ui.Button):
            found.append(item.custom_id or item.url or "")
    return tuple(found)


def title_of(content: tuple[str, ...]) -> str | None:
    """Return the title of a card with active buttons; None for other messages."""
    if not any(part.startswith(_ACTIVE) for part in content):
        return None
    return next((match[0] for part in content if (match := _TITLE.match(part))), None)


def card_number(message: discord.Message) -> int | None:
    """Return the change whose card a message is; None for other messages."""
    title = title_of(content_of(discord.ui.LayoutView.from_message(message)))
    match = _TITLE.match(title) if title is not None else None
    return int(match[1]) if match else None


class OwnMessages:
    """The bot's recent messages by channel, as of its first use after the start.

    Discord drops the repeat of a message by its nonce for some minutes only. After a longer absence, and after an older
    database was restored, the message is looked for before it is sent again.
    """

    def __init__(self) -> None:
        self._sent: dict[int, list[_Sent]] = {}

    async def find(
        self, channel: discord.abc.Messageable, channel_id: int, own_id: int, delivery: Delivery, view: Markup
    ) -> int | None:
        """Return the message that a delivery already became; None if it is to be sent.

        A card is recognised by its title, any other message by its whole content and its time.
        """
        if channel_id not in self._sent:
            self._sent[channel_id] = await _read(channel, own_id)
        content = content_of(view)
        title = title_of(content) if delivery.kind is DeliveryKind.CARD else None
        for sent in self._sent[channel_id]:
            is_card = title is not None and sent.title == title
            is_post = delivery.kind is not DeliveryKind.CARD and sent.content == content
            if is_card or (is_post and sent.at >= delivery.next_at - QUEUED_BEFORE):
                self._sent[channel_id].remove(sent)
                log.info("message_adopted", kind=delivery.kind.value, subject=delivery.subject)
                return sent.message_id
        return None


async def _read(channel: discord.abc.Messageable, own_id: int) -> list[_Sent]:
    """Read a channel's history; empty where the bot may not. Raises as discord.py for an outage."""
    found = []
    try:
        async for message in channel.history(limit=READ):
            if message.author.id == own_id and message.components:
                content = content_of(discord.ui.LayoutView.from_message(message))
                found.append(_Sent(message.id, message.created_at, title_of(content), content))
    except (discord.Forbidden, discord.NotFound) as error:
        log.info("history_not_readable", code=error.code)
    return found
