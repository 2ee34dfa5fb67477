"""``/model``: live models, to look for and to look at."""

from dataclasses import replace
from typing import Final, override

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.components import NEVER, Acknowledgement, PersistentButton, PersistentMenu
from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.services.models.lookup import NAME_MAX, ModelFacts, ModelFilter, ModelPage
from bot.ui.choices import CATEGORY_CHOICES, CHOICES_MAX, offered_models
from bot.ui.model_ids import ModelVerb, model_template
from bot.ui.models import model_list, model_view


@app_commands.guild_only()
class ModelCog(commands.GroupCog, group_name="model", group_description="The models that are live"):
    """For everybody: what is live is public."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(name="A part of the name", category="What kind of model")
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def search(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, NAME_MAX] | None = None,
        category: str | None = None,
    ) -> None:
        """Live models by a part of their name."""
        await acknowledge(interaction)
        wanted = ModelFilter((name or "").strip(), (category,) if category else ())
        await _show(interaction, await self.bot.services.model_lookup.page(wanted))

    @app_commands.command()
    @app_commands.describe(model="The model's name", category="What kind of model, where two kinds have the name")
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def show(self, interaction: Interaction, model: str, category: str | None = None) -> None:
        """A live model: its record, how much it is used, and the changes of it that wait."""
        await acknowledge(interaction)
        await _show(interaction, await self.bot.services.model_lookup.find(model, category, interaction.guild_id))

    @show.autocomplete("model")
    async def _models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        # From memory: an autocomplete must not wait for anybody.
        category = getattr(interaction.namespace, "category", None)
        names = self.bot.services.catalogue.best_names(current, CHOICES_MAX, category)
        return [app_commands.Choice(name=label, value=value) for label, value in offered_models(names)]


class ChooseModelMenu(PersistentMenu, template=model_template(ModelVerb.CHOOSE)):
    """*Choose one*: it is shown, the list stays."""

    acknowledgement = Acknowledgement.ANSWER

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show the model."""
        category, _, carried = self.values[0].partition(":")
        lookup = interaction.client.services.model_lookup
        await _show(interaction, await lookup.chosen(category, carried, interaction.guild_id))


class ModelCategoryMenu(PersistentMenu, template=model_template(ModelVerb.CATEGORY)):
    """*Any category*: narrows the list, from its first page."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the list anew."""
        lookup = interaction.client.services.model_lookup
        wanted = await lookup.filter(int(self.fields["filter_id"]))
        await _show(interaction, await lookup.page(replace(wanted, categories=tuple(self.values))))


class TurnModelsButton(PersistentButton, template=NEVER):
    """Turns the pages."""

    acknowledgement = Acknowledgement.EDIT
    step = 0

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the other page."""
        lookup = interaction.client.services.model_lookup
        wanted = await lookup.filter(int(self.fields["filter_id"]))
        await _show(interaction, await lookup.page(wanted, int(self.fields["page"]) + self.step))


class PreviousModelsButton(TurnModelsButton, template=model_template(ModelVerb.PREVIOUS)):
    """*Previous*."""

    step = -1


class NextModelsButton(TurnModelsButton, template=model_template(ModelVerb.NEXT)):
    """*Next*."""

    step = 1


ITEMS: Final = (ChooseModelMenu, ModelCategoryMenu, PreviousModelsButton, NextModelsButton)


async def _show(interaction: Interaction, found: ModelFacts | ModelPage) -> None:
    theme = interaction.client.theme
    if isinstance(found, ModelPage):
        await interaction.edit_original_response(view=model_list(found, theme))
        return
    shown = model_view(found, theme)
    await interaction.edit_original_response(view=shown.view, attachments=list(shown.files))


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(*ITEMS)
    await bot.add_cog(ModelCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(*ITEMS)
