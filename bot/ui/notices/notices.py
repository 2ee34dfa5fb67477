"""Posts about outages, bursts of changes and channels that refuse the bot."""

from datetime import datetime

from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Theme
from bot.ui.text import clock_time


def away_notice(since: datetime) -> Markup:
    """Draw the start of an outage."""
    return (
        Sheet(Accent.RED)
        .text(
            "## The service is away",
            f"No answer since {clock_time(since)}. No one can propose, approve or apply.",
            "**Changed:** nothing.",
            "**Now:** nothing to do. This message turns green when it is back.",
        )
        .view()
    )


def read_only_notice(since: datetime) -> Markup:
    """Draw a notice that the service is read-only."""
    return (
        Sheet(Accent.AMBER)
        .text(
            "## The service is read-only",
            f"Since {clock_time(since)} it accepts no proposals. No one can propose, approve or apply.",
            "**Changed:** nothing.",
            "**Now:** nothing to do. This message turns green when it accepts them again.",
        )
        .view()
    )


def burst_notice(count: int, carded: int, theme: Theme, *, has_come_in: bool) -> Markup:
    """Draw a notice of more changes than cards are posted at once.

    Args:
        count: number of changes.
        carded: number of those with a card, the oldest ones.
        theme: glyphs and commands.
        has_come_in: True if they came in at once, False if they were open when the channel was set.
    """
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## {count:,} changes {'came in' if has_come_in else 'are open'}",
            f"The oldest {carded} have a card here. The next cards follow as these are decided.",
            f"**Now:** decide these. {theme.command('queue list')} shows all of them.",
        )
        .view()
    )


def refused_notice(channel_id: int, theme: Theme) -> Markup:
    """Draw a notice, for another channel of the server, that a channel was given up."""
    return (
        Sheet(Accent.RED)
        .text(
            f"## Nothing is posted in <#{channel_id}> any more",
            "Discord refused it three times: a permission is missing there, or the channel is gone.",
            "**Changed:** nothing in the queue. Waiting messages are kept.",
            f"**Now:** an admin types {theme.command('setup show')}, fixes what it names and presses *Test again*.",
        )
        .view()
    )


def back_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Draw the end of an outage; replaces the notice of its start.

    Args:
        since: start of the outage.
        until: end of the outage.
        came_in: number of changes that came into the queue meanwhile.
    """
    changes = "1 change" if came_in == 1 else f"{came_in:,} changes"
    meanwhile = f" {changes} came in meanwhile; their cards follow." if came_in else ""
    return (
        Sheet(Accent.GREEN)
        .text("## The service is back", f"Away from {clock_time(since)} to {clock_time(until)}.{meanwhile}")
        .view()
    )
