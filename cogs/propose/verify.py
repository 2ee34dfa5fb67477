"""*Propose update* and *Propose delete* beside a live model that its host refutes."""

from typing import override

from bot.client.components import PersistentButton
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.services.errors import UnknownModelError
from bot.services.links.verification import name_digest
from bot.ui.custom_ids import VERIFY_TEMPLATE, VerifyVerb
from bot.ui.error_messages.attempts import Verb
from cogs.propose.showing import show_draft

WHY_DELETE = "Workers cannot download its file any more."


class VerifyButton(PersistentButton, template=VERIFY_TEMPLATE):
    """Opens a draft: an update with what the host states, or a deletion."""

    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Store the draft and show it."""
        services, user_id, category = interaction.client.services, interaction.user.id, self.fields["category"]
        await services.accounts.actor(user_id, needs=Role.REQUESTOR)
        names = await services.catalogue.live_models(category)
        name = next((name for name in names if name_digest(name) == self.fields["name_digest"]), None)
        if name is None:
            raise UnknownModelError(category, "", ())
        live = await services.draft_sources.live(category, name)
        if self.fields["verb"] == VerifyVerb.DELETE:
            draft = await services.draft_sources.delete(user_id, interaction.guild_id, live, WHY_DELETE)
        else:
            draft = await services.draft_sources.update(user_id, interaction.guild_id, live)
            draft = await services.draft_hosts.take_values(user_id, draft.draft_id)
        await show_draft(interaction, draft)
