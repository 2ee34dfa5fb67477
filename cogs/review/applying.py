"""Applying several changes: the question, the progress in the answer, and where the outcome is told."""

from datetime import datetime, timedelta
from typing import override

import aiohttp
import discord
import structlog

from bot.client.bot import QUEUE_MOVED
from bot.client.components import Acknowledgement, PersistentMenu
from bot.client.types import Interaction
from bot.services.review.applying import Tell
from bot.services.review.bulk_items import ApplyProgress, BulkOutcome, BulkPress, Target
from bot.ui.custom_ids import PICK_APPLY_TEMPLATE, BulkButton, bulk_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.review.batches import apply_progress, bulk_outcome, bulk_question
from cogs.review.bulk import SeveralButton, press_on

EDIT_EVERY = timedelta(seconds=2)
"""Discord lets an answer be edited some five times in as many seconds; people read no faster either."""

UNHEARD = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What an answer that cannot be edited any more raises: its token lasts fifteen minutes (Discord's documentation)."""

log = structlog.get_logger(__name__)


class AskApplyButton(SeveralButton, template=bulk_template(BulkButton.ASK_APPLY)):
    """*Apply 3* under an outcome: asks before it does."""

    verb = Verb.APPLY
    only_asks = True

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Read each and ask."""
        question = await interaction.client.services.applying.ask(self.press(interaction))
        await interaction.edit_original_response(view=bulk_question(question, interaction.client.theme))


class ApplySeveralButton(SeveralButton, template=bulk_template(BulkButton.APPLY)):
    """*Apply 4* under the question: applies."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.APPLY

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Apply one after the other, telling how far it is, and say what became of each."""
        press = self.press(interaction)
        outcome = await interaction.client.services.applying.run(press, teller(interaction))
        await answer(interaction, press, outcome)


class PickApplyMenu(PersistentMenu, template=PICK_APPLY_TEMPLATE):
    """The menu of all that is approved."""

    verb = Verb.APPLY
    only_asks = True

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Ask about what was chosen."""
        applying = interaction.client.services.applying
        pairs = [value.partition(":") for value in self.values]
        targets = [Target(int(change_id), digest) for change_id, _, digest in pairs if change_id.isdigit()]
        press = press_on(interaction, await applying.choose(interaction.user.id, targets))
        question = await applying.ask(press)
        await interaction.edit_original_response(view=bulk_question(question, interaction.client.theme))


def teller(interaction: Interaction) -> Tell:
    """Edits the answer as an apply goes on, not too often, and never to its harm."""
    told_at: datetime | None = None

    async def tell(progress: ApplyProgress) -> None:
        nonlocal told_at
        now = interaction.client.clock()
        if told_at is not None and now - told_at < EDIT_EVERY:
            return
        told_at = now
        try:
            await interaction.edit_original_response(view=apply_progress(progress, interaction.client.theme))
        except UNHEARD as error:
            log.info("progress not told", reason=type(error).__name__)

    return tell


async def answer(interaction: Interaction, press: BulkPress, outcome: BulkOutcome) -> None:
    """Say what became of it; in the channel, where the answer cannot be edited any more."""
    bot = interaction.client
    try:
        await interaction.edit_original_response(view=bulk_outcome(outcome, bot.theme))
    except UNHEARD as error:
        log.info("outcome told in the channel", reason=type(error).__name__)
        await bot.services.lost_decisions.tell(press.user_id, press.origin, outcome)
        bot.dispatch(QUEUE_MOVED)


BUTTONS = (AskApplyButton, ApplySeveralButton, PickApplyMenu)
