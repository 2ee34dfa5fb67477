"""One message brought to Discord, posted or edited, and what became of it; for cards and posts alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

import aiohttp
import discord

from bot.ui.components import Card, Markup

UNREACHABLE: Final = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
"""What Discord, or the way to it, raises when a message did not go out and may go out later."""

UNKNOWN_MESSAGE: Final = 10008
"""Discord's code for a message that somebody deleted."""

OLD_MESSAGE_EDITS: Final = 30046
"""Discord's code for too many edits of messages older than an hour."""

LATER: Final = timedelta(seconds=5)
"""Until what did not go out is tried again; Discord says how long where it limits the rate."""

LATER_FOR_OLD_MESSAGES: Final = timedelta(minutes=5)

_BAD_REQUEST = 400


class Fate(Enum):
    """What became of a delivery."""

    DONE = "done"
    LOST = "lost"
    """Somebody deleted the message that was to be edited."""
    REFUSED = "refused"
    """Missing permission, no such channel, or nothing that Discord takes: repeating it changes nothing."""
    LATER = "later"
    """This message may go out later; others may go out now."""
    AWAY = "away"
    """Discord, or the way to it, is away: nothing goes out now."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message.

    Attributes:
        message_id: where it stands; ``None`` unless done.
        wait: until it is tried again, where that makes sense.
        reason: for the log.
    """

    fate: Fate
    message_id: int | None = None
    wait: timedelta = LATER
    reason: str = ""


async def deliver(
    channel: discord.PartialMessageable,
    message_id: int | None,
    nonce: str,
    draw: Callable[[], Card],
    *,
    pinged_role_id: int | None = None,
    pinged_user_id: int | None = None,
) -> Delivery:
    """Post a message, or edit the one that stands.

    Args:
        channel: a channel or a thread.
        message_id: of the message to edit, ``None`` to post one.
        nonce: makes Discord answer a repeated post with the message that stands already.
        draw: makes the message; called again for a second sending, since files can be sent once.
        pinged_role_id: the one role that a post may mention.
        pinged_user_id: the one person that it may.
    """
    try:
        if message_id is None:
            return Delivery(Fate.DONE, await _post(channel, nonce, draw, _pinging(pinged_role_id, pinged_user_id)))
        drawn = draw()
        await channel.get_partial_message(message_id).edit(view=drawn.view, attachments=list(drawn.files))
        return Delivery(Fate.DONE, message_id)
    except discord.HTTPException as error:
        return _fate_of(error, is_edit=message_id is not None)
    except discord.RateLimited as error:
        return Delivery(Fate.LATER, wait=timedelta(seconds=error.retry_after), reason="rate limit")
    except (aiohttp.ClientError, OSError) as error:
        return Delivery(Fate.AWAY, reason=type(error).__name__)


def is_refusal(error: Exception) -> bool:
    """Whether Discord will not take this message later either: not allowed, nowhere to put it, or not its form."""
    if isinstance(error, discord.Forbidden | discord.NotFound):
        return True
    return isinstance(error, discord.HTTPException) and error.status == _BAD_REQUEST


async def _post(
    channel: discord.PartialMessageable, nonce: str, draw: Callable[[], Card], pinging: discord.AllowedMentions
) -> int:
    drawn = draw()
    sent = await channel.send(view=drawn.view, files=list(drawn.files), nonce=nonce, allowed_mentions=pinging)
    if _substance(discord.ui.LayoutView.from_message(sent)) != _substance(drawn.view):
        # Discord knew the nonce: the bot died after posting, and this is what the message said then.
        again = draw()
        await sent.edit(view=again.view, attachments=list(again.files))
    return sent.id


def _pinging(role_id: int | None, user_id: int | None) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(user_id)] if user_id is not None else False,
        roles=[discord.Object(role_id)] if role_id is not None else False,
        replied_user=False,
    )


def _fate_of(error: discord.HTTPException, *, is_edit: bool) -> Delivery:
    reason = f"{error.status} {error.code}"
    if error.code == OLD_MESSAGE_EDITS:
        return Delivery(Fate.LATER, wait=LATER_FOR_OLD_MESSAGES, reason=reason)
    if isinstance(error, discord.NotFound) and is_edit and error.code == UNKNOWN_MESSAGE:
        return Delivery(Fate.LOST, reason=reason)
    return Delivery(Fate.REFUSED if is_refusal(error) else Fate.AWAY, reason=reason)


def _substance(view: discord.ui.LayoutView | Markup) -> list[str]:
    """Texts and custom ids of a message, in order: what it says, and what its buttons do."""
    found: list[str] = []
    for item in view.walk_children():
        if isinstance(item, discord.ui.TextDisplay):
            found.append(item.content.strip())
        elif isinstance(item, discord.ui.Button):
            found.append(item.custom_id or item.url or "")
    return found
