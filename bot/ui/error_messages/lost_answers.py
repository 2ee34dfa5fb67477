"""Messages for lost answers, by verb and phase, and for forms open during a restart."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from bot.services.review.outcomes import BatchResult, Outcome
from bot.ui.components import Accent, Card, Markup, Sheet, attachment, short_message
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.glyphs import Theme


class Phase(Enum):
    """Progress of an action when its answer was lost."""

    NOT_DONE = "not done"
    """It only asked or read, or was refused."""
    DONE = "done"
    UNKNOWN = "unknown"
    """It was sent to the service, and the result is not known."""


DONE: Final[dict[Verb, tuple[str, str]]] = {
    Verb.QUEUE: ("the proposal is in the queue", "queue mine"),
    Verb.APPROVE: ("your approval was taken", "queue show"),
    Verb.REJECT: ("it is rejected", "queue show"),
    Verb.APPLY: ("it was applied as far as the cards show", "queue show"),
    Verb.CLAIM: ("the card shows your claim", "queue show"),
    Verb.RELEASE: ("your claim is released", "queue show"),
    Verb.WITHDRAW: ("your approval is withdrawn", "queue show"),
    Verb.ASK: ("your request is on the card", "queue show"),
    Verb.PURGE: ("the changes were removed from the queue", "queue list"),
    Verb.LINK: ("your account is linked", "account status"),
    Verb.UNLINK: ("your key is deleted and your account unlinked", "account status"),
    Verb.EDIT: ("your draft is saved", "propose-model drafts"),
    Verb.DISCARD: ("the draft is discarded", "propose-model drafts"),
    Verb.SET: ("the setting is stored", "setup show"),
    Verb.SHOW_ME: ("your visibility is as you asked", "account status"),
    Verb.FOLLOW: ("you follow it", "subscribe list"),
    Verb.UNFOLLOW: ("you no longer follow it", "subscribe list"),
    Verb.FORGET: ("everything stored about you is deleted", "account export"),
}
"""Verb -> what has changed, and the command that shows it."""

SENT_DIRECTLY: Final = frozenset(
    {Verb.APPROVE, Verb.REJECT, Verb.APPLY, Verb.PURGE, Verb.LINK, Verb.UNLINK, Verb.FORGET}
)
"""Told by direct message where no answer can be shown; of proposals another message is sent anyway."""


def phase_of(batch: BatchResult) -> Phase:
    """Return how far a decision came."""
    if any(result.outcome is Outcome.UNKNOWN for result in batch.results):
        return Phase.UNKNOWN
    is_done = any(result.changed_something or result.outcome is Outcome.COUNTED for result in batch.results)
    return Phase.DONE if is_done else Phase.NOT_DONE


def changed_words(attempt: Attempt, phase: Phase, theme: Theme) -> tuple[str, str]:
    """Return what is known to be changed, and what to do now."""
    if attempt.verb is Verb.LOOK or phase is Phase.NOT_DONE:
        return attempt.unchanged, f"{attempt.again}."
    words, name = DONE[attempt.verb]
    command = theme.command(name)
    if phase is Phase.DONE:
        return f"{words}.", f"nothing to do; {command} shows it."
    return f"unknown; {command} shows it.", "look there before you do it again."


def lost_answer(attempt: Attempt, phase: Phase, theme: Theme) -> Markup:
    """Draw the message that replaces an answer which Discord did not take."""
    is_done = phase is Phase.DONE and attempt.verb is not Verb.LOOK
    heading = "Done, but the answer was lost" if is_done else "The answer was lost"
    changed, now = changed_words(attempt, phase, theme)
    return short_message(
        Accent.AMBER, f"## {heading}", "Discord did not accept it.", f"**Changed:** {changed}", f"**Now:** {now}"
    )


def form_lost(answers: Mapping[str, str]) -> Card:
    """Give the typed text back as a file."""
    sheet = Sheet(Accent.AMBER).text(
        "## Not sent: this form has expired",
        "The bot restarted while it was open, or it was open for more than 15 minutes.",
        "**Changed:** nothing.",
        f"**Now:** open it again.{' The file holds what you typed.' if answers else ''}",
    )
    if answers:
        text = "\n\n".join(f"{name}\n{answer}" for name, answer in answers.items())
        sheet.file(attachment("typed.txt", text))
    return sheet.card()


def key_form_lost() -> Card:
    """Ask to open the form again; a key is neither stored nor repeated."""
    return (
        Sheet(Accent.AMBER)
        .text(
            "## Not done: this form has expired",
            "The bot restarted while it was open, or it was open for more than 15 minutes.",
            "What you typed was not kept.",
            "**Changed:** nothing.",
            "**Now:** open it again, and type it once more.",
        )
        .card()
    )
