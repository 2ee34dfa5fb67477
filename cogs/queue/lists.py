"""The menus and buttons under lists of the queue, and those that open one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton, PersistentItem, PersistentMenu
from bot.client.interactions import acknowledge, drawn_at, origin_of
from bot.client.types import Interaction
from bot.reference.models import ChangeStatus
from bot.services.changes import ChangeFacts, Gone
from bot.services.queue.listing import WAITING, ListFilter
from bot.services.queue.queue_service import Viewer
from bot.services.queue.selection import SelectedChange, verb_for
from bot.services.review.outcomes import ButtonPress, Target
from bot.ui.cards.change_card import change_card
from bot.ui.components import button
from bot.ui.queue.queue_list import queue_list
from bot.ui.queue_ids import OPEN_NEXT_TEMPLATE, OPEN_QUEUE_TEMPLATE, ListVerb, in_list, list_template
from bot.ui.review.batches import batch_question
from bot.ui.review.decisions import gone
from bot.ui.short_answers import nothing_to_decide


def viewer_of(interaction: Interaction) -> Viewer:
    """Who looks, in the services' terms."""
    return Viewer(interaction.user.id, interaction.guild_id)


async def show_page(interaction: Interaction, wanted: ListFilter, number: int = 0) -> None:
    """Put a page of the queue where the answer stands, or the list that was used."""
    page = await interaction.client.services.queue.page(viewer_of(interaction), wanted, number)
    await interaction.edit_original_response(view=queue_list(page, interaction.client.theme))


async def show_change(interaction: Interaction, facts: ChangeFacts | Gone | None) -> None:
    """Answer with a change's card, or say why there is none."""
    theme = interaction.client.theme
    if isinstance(facts, ChangeFacts):
        card = change_card(facts, theme)
        await interaction.edit_original_response(view=card.view, attachments=list(card.files))
    else:
        view = nothing_to_decide(theme) if facts is None else gone(facts.change_id)
        await interaction.edit_original_response(view=view)


async def filter_of(item: PersistentItem, interaction: Interaction) -> ListFilter:  # type: ignore[type-arg] # button or menu
    """What the list is narrowed to under which an item stands."""
    return await interaction.client.services.queue.filter(int(item.fields["filter_id"]))


class ChooseMenu(PersistentMenu, template=list_template(ListVerb.CHOOSE)):
    """*Choose one or more*: one is shown, and the list stays; several take its place, to be decided together."""

    acknowledgement = Acknowledgement.FORM  # by what was chosen: an answer of its own, or the list itself

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show what was chosen."""
        chosen = [SelectedChange.of(value) for value in self.values]
        if len(chosen) == 1:
            await acknowledge(interaction)
            facts = await interaction.client.services.queue.show(viewer_of(interaction), chosen[0].change_id)
            await show_change(interaction, facts)
        else:
            await acknowledge(interaction, in_place=True)
            await self._ask(interaction, chosen)

    async def _ask(self, interaction: Interaction, chosen: Sequence[SelectedChange]) -> None:
        bot, user_id, verb = interaction.client, interaction.user.id, verb_for(chosen)
        targets = tuple(Target(one.change_id, one.digest) for one in chosen)
        press = ButtonPress(user_id, origin_of(interaction), targets, drawn_at=drawn_at(interaction))
        question = await bot.services.decisions.ask(press, verb)
        back = button("Back", in_list(ListVerb.BACK, int(self.fields["filter_id"]), int(self.fields["page"])))
        await interaction.edit_original_response(view=batch_question(question, bot.theme, back=back))


class StatusMenu(PersistentMenu, template=list_template(ListVerb.STATUS)):
    """*Any status*: narrows the list, from its newest page."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the list anew."""
        wanted = await filter_of(self, interaction)
        await show_page(interaction, replace(wanted, statuses=tuple(map(ChangeStatus, self.values))))


class CategoryMenu(PersistentMenu, template=list_template(ListVerb.CATEGORY)):
    """*Any category*: narrows the list, from its newest page."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the list anew."""
        wanted = await filter_of(self, interaction)
        await show_page(interaction, replace(wanted, categories=tuple(self.values)))


class TurnButton(PersistentButton, template=NEVER):
    """Turns the list's pages; where there are fewer by now, the last one is shown."""

    acknowledgement = Acknowledgement.EDIT
    step = 0

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the other page."""
        number = max(0, int(self.fields["page"]) + self.step)
        await show_page(interaction, await filter_of(self, interaction), number)


class NewerButton(TurnButton, template=list_template(ListVerb.NEWER)):
    """*Newer*."""

    step = -1


class OlderButton(TurnButton, template=list_template(ListVerb.OLDER)):
    """*Older*."""

    step = 1


class BackButton(TurnButton, template=list_template(ListVerb.BACK)):
    """*Back*: to the page from which several were chosen."""


class OpenQueueButton(PersistentButton, template=OPEN_QUEUE_TEMPLATE):
    """*Queue*: what is pending, for whoever presses."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show the list."""
        await show_page(interaction, WAITING)


class OpenNextButton(PersistentButton, template=OPEN_NEXT_TEMPLATE):
    """*Oldest pending*: the next change to decide, for whoever presses."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show the card."""
        await show_change(interaction, await interaction.client.services.queue.next(viewer_of(interaction)))


LIST_ITEMS = (
    ChooseMenu,
    StatusMenu,
    CategoryMenu,
    NewerButton,
    OlderButton,
    BackButton,
    OpenQueueButton,
    OpenNextButton,
)
