"""Short answers for one person that are neither a card nor a refusal."""

from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Theme
from bot.ui.text import REASON, plain


def said_in_channel(typed: str = "") -> Markup:
    """Point to a refusal that the whole channel reads; ``typed`` is given back to whoever typed it."""
    sheet = Sheet(Accent.RED).text("## The service refused", "Its answer stands in this channel.")
    return given_back(sheet, typed).view()


def given_back(sheet: Sheet, typed: str) -> Sheet:
    """Add what somebody typed in vain, so that nobody writes it twice."""
    return sheet.gap().text("-# You wrote", f"> {plain(typed, REASON)}") if typed else sheet


def role_confirmed(theme: Theme, command: str) -> Markup:
    """Say that a role was given since it was last asked for, so that the form can open now."""
    return (
        Sheet(Accent.GREEN)
        .text("## You have the role now", f"**Now:** {theme.command(command)} opens the form.")
        .view()
    )


def no_drafts(theme: Theme) -> Markup:
    """Say that there is nothing unsent."""
    return (
        Sheet(Accent.SLATE)
        .text(
            "## Your drafts",
            "Nothing is waiting to be sent.",
            f"**Now:** {theme.command('propose-model create')} begins one.",
        )
        .view()
    )


def nothing_to_decide(theme: Theme) -> Markup:
    """Say that no change waits that the person could decide now."""
    return (
        Sheet(Accent.SLATE)
        .text(
            "## Nothing waits for you",
            "No pending change is somebody else's and unclaimed.",
            f"**Now:** nothing to do. {theme.command('queue list')} shows all that is pending.",
        )
        .view()
    )
