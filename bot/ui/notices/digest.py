"""Statistics of the queue as a chart and text, for ``/queue stats`` and digests."""

import io
from typing import Final

import discord

from bot.services.notifications.digest import Digest
from bot.services.queue.statistics import WEEKS, QueueStatistics, WeekCount
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Card, Sheet, button, primary
from bot.ui.list_ids import OPEN_NEXT, OPEN_QUEUE
from bot.ui.notices.charts import AGE_NAMES, wait_words
from bot.ui.text import REQUESTOR, numbered, plain, plural, relative

PICTURE: Final = "queue.png"
DECIDERS_SHOWN: Final = 8
CATEGORIES_SHOWN: Final = 6


def statistics_answer(statistics: QueueStatistics, picture: bytes) -> Card:
    """Draw the statistics of the queue, with the current week so far; the picture is a PNG."""
    sheet = Sheet(Accent.SLATE)
    sheet.text(f"## The queue in week {statistics.week.number}, so far", f"-# read {relative(statistics.read_at)}")
    wait = statistics.median_wait_all_s
    median = f"**Median wait** {_wait(wait)} in these {WEEKS} weeks." if wait else ""
    return _card(sheet, statistics, picture, before="last week", last=median)


def digest(week: Digest, picture: bytes) -> Card:
    """Draw the digest of the previous week; the picture is a PNG."""
    sheet = Sheet(Accent.SLATE).text(f"## The queue in week {week.statistics.week.number}")
    return _card(sheet, week.statistics, picture, before="the week before", last=_late(week))


def _card(sheet: Sheet, statistics: QueueStatistics, picture: bytes, *, before: str, last: str) -> Card:
    sheet.picture(discord.File(io.BytesIO(picture), filename=PICTURE), picture_words(statistics))
    sheet.text(
        f"{_decided(statistics)} {statistics.week_before.decided:,} {before}.",
        _applied(statistics),
        _open(statistics),
        f"**{statistics.approved:,} approved,** not live yet." if statistics.approved else "",
        last,
        _thanks(statistics),
    )
    oldest = primary("Oldest pending", OPEN_NEXT) if statistics.pending else None
    return sheet.row(oldest, button("Queue", OPEN_QUEUE)).card()


def picture_words(statistics: QueueStatistics) -> str:
    """Return the alternative text of the chart, with every number."""
    weeks = "; ".join(f"week {week.number}: {_both(week)}" for week in statistics.weeks)
    ages = ", ".join(
        f"{count:,} {name.replace('<', 'under').replace('>', 'over')}"
        for name, count in zip(AGE_NAMES, statistics.open_by_age, strict=True)
    )
    return (
        f"{statistics.pending:,} open. {statistics.week.decided:,} decided in week {statistics.week.number}. "
        f"Median wait {_wait(statistics.median_wait_s)}. Decided per week: {weeks}. Open, by age: {ages}."
    )


def _decided(statistics: QueueStatistics) -> str:
    week = statistics.week
    return f"**{week.decided:,} decided:** {_both(week)}." if week.decided else "**Nothing decided.**"


def _both(week: WeekCount) -> str:
    return f"{week.approved:,} approved, {week.rejected:,} rejected"


def _applied(statistics: QueueStatistics) -> str:
    return f"**{statistics.applied:,} applied,** now live." if statistics.applied else "**Nothing applied.**"


def _open(statistics: QueueStatistics) -> str:
    if not statistics.pending:
        return "**Nothing open.**"
    shown = [
        f"{category_words(category)} ({count:,})" for category, count in statistics.open_by_category[:CATEGORIES_SHOWN]
    ]
    others = sum(count for _, count in statistics.open_by_category[CATEGORIES_SHOWN:])
    return f"**{statistics.pending:,} open:** {', '.join([*shown, *([f'others ({others:,})'] if others else [])])}."


def _late(week: Digest) -> str:
    if not week.late:
        return ""
    named = [numbered(change_id, url) for change_id, url in week.named]
    more = week.late - len(week.named)
    return (
        f"**{week.late:,} over {plural(week.days, 'day')}:** {', '.join(named)}{f' and {more:,} more' if more else ''}."
    )


def _thanks(statistics: QueueStatistics) -> str:
    if not statistics.deciders:
        return ""
    shown = [f"{plain(name, REQUESTOR)} ({count:,})" for name, count in statistics.deciders[:DECIDERS_SHOWN]]
    more = len(statistics.deciders) - DECIDERS_SHOWN
    return f"**Thanks** to {', '.join([*shown, *([f'{more} more'] if more > 0 else [])])}."


def _wait(seconds: float | None) -> str:
    return " ".join(wait_words(seconds)) if seconds is not None else "not known, nothing was decided"
