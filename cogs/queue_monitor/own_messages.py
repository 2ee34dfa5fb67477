"""Messages of before this start that were not recorded, found in a channel's history."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from bot.client.bot import CuratorBot
from bot.services.notifications.deliveries import WEEKLY_POSTS, Delivery, DeliveryKind
from bot.ui.components import Markup

READ: Final = 100
"""Messages of a channel's history that are read, once per channel and start."""

SLACK: Final = timedelta(minutes=10)
"""Longest time by which a delivery may be younger than the message that it became: clocks differ, retries move it."""

_TITLE: Final = re.compile(r"-# #(\d+) · [^\n]*\n[^\n]*")
"""Title of a card: number, operation and category, then the name."""

_ACTIVE: Final = ("change:", "claim:")
"""Beginnings of the custom ids on a card that is not final."""

_NEWS: Final = re.compile(
    r"\A-# #(?P<one>\d+) · [^\n]*\n[^\n]*\n\S+ \*\*(?P<state>[A-Z][a-z]+)\*\*[^\n]*"
    r"(?:\n-# (?:proposed )?by [^\n]*[^>\n])?\Z"
    r"|\A## Queued as #(?P<queued>\d+)$"
    r"|^\S+ (?:\[|\*\*)#(?P<brief>\d+)[]*]\S* .* · (?P<word>[a-z]+)$"
    r"|^\S+ \[?#(?P<live>\d+)(?:\]\S+)? [A-Z]+ · \*\*.*\*\*$",
    re.MULTILINE,
)
"""News of changes: a message about one, a queued one, and a line of a message or announcement of several.

The last line of a card's title ends in a time or a mention, that of a message about one change in a name.
"""

_WEEKLY: Final = re.compile(
    r"\A## (?:The queue in week (?P<digest>\d+)|(?:[\d,]+|No) changes? waits? over (?P<reminder>[\d,]+) days?"
    r"|[\d,]+ (?P<hosts>live) models? to look at)$",
    re.MULTILINE,
)
"""Headings of the posts that a channel gets once a week, without the numbers that differ from day to day."""

type Channel = discord.DMChannel | discord.PartialMessageable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message of the bot; ``title`` is None unless it is a card with active buttons."""

    message_id: int
    at: datetime
    title: str | None
    content: tuple[str, ...]
    news: frozenset[tuple[int, str]]
    weekly: tuple[str, str] | None


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
    """Return the title of a card; None for other messages."""
    return next((match[0] for part in content if (match := _TITLE.match(part))), None)


def is_active(content: tuple[str, ...]) -> bool:
    """Return whether a message has buttons of a card that is not final."""
    return any(part.startswith(_ACTIVE) for part in content)


def card_number(message: discord.Message) -> int | None:
    """Return the change whose active card a message is; None for other messages."""
    content = content_of(discord.ui.LayoutView.from_message(message))
    title = title_of(content) if is_active(content) else None
    match = _TITLE.match(title) if title is not None else None
    return int(match[1]) if match else None


def weekly_of(content: tuple[str, ...]) -> tuple[str, str] | None:
    """Return kind and week or limit of a weekly post; None for other messages."""
    match = next(filter(None, map(_WEEKLY.match, content)), None)
    return None if match is None else (match.lastgroup or "", match[match.lastgroup or 0])


def news_of(content: tuple[str, ...]) -> frozenset[tuple[int, str]]:
    """Return number and state of each change that a direct message or an announcement reports."""
    found = set()
    for match in (match for part in content for match in _NEWS.finditer(part)):
        if match["one"]:
            found.add((int(match["one"]), match["state"].lower()))
        elif match["queued"]:
            found.add((int(match["queued"]), "pending"))
        elif match["brief"]:
            found.add((int(match["brief"]), match["word"]))
        else:
            found.add((int(match["live"]), "applied"))
    return frozenset(found)


class OwnMessages:
    """The bot's recent messages by channel, as of its first use after the start.

    Discord drops the repeat of a message by its nonce for some minutes only. After a longer absence, and after an older
    database was restored, the message is looked for before it is sent again.
    """

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._sent: dict[int, list[_Sent]] = {}

    async def find(self, channel: Channel, delivery: Delivery, view: Markup, since: datetime) -> int | None:
        """Return the message that a delivery already became; None if it is to be sent.

        A card is recognised by its title, although it shows another state, and a weekly post by its heading. Any other
        message is recognised by its whole content. None but a card is recognised if it is older than ``since``.
        """
        content = content_of(view)
        is_card, title = delivery.kind is DeliveryKind.CARD, title_of(content)
        weekly = weekly_of(content) if delivery.kind in WEEKLY_POSTS else None
        sent_before = await self._sent_in(channel)
        for sent in sent_before:
            is_like = sent.content == content or (weekly is not None and sent.weekly == weekly)
            is_same = is_like and (is_card or sent.at >= since - SLACK)
            if is_same or (is_card and title is not None and sent.title == title):
                sent_before.remove(sent)
                log.info("message_adopted", kind=delivery.kind.value, subject=delivery.subject)
                return sent.message_id
        return None

    async def find_news(self, channel: Channel, delivery: Delivery, since: datetime) -> tuple[int, bool] | None:
        """Return the message since then that reports a change's state, alone or with others.

        Returns its id, and whether it reports only this; None if there is none.
        """
        _, _, state = delivery.subject.rpartition(":")
        for sent in await self._sent_in(channel):
            if (delivery.change_id, state) in sent.news and sent.at >= since - SLACK:
                log.info("message_adopted", kind=delivery.kind.value, subject=delivery.subject)
                return sent.message_id, len(sent.news) == 1
        return None

    async def _sent_in(self, channel: Channel) -> list[_Sent]:
        """Read a channel's history once; empty if forbidden. Raises discord.py's errors."""
        if channel.id not in self._sent:
            try:
                messages = [message async for message in channel.history(limit=READ)]
            except (discord.Forbidden, discord.NotFound) as error:
                log.info("history_not_readable", code=error.code)
                messages = []
            own = [each for each in messages if each.author == self.bot.user and each.components]
            self._sent[channel.id] = [_sent(message) for message in own]
        return self._sent[channel.id]


def _sent(message: discord.Message) -> _Sent:
    content = content_of(discord.ui.LayoutView.from_message(message))
    title = title_of(content) if is_active(content) else None
    weekly = weekly_of(content) if message.interaction_metadata is None else None  # an answer to a command is no post
    return _Sent(message.id, message.created_at, title, content, news_of(content), weekly)
