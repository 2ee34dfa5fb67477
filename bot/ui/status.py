"""Report of ``/status``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.services.reader_key import SETTING, ReaderProblem
from bot.services.status import StatusReport
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, clock_time, joined, listed, plain, relative

PROBLEM_LENGTH = 120

UNREADABLE_NAMED = 10
"""Changes or messages that are named; the rest are counted."""

UNSEEN = "nothing. Drafts, links and cards are kept; new cards and messages wait."
"""Effect of a queue that cannot be read, while the service and AI-Horde answer."""

_READER_PROBLEMS: Mapping[ReaderProblem, str] = {
    ReaderProblem.UNKNOWN_KEY: "AI-Horde does not know the bot's key",
    ReaderProblem.NO_ROLE: "the reader key does not belong to an approver",
    ReaderProblem.UNCONFIRMED: "the service could not confirm the bot's key",
}


def status_view(report: StatusReport, theme: Theme) -> Markup:
    """Draw the states of service, AI-Horde, polling and queue; the worst is the heading."""
    verdict = _verdict(report, theme)
    sheet = Sheet(verdict.accent)
    sheet.text(f"## {verdict.heading}", f"-# Horde Curator {plain(report.version_of_bot, NAME_LIST)}").rule()
    sheet.text(*_service(report, theme)).gap()
    sheet.text(*_ai_horde(report, theme)).gap()
    sheet.text(*_polling(report, theme))
    if report.left_alone:
        sheet.gap().text(*_stopped(report.left_alone, theme))
    if report.undrawable:
        sheet.gap().text(*_undrawable(report.undrawable, theme))
    sheet.rule()
    if verdict.changed:
        sheet.text(f"**Changed:** {verdict.changed}", f"**Now:** {verdict.now}")
    if verdict.is_queue_shown:
        sheet.text(*_queue(report, theme))
        if report.unreadable:
            sheet.gap().text(*_unreadable(report.unreadable, theme))
    return sheet.view()


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Most important problem, its effect and remedy (empty where nothing is wrong)."""

    accent: Accent
    heading: str
    changed: str = ""
    now: str = ""
    is_queue_shown: bool = False


def _verdict(report: StatusReport, theme: Theme) -> _Verdict:  # noqa: PLR0911, C901 - a table of problems
    kept = "nothing. Drafts, links and cards are kept."
    if report.service_problem is not None:
        again = "nothing to do. A post in the review channel will say when it is back."
        return _Verdict(Accent.RED, "The service does not answer", kept, again)
    if not report.is_writable:
        heading = "The service is read-only" if report.has_queue else "The service has no queue"
        return _Verdict(Accent.AMBER, heading, "nothing. Drafts and links are kept.", _read_only(report, theme))
    if report.ai_horde_ms is None:
        now = "keys cannot be verified, so proposals and decisions are impossible. Try again in a minute."
        return _Verdict(Accent.AMBER, "AI-Horde does not answer", kept, now)
    if report.reader_problem is not None:
        return _refused_reader(report.reader_problem)
    if report.poll_problem is not None:
        return _Verdict(Accent.RED, "The queue cannot be read", UNSEEN, "tell the operator the reason above.")
    if report.is_poll_late and report.last_poll_at is not None:
        heading = f"The queue was last read {relative(report.last_poll_at)}"
        return _Verdict(Accent.RED, heading, UNSEEN, "ask the operator to read the log, then to restart the bot.")
    if report.is_contradicted:
        changed = "unknown. Two answers of the service contradict each other, so proposals may come and go."
        now = "ask the people who run the service to start it with one process (`--workers 1`)."
        return _Verdict(Accent.AMBER, "The service contradicts itself", changed, now)
    if report.left_alone:
        changed = "nothing in the queue. Waiting messages are kept."
        now = f"an admin types {theme.command('setup show')}, fixes what it names and presses *Test again*."
        return _Verdict(Accent.AMBER, "Posting stopped here", changed, now, is_queue_shown=True)
    if report.undrawable:
        changed = "nothing in the queue. The bot tries to draw them again after its next start."
        now = "ask the operator to report the traceback in the log."
        return _Verdict(Accent.AMBER, "Some messages cannot be drawn", changed, now, is_queue_shown=True)
    if report.last_poll_at is None:
        return _Verdict(Accent.AMBER, "The queue has not been read yet", is_queue_shown=True)
    return _Verdict(Accent.GREEN, "Everything works", is_queue_shown=True)


def _refused_reader(problem: ReaderProblem) -> _Verdict:
    match problem:
        case ReaderProblem.UNKNOWN_KEY:
            now = f"ask the operator to set `{SETTING}` to a valid key and to restart the bot. The present one is "
            return _Verdict(Accent.RED, "The bot cannot read the queue", UNSEEN, f"{now}unknown to AI-Horde.")
        case ReaderProblem.NO_ROLE:
            now = f"ask the operator to set `{SETTING}` to an approver's key. This version of the service shows its "
            return _Verdict(Accent.AMBER, "The queue is hidden from the bot", UNSEEN, f"{now}queue to approvers only.")
        case ReaderProblem.UNCONFIRMED:
            now = f"nothing, if this ends within minutes. If it lasts, ask the operator to check `{SETTING}`."
            return _Verdict(Accent.AMBER, "The bot's key could not be confirmed", UNSEEN, now)


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


def _polling(report: StatusReport, theme: Theme) -> tuple[str, str]:
    last = f"last read {relative(report.last_poll_at)}" if report.last_poll_at else "not read yet"
    if report.service_problem is not None:
        then = f" · {report.pending} pending then" if report.last_poll_at and report.pending is not None else ""
        return f"{theme.glyph(Glyph.WARN)} **Reading the queue** waits for the service", f"-# {last}{then}"
    if not report.is_writable:
        why = "a replica has no queue" if report.mode == "REPLICA" else "the service has no queue"
        return f"{theme.glyph(Glyph.WARN)} **Reading the queue** is paused: {why}", f"-# {last}"
    if report.reader_problem is not None:
        return (
            f"{theme.glyph(Glyph.FAIL)} **Reading the queue** fails: {_READER_PROBLEMS[report.reader_problem]}",
            f"-# {last}",
        )
    if report.poll_problem is not None:
        why = plain(report.poll_problem.removesuffix("."), PROBLEM_LENGTH)
        return f"{theme.glyph(Glyph.FAIL)} **Reading the queue** fails: {why}", f"-# {last}"
    glyph = Glyph.FAIL if report.is_poll_late else Glyph.PASS if report.last_poll_at else Glyph.WARN
    return f"{theme.glyph(glyph)} **Reading the queue** every {report.poll_interval_s} s", f"-# {last}"


def _stopped(channel_ids: Sequence[int], theme: Theme) -> tuple[str, str]:
    where = " and ".join(f"<#{channel_id}>" for channel_id in channel_ids)
    return (
        f"{theme.glyph(Glyph.FAIL)} **Posting** stopped in {where}",
        f"-# Discord refused it three times. {theme.command('setup show')} says what is missing.",
    )


def _undrawable(messages: Sequence[tuple[str, int | None]], theme: Theme) -> tuple[str, str]:
    names = [f"{kind.replace('_', ' ')}{f' #{change_id}' if change_id else ''}" for kind, change_id in messages]
    more = len(names) - UNREADABLE_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{theme.glyph(Glyph.FAIL)} **Messages** given up: {', '.join(names[:UNREADABLE_NAMED])}{rest}",
        "-# The bot failed three times to draw them.",
    )


def _read_only(report: StatusReport, theme: Theme) -> str:
    still = f"{theme.command('model show')} still works. " if theme.knows("model show") else ""
    until = (
        "until the operator connects the bot to the main server (PRIMARY)"
        if report.mode == "REPLICA"
        else "until the people who run the service switch its queue on"
        if report.has_queue
        else "until the people who run the service install 3.0.0 or newer"
    )
    return f"{still}{'Proposals' if still else 'proposals'} wait {until}."


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


def _unreadable(numbers: Sequence[int], theme: Theme) -> tuple[str, str]:
    known = [f"#{number}" for number in numbers if number][:UNREADABLE_NAMED]
    rest = len(numbers) - len(known)
    names = [*known, *([f"{rest} more" if known else f"{rest} of unknown number"] if rest else [])]
    them = "it" if len(numbers) == 1 else "them"
    return (
        f"{theme.glyph(Glyph.WARN)} **Too large or malformed:** {listed(names)}",
        f"-# No list or card shows {them}. An approver can reject {them} on the service's own page.",
    )
