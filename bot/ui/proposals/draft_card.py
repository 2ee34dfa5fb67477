"""The draft card, visible to its owner only."""

from collections.abc import Iterable, Mapping

from bot.reference.models import CanonicalFormat, Operation
from bot.services.changes import CardState
from bot.services.checks import Check, CheckCode, Verdict, has_fail
from bot.services.hosts.filling import TEXT_CATEGORY
from bot.services.hosts.host_findings import HostVerdict
from bot.services.proposals.outcomes import DraftFacts, Resumed, Revised
from bot.services.records.texts import RecordShape
from bot.ui import custom_ids
from bot.ui.cards.card_endings import reason_words
from bot.ui.cards.change_card import WHY_BUDGET, draw_files
from bot.ui.cards.checks import BUDGET as CHECKS_BUDGET
from bot.ui.cards.checks import check_lines, sentence
from bot.ui.cards.host_lines import BUDGET as HOSTS_BUDGET
from bot.ui.cards.host_lines import host_lines
from bot.ui.cards.record import RECORD_BUDGET, draft_lines
from bot.ui.cards.states import TITLE_BUDGET, draft_title_lines
from bot.ui.components import Accent, Button, Markup, Sheet, button, ending, forward, primary
from bot.ui.custom_ids import DraftVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.proposals.link_lines import category_question, draw_link
from bot.ui.proposals.live_changes import draw_live
from bot.ui.proposals.sections import edit_menu, form_verb
from bot.ui.text import REQUESTOR, WHY, cut, horde_name, plain, relative

FIX_LABEL = 40
_LEFT_OUT = frozenset({CheckCode.FIELDS_LEFT_OUT, CheckCode.FIELDS_REMOVED})


_RESUMED = {
    Resumed.OPENED: "**You already had a draft of this model.** Here it is.",
    Resumed.MERGED: "**You already had a draft of this model.** What you typed is in it now.",
    Resumed.NOT_TAKEN: "**You already had a draft of this model,** so nothing was written over it. Discard it to start "
    "again, or upload a file under *More* → *Raw JSON*.",
}


def draft_card(draft: DraftFacts, theme: Theme, *, above: tuple[str, ...] = (), is_more: bool = False) -> Markup:
    """Draw a draft: checks, record, the *Edit…* menu and the buttons; some are behind *More*."""
    if draft.source is not None and draft.source.is_category_open:
        return category_question(draft, draft.source, theme)
    sheet = Sheet(Accent.GREY).text(*draft_title_lines(draft, theme), budget=TITLE_BUDGET).rule()
    above = (*above, *shape_lines(draft.shapes, draft.dialect, theme))
    if draft.resumed is not None:
        above = (_RESUMED[draft.resumed], *above)
    if above:
        sheet.text(*above).rule()
    if draft.is_outcome_unknown:
        return sheet.row(button("Look again", custom_ids.draft(DraftVerb.LOOK, draft.draft_id))).view()
    if draft.source is not None:
        draw_link(sheet, draft, draft.source, theme)
    if draft.revised is not None:
        sheet.text(*_revised_lines(draft.revised)).rule()
    _draw_checks(sheet, draft, theme)
    draw_host_findings(sheet, draft, theme)
    if draft.why.strip():  # a check asks for a missing one
        sheet.text("-# Why", f"> {plain(draft.why, WHY)}", budget=WHY_BUDGET).gap()
    if draft.operation is Operation.CREATE:
        sheet.text("-# Record", *(_record(draft)), budget=RECORD_BUDGET).gap()
        draw_files(sheet, draft.record)
    else:
        draw_live(sheet, draft, theme)
    sheet.rule()
    _buttons(sheet, draft, theme, is_more=is_more)
    return sheet.view()


_HOST_DIFFERS = (
    HostVerdict.OTHER_SHA256,
    HostVerdict.OTHER_SIZE,
    HostVerdict.HOST_KNOWS_SHA256,
    HostVerdict.MOVED,
)


def draw_host_findings(sheet: Sheet, draft: DraftFacts, theme: Theme) -> None:
    """Draw what the hosts say of the files, with the buttons that take it over and ask again."""
    findings = draft.host_findings
    if not findings:
        return
    has_files = draft.category != TEXT_CATEGORY
    differs = has_files and any(each.verdict in _HOST_DIFFERS for each in findings)
    fits = any(each.verdict is HostVerdict.ANOTHER_FITS for each in findings)
    sheet.text(*host_lines(findings, theme), budget=HOSTS_BUDGET).row(
        button("Use the host's values", custom_ids.draft(DraftVerb.TAKE_HOSTS, draft.draft_id)) if differs else None,
        button("Use that link", custom_ids.draft(DraftVerb.TAKE_LINKS, draft.draft_id)) if fits else None,
        button("Check again", custom_ids.draft(DraftVerb.HOSTS, draft.draft_id)),
    ).rule()


def _revised_lines(revised: Revised) -> tuple[str, ...]:
    if revised.was_open:
        return _replacing_lines(revised)
    when = f" {relative(revised.at)}" if revised.at is not None else ""
    if revised.reason is None:
        return (f"-# #{revised.change_id} was purged from the queue{when}",)
    who = f" by {horde_name(revised.rejected_by, '')}" if revised.rejected_by else ""
    return (f"-# Rejected{who}{when}", f"> {reason_words(revised.reason)}")


def _replacing_lines(revised: Revised) -> tuple[str, ...]:
    """Say that the draft becomes a second change, and what happens to the first."""
    number = f"#{revised.change_id}"
    first = f"-# Replaces your {number}"
    if revised.state is CardState.PENDING:
        rest = (
            f"The service cannot withdraw {number}. *Submit* sends a new change; {number} stays in the queue until an "
            "approver rejects it, and its card names the new one."
        )
    elif revised.state is None:
        rest = f"{number} is no longer in the queue. *Submit* sends a new change."
    else:
        rest = (
            f"{number} has been approved since then and can go live. *Submit* sends a second change. The one applied "
            "later stays."
        )
    if revised.rejected_by is None or revised.reason is None:
        return (first, rest)
    who = plain(revised.rejected_by, REQUESTOR)
    return (f"{first} · {who} asked for changes", f"> {plain(revised.reason, WHY)}", rest)


def _record(draft: DraftFacts) -> tuple[str, ...]:
    return draft_lines(draft.record, draft.category, draft.dialect) or ("Nothing here yet.",)


def _changes_nothing(draft: DraftFacts) -> bool:
    """Return whether an update is equal to the live record."""
    diff = None if draft.live is None else draft.live.diff
    return diff is not None and not diff.field_diffs


def _draw_checks(sheet: Sheet, draft: DraftFacts, theme: Theme) -> None:
    """Draw the check results, the first correctable one with its *Fix* button."""
    for check in draft.checks:
        if check.code in _LEFT_OUT and (made := _fix(draft, check)) is not None:
            sheet.beside(check_lines((check,), theme, is_draft=True)[0], made)
    checks = [check for check in draft.checks if check.code not in _LEFT_OUT]
    lines = check_lines(checks, theme, is_draft=True)
    for check in checks:
        if (made := _fix(draft, check)) is not None:
            line = check_lines((check,), theme, is_draft=True)[0]
            place = lines.index(line)
            sheet.text(*lines[:place], budget=CHECKS_BUDGET, noun="check").beside(line, made)
            lines = lines[place + 1 :]
            break
    sheet.text(*lines, budget=CHECKS_BUDGET, noun="check").rule()


def _fix(draft: DraftFacts, check: Check) -> Button | None:
    """Return the button that corrects a finding; None if a person has to judge."""
    if check.fix is not None and draft.operation is not Operation.DELETE:
        label = cut(f"{check.fix.verb} {check.fix.label}", FIX_LABEL)
        return primary(label, custom_ids.fix(draft.draft_id, check.fix.digest))
    if check.verdict is Verdict.FAIL and check.section is not None:
        return primary("Fix…", custom_ids.draft(form_verb(check.section, check.page), draft.draft_id))
    return None


def _buttons(sheet: Sheet, draft: DraftFacts, theme: Theme, *, is_more: bool) -> None:
    fails = has_fail(draft.checks) or _changes_nothing(draft) or draft.is_read_only

    def made(verb: DraftVerb) -> str:
        return custom_ids.draft(verb, draft.draft_id)

    is_delete = draft.operation is Operation.DELETE
    if draft.is_read_only:
        sheet.text(
            f"{theme.glyph(Glyph.WARN)} **The service takes no proposals now:** it is read-only. The draft is kept. "
            f"*Try again* turns *{'Delete…' if is_delete else 'Submit'}* on once it takes them again."
        )
    problems = [check for check in draft.checks if check.verdict is not Verdict.PASS]
    sheet.menu(edit_menu(draft, [(check, sentence(check, is_draft=False)) for check in problems]))
    sheet.row(
        ending("Delete…", made(DraftVerb.DELETE), disabled=fails)
        if is_delete
        else forward("Submit", made(DraftVerb.SUBMIT), disabled=fails),
        button("Try again", made(DraftVerb.BACK)) if draft.is_read_only else None,
        None if is_more else button("More", made(DraftVerb.MORE)),
        button("Raw JSON", made(DraftVerb.RAW)) if is_more else None,
        button("Discard", made(DraftVerb.DISCARD)) if is_more else None,
    )


_WORDS: Mapping[RecordShape, str] = {
    RecordShape.FRAGMENT: "a part of a reference file",
    RecordShape.DIFF: "the added lines of a diff",
    RecordShape.COMMA: "JSON with a comma too many",
    RecordShape.QUOTES: "JSON with typographic quotes",
    RecordShape.ROW: "a row of models.csv",
    RecordShape.LIST: "a list of one record",
    RecordShape.GENERATED: "a text model with its backend entries, which the service generates itself",
}


def shape_lines(shapes: Iterable[RecordShape], dialect: CanonicalFormat, theme: Theme) -> tuple[str, ...]:
    """Return one line that tells how the file was read; empty for a plain record."""
    named = [_WORDS[shape] for shape in shapes if shape in _WORDS]
    sentences = [f"Read as {' and '.join(named)}."] if named else []
    if RecordShape.CONVERTED in shapes:
        other = "v2" if dialect is CanonicalFormat.LEGACY else "legacy"
        sentences.append(f"Converted from the {other} format to this service's {dialect.value} format.")
    return (f"{theme.glyph(Glyph.WARN)} {' '.join(sentences)} Check the record below.",) if sentences else ()
