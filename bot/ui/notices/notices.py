"""Posts about outages, bursts, refusing channels, and changes that wait too long."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.reader_key import SETTING, ReaderProblem
from bot.ui.cards.states import category_of, decider, requestor, short_title
from bot.ui.components import Accent, Markup, Sheet, primary, short_message
from bot.ui.glyphs import Glyph, Theme
from bot.ui.list_ids import OPEN_NEXT
from bot.ui.text import clock_time, numbered, plural, relative


def outage_notice(since: datetime) -> Markup:
    """Draw the start of an outage."""
    return short_message(
        Accent.RED,
        "## The service is away",
        f"No answer since {clock_time(since)}. No one can propose, approve or apply.",
        "**Changed:** nothing.",
        "**Now:** nothing to do. A message here says when it is back.",
    )


def read_only_notice(since: datetime) -> Markup:
    """Draw a notice that the service is read-only."""
    return short_message(
        Accent.AMBER,
        "## The service is read-only",
        f"Since {clock_time(since)} it accepts no proposals. No one can propose, approve or apply.",
        "**Changed:** nothing.",
        "**Now:** nothing to do. A message here says when it accepts them again.",
    )


READER_REMEDIES: Mapping[str, str] = {
    ReaderProblem.UNKNOWN_KEY: f"AI-Horde does not know its key. The operator sets `{SETTING}`.",
    ReaderProblem.NO_ROLE: f"the service shows it to approvers only. The operator sets `{SETTING}` to the key of one.",
    ReaderProblem.UNCONFIRMED: f"the service cannot confirm its key. If that lasts, the operator checks `{SETTING}`.",
}
"""Why the bot cannot read the queue, and the remedy; follows a colon."""


def unreadable_queue_notice(since: datetime, problem: str) -> Markup:
    """Draw a notice that only the bot cannot read the queue, with the reason."""
    return short_message(
        Accent.RED,
        "## The bot cannot read the queue",
        f"Since {clock_time(since)}: {READER_REMEDIES.get(problem, 'the operator finds the reason in the log.')}",
        "**Changed:** nothing. Until then no card or message reports what happens elsewhere.",
        "**Now:** tell the operator. A message here says when the bot can read it again.",
    )


def readable_queue_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Draw the end of that; arguments as :func:`outage_end_notice`."""
    when = f"It could not from {clock_time(since)} to {clock_time(until)}."
    return short_message(Accent.GREEN, "## The bot reads the queue again", f"{when}{_meanwhile(came_in)}")


def burst_notice(count: int, carded: int, theme: Theme, *, has_come_in: bool) -> Markup:
    """Draw a notice that only the oldest changes got cards: many came in at once, or were open."""
    return short_message(
        Accent.AMBER,
        f"## {count:,} changes {'came in' if has_come_in else 'are open'}",
        f"The oldest {carded} got a card here. The next cards follow as those are decided.",
        f"**Now:** decide these. {theme.command('queue list')} shows all of them.",
    )


def quiet_hours_notice(count: int, role_id: int, theme: Theme) -> Markup:
    """Draw the one mention of the changes that came in during quiet hours."""
    sheet = Sheet(Accent.AMBER, above=f"-# New for <@&{role_id}>")
    return sheet.text(
        f"## {plural(count, 'change')} came in during the quiet hours",
        f"{theme.command('queue list')} shows all that wait.",
    ).view()


def refused_channel_notice(channel_id: int, theme: Theme) -> Markup:
    """Draw a notice, for another channel of the server, that a channel was given up."""
    return short_message(
        Accent.RED,
        f"## Nothing is posted in <#{channel_id}> any more",
        "Discord refused it three times: a permission is missing there, or the channel is gone.",
        "**Changed:** nothing in the queue. Waiting messages are kept.",
        f"**Now:** an admin types {theme.command('setup show')}, fixes what it names and presses *Test again*.",
    )


def stub_notice(change_id: int, url: str | None, channel_id: int | None) -> Markup:
    """Draw what remains of a card that is elsewhere; ``url`` is None until it is posted."""
    where = f" in <#{channel_id}>" if channel_id is not None else ""
    what = f"has its card{where} now" if url is not None else f"gets its card{where}"
    return short_message(Accent.GREY, f"-# {numbered(change_id, url)} {what}.")


def past_outage_notice(since: datetime, until: datetime, *, is_blind: bool) -> Markup:
    """Draw what remains of an outage's notice after its end; a new message says that it is over."""
    what = "The bot could not read the queue" if is_blind else "The service was away"
    return short_message(Accent.GREY, f"## {what}", f"-# From {clock_time(since)} to {clock_time(until)}")


def outage_end_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Draw the end of an outage, with the number of changes that came in meanwhile."""
    return short_message(
        Accent.GREEN,
        "## The service is back",
        f"Away from {clock_time(since)} to {clock_time(until)}.{_meanwhile(came_in)}",
    )


def _meanwhile(came_in: int) -> str:
    return f" {plural(came_in, 'change')} came in meanwhile; their cards follow." if came_in else ""


def reminder(facts: Mapping[str, Any], theme: Theme) -> Markup:
    """Draw a reminder.

    Facts: ``days`` of the limit, ``count`` of changes over it, ``changes`` with the oldest of these, ``links`` to their
    cards (None where there is none).
    """
    count, changes = facts["count"], facts["changes"]
    if not count:
        words = f"## No change waits over {plural(facts['days'], 'day')}"
        return short_message(Accent.GREEN, words, "-# All changes that were listed here are decided.")
    waits = "waits" if count == 1 else "wait"
    sheet = Sheet(Accent.AMBER).text(f"## {plural(count, 'change')} {waits} over {plural(facts['days'], 'day')}").rule()
    for change, url in zip(changes, facts["links"], strict=True):
        sheet.text(*_waiting_change(PendingChange.model_validate(change), url, theme)).gap()
    more = count - len(changes)
    if more:
        sheet.text(f"-# {more:,} more in {theme.command('queue list')}")
    return sheet.rule().row(primary("Oldest pending", OPEN_NEXT)).view()


def _waiting_change(change: PendingChange, url: str | None, theme: Theme) -> tuple[str, str]:
    number, title = numbered(change.change_id, url), short_title(change)
    if change.status is ChangeStatus.APPROVED:
        approved = relative(change.approved_at) if change.approved_at else "a while ago"
        return (
            f"{theme.glyph(Glyph.APPROVED)} {number} {title}",
            f"-# approved {approved} by {decider(change)}, not live yet: {theme.command('apply')}",
        )
    return (
        f"{theme.glyph(Glyph.PENDING)} {number} {title}",
        f"-# {relative(change.requested_at)} · {requestor(change)} · {category_of(change)}",
    )
