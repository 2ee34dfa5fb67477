"""Card sections of final and stuck changes, and of applied ones whose live record differs."""

from collections.abc import Mapping, Sequence

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.changes import ChangeFacts, NotifiedBy, Replaced, RevisionRequest
from bot.ui.cards.diff_lines import changed_fields
from bot.ui.cards.record import RECORD_BUDGET, files_heading, files_in
from bot.ui.cards.states import requestor
from bot.ui.components import Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.labels import field_names
from bot.ui.text import REASON, REQUESTOR, escape, first, listed, plain, plural, relative

FIELDS_NAMED = 12
OLD_FIELDS_NAMED = 3
REQUESTS_SHOWN = 3
ASKED = 500
"""Characters of a request that a card shows."""

_LIVE: Mapping[tuple[Operation, bool], str] = {
    (Operation.CREATE, True): "A live model has this name",
    (Operation.CREATE, False): "No live model has this name",
    (Operation.UPDATE, True): "The live record already has the new values",
    (Operation.UPDATE, False): "The live record still has {old}",
    (Operation.DELETE, True): "No live model has this name any more",
    (Operation.DELETE, False): "The record is still live",
}
"""State of the live reference for a stuck change, by whether the change is live."""


def draw_applied(sheet: Sheet, facts: ChangeFacts) -> None:
    """Draw what an applied change made live."""
    change = facts.change
    if facts.live_difference is not None:
        sheet.text(*difference_lines(change.operation, change.category, facts.live_difference.fields))
    elif change.operation is Operation.DELETE:
        sheet.text("It is gone from the model reference.")
    elif change.operation is Operation.CREATE:
        files = files_in(change.payload)
        sheet.text(f"It is live: {files_heading(files, change.payload)}." if files else "It is live.")
    elif facts.diff is not None and (changes := changed_fields(facts.diff)):
        names = [f"**{one.label}**" if one.is_critical else one.label for one in changes]
        sheet.text(f"{plural(len(names), 'field')} changed: {first(names, FIELDS_NAMED)}.", budget=RECORD_BUDGET)
    else:
        sheet.text("It is live.")


def draw_rejected(sheet: Sheet, facts: ChangeFacts) -> None:
    """Draw the reason of a rejection, and whether the requestor was notified."""
    sheet.text("-# Reason", f"> {reason_words(facts.change.reject_reason)}")
    if facts.resubmitted_as is not None:
        sheet.text(f"-# Resubmitted as #{facts.resubmitted_as}.")
        return
    who = requestor(facts.change)
    match facts.notified_by:
        case NotifiedBy.DIRECT_MESSAGE:
            sheet.text(f"-# {who} got a direct message and can revise and resubmit.")
        case NotifiedBy.THREAD:
            sheet.text(f"-# {who} could not be reached by direct message; a message in this thread replaces it.")
        case NotifiedBy.CHANNEL:
            sheet.text(f"-# {who} could not be reached by direct message; a message in this channel replaces it.")
        case NotifiedBy.ELSEWHERE:
            sheet.text(f"-# {who} could not be reached by direct message; a message in another server replaces it.")
        case NotifiedBy.NONE:
            sheet.text(f"-# {who} could not be notified: not linked, or direct messages are closed.")


def draw_purged(sheet: Sheet, facts: ChangeFacts) -> None:
    """Draw that the service no longer has the change."""
    again = "keeps it as a draft and can send it again" if facts.is_kept else "can propose it again"
    sheet.text(
        "The service no longer has this change.",
        "**Changed:** nothing in the model reference.",
        f"**Now:** nothing to decide. {requestor(facts.change)} {again}.",
    )


def draw_stuck(sheet: Sheet, facts: ChangeFacts, theme: Theme) -> None:
    """Draw the live state of a stuck change, and the remedy."""
    is_done = facts.live is not None and facts.live.is_changed
    again = "sends the kept draft again" if facts.is_kept else "proposes it again"
    after = "nothing is left to do" if is_done else f"then {requestor(facts.change)} {again}"
    sheet.text(
        "The service began to apply this and never finished.",
        f"**Changed:** {_changed(facts)}",
        f"**Now:** an approver runs {theme.command('queue purge')} for `applying`; {after}.",
    )


def replaced_lines(replaced: Replaced) -> tuple[str, ...]:
    """Return the change that this one replaces, its reason, and the fields that differ."""
    by = f" by {plain(replaced.rejected_by, REQUESTOR)}" if replaced.rejected_by else ""
    if replaced.was_open:
        asked = f"; {plain(replaced.rejected_by, REQUESTOR)} asked for changes" if replaced.rejected_by else ""
        first = f"-# Replaces #{replaced.former_id}, by the same requestor{asked}"
    elif replaced.rejected_by is None and replaced.reason is None:
        first = f"-# Replaces #{replaced.former_id}, which was purged"
    else:
        first = f"-# Replaces #{replaced.former_id}, rejected{by}"
    changed = ""
    if replaced.fields is not None:
        names = field_names(replaced.fields, FIELDS_NAMED) or "nothing"
        changed = f"**Changed since #{replaced.former_id}:** {names}."
    reason = f"> {reason_words(replaced.reason)}" if replaced.reason else ""
    return tuple(line for line in (first, changed, reason) if line)


def request_lines(requests: Sequence[RevisionRequest], theme: Theme) -> tuple[str, ...]:
    """Return what approvers asked the requestor for, each with its name and time."""
    lines = []
    for request in requests[:REQUESTS_SHOWN]:
        who, when = plain(request.horde_username, REQUESTOR), relative(int(request.asked_at.timestamp()))
        lines.append(
            f"{theme.glyph(Glyph.WARN)} **Needs changes**, asked by {who} {when}: {plain(request.words, ASKED)}"
        )
    if (more := len(requests) - REQUESTS_SHOWN) > 0:
        lines.append(f"-# … (+{plural(more, 'request')})")
    return tuple(lines)


def newer_line(change: PendingChange, newer_id: int, theme: Theme) -> str:
    """Say that the requestor replaced an open change, and what is left to do."""
    is_pending = change.status is ChangeStatus.PENDING
    rest = f"Reject this one, and decide #{newer_id}." if is_pending else "An approved change cannot be rejected."
    return (
        f"{theme.glyph(Glyph.WARN)} **Replaced by #{newer_id}:** {requestor(change)} sent that in place of this one. "
        f"The service cannot withdraw a change. {rest}"
    )


def reason_words(reason: str | None) -> str:
    """Return a reason with its canned part in bold."""
    choice, dot, words = (reason or "").partition(". ")
    if dot and words:
        return f"**{plain(choice, REASON)}{escape('.')}** {plain(words, REASON)}"
    return plain(reason or "", REASON) or "None was given."


def _changed(facts: ChangeFacts) -> str:
    live = facts.live
    if live is None or not facts.change.is_record:
        return "unknown. The live record cannot be read now."
    words = _LIVE[facts.change.operation, live.is_changed].format(old=_old(facts))
    return f"{'yes' if live.is_changed else 'probably not'}. {words} (read {relative(live.read_at)})."


def _old(facts: ChangeFacts) -> str:
    """Return ``the old File and Licence``: changed critical fields, else the first fields."""
    changes = changed_fields(facts.diff) if facts.diff is not None else ()
    named = [one.label for one in changes if one.is_critical] or [one.label for one in changes]
    if not named:
        return "the old values"
    if len(named) > OLD_FIELDS_NAMED:
        named = [*named[:OLD_FIELDS_NAMED], f"{len(named) - OLD_FIELDS_NAMED} more"]
    return f"the old {listed(named)}"


DIFFERENCES_NAMED = 8


def difference_lines(operation: Operation, category: str, fields: Sequence[str]) -> tuple[str, str]:
    """Return what differs, and what to do; no fields where the whole model does."""
    return difference_sentence(operation, fields), f"**Now:** {_remedy(category)}"


def difference_sentence(operation: Operation, fields: Sequence[str]) -> str:
    """Return what differs between the live reference and the approved change."""
    if operation is Operation.DELETE:
        return "**Still live:** the service says that this was applied, and the record is still there."
    if not fields:
        return "**Not live:** the service says that this was applied, and no live model has this name."
    return f"**Not live as approved:** {field_names(fields, DIFFERENCES_NAMED)}."


def _remedy(category: str) -> str:
    if category == "text_generation":
        return (
            "tell the service's operator. A text model that stands twice in `models.csv` is changed in one row and "
            "read from the other."
        )
    return "compare the live record, and propose a correction. If it fails again, tell the service's operator."
