"""The buttons beside an account."""

from typing import override

from bot.client.buttons import Acknowledgement, PersistentButton, Press
from bot.ui.account import unlinked
from bot.ui.custom_ids import AccountVerb, account_template
from bot.ui.decisions import cancelled
from bot.ui.errors import Verb
from cogs.account.forms import open_link_form


class LinkButton(PersistentButton, template=account_template(AccountVerb.LINK)):
    """*Link account*: opens the form, wherever the button stands."""

    acknowledgement = Acknowledgement.FORM
    verb = Verb.LINK

    @override
    async def on_press(self, interaction: Press) -> None:
        """Open the form."""
        await open_link_form(interaction)


class UnlinkButton(PersistentButton, template=account_template(AccountVerb.UNLINK)):
    """*Unlink*: deletes the key, after the question was asked."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Press) -> None:
        """Delete the key."""
        was_linked = await interaction.client.services.accounts.unlink(interaction.user.id)
        await interaction.edit_original_response(view=unlinked(was_linked=was_linked, look=interaction.client.look))


class CancelUnlinkButton(PersistentButton, template=account_template(AccountVerb.CANCEL)):
    """*Cancel*: leaves the link as it is."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Press) -> None:
        """Say that nothing was done."""
        await interaction.edit_original_response(view=cancelled())
