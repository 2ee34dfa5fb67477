"""Sends a draft and shows the outcome or the refusal."""

from collections.abc import Awaitable, Callable

from bot.client.interactions import note_phase, origin_of, report_error
from bot.client.types import Interaction
from bot.reference.errors import ApiError, InvalidRequestError
from bot.services.proposals.outcomes import InProgress, Queued, SubmitOutcome, Unsure
from bot.ui.error_messages.attempts import Attempt
from bot.ui.error_messages.lost_answers import Phase
from bot.ui.proposals.draft_card import draft_card, submit_outcome


async def send(
    interaction: Interaction,
    draft_id: int,
    attempt: Callable[[], Awaitable[Attempt]],
    *,
    confirmation: str | None = None,
) -> None:
    """Send a draft once and show the outcome in place of its card.

    A refusal shown here is not repeated as a direct message; ``attempt`` describes the press for its message.
    """
    bot, user_id = interaction.client, interaction.user.id
    submission = bot.services.submission
    bot.services.host_checks.hidden(draft_id)
    try:
        outcome = await submission.submit(user_id, draft_id, origin_of(interaction), confirmation=confirmation)
    except ApiError as refusal:
        if isinstance(refusal, InvalidRequestError):  # the card shows its field errors
            marked = await bot.services.draft_service.show(user_id, draft_id)
            await interaction.edit_original_response(view=draft_card(marked, bot.theme))
        if await report_error(interaction, refusal, await attempt()):
            await submission.refusal_told(user_id, draft_id)
        return
    note_phase(interaction, _phase_of(outcome))
    await interaction.edit_original_response(view=submit_outcome(outcome, bot.theme))
    await submission.told(user_id, outcome)


def _phase_of(outcome: SubmitOutcome) -> Phase:
    match outcome:
        case Queued():
            return Phase.DONE
        case Unsure() | InProgress():
            return Phase.UNKNOWN
    return Phase.NOT_DONE
