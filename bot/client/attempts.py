"""What somebody tried, from what is in memory: a failure's words must not need anybody's answer."""

from typing import TYPE_CHECKING

import discord

from bot.ui.words.errors import Attempt, Verb

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot


def attempt_by(interaction: discord.Interaction["CuratorBot"], verb: Verb) -> Attempt:
    """Who tried something."""
    standing = interaction.client.services.accounts.peek(interaction.user.id)
    return Attempt(
        verb=verb,
        user_id=interaction.user.id,
        horde_name=standing.horde.username if standing is not None else None,
    )


def attempt_on_change(interaction: discord.Interaction["CuratorBot"], verb: Verb, change_id: int) -> Attempt:
    """Who tried something with a change."""
    standing = interaction.client.services.accounts.peek(interaction.user.id)
    change = interaction.client.services.watch.remembered(change_id)
    return Attempt(
        verb=verb,
        user_id=interaction.user.id,
        horde_name=standing.horde.username if standing is not None else None,
        operation=change.operation.value if change is not None else "",
        category=change.category if change is not None else "",
        name=change.model_name if change is not None else "",
        change_id=change_id,
    )
