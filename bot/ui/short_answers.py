"""Short answers for one person that are neither a card nor an error."""

from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Theme


def role_confirmed(theme: Theme, command: str) -> Markup:
    """Report that the person now has the role, so the form can open."""
    return (
        Sheet(Accent.GREEN)
        .text("## You have the role now", f"**Now:** {theme.command(command)} opens the form.")
        .view()
    )


def no_drafts(theme: Theme) -> Markup:
    """Report that the person has no drafts."""
    return (
        Sheet(Accent.SLATE)
        .text(
            "## Your drafts",
            "You have no unsent drafts.",
            f"**Now:** {theme.command('propose-model create')} starts one.",
        )
        .view()
    )


def nothing_to_decide(theme: Theme) -> Markup:
    """Report that no pending change is left for this person to claim or decide."""
    return (
        Sheet(Accent.SLATE)
        .text(
            "## Nothing is waiting for you",
            "Nothing is waiting that you could take: the rest is yours or claimed.",
            f"**Now:** nothing to do. {theme.command('queue list')} shows everything pending.",
        )
        .view()
    )
