"""Answers about a change whose hosts are asked again after it was shown."""

from collections.abc import Callable
from functools import partial

import structlog

from bot.client.interactions import UNDELIVERED, show_card
from bot.client.types import Interaction
from bot.errors import BotError
from bot.identity.roles import Role
from bot.reference.models import PendingChange
from bot.services.changes import ChangeFacts
from bot.ui.cards.change_card import change_card
from bot.ui.components import Card

log = structlog.get_logger(__name__)


async def show_and_check(interaction: Interaction, facts: ChangeFacts, draw: Callable[[ChangeFacts], Card]) -> None:
    """Show a change; ask its hosts if their answers are old, and edit the answer.

    A press that replaced the message meanwhile prevents the edit.
    The interaction is acknowledged. ``draw`` makes new files each time, because files can be sent once.
    """
    services = interaction.client.services
    message = await show_card(interaction, draw(facts))
    if not services.card_checks.is_due(facts):
        return
    token = interaction.client.drawings.note_drawn(message.id)
    try:
        fresh = await services.card_checks.ask(facts)
        if interaction.client.drawings.is_latest(message.id, token):
            await show_card(interaction, draw(fresh))
    except (BotError, *UNDELIVERED) as error:
        log.info("host_answers_undelivered", change_id=facts.change.change_id, reason=type(error).__name__)


async def personal_drawing(interaction: Interaction, change: PendingChange) -> Callable[[ChangeFacts], Card]:
    """Return how a card is drawn for this person alone: with the buttons they may press.

    A person who has not linked may be an approver: those buttons offer them the link.
    """
    standing = await interaction.client.services.accounts.standing(interaction.user.id)
    return partial(
        change_card,
        theme=interaction.client.theme,
        is_own=standing is not None and standing.horde.user_id == change.requested_by,
        may_decide=standing is None or standing.may(Role.APPROVER),
    )


def note_replaced(interaction: Interaction) -> None:
    """Note that a press replaces its message: a late answer of a host must not overwrite it."""
    if interaction.message is not None:
        interaction.client.drawings.note_replaced(interaction.message.id)
