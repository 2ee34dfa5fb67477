"""Sends a draft and shows what came of it; also a refusal, which is not told once more by direct message then."""

from bot.client.interactions import origin_of, report_error
from bot.client.types import Interaction
from bot.reference.errors import ApiError, InvalidRequestError
from bot.ui.error_messages.attempts import Attempt
from bot.ui.proposals.draft_card import draft_card, submit_outcome


async def send(interaction: Interaction, draft_id: int, attempt: Attempt, *, confirmation: str | None = None) -> None:
    """Send a draft once, as ``submission.submit`` does, and show the outcome in place of its card."""
    bot, user_id = interaction.client, interaction.user.id
    submission = bot.services.submission
    try:
        outcome = await submission.submit(user_id, draft_id, origin_of(interaction), confirmation=confirmation)
    except ApiError as refusal:
        if isinstance(refusal, InvalidRequestError):  # what it says of single fields stands on the card
            marked = await bot.services.draft_service.show(user_id, draft_id)
            await interaction.edit_original_response(view=draft_card(marked, bot.theme))
        if await report_error(interaction, refusal, attempt):
            await submission.refusal_told(user_id, draft_id)
        return
    await interaction.edit_original_response(view=submit_outcome(outcome, bot.theme))
    await submission.told(user_id, outcome)
