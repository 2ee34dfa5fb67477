"""Short answers for one person that are neither a card nor an error."""

from bot.ui import custom_ids
from bot.ui.components import Accent, Markup, Sheet, primary
from bot.ui.custom_ids import ModelVerb
from bot.ui.glyphs import Theme
from bot.ui.text import NAME_TITLE, plain


def role_confirmed(theme: Theme, command: str) -> Markup:
    """Report that the person now has the role, so the form can open."""
    return (
        Sheet(Accent.GREEN)
        .text("## You have the role now", f"**Now:** {theme.command(command)} opens the form.")
        .view()
    )


def form_ready(category: str, name: str) -> Markup:
    """Report that the live record has been read, with a button for the form."""
    return (
        Sheet(Accent.SLATE)
        .text(
            f"## {plain(name, NAME_TITLE)}",
            "The bot has read the live record. Discord opens a form only right after a press.",
            "**Now:** press *Open the form*. No draft is stored before you change something.",
        )
        .row(primary("Open the form", custom_ids.model(ModelVerb.UPDATE, category, name)))
        .view()
    )


def nothing_changed(category: str, name: str) -> Markup:
    """Report that a form was sent without a change, so there is no draft."""
    return (
        Sheet(Accent.SLATE)
        .text(
            "## No draft: nothing was changed",
            f"You sent the form of **{plain(name, NAME_TITLE)}** without changing a value.",
            "**Changed:** nothing.",
            "**Now:** press *Open the form* and change a value.",
        )
        .row(primary("Open the form", custom_ids.model(ModelVerb.UPDATE, category, name)))
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
