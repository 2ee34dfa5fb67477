"""``/subscribe``: messages about categories, models, requestors; *Follow*, *Mute*."""

from typing import override

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.components import PersistentButton
from bot.client.interactions import acknowledge, note_done
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.ui.choices import CATEGORY_CHOICES, CHOICES_MAX, model_choices, requestor_choices
from bot.ui.custom_ids import SUBSCRIPTION_TEMPLATE, ModelVerb, model_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.subscriptions import subscription_added, subscription_list, subscription_option, subscription_removed


@app_commands.guild_only()
class SubscribeCog(commands.GroupCog, group_name="subscribe", group_description="Direct messages about changes"):
    """Commands for everyone; no link is needed."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command(extras={VERB: Verb.FOLLOW})
    @app_commands.describe(
        category="Changes in this category; with a model, the category of that model",
        model="Changes of this model",
        requestor="Proposals by this requestor: AI-Horde name such as alice#101, or its number",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def add(
        self,
        interaction: Interaction,
        category: str | None = None,
        model: str | None = None,
        requestor: str | None = None,
    ) -> None:
        """Follow a category, a model or a requestor by direct message."""
        await acknowledge(interaction)
        follow = self.bot.services.following.follow
        follows = await follow(interaction.user.id, category=category, model=model, requestor=requestor)
        note_done(interaction)
        await interaction.edit_original_response(view=subscription_added(follows, self.bot.theme))

    @app_commands.command(name="list")
    async def list_followed(self, interaction: Interaction) -> None:
        """Show what you follow."""
        await acknowledge(interaction)
        followed = await self.bot.services.following.of_user(interaction.user.id)
        await interaction.edit_original_response(view=subscription_list(followed, self.bot.theme))

    @app_commands.command(extras={VERB: Verb.UNFOLLOW})
    @app_commands.describe(subscription="Subscription to end")
    async def remove(self, interaction: Interaction, subscription: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Stop following something."""
        await acknowledge(interaction)
        ended = await self.bot.services.following.end(interaction.user.id, subscription)
        note_done(interaction)
        await interaction.edit_original_response(view=subscription_removed(ended, self.bot.theme))

    @add.autocomplete("model")
    async def _models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        # From memory: autocompletion must not wait for the service.
        category = getattr(interaction.namespace, "category", None)
        following = self.bot.services.following
        names = following.offered_names(current, str(category) if category else None, CHOICES_MAX)
        return model_choices(names)

    @add.autocomplete("requestor")
    async def _requestors(
        self,
        interaction: Interaction,  # noqa: ARG002
        current: str,
    ) -> list[app_commands.Choice[str]]:
        known = await self.bot.services.following.requestors()
        return requestor_choices(known, current)

    @remove.autocomplete("subscription")
    async def _followed(self, interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:
        followed = await self.bot.services.following.of_user(interaction.user.id)
        options = [(subscription_option(each), each.subscription_id) for each in followed]
        wanted = current.strip().casefold()
        return [app_commands.Choice(name=name, value=value) for name, value in options if wanted in name.casefold()]


class FollowButton(PersistentButton, template=model_template(ModelVerb.FOLLOW)):
    """*Follow* under a live model."""

    verb = Verb.FOLLOW

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        category, model = self.fields["category"], self.fields["model"]
        follow = bot.services.following.follow
        follows = await follow(interaction.user.id, category=category, model=model, requestor=None)
        note_done(interaction)
        await interaction.edit_original_response(view=subscription_added(follows, bot.theme))


class UnfollowButton(PersistentButton, template=SUBSCRIPTION_TEMPLATE):
    """Ends a subscription of the person who presses; numbers of ended ones are not reused."""

    verb = Verb.UNFOLLOW

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        ended = await bot.services.following.end(interaction.user.id, int(self.fields["subscription_id"]))
        note_done(interaction)
        await interaction.edit_original_response(view=subscription_removed(ended, bot.theme))


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its buttons to the bot."""
    bot.add_dynamic_items(FollowButton, UnfollowButton)
    await bot.add_cog(SubscribeCog(bot))
