"""What channels are told of an outage, of a flood, and of a channel that Discord does not let the bot post in."""

from datetime import datetime

from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Theme
from bot.ui.text import clock_time


def away_notice(since: datetime) -> Markup:
    """Tell the review channel that the service does not answer."""
    return (
        Sheet(Accent.RED)
        .text(
            "## The service is away",
            f"No answer since {clock_time(since)}. Nobody can propose, approve or apply.",
            "**Changed:** nothing.",
            "**Now:** nothing to do. This message turns green when it is back.",
        )
        .view()
    )


def read_only_notice(since: datetime) -> Markup:
    """Tell the review channel that the service takes no proposals."""
    return (
        Sheet(Accent.AMBER)
        .text(
            "## The service is read-only",
            f"Since {clock_time(since)} it takes no proposals. Nobody can propose, approve or apply.",
            "**Changed:** nothing.",
            "**Now:** nothing to do. This message turns green when it takes them again.",
        )
        .view()
    )


def flood_notice(count: int, carded: int, theme: Theme, *, has_come_in: bool) -> Markup:
    """Tell the review channel of more changes than it gets cards at once.

    Args:
        count: how many changes there are.
        carded: how many of them have a card, the oldest ones.
        theme: glyphs and commands.
        has_come_in: whether they came in at once; else they were open when the channel was set.
    """
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## {count:,} changes {'came in' if has_come_in else 'are open'}",
            f"The oldest {carded} have a card here. As these are decided, the next get theirs.",
            f"**Now:** decide these. {theme.command('queue list')} shows all of them.",
        )
        .view()
    )


def refused_notice(channel_id: int, theme: Theme) -> Markup:
    """Tell a server, in the channel that still works, that nothing is posted in another one any more."""
    return (
        Sheet(Accent.RED)
        .text(
            f"## Nothing is posted in <#{channel_id}> any more",
            "Discord refused it three times: a permission is missing there, or the channel is gone.",
            "**Changed:** nothing in the queue. What waits is kept.",
            f"**Now:** an admin types {theme.command('setup show')}, mends what it names and presses *Test again*.",
        )
        .view()
    )


def back_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Tell the review channel that the service is back; replaces the notice of the outage.

    Args:
        since: when the outage began.
        until: when it ended.
        came_in: how many changes came into the queue meanwhile.
    """
    changes = "1 change" if came_in == 1 else f"{came_in:,} changes"
    meanwhile = f" {changes} came in meanwhile; their cards follow." if came_in else ""
    return (
        Sheet(Accent.GREEN)
        .text("## The service is back", f"Away from {clock_time(since)} to {clock_time(until)}.{meanwhile}")
        .view()
    )
