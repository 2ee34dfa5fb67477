"""Pager under every list: shows a page, opens what is chosen, filters and turns pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, override

from bot.client.components import Acknowledgement, PersistentButton, PersistentMenu
from bot.client.host_answers import personal_drawing, show_and_check
from bot.client.interactions import acknowledge, drawn_at, origin_of, show_card
from bot.client.types import Interaction
from bot.reference.models import ChangeStatus
from bot.services.changes import ChangeFacts, Gone
from bot.services.models.lookup import ModelFacts, ModelPage
from bot.services.pages import ListFilter
from bot.services.queue.listing import WAITING, SelectedChange, verb_for
from bot.services.queue.queue_service import Viewer
from bot.services.review.presses import ButtonPress, Target
from bot.ui.components import button
from bot.ui.list_ids import (
    OPEN_NEXT,
    OPEN_QUEUE,
    STEPS,
    ListKind,
    ListVerb,
    list_template,
    pager_id,
)
from bot.ui.models import model_list, model_view, parse_model_value
from bot.ui.pager import parse_category
from bot.ui.proposals.draft_card import draft_card
from bot.ui.queue.history import batch_view, model_history, timeline
from bot.ui.queue.own_list import own_list, parse_draft_value
from bot.ui.queue.queue_list import queue_list
from bot.ui.review.absent_changes import no_change, nothing_to_decide
from bot.ui.review.batches import batch_question

FILTERS: Final = (ListVerb.STATUS, ListVerb.CATEGORY, ListVerb.BASELINE, ListVerb.STYLE)


def viewer_of(interaction: Interaction) -> Viewer:
    """Return the person and the server of an interaction."""
    return Viewer(interaction.user.id, interaction.guild_id)


async def show_list(interaction: Interaction, kind: ListKind, wanted: ListFilter, number: int = 0) -> None:
    """Show a page of a list, in place of the pending answer or of the page that was used."""
    services, theme, viewer = interaction.client.services, interaction.client.theme, viewer_of(interaction)
    match kind:
        case ListKind.QUEUE:
            view = queue_list(await services.queue.page(viewer, wanted, number), theme)
        case ListKind.OWN:
            view = own_list(await services.own_proposals.page(viewer, wanted, number), theme)
        case ListKind.MODEL_HISTORY:
            view = model_history(await services.history.model(viewer, wanted.model, number), theme)
        case ListKind.MODELS:
            view = model_list(await services.model_lookup.page(wanted, number), theme)
        case ListKind.HISTORY:
            view = timeline(await services.history.timeline(viewer, number), theme)
    await interaction.edit_original_response(view=view)


async def show_change(interaction: Interaction, facts: ChangeFacts | Gone | None) -> None:
    """Answer with a change's card, or say why there is none."""
    theme = interaction.client.theme
    if isinstance(facts, ChangeFacts):
        await show_and_check(interaction, facts, await personal_drawing(interaction, facts.change))
    else:
        view = nothing_to_decide(theme) if facts is None else no_change(facts, theme)
        await interaction.edit_original_response(view=view)


async def show_batch(interaction: Interaction, batch_id: int, model: str = "") -> None:
    """Answer with one batch, or with what it did to one model."""
    bot = interaction.client
    found = await bot.services.history.batch(viewer_of(interaction), batch_id, model)
    await interaction.edit_original_response(view=batch_view(found, bot.theme))


async def show_model(interaction: Interaction, found: ModelFacts | ModelPage) -> None:
    """Answer with a model, or with the models among which to choose."""
    theme = interaction.client.theme
    if isinstance(found, ModelPage):
        await interaction.edit_original_response(view=model_list(found, theme))
    else:
        await show_card(interaction, model_view(found, theme))


async def _filter_of(item: PersistentButton | PersistentMenu, interaction: Interaction) -> ListFilter:
    return await interaction.client.services.queue.stored_filter(int(item.fields["list_id"]))


class ChooseMenu(PersistentMenu, template=list_template(ListVerb.CHOOSE)):
    """*Choose one or more*: opens one change, or asks about several in place of the list."""

    acknowledgement = Acknowledgement.BY_PRESS  # on_press acknowledges: the kind of answer depends on the choice

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the chosen entry, or ask about several."""
        if len(self.values) > 1:
            await acknowledge(interaction, in_place=True)
            await self._ask(interaction, self.chosen(SelectedChange.of))
        else:
            await acknowledge(interaction)
            await self._open(interaction)

    async def _open(self, interaction: Interaction) -> None:
        bot, kind = interaction.client, ListKind(self.fields["kind"])
        if kind is ListKind.MODELS:
            value = self.chosen_one(parse_model_value)
            await show_model(interaction, await bot.services.model_lookup.chosen(value, interaction.guild_id))
        elif kind is ListKind.OWN and (draft_id := self.chosen_one(parse_draft_value)) is not None:
            draft = await bot.services.draft_service.show(interaction.user.id, draft_id)
            await interaction.edit_original_response(view=draft_card(draft, bot.theme))
        else:
            change_id = self.chosen_one(SelectedChange.of).change_id
            await show_change(interaction, await bot.services.queue.show(viewer_of(interaction), change_id))

    async def _ask(self, interaction: Interaction, chosen: Sequence[SelectedChange]) -> None:
        bot, user_id, verb = interaction.client, interaction.user.id, verb_for(chosen)
        # Oldest first: of two changes of one model, the older one must not be applied over the newer one.
        targets = tuple(Target(one.change_id, one.digest) for one in sorted(chosen, key=lambda one: one.change_id))
        press = ButtonPress(user_id, origin_of(interaction), targets, drawn_at=drawn_at(interaction))
        question = await bot.services.decisions.ask(press, verb)
        here = int(self.fields["list_id"]), int(self.fields["page"])
        back = button("Back", pager_id(ListKind.QUEUE, ListVerb.BACK, *here))
        view = batch_question(question, bot.theme, back=back)
        await interaction.edit_original_response(view=view)


class FilterMenu(PersistentMenu, template=list_template(*FILTERS)):
    """*Any status*, *Any category* and the like: filter the list, from its first page."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        wanted = await _filter_of(self, interaction)
        match self.fields["verb"]:
            case ListVerb.STATUS:
                wanted = replace(wanted, statuses=tuple(self.chosen(ChangeStatus)))
            case ListVerb.BASELINE:
                wanted = replace(wanted, baselines=self._values(interaction, "baseline"))
            case ListVerb.STYLE:
                wanted = replace(wanted, styles=self._values(interaction, "style"))
            case _:
                wanted = replace(wanted, categories=tuple(self.chosen(parse_category)))
        await show_list(interaction, ListKind(self.fields["kind"]), wanted)

    def _values(self, interaction: Interaction, key: str) -> tuple[str, ...]:
        """Return the chosen values; raises ``ChoiceGoneError`` for one that no live model has."""
        known = interaction.client.services.model_lookup.values(key)
        return tuple(known[number] for number in self.chosen(known.index))


class PageButton(PersistentButton, template=list_template(*STEPS)):
    """*Newer*, *Older*, *Previous*, *Next*, *Back*; beyond the end, the last page."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        number = int(self.fields["page"]) + STEPS[ListVerb(self.fields["verb"])]
        await show_list(interaction, ListKind(self.fields["kind"]), await _filter_of(self, interaction), number)


class OpenQueueButton(PersistentButton, template=OPEN_QUEUE):
    """*Queue*: lists the pending changes."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await show_list(interaction, ListKind.QUEUE, WAITING)


class OpenNextButton(PersistentButton, template=OPEN_NEXT):
    """*Oldest pending*: shows the next change to decide."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await show_change(interaction, await interaction.client.services.queue.next(viewer_of(interaction)))


PAGER_ITEMS = (ChooseMenu, FilterMenu, PageButton, OpenQueueButton, OpenNextButton)
