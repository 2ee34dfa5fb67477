"""Sends a draft and shows what came of it; also a refusal, which is not told once more by direct message then."""

from bot.client.interactions import origin_of, report_error
from bot.client.types import Interaction
from bot.reference.errors import ApiError, InvalidRequestError
from bot.ui.drafts.draft_card import draft_card, submit_outcome
from bot.ui.words.errors import Attempt


async def send(interaction: Interaction, draft_id: int, attempt: Attempt, *, confirmation: str | None = None) -> None:
    """Send a draft once, as ``proposals.submit`` does, and show the outcome in place of its card."""
    bot, user_id = interaction.client, interaction.user.id
    proposals = bot.services.proposals
    try:
        outcome = await proposals.submit(user_id, draft_id, origin_of(interaction), confirmation=confirmation)
    except ApiError as refusal:
        if isinstance(refusal, InvalidRequestError):  # what it says of single fields stands on the card
            marked = await bot.services.drafting.show(user_id, draft_id)
            await interaction.edit_original_response(view=draft_card(marked, bot.theme))
        if await report_error(interaction, refusal, attempt):
            await proposals.refusal_told(user_id, draft_id)
        return
    await interaction.edit_original_response(view=submit_outcome(outcome, bot.theme))
    await proposals.told(user_id, outcome)
