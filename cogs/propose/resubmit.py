"""*Revise and resubmit* in a rejection notice: opens a draft of the rejected change."""

from typing import override

from bot.client.components import PersistentButton
from bot.client.interactions import attempt_on_change, note_phase
from bot.client.types import Interaction
from bot.services.changes import Gone
from bot.ui.custom_ids import ChangeVerb, change_template
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.lost_answers import Phase
from bot.ui.proposals.draft_card import draft_card
from bot.ui.review.decisions import gone


class ResubmitButton(PersistentButton, template=change_template(ChangeVerb.REVISE)):
    """Works for months, in a direct message or a thread, for the requestor only."""

    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the draft."""
        bot, change_id = interaction.client, int(self.fields["change_id"])
        bot.services.pace.count_read(interaction.user.id, is_urgent=True)
        begin = bot.services.resubmission.begin
        draft = await begin(interaction.user.id, interaction.guild_id, change_id, self.fields["digest"])
        note_phase(interaction, Phase.NOT_DONE if isinstance(draft, Gone) else Phase.DONE)
        view = gone(draft.change_id) if isinstance(draft, Gone) else draft_card(draft, bot.theme)
        await interaction.edit_original_response(view=view)

    @override
    async def attempt(self, interaction: Interaction) -> Attempt:
        """Describe the press for error messages."""
        return attempt_on_change(interaction, self.verb, int(self.fields["change_id"]))
