"""Report of ``/status``."""

from collections.abc import Sequence

from bot.services.status_report import StatusReport
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, clock_time, joined, plain, relative

PROBLEM_LENGTH = 120

OVERSIZED_NAMED = 10
"""Oversized proposals named by number; the rest are counted."""


def status_view(report: StatusReport, theme: Theme) -> Markup:
    """Draw the states of the service, AI-Horde, the polling and the queue."""
    is_away = report.service_problem is not None
    is_read_only = not is_away and not report.is_writable
    is_hidden = not is_away and not is_read_only and report.is_queue_hidden
    accent, heading = _heading(report, is_read_only=is_read_only, is_hidden=is_hidden)
    sheet = Sheet(accent)
    sheet.text(f"## {heading}", f"-# Horde Curator {plain(report.version_of_bot, NAME_LIST)}").rule()
    sheet.text(*_service(report, theme)).gap()
    sheet.text(*_ai_horde(report, theme)).gap()
    sheet.text(*_polling(report, theme, pauses=_why_paused(report) if is_read_only or is_hidden else None))
    if report.left_alone:
        where = " and ".join(f"<#{channel_id}>" for channel_id in report.left_alone)
        sheet.gap().text(
            f"{theme.glyph(Glyph.FAIL)} **Posting** stopped in {where}",
            f"-# Discord refused it three times. {theme.command('setup show')} says what is missing.",
        )
    sheet.rule()
    if is_away:
        sheet.text(
            "**Changed:** nothing. Drafts, links and cards are kept.",
            "**Now:** nothing to do. A post in the review channel will say when it is back.",
        )
    elif is_read_only:
        sheet.text(*_read_only(report, theme))
    elif is_hidden:
        sheet.text(
            "**Changed:** nothing. Proposals and decisions here work; changes made elsewhere are not seen.",
            "**Now:** ask the operator to set `CURATOR_READER_KEY` to an approver's key. This version of the service "
            "shows its queue to approvers only.",
        )
    elif report.is_contradicted:
        sheet.text(
            "**Changed:** unknown. Two answers of the service contradict each other, so proposals may come and go.",
            "**Now:** ask the people who run the service to start it with one process (`--workers 1`).",
        )
    elif report.ai_horde_ms is None:
        sheet.text(
            "**Changed:** nothing. Drafts, links and cards are kept.",
            "**Now:** keys cannot be verified, so proposals and decisions are impossible. Try again in a minute.",
        )
    else:
        sheet.text(*_queue(report, theme))
        if report.oversized:
            sheet.gap().text(*_oversized(report.oversized, theme))
    return sheet.view()


def _heading(report: StatusReport, *, is_read_only: bool, is_hidden: bool) -> tuple[Accent, str]:
    """Return the most important problem in one line."""
    is_away = report.service_problem is not None
    return (
        (Accent.RED, "The service does not answer")
        if is_away
        else (Accent.AMBER, "The service is read-only" if report.has_queue else "The service has no queue")
        if is_read_only
        else (Accent.AMBER, "The queue is hidden from the bot")
        if is_hidden
        else (Accent.AMBER, "The service contradicts itself")
        if report.is_contradicted
        else (Accent.GREEN, "Everything works")
        if report.ai_horde_ms is not None
        else (Accent.AMBER, "AI-Horde does not answer")
    )


def _service(report: StatusReport, theme: Theme) -> tuple[str, str]:
    host = plain(report.service_host, NAME_LIST)
    if report.service_problem is not None:
        since = f" since {clock_time(report.away_since)}" if report.away_since else ""
        what = plain(report.service_problem.removesuffix("."), PROBLEM_LENGTH)
        again = f" · next try {relative(report.next_try_at)}" if report.next_try_at else ""
        return f"{theme.glyph(Glyph.FAIL)} **Service** away{since}", f"-# {what}{again} · {host}"
    glyph, takes = (Glyph.PASS, "takes proposals") if report.is_writable else (Glyph.WARN, "takes no proposals")
    details = joined(
        plain(report.mode or "", NAME_LIST),
        f"format {plain(report.canonical_format, NAME_LIST)}" if report.canonical_format else "",
        f"version {plain(report.version, NAME_LIST)}" if report.version else "",
        host,
    )
    return f"{theme.glyph(glyph)} **Service** {takes}", f"-# {details}"


def _ai_horde(report: StatusReport, theme: Theme) -> tuple[str, str]:
    host = plain(report.ai_horde_host, NAME_LIST)
    if report.ai_horde_ms is None:
        return f"{theme.glyph(Glyph.FAIL)} **AI-Horde** does not answer", f"-# {host}"
    return f"{theme.glyph(Glyph.PASS)} **AI-Horde** answers", f"-# {host} · in {report.ai_horde_ms} ms"


def _why_paused(report: StatusReport) -> str:
    if report.mode == "REPLICA":
        return "a replica has no queue"
    if not report.is_writable:
        return "the service has no queue"
    return "the reader key does not belong to an approver"


def _polling(report: StatusReport, theme: Theme, *, pauses: str | None) -> tuple[str, str]:
    polled = relative(report.last_poll_at) if report.last_poll_at else None
    if report.service_problem is not None:
        then = f" · {report.pending} pending then" if report.pending is not None else ""
        last = f"last poll {polled}{then}" if polled else "no poll yet"
        return f"{theme.glyph(Glyph.WARN)} **Polling** waits for the service", f"-# {last}"
    if pauses is not None:
        last = f"last poll {polled}" if polled else "no poll yet"
        return f"{theme.glyph(Glyph.WARN)} **Polling** is paused: {pauses}", f"-# {last}"
    last = f"last poll {polled}" if polled else "no poll yet"
    glyph = Glyph.PASS if polled else Glyph.WARN
    return f"{theme.glyph(glyph)} **Polling** every {report.poll_interval_s} s", f"-# {last}"


def _read_only(report: StatusReport, theme: Theme) -> tuple[str, str]:
    still = f"{theme.command('model show')} still works. " if theme.knows("model show") else ""
    until = (
        "until the operator points the bot at the PRIMARY"
        if report.mode == "REPLICA"
        else "until the people who run the service switch its queue on"
        if report.has_queue
        else "until the people who run the service install 3.0.0 or newer"
    )
    return (
        "**Changed:** nothing. Drafts and links are kept.",
        f"**Now:** {still}{'Proposals' if still else 'proposals'} wait {until}.",
    )


def _queue(report: StatusReport, theme: Theme) -> tuple[str, str]:
    if report.pending is None or report.approved is None:
        return "The queue has not been read yet.", ""
    counts = (
        f"{theme.glyph(Glyph.PENDING)} **{report.pending:,}** pending · "
        f"{theme.glyph(Glyph.APPROVED)} **{report.approved:,}** approved"
    )
    if report.oldest_pending is None:
        return counts, ""
    change_id, since = report.oldest_pending
    return counts, f"-# Oldest pending: #{change_id}, {relative(since)}"


def _oversized(numbers: Sequence[int], theme: Theme) -> tuple[str, str]:
    known = [f"#{number}" for number in numbers if number][:OVERSIZED_NAMED]
    rest = len(numbers) - len(known)
    names = [*known, *([f"{rest} more" if known else f"{rest} of unknown number"] if rest else [])]
    what = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    them = "it" if len(numbers) == 1 else "them"
    return (
        f"{theme.glyph(Glyph.WARN)} **Too large to read:** {what}",
        f"-# No list or card shows {them}. An approver can reject {them} on the service's own page.",
    )
