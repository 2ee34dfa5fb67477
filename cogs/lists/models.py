"""``/model``: search, show and verify live models."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.services.pages import NAME_FILTER_MAX, ListFilter
from bot.ui.choices import CATEGORY_CHOICES, CHOICES_MAX, model_choices, value_choices
from bot.ui.list_ids import ListKind
from bot.ui.verification import verification_view
from cogs.lists.pager import show_list, show_model


@app_commands.guild_only()
class ModelCog(commands.GroupCog, group_name="model", group_description="Live models"):
    """Commands for everyone; models are public."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(
        name="Part of the name", category="Kind of model", baseline="What it was trained from", style="Its style"
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def search(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, NAME_FILTER_MAX] | None = None,
        category: str | None = None,
        baseline: str | None = None,
        style: str | None = None,
    ) -> None:
        """Search live models; the most used come first."""
        await acknowledge(interaction)
        wanted = ListFilter(
            model=(name or "").strip(),
            categories=(category,) if category else (),
            baselines=(baseline,) if baseline else (),
            styles=(style,) if style else (),
        )
        await show_list(interaction, ListKind.MODELS, wanted)

    @app_commands.command()
    @app_commands.describe(model="The model's name", category="Kind of model, if two kinds have this name")
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def show(self, interaction: Interaction, model: str, category: str | None = None) -> None:
        """Show a live model: its record, usage and open changes."""
        await acknowledge(interaction)
        await show_model(interaction, await self.bot.services.model_lookup.find(model, category, interaction.guild_id))

    @app_commands.command()
    @app_commands.describe(model="One model (default: all not checked today)", category="Kind of model")
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def verify(
        self,
        interaction: Interaction,
        model: app_commands.Range[str, 1, NAME_FILTER_MAX] | None = None,
        category: str | None = None,
    ) -> None:
        """For approvers: check whether the files of live models are still on their hosts, unchanged."""
        services = self.bot.services
        services.rate_limits.count(interaction.user.id)
        await acknowledge(interaction)
        await services.accounts.actor(interaction.user.id, needs=Role.APPROVER)
        found = await services.verification.verify(category, model)
        await interaction.edit_original_response(view=verification_view(found, self.bot.theme))

    @search.autocomplete("baseline")
    async def _baselines(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:  # noqa: ARG002
        return self._values("baseline", current)

    @search.autocomplete("style")
    async def _styles(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:  # noqa: ARG002
        return self._values("style", current)

    def _values(self, key: str, typed: str) -> list[app_commands.Choice[str]]:
        return value_choices(self.bot.services.model_lookup.values(key), typed)

    @verify.autocomplete("model")
    @show.autocomplete("model")
    async def _models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        # From memory: autocompletion must not wait for the service.
        category = getattr(interaction.namespace, "category", None)
        names = self.bot.services.catalogue.best_names(current, CHOICES_MAX, category)
        return model_choices(names)
