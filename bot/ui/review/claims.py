"""What came of *Claim* and *Release*."""

from bot.services.changes import Claim, MessageLink
from bot.services.review.outcomes import Claimed, ClaimOutcome, NotClaimed, Released, ReleaseOutcome, TakenBefore
from bot.ui.components import Accent, Markup, Sheet, open_card
from bot.ui.glyphs import Theme
from bot.ui.review.decisions import approve_question
from bot.ui.text import REQUESTOR, plain, relative


def claim_outcome(outcome: ClaimOutcome | ReleaseOutcome, theme: Theme) -> Markup:
    """Draw what came of *Claim* or *Release*."""
    match outcome:
        case Claimed():
            return _claimed(outcome)
        case TakenBefore():
            return _not_yours(
                f"#{outcome.change.change_id} is claimed already", outcome.claim, outcome.card, "a claim only informs"
            )
        case Released():
            return _released(outcome)
        case NotClaimed(claim=None):
            heading = f"#{outcome.change_id} is not claimed"
            return _said(heading, "The claim has ended.", "nothing to do.", outcome.card)
        case NotClaimed():
            assert outcome.claim is not None  # noqa: S101 - the case before
            return _not_yours("Not released: it is not yours", outcome.claim, outcome.card, "it ends by itself")
        case _:
            return approve_question(outcome, theme)


def _claimed(outcome: Claimed) -> Markup:
    number = f"#{outcome.change.change_id}"
    until = relative(outcome.claim.until)
    return _said(
        f"{number} is yours", f"The card says so; the claim ends {until}.", "decide it, or release it.", outcome.card
    )


def _released(outcome: Released) -> Markup:
    return _said(f"#{outcome.change_id} is released", "The card says so.", "nothing to do.", outcome.card)


def _not_yours(heading: str, claim: Claim, card: MessageLink | None, why: str) -> Markup:
    line = f"{plain(claim.horde_username, REQUESTOR)} works on it; the claim ends {relative(claim.until)}."
    return _said(heading, line, f"you may decide it all the same; {why}.", card, changed="nothing.")


def _said(heading: str, line: str, now: str, card: MessageLink | None, *, changed: str = "") -> Markup:
    return (
        Sheet(Accent.SLATE)
        .text(f"## {heading}", line, f"**Changed:** {changed}" if changed else "", f"**Now:** {now}")
        .row(open_card(card))
        .view()
    )
