"""Purge: the question, its button and the form."""

from functools import partial
from typing import override

from bot.client.components import Acknowledgement, PersistentButton
from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, note_phase, open_form
from bot.client.types import Interaction
from bot.services.pages import ListFilter
from bot.services.queue.purge import PurgeAlreadySent, Purged, PurgeUnconfirmed
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import Phase
from bot.ui.forms.confirmation import PurgeForm
from bot.ui.list_ids import PURGE_TEMPLATE
from bot.ui.queue.purge import purge_outcome

_PHASES = {Purged: Phase.DONE, PurgeUnconfirmed: Phase.UNKNOWN, PurgeAlreadySent: Phase.UNKNOWN}


async def ask_purge(interaction: Interaction, wanted: ListFilter) -> None:
    """Show the changes that a purge would remove."""
    bot = interaction.client
    question = await bot.services.purge.ask(interaction.user.id, wanted)
    await interaction.edit_original_response(view=purge_outcome(question, bot.theme))


class PurgeButton(PersistentButton, template=PURGE_TEMPLATE):
    """*Purge 3…*: asks for the number of changes."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.PURGE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form; only one database read comes before it."""
        purge_id = int(self.fields["purge_id"])
        kept = await interaction.client.services.purge.kept(interaction.user.id, purge_id)
        failed = ErrorReporter(attempt_by(interaction, Verb.PURGE))
        await open_form(interaction, PurgeForm(kept.change_ids, partial(_purge, purge_id), failed))


async def _purge(purge_id: int, interaction: Interaction, typed: str) -> None:
    await acknowledge(interaction, in_place=True)
    bot = interaction.client
    outcome = await bot.services.purge.run(interaction.user.id, purge_id, typed)
    note_phase(interaction, _PHASES.get(type(outcome), Phase.NOT_DONE))
    await interaction.edit_original_response(view=purge_outcome(outcome, bot.theme))
