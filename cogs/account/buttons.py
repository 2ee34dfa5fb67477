"""The buttons beside an account."""

from typing import override

from bot.client.bot import ROLES_MOVED
from bot.client.components import Acknowledgement, PersistentButton
from bot.client.interactions import note_done
from bot.client.role_sync import sync_member
from bot.client.types import Interaction
from bot.ui.account import unlinked
from bot.ui.custom_ids import AccountVerb, account_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.privacy import forgotten
from bot.ui.review.decisions import cancelled
from cogs.account.forms import open_link_form


class LinkButton(PersistentButton, template=account_template(AccountVerb.LINK)):
    """*Link account*: opens the form, wherever the button stands."""

    acknowledgement = Acknowledgement.FORM
    verb = Verb.LINK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        await open_link_form(interaction)


class UnlinkButton(PersistentButton, template=account_template(AccountVerb.UNLINK)):
    """*Unlink*: deletes the key, after the question was asked."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.UNLINK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Delete the key."""
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
        """Take the Discord roles and delete the data, or change nothing while a request is in progress."""
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
        """Say that nothing was done."""
        await interaction.edit_original_response(view=cancelled())
