"""Answers where there is no change to show."""

from bot.services.changes import Gone
from bot.ui.components import Accent, Markup, short_message
from bot.ui.glyphs import Theme


def gone(change_id: int) -> Markup:
    """Say that the queue no longer has a change."""
    return short_message(
        Accent.GREY,
        f"## #{change_id} is gone from the queue",
        "**Changed:** nothing by you.",
        "**Now:** nothing to do. The card closes shortly.",
    )


def no_change(missing: Gone, theme: Theme) -> Markup:
    """Say that the queue does not have a change, or never had it."""
    if missing.newest is None:
        return gone(missing.change_id)
    newest = f"The newest change is #{missing.newest}." if missing.newest else "The queue has no change of this number."
    return short_message(
        Accent.SLATE,
        f"## There is no #{missing.change_id}",
        newest,
        "**Changed:** nothing.",
        f"**Now:** {theme.command('queue list')} lists the pending changes.",
    )


def nothing_to_decide(theme: Theme) -> Markup:
    """Report that no pending change is left for this person to claim or decide."""
    return short_message(
        Accent.SLATE,
        "## Nothing is waiting for you",
        "Nothing is waiting that you could take: the rest is yours or claimed.",
        f"**Now:** nothing to do. {theme.command('queue list')} shows everything pending.",
    )
