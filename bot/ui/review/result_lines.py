"""One of several changes as it stands in a question, a progress or an outcome: a line, and why it was left alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.services.review.bulk_items import BulkItem, BulkVerb, Fate
from bot.ui.components import Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, REQUESTOR, SERVICE_WORDS, plain, relative

SPACIOUS_MAX = 8
"""So many stand apart from each other; more are a list of short lines, or a message could not hold every one."""
NAME_DENSE = 24

STATE_OF_VERB = {BulkVerb.APPROVE: Glyph.APPROVED, BulkVerb.REJECT: Glyph.REJECTED, BulkVerb.APPLY: Glyph.APPLIED}
_QUOTED = (Fate.FAILED, Fate.REFUSED)
"""What became of these is said in the service's own words."""
_DONE_WORD = {"approved": "approved", "rejected": "rejected", "applied": "applied"}


def draw_items(
    sheet: Sheet, items: Sequence[BulkItem], theme: Theme, *, verb: BulkVerb, own_name: str = "", is_brief: bool = False
) -> None:
    """Every item, in order; what was left alone or failed says why, what waits says since when, unless it is brief."""
    is_dense = len(items) > SPACIOUS_MAX
    drawing = _Drawing(theme, verb, own_name, _why_not_tried(items), is_dense, is_brief or is_dense)
    lines: list[str] = []
    for item in items:
        lines += _lines(item, drawing)
        if not is_dense or item.fate in _QUOTED:  # a quote is the last thing in its text
            sheet.text(*lines)
            if not is_dense and item is not items[-1]:
                sheet.gap()
            lines = []
    sheet.text(*lines)


def numbers(items: Iterable[BulkItem]) -> str:
    """``#42``, ``#42 and #44``, ``#42, #44 and #47``."""
    ids = [f"#{item.change_id}" for item in items]
    return ids[0] if len(ids) == 1 else f"{', '.join(ids[:-1])} and {ids[-1]}" if ids else ""


def item_title(item: BulkItem, cap: int = NAME_LIST) -> str:
    """``**#42** UPDATE · **Deliberate**``; the number alone where nothing is known."""
    name = f" {item.operation.upper()} · **{plain(item.name, cap) or 'no name'}**" if item.operation else ""
    return f"**#{item.change_id}**{name}"


@dataclass(frozen=True, slots=True)
class _Drawing:
    theme: Theme
    verb: BulkVerb
    own_name: str
    not_tried_because: str
    is_dense: bool
    is_brief: bool


def _lines(item: BulkItem, drawing: _Drawing) -> Iterator[str]:
    title = item_title(item, NAME_DENSE if drawing.is_dense else NAME_LIST)
    yield f"{drawing.theme.glyph(_glyph(item, drawing.verb))} {title}"
    if item.fate in _QUOTED:
        yield f"> {plain(item.words, SERVICE_WORDS) or 'Nothing.'}"
        return
    why = _why(item, drawing.not_tried_because)
    if not why and not drawing.is_brief and item.fate is Fate.FRESH:
        why = _waits(item, drawing.own_name)
    if why:
        yield f"-# {why}"


def _glyph(item: BulkItem, verb: BulkVerb) -> Glyph:
    match item.fate:
        case Fate.DONE:
            return STATE_OF_VERB[verb]
        case Fate.RUNNING:
            return Glyph.APPLYING
        case Fate.FAILED | Fate.REFUSED:
            return Glyph.FAIL
        case Fate.UNSURE:
            return Glyph.WARN
        case Fate.GONE:
            return Glyph.PURGED
    return Glyph(item.status) if item.status in set(Glyph) else Glyph.PENDING


def _waits(item: BulkItem, own_name: str) -> str:
    if item.status == "approved":
        who = "you" if own_name and item.decided_by == own_name else plain(item.decided_by, REQUESTOR)
        when = f" {relative(item.decided_at)}" if item.decided_at else ""
        return f"approved by {who}{when}" if who else ""
    when = f"{relative(item.requested_at)} · " if item.requested_at else ""
    return f"{when}{plain(item.requested_by, REQUESTOR)}" if item.requested_by else ""


def _why(item: BulkItem, reached: str) -> str:
    words = {
        Fate.MOVED: "it changed since it was shown",
        Fate.GONE: "gone from the queue",
        Fate.OWN: "left alone: it is your own, and another approver decides",
        Fate.COUNTED: f"{plain(item.words, REQUESTOR)} approvals; yours is counted",
        Fate.UNSURE: "no answer yet; the card tells",
        Fate.NOT_TRIED: f"not tried{reached}",
    }
    return _faster(item) if item.fate is Fate.FASTER else words.get(item.fate, "")


def _faster(item: BulkItem) -> str:
    if item.status == "pending":
        return "left alone: it is not approved yet"
    if item.status not in _DONE_WORD:
        return "left alone: the service is applying it"
    who = f" by {plain(item.decided_by, REQUESTOR)}" if item.decided_by else ""
    when = f" {relative(item.decided_at)}" if item.decided_at else ""
    return f"already {_DONE_WORD[item.status]}{who}{when}"


def _why_not_tried(items: Sequence[BulkItem]) -> str:
    if any(item.fate in _QUOTED for item in items):
        return ": the service stops at the first failure"
    return ": the one before has no answer yet" if any(item.fate is Fate.UNSURE for item in items) else ""
