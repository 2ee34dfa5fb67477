"""Posts about outages, bursts of changes and channels that refuse the bot."""

from collections.abc import Mapping
from datetime import datetime

from bot.services.reader import SETTING, ReaderProblem
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
            "**Now:** nothing to do. A message here says when it is back.",
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
            "**Now:** nothing to do. A message here says when it accepts them again.",
        )
        .view()
    )


READER_REMEDIES: Mapping[str, str] = {
    ReaderProblem.UNKNOWN_KEY: f"AI-Horde does not know its key. The operator sets `{SETTING}`.",
    ReaderProblem.NO_ROLE: f"the service shows it to approvers only. The operator sets `{SETTING}` to the key of one.",
    ReaderProblem.UNCONFIRMED: f"the service cannot confirm its key. If that lasts, the operator checks `{SETTING}`.",
}
"""Why the bot cannot read the queue, and the remedy; follows a colon."""


def blind_notice(since: datetime, problem: str) -> Markup:
    """Draw a notice that only the bot cannot read the queue, for the reason of a ``ReaderProblem`` or another one."""
    return (
        Sheet(Accent.RED)
        .text(
            "## The bot cannot read the queue",
            f"Since {clock_time(since)}: {READER_REMEDIES.get(problem, 'the operator finds the reason in the log.')}",
            "**Changed:** nothing. Until then no card or message reports what happens elsewhere.",
            "**Now:** tell the operator. A message here says when the bot can read it again.",
        )
        .view()
    )


def seeing_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Draw the end of that; arguments as :func:`back_notice`."""
    when = f"It could not from {clock_time(since)} to {clock_time(until)}."
    return Sheet(Accent.GREEN).text("## The bot reads the queue again", f"{when}{_meanwhile(came_in)}").view()


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
            f"The oldest {carded} got a card here. The next cards follow as those are decided.",
            f"**Now:** decide these. {theme.command('queue list')} shows all of them.",
        )
        .view()
    )


def quiet_notice(count: int, role_id: int, theme: Theme) -> Markup:
    """Draw the one mention of the changes that came in during quiet hours."""
    came = "1 change came in" if count == 1 else f"{count:,} changes came in"
    sheet = Sheet(Accent.AMBER, above=f"-# New for <@&{role_id}>")
    return sheet.text(f"## {came} during the quiet hours", f"{theme.command('queue list')} shows all that wait.").view()


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


def stub_notice(change_id: int, url: str | None, channel_id: int | None) -> Markup:
    """Draw what remains of a card whose change has its card elsewhere: one line, no buttons.

    Args:
        change_id: its number.
        url: of the present card; None while it is not posted.
        channel_id: the present review channel; None without one.
    """
    where = f" in <#{channel_id}>" if channel_id is not None else ""
    link = f"[#{change_id}]({url})" if url else f"#{change_id}"
    return Sheet(Accent.GREY).text(f"-# {link} has its card{where} now.").view()


def over_notice(since: datetime, until: datetime, *, is_blind: bool) -> Markup:
    """Draw what remains of an outage's notice after its end; a new message says that it is over."""
    what = "The bot could not read the queue" if is_blind else "The service was away"
    return Sheet(Accent.GREY).text(f"## {what}", f"-# From {clock_time(since)} to {clock_time(until)}").view()


def back_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Draw the message that an outage is over.

    Args:
        since: start of the outage.
        until: end of the outage.
        came_in: number of changes that came into the queue meanwhile.
    """
    return (
        Sheet(Accent.GREEN)
        .text("## The service is back", f"Away from {clock_time(since)} to {clock_time(until)}.{_meanwhile(came_in)}")
        .view()
    )


def _meanwhile(came_in: int) -> str:
    changes = "1 change" if came_in == 1 else f"{came_in:,} changes"
    return f" {changes} came in meanwhile; their cards follow." if came_in else ""
