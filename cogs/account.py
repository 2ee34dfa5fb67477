"""``/account``: link, status, visibility, unlink, export, deletion, and their buttons."""

from typing import override

from discord import app_commands
from discord.ext import commands
from pydantic import SecretStr

from bot.client.bot import QUEUE_MOVED, ROLES_MOVED, CuratorBot
from bot.client.components import Acknowledgement, PersistentButton
from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, note_done, open_form, show_card
from bot.client.role_sync import sync_member
from bot.client.tree import COUNTS, VERB
from bot.client.types import Interaction
from bot.ui.account import account_status, linked, unlink_question, unlinked, visibility_set
from bot.ui.custom_ids import AccountVerb, account_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.link import LinkForm
from bot.ui.privacy import export_card, forget_question, forgotten
from bot.ui.review.decisions import cancelled


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class AccountCog(commands.GroupCog, group_name="account", group_description="Your AI-Horde account in this bot"):
    """A person's own link. Works in direct messages too."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    # No option of a command carries a key: options stay in the sender's history. A form does not.
    @app_commands.command(extras={VERB: Verb.LINK})
    async def link(self, interaction: Interaction) -> None:
        """Link your AI-Horde account: opens a form that asks for your key."""
        await _open_link_form(interaction)

    @app_commands.command()
    async def status(self, interaction: Interaction) -> None:
        """Show your AI-Horde name, your roles and what you may do."""
        await acknowledge(interaction)
        self.bot.services.rate_limits.count_read(interaction.user.id, is_urgent=True)
        standing = await self.bot.services.accounts.refreshed(interaction.user.id)
        view = account_status(standing, self.bot.theme)
        await interaction.edit_original_response(view=view)

    @app_commands.command(extras={VERB: Verb.SHOW_ME, COUNTS: True})  # each change of mind redraws cards
    @app_commands.describe(visible="Whether others here may look up your AI-Horde name and queue roles")
    async def visibility(self, interaction: Interaction, visible: bool) -> None:  # noqa: FBT001 - an option of a command
        """Choose whether others can look up your AI-Horde name and roles."""
        await acknowledge(interaction)
        if await self.bot.services.privacy.set_visible(interaction.user.id, is_visible=visible):
            note_done(interaction)
            self.bot.dispatch(ROLES_MOVED)
            self.bot.dispatch(QUEUE_MOVED)
        await interaction.edit_original_response(view=visibility_set(is_visible=visible, theme=self.bot.theme))

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Delete your key from this bot; asks first."""
        await acknowledge(interaction)
        standing = await self.bot.services.accounts.linked(interaction.user.id)
        await interaction.edit_original_response(view=unlink_question(standing))

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Download everything that the bot stores about you, except your key."""
        await acknowledge(interaction)
        await show_card(interaction, export_card(await self.bot.services.privacy.export(interaction.user.id)))

    @app_commands.command(name="forget-me")
    async def forget_me(self, interaction: Interaction) -> None:
        """Delete everything that the bot stores about you; asks first."""
        await acknowledge(interaction)
        await interaction.edit_original_response(view=forget_question())


class LinkButton(PersistentButton, template=account_template(AccountVerb.LINK)):
    """*Link account*: opens the form, wherever the button stands."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.LINK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await _open_link_form(interaction)


class UnlinkButton(PersistentButton, template=account_template(AccountVerb.UNLINK)):
    """*Unlink*: deletes the key, after the question was asked."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.UNLINK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        was_linked = await interaction.client.services.accounts.unlink(interaction.user.id)
        note_done(interaction)
        interaction.client.dispatch(ROLES_MOVED)
        await interaction.edit_original_response(view=unlinked(was_linked=was_linked, theme=interaction.client.theme))


class ForgetButton(PersistentButton, template=account_template(AccountVerb.FORGET)):
    """*Delete my data*: deletes everything about the presser, after the question was asked."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.FORGET

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Remove the Discord roles and the data, or nothing while a request is in progress."""
        services = interaction.client.services
        await services.privacy.require_idle(interaction.user.id)
        for task in await services.role_sync.removal_tasks(interaction.user.id):
            await sync_member(interaction.client, task)
        deleted = await services.privacy.forget(interaction.user.id)
        note_done(interaction)
        await interaction.edit_original_response(view=forgotten(deleted, interaction.client.theme))


class CancelButton(PersistentButton, template=account_template(AccountVerb.CANCEL)):
    """*Cancel*: leaves everything as it is."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await interaction.edit_original_response(view=cancelled())


async def _open_link_form(interaction: Interaction) -> None:
    """Show a fresh form: a shared one would hand one person's key to another."""
    await open_form(interaction, LinkForm(_link, ErrorReporter(attempt_by(interaction, Verb.LINK))))


async def _link(interaction: Interaction, key: SecretStr) -> None:
    await acknowledge(interaction)
    bot = interaction.client
    outcome = await bot.services.accounts.link(interaction.user.id, key.get_secret_value())
    note_done(interaction)
    bot.dispatch(ROLES_MOVED)
    view = linked(outcome.standing, bot.theme, is_new_key=outcome.former is not None)
    await interaction.edit_original_response(view=view)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its buttons to the bot."""
    bot.add_dynamic_items(LinkButton, UnlinkButton, ForgetButton, CancelButton)
    await bot.add_cog(AccountCog(bot))
