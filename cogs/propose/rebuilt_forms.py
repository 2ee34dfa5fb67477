"""Forms of proposals, built again for a submit after a restart."""

from collections.abc import Mapping
from typing import Final

from bot.client.lost_forms import Rebuild
from bot.client.types import Interaction
from bot.ui.custom_ids import DraftVerb, parse_number
from bot.ui.forms.base import Form
from cogs.propose.forms import create_form, revise_form
from cogs.propose.resubmit import resubmit_form
from cogs.propose.update import update_form


async def _create(interaction: Interaction, category: str) -> Form | None:
    interaction.client.services.catalogue.require_category(category)
    return create_form(interaction, category, "")


async def _draft(interaction: Interaction, rest: str) -> Form | None:
    verb, _, draft_id = rest.partition(":")
    return await revise_form(interaction, parse_number(draft_id), DraftVerb(verb))


async def _update(interaction: Interaction, rest: str) -> Form | None:
    category, _, model = rest.partition(":")
    live = interaction.client.services.draft_sources.known(category, model)
    return None if live is None else update_form(interaction, live)


async def _resubmit(interaction: Interaction, rest: str) -> Form | None:
    change_id, _, digest = rest.partition(":")
    return await resubmit_form(interaction, parse_number(change_id), digest)


FORM_BUILDERS: Final[Mapping[str, Rebuild]] = {
    "create": _create,
    "draft": _draft,
    "update": _update,
    "resubmit": _resubmit,
}
