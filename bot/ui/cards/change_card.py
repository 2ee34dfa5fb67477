"""Review card of a change in each of its states, drawn from facts alone."""

from bot.reference.models import Diff, Operation, PendingChange
from bot.services.changes import CardState, ChangeFacts
from bot.ui import custom_ids
from bot.ui.cards.card_endings import (
    draw_applied,
    draw_purged,
    draw_rejected,
    draw_stuck,
    newer_line,
    replaced_lines,
    request_lines,
)
from bot.ui.cards.checks import BUDGET as CHECKS_BUDGET
from bot.ui.cards.checks import check_lines, rival_lines, use_beside_checks, warning_lines
from bot.ui.cards.diff_lines import DiffText, diff_text, names_of, plain_text_diff
from bot.ui.cards.host_lines import BUDGET as HOSTS_BUDGET
from bot.ui.cards.host_lines import host_lines
from bot.ui.cards.record import (
    FILES_BUDGET,
    RECORD_BUDGET,
    file_entries,
    files_heading,
    files_in,
    raw_lines,
    raw_warning,
    record_lines,
    short_record_lines,
)
from bot.ui.cards.states import ACCENTS, TITLE_BUDGET, title_lines
from bot.ui.components import Accent, Card, Sheet, attachment, button, ending, forward, link
from bot.ui.custom_ids import ChangeVerb, ClaimVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import WHY, plain, plural

WHY_BUDGET = 650
REQUESTS_BUDGET = 900
RAW_SHORT = 4
"""Values shown of a change without a model record when it is not being decided."""


def change_card(
    facts: ChangeFacts,
    theme: Theme,
    *,
    new_for_role_id: int | None = None,
    is_own: bool = False,
    may_decide: bool = True,
) -> Card:
    """Draw a change in its present state.

    A role is mentioned above a new card. On its own requestor's view (``is_own``) a pending change can be replaced.
    On the view of a person who may not decide, the buttons of approvers are left out.
    """
    above = f"-# New for <@&{new_for_role_id}>" if new_for_role_id is not None else None
    accent = ACCENTS[facts.state] if facts.live_difference is None else Accent.AMBER
    sheet = Sheet(accent, above=above)
    sheet.text(*title_lines(facts, theme), budget=TITLE_BUDGET).rule()
    match facts.state:
        case CardState.PENDING:
            _pending(sheet, facts, theme)
        case CardState.APPROVED | CardState.APPLYING:
            _approved(sheet, facts, theme)
        case CardState.APPLIED:
            draw_applied(sheet, facts)
        case CardState.REJECTED:
            draw_rejected(sheet, facts)
        case CardState.PURGED:
            draw_purged(sheet, facts)
        case CardState.STUCK:
            draw_stuck(sheet, facts, theme)
    if facts.state is not CardState.APPROVED:  # its last line refers to the first button
        sheet.rule()
    _buttons(sheet, facts, is_own=is_own, may_decide=may_decide)
    return sheet.card()


def short_change(sheet: Sheet, facts: ChangeFacts, theme: Theme) -> None:
    """Draw a change in a few lines: its critical fields, or the main fields of its record."""
    change = facts.change
    if not change.is_record:
        sheet.text("-# Content", *raw_lines(change.payload, shown=RAW_SHORT), budget=RECORD_BUDGET)
        return
    if facts.diff is not None:
        text = diff_text(facts.diff)
        others = tuple(one for one in text.changes if not one.is_critical)
        if not text.critical:
            sheet.text(f"-# {_count(text)}{f': {names_of(others)}' if others else ''}", budget=RECORD_BUDGET)
            return
        sheet.text(
            f"-# {_count(text)}",
            _critical_heading(theme),
            *text.critical,
            f"-# Also: {names_of(others)}" if others else "",
            budget=RECORD_BUDGET,
        )
        return
    files = files_in(change.payload)
    sheet.text(
        f"-# {_record_heading(change)}",
        *short_record_lines(change.payload, change.category),
        f"-# {files_heading(files, change.payload)}",
        budget=RECORD_BUDGET,
    )


def full_button_label(change: PendingChange) -> str:
    """Return *Full diff* for an update, *Full record* for a create or a delete."""
    return "Full diff" if change.operation is Operation.UPDATE and change.is_record else "Full record"


def _pending(sheet: Sheet, facts: ChangeFacts, theme: Theme) -> None:
    lines = check_lines(facts.checks, theme, is_draft=False, cards=facts.rival_cards)
    if facts.resubmitted_as is not None:
        sheet.text(newer_line(facts.change, facts.resubmitted_as, theme)).rule()
    sheet.text(*request_lines(facts.requests, theme), budget=REQUESTS_BUDGET, noun="request").rule()
    if not facts.change.is_record:
        lines = (raw_warning(theme), *lines)
    sheet.text(*lines, budget=CHECKS_BUDGET, noun="check").rule()
    if facts.host_findings:
        again = custom_ids.change(ChangeVerb.HOSTS, facts.change.change_id, facts.change.digest)
        sheet.text(*host_lines(facts.host_findings, theme), budget=HOSTS_BUDGET)
        sheet.row(button("Check again", again)).rule()
    if facts.why and facts.why.strip():
        sheet.text("-# Why", f"> {plain(facts.why, WHY)}", budget=WHY_BUDGET).gap()
    if facts.replaces is not None:
        sheet.text(*replaced_lines(facts.replaces), budget=WHY_BUDGET).gap()
    if not facts.change.is_record:
        sheet.text("-# Content", *raw_lines(facts.change.payload), budget=RECORD_BUDGET)
    elif facts.diff is not None:
        _difference(sheet, facts.diff, theme)
    else:
        _record(sheet, facts, theme)


def _difference(sheet: Sheet, diff: Diff, theme: Theme) -> None:
    text = diff_text(diff)
    if not text.changes:
        sheet.text("-# No field changes", "The live record already has all of these values.")
        return
    draw_diff(sheet, text, theme)
    if text.is_folded:
        sheet.file(attachment(f"change-{diff.change_id}.diff.txt", plain_text_diff(diff)))


def draw_diff(sheet: Sheet, text: DiffText, theme: Theme) -> None:
    """Draw the changed fields, the critical ones apart."""
    if text.critical:
        sheet.text(f"-# {_count(text)}", _critical_heading(theme), *text.critical).gap().text(*text.rest)
    else:
        sheet.text(f"-# {_count(text)}", *text.rest)


def _record(sheet: Sheet, facts: ChangeFacts, theme: Theme) -> None:
    change = facts.change
    record = change.payload
    if change.operation is Operation.DELETE:
        sheet.text(use_beside_checks(facts.usage, facts.checks, theme)).gap()
    sheet.text(f"-# {_record_heading(change)}", *record_lines(record, change.category), budget=RECORD_BUDGET).gap()
    draw_files(sheet, record)


def draw_files(sheet: Sheet, record: dict[str, object]) -> None:
    """Draw the files of a record."""
    files = files_in(record)
    sheet.text(
        f"-# {files_heading(files, record)}",
        *file_entries(files, record),
        budget=FILES_BUDGET * 2,
        noun="file",
    )


def _approved(sheet: Sheet, facts: ChangeFacts, theme: Theme) -> None:
    # The last applied change overwrites the others, also where the service is applying this one.
    lines = warning_lines(facts, theme) if facts.state is CardState.APPROVED else rival_lines(facts, theme)
    if facts.resubmitted_as is not None:
        lines = (newer_line(facts.change, facts.resubmitted_as, theme), *lines)
    sheet.text(*lines, budget=CHECKS_BUDGET, noun="warning").rule()
    short_change(sheet, facts, theme)
    sheet.rule()
    if facts.state is CardState.APPROVED:
        sheet.text("Not live yet: an approver applies it.")
    else:
        sheet.text("The service is applying it.")


def _buttons(sheet: Sheet, facts: ChangeFacts, *, is_own: bool, may_decide: bool) -> None:
    change, newer = facts.change, facts.resubmitted_as

    def made(verb: ChangeVerb) -> str:
        return custom_ids.change(verb, change.change_id, change.digest)

    if facts.state is CardState.PENDING and not may_decide:
        sheet.text("-# Approvers decide this change.")
    elif facts.state is CardState.PENDING:
        sheet.row(
            forward("Approve", made(ChangeVerb.APPROVE)),
            None if newer is None else ending(f"Reject: replaced by #{newer}", made(ChangeVerb.REJECT_REPLACED)),
            ending("Reject…", made(ChangeVerb.REJECT)),
            button("Needs changes…", made(ChangeVerb.ASK)) if newer is None else None,
            button("Claim", custom_ids.claim(ClaimVerb.TAKE, change.change_id, change.digest)),
        )
    elif facts.state is CardState.APPROVED and may_decide:
        sheet.row(forward("Apply", made(ChangeVerb.APPLY)))
    elif facts.state is CardState.STUCK:
        sheet.row(button("Check again", made(ChangeVerb.CHECK)))
    has_full = facts.state not in (CardState.APPLIED, CardState.PURGED)
    is_replaceable = is_own and facts.state is CardState.PENDING and change.is_record and newer is None
    sheet.row(
        button("Revise…", made(ChangeVerb.REVISE)) if is_replaceable else None,
        button(full_button_label(change), made(ChangeVerb.FULL)) if has_full else None,
        link("Open in web UI", facts.web_url) if facts.web_url and facts.state is not CardState.PURGED else None,
    )


def _count(text: DiffText) -> str:
    one = len(text.changes) == 1
    return f"{plural(len(text.changes), 'field')} {'changes' if one else 'change'}"


def _critical_heading(theme: Theme) -> str:
    return f"{theme.glyph(Glyph.CRITICAL)} **Critical**"


def _record_heading(change: PendingChange) -> str:
    match change.operation:
        case Operation.DELETE:
            return "Record to delete"
        case Operation.UPDATE:
            return "Record as proposed"
    return "Record"
