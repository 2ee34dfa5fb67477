"""Guard of the gateway's session start limit: when it is used up, Discord resets the token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import discord
import structlog

from bot.client.bot import CuratorBot

KEPT_BACK: Final = 20
"""Starts reserved for the operator's repair: after the last of a thousand a day Discord ends every session and resets
the token (Discord's documentation, Gateway, Session Start Limit)."""

LONGEST_WAIT_S: Final = 3600.0
"""Longest time between two requests for the limit: it may have been reset by hand."""

log = structlog.get_logger(__name__)


async def connect_within_limits(
    bot: CuratorBot, token: str, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> None:
    """Log in, wait until enough session starts remain, and serve until the bot is closed.

    Raises:
        discord.LoginFailure: Discord does not accept the token.
        discord.GatewayNotFound: the limit cannot be read from Discord.
    """
    await bot.login(token)
    while (wait_s := wait_before_start(*await _limits(bot))) is not None:
        log.warning("gateway_connection_delayed", session_starts_reserved=KEPT_BACK, retry_in_s=round(wait_s))
        await sleep(wait_s)
    await bot.connect()


def wait_before_start(remaining: int, reset_after_s: float) -> float | None:
    """Return the seconds until the next check of the limit; ``None`` if the bot may connect."""
    return None if remaining >= KEPT_BACK else min(max(reset_after_s, 1.0), LONGEST_WAIT_S)


async def _limits(bot: discord.Client) -> tuple[int, float]:
    _, _, limits = await bot.http.get_bot_gateway()
    return limits["remaining"], limits["reset_after"] / 1000
