"""Opens the forms of a proposal and keeps what was typed as a draft."""

from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.client.attempts import attempt_by
from bot.client.failures import failing, report
from bot.reference.models import CanonicalFormat
from bot.reference.records import files_of
from bot.services.forms_input import BasicsAnswers, FilesAnswers
from bot.services.proposals import Saved
from bot.ui.custom_ids import DraftVerb
from bot.ui.draft_card import draft_card
from bot.ui.errors import Verb
from bot.ui.forms.files import FilesForm
from bot.ui.forms.proposal import BasicsForm
from bot.ui.forms.words import WhyForm

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot
    from bot.ui.forms.base import Form

type Interaction = "discord.Interaction[CuratorBot]"


def create_form(interaction: Interaction, category: str, name: str) -> BasicsForm:
    """The form that begins a proposal."""
    return BasicsForm(
        category,
        _begin,
        failing(attempt_by(interaction, Verb.EDIT)),
        baselines=interaction.client.services.catalogue.baselines,
        name=name,
    )


async def revise_form(interaction: Interaction, draft_id: int, verb: DraftVerb) -> "Form":
    """The form of one section of a draft, with what is in it.

    One read of the local file stands before the form, and nothing else: a form must be the first answer.

    Raises:
        DraftGoneError: sent, discarded or expired meanwhile.
    """
    draft = await interaction.client.services.proposals.kept(interaction.user.id, draft_id)
    done = partial(_revise, draft_id)
    failed = failing(attempt_by(interaction, Verb.EDIT))
    match verb:
        case DraftVerb.FILES:
            files = files_of(draft.record, CanonicalFormat(draft.dialect))
            size = draft.record.get("size_on_disk_bytes")
            return FilesForm(files, done, failed, size_bytes=size if isinstance(size, int) else None)
        case DraftVerb.WHY:
            return WhyForm(draft.why, done, failed)
        case _:
            return BasicsForm(
                draft.category,
                done,
                failed,
                baselines=interaction.client.services.catalogue.baselines,
                record=draft.record,
                name=draft.model_name,
                with_files=False,
            )


async def _begin(interaction: Interaction, answers: BasicsAnswers) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    saved = await interaction.client.services.proposals.begin(interaction.user.id, interaction.guild_id, answers)
    await _show(interaction, saved)


async def _revise(draft_id: int, interaction: Interaction, answers: BasicsAnswers | FilesAnswers | str) -> None:
    await interaction.response.defer()
    saved = await interaction.client.services.proposals.revise(interaction.user.id, draft_id, answers)
    await _show(interaction, saved)


async def _show(interaction: Interaction, saved: Saved) -> None:
    await interaction.edit_original_response(view=draft_card(saved.facts, interaction.client.look))
    if saved.problem is not None:
        await report(interaction, saved.problem, attempt_by(interaction, Verb.EDIT))
