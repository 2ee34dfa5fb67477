"""Opens the form that asks why, and rejects with what was answered."""

from dataclasses import replace
from functools import partial

import discord

from bot.client.attempts import attempt_on_change
from bot.client.bot import CuratorBot
from bot.client.buttons import origin_of
from bot.client.failures import failing
from bot.services.forms.forms_input import RejectAnswers, reject_reason
from bot.services.reviewing.review import Press
from bot.ui.deciding.decisions import decision_outcome
from bot.ui.forms.words import RejectForm
from bot.ui.words.errors import Verb


async def reject_form(interaction: discord.Interaction[CuratorBot], press: Press) -> RejectForm:
    """A fresh form, with what is in memory of the change: nothing slow may stand before it."""
    return RejectForm(
        press.change_id,
        partial(_reject, press),
        failing(attempt_on_change(interaction, Verb.REJECT, press.change_id)),
        facts=interaction.client.services.watch.remembered_facts(press.change_id),
    )


async def _reject(press: Press, interaction: discord.Interaction[CuratorBot], answers: RejectAnswers) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    # The submit is an interaction of its own, and the one that acts.
    submitted = replace(press, user_id=interaction.user.id, origin=origin_of(interaction))
    outcome = await interaction.client.services.review.reject(submitted, reject_reason(answers))
    await interaction.edit_original_response(view=decision_outcome(outcome, interaction.client.look))
