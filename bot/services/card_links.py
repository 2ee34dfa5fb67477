"""Links to the cards of changes."""

from dataclasses import dataclass

from bot.services.changes import MessageLink
from storage.cards import Cards


@dataclass(slots=True)
class CardLinks:
    """Links to cards that are posted."""

    cards: Cards

    async def link(self, change_id: int, guild_id: int | None) -> MessageLink | None:
        """Return the link of the change's card in this server, or any; None until it is posted."""
        for card in await self.cards.cards_of(change_id):
            if card.channel_id and card.message_id and guild_id in (None, card.guild_id):
                return MessageLink(card.guild_id, card.channel_id, card.message_id)
        return None

    async def url(self, change_id: int, guild_id: int | None) -> str | None:
        """Return the URL of the change's card in this server, ``None`` while it is not posted."""
        link = await self.link(change_id, guild_id)
        return None if link is None else link.url
