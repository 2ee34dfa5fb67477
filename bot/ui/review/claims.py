"""Answers to *Claim*, *Release* and *Needs changes…*; the service does not see them."""

from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.revision_requests import RevisionAsked
from bot.ui import custom_ids
from bot.ui.cards.states import requestor
from bot.ui.components import Accent, Markup, button, open_card, short_message
from bot.ui.custom_ids import ClaimVerb
from bot.ui.glyphs import Theme
from bot.ui.review.decisions import decision_result
from bot.ui.text import REQUESTOR, plain, relative


def claim_result(result: DecisionResult, theme: Theme) -> Markup:
    """Draw the result of *Claim* or *Release*."""
    number, claim = f"#{result.change_id}", result.claim
    until = relative(claim.until) if claim else ""
    holder = plain(claim.horde_username, REQUESTOR) if claim else ""
    lines: tuple[str, ...]
    match result.outcome:
        case Outcome.CLAIMED:
            lines = (f"## You claimed {number}", f"Your claim ends {until}.", "**Now:** decide it, or release it.")
        case Outcome.CLAIMED_BY_OTHER:
            lines = (
                f"## {number} is claimed already",
                f"The claim of {holder} ends {until}.",
                "**Changed:** nothing.",
                "**Now:** you may still decide it.",
            )
        case Outcome.RELEASED:
            lines = (f"## You released {number}", "Its card shows no claim.", "**Now:** nothing to do.")
        case Outcome.NOT_CLAIMED if claim is None:
            lines = (f"## {number} is not claimed", "The claim has ended.", "**Now:** nothing to do.")
        case Outcome.NOT_CLAIMED:
            lines = (
                f"## Not released: {number} is not your claim",
                f"Only {holder} can release it. The claim ends {until}.",
                "**Changed:** nothing.",
                "**Now:** you may still decide it.",
            )
        case _:
            return decision_result(result, theme, press_again="press *Claim* again")
    release = None
    if result.outcome is Outcome.CLAIMED:  # the card is everyone's, and only the owner can release
        release = button("Release", custom_ids.claim(ClaimVerb.RELEASE, result.change_id, result.digest))
    return short_message(
        Accent.SLATE,
        *lines,
        buttons=(
            release,
            open_card(result.card),
        ),
    )


def revision_requested(asked: RevisionAsked, theme: Theme) -> Markup:
    """Draw the result of *Needs changes…*."""
    result = asked.result
    if result.change is None or result.outcome is not Outcome.ASKED:
        return decision_result(result, theme, press_again="press *Needs changes…* again")
    number, who = f"#{result.change_id}", requestor(result.change)
    delivery = f"{who} gets it as a direct message."
    if not asked.is_linked:
        delivery = (
            "It is your own change." if asked.is_own else f"{who} has not linked, and reads it there or in its thread."
        )
    return short_message(
        Accent.AMBER,
        f"## {number} needs changes",
        f"The card shows your request. {delivery}",
        f"**Changed:** nothing at the service. {number} is still pending.",
        f"**Now:** nothing to do. A corrected change will name {number}. Pressing again replaces your request.",
        buttons=(open_card(result.card),),
    )
