"""The draft card, visible to its owner only, and the outcomes of sending it."""

from bot.reference.models import Operation
from bot.services.checks import Verdict, has_fail
from bot.services.links.host_findings import HostVerdict
from bot.services.proposals.outcomes import (
    DraftFacts,
    InProgress,
    LiveMoved,
    NotReady,
    Queued,
    Revised,
    SubmitOutcome,
    Unchanged,
    Unsure,
)
from bot.ui import custom_ids
from bot.ui.cards.card_endings import reason_words
from bot.ui.cards.change_card import WHY_BUDGET, draw_files
from bot.ui.cards.checks import BUDGET as CHECKS_BUDGET
from bot.ui.cards.checks import check_lines
from bot.ui.cards.host_lines import BUDGET as HOSTS_BUDGET
from bot.ui.cards.host_lines import host_lines
from bot.ui.cards.record import RECORD_BUDGET, draft_lines
from bot.ui.cards.states import TITLE_BUDGET, category_of, draft_title_lines, operation_word, title_of
from bot.ui.components import Accent, Markup, Sheet, button, ending, forward, open_card, primary
from bot.ui.custom_ids import DraftVerb
from bot.ui.glyphs import Theme
from bot.ui.proposals.link_lines import category_question, draw_link
from bot.ui.proposals.live_changes import delete_button, draw_live, moved_lines, unchanged_lines
from bot.ui.proposals.reading_lines import reading_lines
from bot.ui.proposals.sections import FIRST_ROW, FORMS, SECOND_ROW, page_name, verbs_of
from bot.ui.text import NAME_TITLE, WHY, cut, horde_name, plain, relative

FIXES_SHOWN = 5
"""Buttons of one row (Discord's documentation)."""

FIX_LABEL = 40


def draft_card(draft: DraftFacts, theme: Theme, *, above: tuple[str, ...] = ()) -> Markup:
    """Draw a draft: checks, record, buttons of its forms, and the submit button.

    Args:
        draft: the draft.
        theme: glyphs.
        above: lines above the draft.
    """
    if draft.source is not None and draft.source.is_category_open:
        return category_question(draft, draft.source, theme)
    sheet = Sheet(Accent.GREY).text(*draft_title_lines(draft, theme), budget=TITLE_BUDGET).rule()
    above = (*above, *reading_lines(draft.readings, draft.dialect, theme))
    if above:
        sheet.text(*above).rule()
    if draft.is_unsure:
        return sheet.row(button("Look again", custom_ids.draft(DraftVerb.LOOK, draft.draft_id))).view()
    if draft.source is not None:
        draw_link(sheet, draft, draft.source, theme)
    if draft.revised is not None:
        sheet.text(*_revised_lines(draft.revised)).rule()
    sheet.text(*check_lines(draft.checks, theme, is_draft=True), budget=CHECKS_BUDGET, noun="check").rule()
    draw_host_findings(sheet, draft, theme)
    why = f"> {plain(draft.why, WHY)}" if draft.why.strip() else "No reason yet. Approvers read it first."
    sheet.text("-# Why", why, budget=WHY_BUDGET).gap()
    if draft.operation is Operation.CREATE:
        sheet.text("-# Record", *(_record(draft)), budget=RECORD_BUDGET).gap()
        draw_files(sheet, draft.record)
    else:
        draw_live(sheet, draft, theme)
    sheet.rule()
    _buttons(sheet, draft)
    return sheet.view()


def submit_outcome(outcome: SubmitOutcome, theme: Theme) -> Markup:
    """Draw the outcome of *Submit* or *Look again*."""
    match outcome:
        case Queued():
            return _queued(outcome)
        case NotReady():
            return draft_card(outcome.draft, theme)
        case Unchanged():
            return draft_card(outcome.draft, theme, above=unchanged_lines(theme))
        case LiveMoved():
            return draft_card(outcome.draft, theme, above=moved_lines(outcome, theme))
        case Unsure():
            return _unsure(outcome)
        case InProgress():
            return (
                Sheet(Accent.AMBER)
                .text(
                    "## Being sent",
                    "An earlier press is sending this draft.",
                    "**Changed:** nothing by this press.",
                    "**Now:** nothing to do. The answer to that press follows.",
                )
                .view()
            )


def draft_discarded(name: str) -> Markup:
    """Confirm that the draft was discarded."""
    return (
        Sheet(Accent.GREY)
        .text(
            "## Discarded",
            f"The draft {f'of **{plain(name, NAME_TITLE)}** ' if name.strip() else ''}is deleted.",
            "**Now:** nothing to do. Nothing had been sent.",
        )
        .view()
    )


_HOST_DIFFERS = (HostVerdict.OTHER_SHA256, HostVerdict.OTHER_SIZE, HostVerdict.HOST_KNOWS_SHA256)


def draw_host_findings(sheet: Sheet, draft: DraftFacts, theme: Theme) -> None:
    """Draw what the hosts say of the files, with the buttons that take it over and ask again."""
    findings = draft.host_findings
    if not findings:
        return
    differs = any(each.verdict in _HOST_DIFFERS for each in findings)
    sheet.text(*host_lines(findings, theme), budget=HOSTS_BUDGET).row(
        button("Take the host's", custom_ids.draft(DraftVerb.TAKE_HOSTS, draft.draft_id)) if differs else None,
        button("Check again", custom_ids.draft(DraftVerb.HOSTS, draft.draft_id)),
    ).rule()


def _revised_lines(revised: Revised) -> tuple[str, ...]:
    when = f" {relative(revised.at)}" if revised.at is not None else ""
    if revised.reason is None:
        return (f"-# #{revised.change_id} was purged from the queue{when}",)
    who = f" by {horde_name(revised.rejected_by, '')}" if revised.rejected_by else ""
    return (f"-# Rejected{who}{when}", f"> {reason_words(revised.reason)}")


def _record(draft: DraftFacts) -> tuple[str, ...]:
    return draft_lines(draft.record, draft.category, draft.dialect) or ("Only a name so far.",)


def _queued(outcome: Queued) -> Markup:
    change = outcome.facts.change
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## Queued as #{change.change_id}",
            f"{operation_word(change.operation)} {category_of(change)} "
            f"**{plain(title_of(change), NAME_TITLE)}** waits for an approver.",
            "**Now:** nothing to do. You get a DM when it is decided.",
        )
        .row(open_card(outcome.card))
        .view()
    )


def _unsure(outcome: Unsure) -> Markup:
    if outcome.told_by is not None:
        changed = "The bot looks for it in the queue, and never sends it twice."
        now = f"nothing to do. You get a DM {relative(outcome.told_by)} at the latest. The draft is kept."
    else:
        changed = "The bot cannot look for it: this service shows its queue to approvers only."
        now = (
            "ask the operator to set `CURATOR_READER_KEY` to an approver's key. Then the bot looks for it and sends "
            "you a DM. The draft is kept, and never sent twice."
        )
    heading, what = "No answer yet", "The proposal was sent. The service did not answer within 60 s."
    if outcome.change_id is not None:
        heading = "Not confirmed"
        what = f"The service took the proposal as #{outcome.change_id}, but does not show it in its queue."
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## {heading}",
            what,
            f"**Changed:** perhaps. {changed}",
            f"**Now:** {now}",
        )
        .row(button("Look again", custom_ids.draft(DraftVerb.LOOK, outcome.draft.draft_id)))
        .view()
    )


def _fixes(sheet: Sheet, draft: DraftFacts) -> None:
    """Add a button for each corrected value, five at most."""
    mends = {check.mend.digest: check.mend for check in draft.checks if check.mend is not None}
    if mends and draft.operation is not Operation.DELETE:
        buttons = [
            button(cut(f"Fix {mend.label}", FIX_LABEL), custom_ids.fix(draft.draft_id, digest))
            for digest, mend in list(mends.items())[:FIXES_SHOWN]
        ]
        sheet.text("-# Take over a corrected value").row(*buttons)


def _buttons(sheet: Sheet, draft: DraftFacts) -> None:
    first_fail = next((one for one in draft.checks if one.verdict is Verdict.FAIL and one.section), None)
    failing_form = (first_fail.section, first_fail.page) if first_fail else None
    _fixes(sheet, draft)
    sheet.text("-# Edit")
    for row in (FIRST_ROW, SECOND_ROW):
        verbs = verbs_of(row, draft.operation, draft.category, draft.dialect, draft.unsupported)
        sheet.row(
            *(
                (primary if FORMS[verb] == failing_form else button)(
                    page_name(*FORMS[verb]), custom_ids.draft(verb, draft.draft_id)
                )
                for verb in verbs
            )
        )
    fails = has_fail(draft.checks)
    is_delete = draft.operation is Operation.DELETE
    sheet.text("-# Send, when no check fails" if fails else "-# Send").row(
        delete_button(draft, disabled=fails)
        if is_delete
        else forward("Submit", custom_ids.draft(DraftVerb.SUBMIT, draft.draft_id), disabled=fails),
        button("Raw JSON", custom_ids.draft(DraftVerb.RAW, draft.draft_id)),
        ending("Discard", custom_ids.draft(DraftVerb.DISCARD, draft.draft_id)),
    )
