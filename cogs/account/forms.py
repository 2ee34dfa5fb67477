"""Opens the form that asks for a key, and links what was typed."""

from pydantic import SecretStr

from bot.client.bot import ROLES_MOVED
from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, note_done, open_form
from bot.client.types import Interaction
from bot.identity.accounts import Standing
from bot.ui.account import AccountFacts, linked
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.link import LinkForm


async def open_link_form(interaction: Interaction) -> None:
    """Show a fresh form: a shared one would hand one person's key to another."""
    await open_form(interaction, LinkForm(_link, ErrorReporter(attempt_by(interaction, Verb.LINK))))


async def _link(interaction: Interaction, key: SecretStr) -> None:
    await acknowledge(interaction)
    bot = interaction.client
    outcome = await bot.services.accounts.link(interaction.user.id, key.get_secret_value())
    note_done(interaction)
    bot.dispatch(ROLES_MOVED)
    view = linked(facts_of(outcome.standing), bot.theme, is_new_key=outcome.former is not None)
    await interaction.edit_original_response(view=view)


def facts_of(standing: Standing) -> AccountFacts:
    """Return a person's standing as shown to that person."""
    return AccountFacts(
        horde_name=standing.horde.username,
        roles=standing.roles,
        linked_at=standing.linked_at,
        roles_read_at=standing.roles_read_at,
    )
