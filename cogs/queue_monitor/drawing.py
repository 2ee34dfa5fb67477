"""The worker that draws: brings the cards of all servers in line with what is so."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

import structlog

from bot.client.bot import CuratorBot
from bot.services.notifications.cards import Drawing
from bot.ui.cards.change_card import change_card
from cogs.queue_monitor.delivery import LATER_FOR_OLD_MESSAGES, Delivery, Fate, deliver

AWAY_AFTER = 2
"""Deliveries in a row that did not get through; one alone may be a message that Discord stumbles over."""

log = structlog.get_logger(__name__)


class CardDrawer:
    """Posts and edits one card at a time; what Discord does not take now waits its time."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._waits: dict[tuple[int, int], tuple[datetime, datetime]] = {}

    async def draw_all(self) -> None:
        """Bring every card in line; ends early when Discord is away, which one failure alone does not tell."""
        failed = 0
        for guild_id, change_id in await self.bot.services.card_keeper.undrawn():
            try:
                fate = await self._draw(guild_id, change_id)
            except Exception:
                # A card that cannot be drawn must not keep those behind it from being drawn.
                log.exception("card broke", change_id=change_id)
                self._have_wait((guild_id, change_id), LATER_FOR_OLD_MESSAGES)
                fate = Fate.AWAY
            failed = failed + 1 if fate is Fate.AWAY else 0
            if failed >= AWAY_AFTER:
                return

    async def draw_change(self, change_id: int) -> None:
        """Bring the cards of one change in line."""
        for guild_id, _ in await self.bot.services.card_keeper.undrawn(change_id):
            await self._draw(guild_id, change_id)

    async def _draw(self, guild_id: int, change_id: int) -> Fate | None:
        waiting = self._waits.get((guild_id, change_id))
        # A clock that was set back behind the beginning ends the wait: it must not last for as long as it jumped.
        if waiting is not None and waiting[0] <= self.bot.clock() < waiting[1]:
            return None
        # Asked for under the lock: whoever was here before may have posted the card already.
        async with self._locks.setdefault(change_id, asyncio.Lock()):
            drawing = await self.bot.services.card_keeper.drawing(guild_id, change_id)
            return None if drawing is None else await self._bring_in_line(drawing)

    async def _bring_in_line(self, drawing: Drawing) -> Fate:
        card = drawing.card
        self._waits.pop((card.guild_id, card.change_id), None)
        role_id = drawing.ping_role_id
        done = await deliver(
            self.bot.get_partial_messageable(card.channel_id, guild_id=card.guild_id),
            card.message_id,
            card.nonce,
            partial(change_card, drawing.facts, self.bot.theme, new_for_role_id=role_id),
            pinged_role_id=role_id,
        )
        await self._record(drawing, done)
        return done.fate

    async def _record(self, drawing: Drawing, done: Delivery) -> None:
        keeper, card = self.bot.services.card_keeper, drawing.card
        match done.fate:
            case Fate.DONE if card.message_id is None and done.message_id is not None:
                await keeper.posted(drawing, done.message_id)
            case Fate.DONE:
                await keeper.shown(drawing)
            case Fate.LOST:
                await keeper.lost(drawing)
            case Fate.REFUSED:
                in_a_row = await keeper.refused(drawing)
                log.warning("card refused", channel_id=card.channel_id, reason=done.reason, in_a_row=in_a_row)
                await self.bot.services.refused_channels.note(card.guild_id, card.channel_id, in_a_row)
            case Fate.LATER | Fate.AWAY:
                self._have_wait((card.guild_id, card.change_id), done.wait)
                log.warning("card not drawn", change_id=card.change_id, reason=done.reason)

    def _have_wait(self, key: tuple[int, int], wait: timedelta) -> None:
        now = self.bot.clock()
        self._waits[key] = (now, now + wait)
