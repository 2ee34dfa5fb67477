"""The queue in numbers: a picture and a few lines, for ``/queue stats`` and for the week's digest."""

import io
from typing import Final

import discord

from bot.services.notifications.digest import Digest
from bot.services.queue.statistics import WEEKS, QueueStatistics, WeekCount
from bot.ui.components import Accent, Card, Press, Sheet, button, primary
from bot.ui.list_ids import open_next, open_queue
from bot.ui.notices.charts import AGE_NAMES, wait_words
from bot.ui.text import NAME_LIST, REQUESTOR, plain, plural, relative

PICTURE: Final = "queue.png"
DECIDERS_SHOWN: Final = 8
CATEGORIES_SHOWN: Final = 6


def statistics_answer(told: QueueStatistics, picture: bytes) -> Card:
    """The queue as it is, and this week as far as it has come.

    Args:
        told: the numbers.
        picture: their picture, a PNG.
    """
    sheet = Sheet(Accent.SLATE)
    sheet.text(f"## The queue in week {told.week.number}, so far", f"-# read {relative(told.read_at)}")
    _picture(sheet, told, picture)
    return (
        sheet.text(
            f"{_decided(told)} {told.week_before.decided:,} last week.",
            _applied(told),
            _open(told),
            f"**{told.approved:,} approved,** not live yet." if told.approved else "",
            f"**Median wait** {_wait(told.median_wait_all_s)} in these {WEEKS} weeks."
            if told.median_wait_all_s
            else "",
            _thanks(told),
        )
        .row(*_buttons(told))
        .card()
    )


def digest(week: Digest, picture: bytes) -> Card:
    """The week that is over, for a channel; arguments as :func:`statistics_answer`."""
    told = week.told
    sheet = Sheet(Accent.SLATE).text(f"## The queue in week {told.week.number}")
    _picture(sheet, told, picture)
    lines = (f"{_decided(told)} {told.week_before.decided:,} the week before.", _applied(told), _open(told))
    return sheet.text(*lines, _late(week), _thanks(told)).row(*_buttons(told)).card()


def picture_words(told: QueueStatistics) -> str:
    """Every number of the picture, in words."""
    weeks = "; ".join(f"week {week.number}: {_both(week)}" for week in told.weeks)
    ages = ", ".join(
        f"{count:,} {name.replace('<', 'under').replace('>', 'over')}"
        for name, count in zip(AGE_NAMES, told.open_by_age, strict=True)
    )
    return (
        f"{told.pending:,} open. {told.week.decided:,} decided in week {told.week.number}. "
        f"Median wait {_wait(told.median_wait_s)}. Decided per week: {weeks}. Open, by age: {ages}."
    )


def _picture(sheet: Sheet, told: QueueStatistics, picture: bytes) -> None:
    sheet.picture(discord.File(io.BytesIO(picture), filename=PICTURE), picture_words(told))


def _decided(told: QueueStatistics) -> str:
    week = told.week
    return f"**{week.decided:,} decided:** {_both(week)}." if week.decided else "**Nothing decided.**"


def _both(week: WeekCount) -> str:
    return f"{week.approved:,} approved, {week.rejected:,} rejected"


def _applied(told: QueueStatistics) -> str:
    return f"**{told.applied:,} applied,** so live." if told.applied else "**Nothing applied.**"


def _open(told: QueueStatistics) -> str:
    if not told.pending:
        return "**Nothing open.**"
    shown = [f"{plain(category, NAME_LIST)} {count:,}" for category, count in told.open_by_category[:CATEGORIES_SHOWN]]
    others = sum(count for _, count in told.open_by_category[CATEGORIES_SHOWN:])
    return f"**{told.pending:,} open:** {', '.join([*shown, *([f'others {others:,}'] if others else [])])}."


def _late(week: Digest) -> str:
    if not week.late:
        return ""
    named = [f"[#{change_id}]({url})" if url else f"#{change_id}" for change_id, url in week.named]
    more = week.late - len(week.named)
    return (
        f"**{week.late:,} over {plural(week.days, 'day')}:** {', '.join(named)}{f' and {more:,} more' if more else ''}."
    )


def _thanks(told: QueueStatistics) -> str:
    if not told.deciders:
        return ""
    shown = [f"{plain(name, REQUESTOR)} ({count:,})" for name, count in told.deciders[:DECIDERS_SHOWN]]
    more = len(told.deciders) - DECIDERS_SHOWN
    return f"**Thanks** to {', '.join([*shown, *([f'{more} more'] if more > 0 else [])])}."


def _wait(seconds: float | None) -> str:
    return " ".join(wait_words(seconds)) if seconds is not None else "not known, nothing was decided"


def _buttons(told: QueueStatistics) -> tuple[Press | None, Press]:
    oldest = primary("Oldest pending", open_next()) if told.pending else None
    return oldest, button("Queue", open_queue())
