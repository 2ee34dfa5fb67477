"""Question before an approval."""

from bot.services.changes import ChangeFacts
from bot.services.review.questions import Question
from bot.ui import custom_ids
from bot.ui.cards.change_card import full_button_label, short_change
from bot.ui.cards.checks import BUDGET as CHECKS_BUDGET
from bot.ui.cards.host_lines import BUDGET as HOSTS_BUDGET
from bot.ui.cards.host_lines import host_lines
from bot.ui.cards.states import approvals_so_far, category_of, operation_word, requestor, title_of
from bot.ui.components import Accent, Markup, Sheet, button, forward
from bot.ui.custom_ids import ChangeVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.review.concern_lines import facts_lines
from bot.ui.review.decisions import decision_result
from bot.ui.text import NAME_LIST, plain, plural


def approve_question(question: Question, theme: Theme) -> Markup:
    """Draw *Approve #42?*, or why it is not asked."""
    if question.facts is not None:
        return _question(question.facts, theme, is_own=question.is_own)
    return decision_result(question.results[0], theme, press_again="press *Approve* again")


def _question(facts: ChangeFacts, theme: Theme, *, is_own: bool) -> Markup:
    change = facts.change
    sheet = Sheet(Accent.BLUE)
    sheet.text(
        f"## Approve #{change.change_id}?",
        f"-# {operation_word(change.operation)} · {category_of(change)} · "
        f"{plain(title_of(change), NAME_LIST)} · by {requestor(change)}",
        f"-# {approvals_so_far(facts)}" if facts.approvals_required > 1 else "",
    ).rule()
    if lines := facts_lines(facts, theme):
        sheet.text(*lines, budget=CHECKS_BUDGET, noun="warning").rule()
    short_change(sheet, facts, theme)
    doubts = [finding for finding in facts.host_findings if not finding.verdict.is_pass]
    if doubts:
        sheet.rule().text(*host_lines(doubts, theme), budget=HOSTS_BUDGET)
    warn = theme.glyph(Glyph.WARN)
    missing = facts.approvals_required - len(facts.approvals) - 1
    sheet.rule().text(
        f"{warn} This is your own proposal; no other approver has read it." if is_own else "",
        f"Yours counts. {plural(missing, 'more approval')} and it is approved."
        if missing > 0
        else f"{warn} An approved change can no longer be rejected.",
    )
    full = custom_ids.change(ChangeVerb.FULL, change.change_id, change.digest)
    both = forward("Approve and apply", custom_ids.confirm_publish(change.change_id, change.digest))
    return (
        sheet.row(
            forward(f"Approve #{change.change_id}", custom_ids.confirm_approve(change.change_id, change.digest)),
            both if missing <= 0 else None,
            button("Cancel", custom_ids.CONFIRM_CANCEL),
        )
        .row(button(full_button_label(change), full))
        .view()
    )
