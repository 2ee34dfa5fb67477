"""Reasons and requests of approvers, as they type them; pure."""

from dataclasses import dataclass

from bot.services.forms.forms_input import InputError, InvalidInput

ANOTHER_REASON = "Another reason"
CANNED_REASONS = (
    "Duplicate of a model we have",
    "The download link does not work",
    "The sha256 is missing or wrong",
    "The licence does not allow it",
    "Not suitable for the Horde",
    "Needs discussion first",
    ANOTHER_REASON,
)
REASON_MAX = 500
"""Characters: the service's limit (8.6.2)."""


@dataclass(frozen=True, slots=True)
class RejectAnswers:
    """A canned reason and the approver's own words."""

    choice: str
    words: str


def reject_reason(answers: RejectAnswers) -> str:
    """Return the reason to send: ``{choice}. {words}``, at most 500 characters.

    Raises:
        InputError: *Another reason* without words.
    """
    choice, words = answers.choice.strip(), answers.words.strip()
    if choice == ANOTHER_REASON:
        if not words:
            raise InputError(InvalidInput("In your words", "", "a reason, because you chose “Another reason”"))
        return words[:REASON_MAX]
    return (f"{choice}. {words}" if words else f"{choice}.")[:REASON_MAX]


def request_words(typed: str) -> str:
    """Return what a requestor is asked for.

    Raises:
        InputError: nothing was typed.
    """
    if not typed.strip():
        raise InputError(InvalidInput("What should change?", "", "a few words for the requestor"))
    return typed.strip()
