import pytest

from bot.services.forms.forms_input import InputError
from bot.services.forms.reasons import ANOTHER_REASON, CANNED_REASONS, RejectAnswers, reject_reason


@pytest.mark.parametrize(
    ("choice", "words", "reason"),
    [
        ("Not suitable for the Horde", "", "Not suitable for the Horde."),
        ("Not suitable for the Horde", "Too slow.", "Not suitable for the Horde. Too slow."),
        (ANOTHER_REASON, "Because.", "Because."),
    ],
)
def test_a_reason_is_the_choice_and_the_words(choice: str, words: str, reason: str) -> None:
    assert reject_reason(RejectAnswers(choice, words)) == reason


def test_another_reason_needs_words() -> None:
    with pytest.raises(InputError):
        reject_reason(RejectAnswers(ANOTHER_REASON, "  "))


@pytest.mark.parametrize("choice", CANNED_REASONS)
def test_the_longest_reason_fits_the_service(choice: str) -> None:
    assert len(reject_reason(RejectAnswers(choice, "w" * 440))) <= 500
