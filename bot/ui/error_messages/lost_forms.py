"""Answers to forms that were open while the bot restarted and cannot be built again."""

from collections.abc import Mapping

from bot.ui.components import Accent, Card, Sheet, attachment


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
