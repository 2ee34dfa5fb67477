"""Lines of one change in a batch's question, progress or result."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.services.changes import CardState
from bot.services.review.outcomes import DecisionResult, Outcome, decided_by
from bot.services.review.presses import DecisionVerb
from bot.ui.cards.card_endings import difference_sentence
from bot.ui.cards.states import requestor, short_title
from bot.ui.components import Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.review.concern_lines import concern_lines
from bot.ui.text import NAME_LIST, REQUESTOR, SERVICE_WORDS, horde_name, listed, plain, relative

SPACIOUS_MAX = 8
"""Up to this many stand apart; more are short lines, so that a message can hold them all."""
NAME_DENSE = 24

STATE_OF_VERB = {
    DecisionVerb.APPROVE: Glyph.APPROVED,
    DecisionVerb.REJECT: Glyph.REJECTED,
    DecisionVerb.APPLY: Glyph.APPLIED,
}
_QUOTED = (Outcome.FAILED, Outcome.REFUSED)
"""Outcomes that quote the service."""


def draw_results(
    sheet: Sheet,
    results: Sequence[DecisionResult],
    theme: Theme,
    *,
    verb: DecisionVerb,
    own_name: str = "",
    is_brief: bool = False,
) -> None:
    """Draw every change in order, with a reason where it was not decided.

    Brief lines leave out who approved or proposed it, and when. ``own_name`` is the Horde name of the reader.
    """
    is_dense = len(results) > SPACIOUS_MAX
    drawing = _Drawing(theme, verb, own_name, _why_not_tried(results), is_dense, is_brief or is_dense, len(results))
    lines: list[str] = []
    for result in results:
        lines += _lines(result, drawing)
        if not is_dense or result.outcome in _QUOTED:  # a quote is the last thing in its text
            sheet.text(*lines)
            if not is_dense and result is not results[-1]:
                sheet.gap()
            lines = []
    sheet.text(*lines)


def numbers(results: Iterable[DecisionResult]) -> str:
    """List the numbers: ``#42``, ``#42 and #44``, ``#42, #44 and #47``."""
    return listed([f"#{result.change_id}" for result in results])


@dataclass(frozen=True, slots=True)
class _Drawing:
    theme: Theme
    verb: DecisionVerb
    own_name: str
    not_tried_because: str
    is_dense: bool
    is_brief: bool
    share: int


def _lines(result: DecisionResult, drawing: _Drawing) -> Iterator[str]:
    glyph, change = drawing.theme.glyph(_glyph(result, drawing.verb)), result.change
    name = "" if change is None else f" {short_title(change, NAME_DENSE if drawing.is_dense else NAME_LIST)}"
    yield f"{glyph} **#{result.change_id}**{name}"
    if result.live_difference is not None and change is not None:
        yield difference_sentence(change.operation, result.live_difference.fields)
    if result.outcome in _QUOTED:
        if result.is_written:
            yield "The live record is as approved all the same."
        yield f"> {plain(result.service_message, SERVICE_WORDS) or 'Nothing.'}"
        return
    why = _why(result, drawing.not_tried_because)
    if not why and not drawing.is_brief and result.outcome in (Outcome.READY, Outcome.ALONE):
        why = _waits(result, drawing.own_name)
    if why:
        yield f"-# {why}"
    if result.outcome in (Outcome.READY, Outcome.ALONE):
        is_dense = drawing.is_dense
        yield from concern_lines(result, drawing.theme, drawing.own_name, drawing.share, is_dense=is_dense)


def _glyph(result: DecisionResult, verb: DecisionVerb) -> Glyph:
    match result.outcome:
        case Outcome.DONE:
            return STATE_OF_VERB[verb] if result.live_difference is None else Glyph.WARN
        case Outcome.RUNNING:
            return Glyph.APPLYING
        case Outcome.FAILED | Outcome.REFUSED:
            return Glyph.FAIL
        case Outcome.UNKNOWN:
            return Glyph.WARN
        case Outcome.NOT_FOUND:
            return Glyph.PURGED
    return Glyph(result.state.value) if result.state else Glyph.PENDING


def _waits(result: DecisionResult, own_name: str) -> str:
    change = result.change
    if change is None:
        return ""
    if result.state is CardState.APPROVED:
        name, approved_at = decided_by(change)
        who = "you" if own_name and name == own_name else plain(name, REQUESTOR)
        return f"approved by {who}{_at(approved_at)}" if who else ""
    return f"{relative(change.requested_at)} · {requestor(change)}"


def _at(stamp: int | None) -> str:
    return f" {relative(stamp)}" if stamp is not None else ""


def _why(result: DecisionResult, not_tried_because: str) -> str:
    if result.outcome is Outcome.ALREADY_DECIDED:
        return _already_decided(result)
    return {
        Outcome.CONTENT_CHANGED: "it changed since it was shown",
        Outcome.SUPERSEDED: _superseded(result),
        Outcome.NOT_FOUND: "gone from the queue" if result.newest is None else "there is no change of this number",
        Outcome.OWN_CHANGE: "not approved: it is your own, and another approver must decide",
        Outcome.ALONE: "" if result.concerns else "not decided together with others",
        Outcome.COUNTED: f"{result.counted.given} of {result.counted.required} approvals; yours counts",
        Outcome.UNKNOWN: "no answer yet; the card will show the result",
        Outcome.NOT_TRIED: f"not tried{not_tried_because}",
    }.get(result.outcome, "")


def _superseded(result: DecisionResult) -> str:
    conflict = result.conflict
    if conflict is None or not conflict.applied_by:
        return "another change of this model went live since it was shown"
    who = horde_name(conflict.applied_username, conflict.applied_by)
    return f"{who} applied #{conflict.change_id} since it was shown"


def _already_decided(result: DecisionResult) -> str:
    change = result.change
    if change is None or result.state is CardState.PENDING:
        return "not applied: it is not approved yet"
    if result.state in (CardState.APPLYING, CardState.STUCK):
        return "not sent: the service is applying it"
    name, decided_at = decided_by(change)
    who = f" by {plain(name, REQUESTOR)}" if name else ""
    return f"already {change.status.value}{who}{_at(decided_at)}"


def _why_not_tried(results: Sequence[DecisionResult]) -> str:
    if any(result.outcome in _QUOTED for result in results):
        return ": the service stops at the first failure"
    has_unknown = any(result.outcome is Outcome.UNKNOWN for result in results)
    return ": the one before has no answer yet" if has_unknown else ""
