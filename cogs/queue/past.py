"""The menus and buttons under lists of the past."""

from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton, PersistentMenu
from bot.client.types import Interaction
from bot.services.queue.history import PageCursor
from bot.services.queue.selection import SelectedChange
from bot.ui.queue.history import batch_list, batch_past, model_past
from bot.ui.queue_ids import ListVerb, batches_template, past_template
from cogs.queue.lists import show_change, viewer_of


async def show_batches(interaction: Interaction, place: PageCursor) -> None:
    """Put a page of batches where the answer stands, or the list that was used."""
    bot = interaction.client
    page = await bot.services.history.batches(viewer_of(interaction), place)
    await interaction.edit_original_response(view=batch_list(page, bot.theme))


async def show_batch(interaction: Interaction, batch_id: int, model: str = "") -> None:
    """Answer with one batch."""
    bot = interaction.client
    past = await bot.services.history.batch(viewer_of(interaction), batch_id, model)
    await interaction.edit_original_response(view=batch_past(past, bot.theme))


async def show_model(interaction: Interaction, model: str, number: int = 0) -> None:
    """Put a page of one model's past where the answer stands, or the list that was used."""
    bot = interaction.client
    past = await bot.services.history.model(viewer_of(interaction), model, number)
    await interaction.edit_original_response(view=model_past(past, bot.theme))


class ChooseBatchMenu(PersistentMenu, template=batches_template(ListVerb.CHOOSE)):
    """*Choose one*: shows a batch; the list stays."""

    acknowledgement = Acknowledgement.ANSWER

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show it."""
        await show_batch(interaction, int(self.values[0]))


class TurnBatchesButton(PersistentButton, template=NEVER):
    """Turns the pages of batches."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the page that the button names."""
        await show_batches(interaction, PageCursor(int(self.fields["older_than"]), int(self.fields["page"])))


class NewerBatchesButton(TurnBatchesButton, template=batches_template(ListVerb.NEWER)):
    """*Newer*."""


class OlderBatchesButton(TurnBatchesButton, template=batches_template(ListVerb.OLDER)):
    """*Older*."""


class ChoosePastMenu(PersistentMenu, template=past_template(ListVerb.CHOOSE)):
    """*Choose one*: shows a change of the past; the list stays."""

    acknowledgement = Acknowledgement.ANSWER

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show it."""
        change_id = SelectedChange.of(self.values[0]).change_id
        await show_change(interaction, await interaction.client.services.queue.show(viewer_of(interaction), change_id))


class TurnPastButton(PersistentButton, template=NEVER):
    """Turns the pages of a model's past."""

    acknowledgement = Acknowledgement.EDIT
    step = 0

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the other page."""
        wanted = await interaction.client.services.queue.filter(int(self.fields["filter_id"]))
        await show_model(interaction, wanted.model, max(0, int(self.fields["page"]) + self.step))


class NewerPastButton(TurnPastButton, template=past_template(ListVerb.NEWER)):
    """*Newer*."""

    step = -1


class OlderPastButton(TurnPastButton, template=past_template(ListVerb.OLDER)):
    """*Older*."""

    step = 1


PAST_ITEMS = (
    ChooseBatchMenu,
    NewerBatchesButton,
    OlderBatchesButton,
    ChoosePastMenu,
    NewerPastButton,
    OlderPastButton,
)
