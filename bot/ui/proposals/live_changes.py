"""The part of a draft card that shows an update's diff, or the record that a delete removes."""

from bot.reference.models import Operation
from bot.services.proposals.outcomes import DraftFacts, LiveFacts, LiveMoved
from bot.ui import custom_ids
from bot.ui.cards.change_card import draw_diff, draw_files
from bot.ui.cards.checks import use_beside_checks
from bot.ui.cards.diff_lines import diff_text, plain_text_diff
from bot.ui.cards.full_view import json_file
from bot.ui.cards.record import (
    RECORD_BUDGET,
    record_lines,
)
from bot.ui.cards.states import operation_word
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Card, Markup, Sheet, attachment, button, primary, short_message
from bot.ui.custom_ids import DraftVerb, ModelVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.labels import field_names
from bot.ui.text import NAME_LIST, NAME_TITLE, first, plain

DEPENDENTS_SHOWN = 6
FIELDS_SHOWN = 8


def draw_live(sheet: Sheet, draft: DraftFacts, theme: Theme) -> None:
    """Draw the diff against the live record, or the record to delete and its usage."""
    live = draft.live or LiveFacts()
    if live.moved:
        sheet.text(
            f"{theme.glyph(Glyph.WARN)} **The live record changed since this draft began:** "
            f"{field_names(live.moved, FIELDS_SHOWN)}. {_on_moved(draft)}"
        ).gap()
    if draft.operation is Operation.DELETE:
        _goes(sheet, draft, live, theme)
    else:
        _differs(sheet, live, theme)


def raw_draft(draft: DraftFacts) -> Card:
    """Show the draft's record as a JSON file, with the diff beside it.

    It replaces the draft's card, so that an older card never stays beside a newer one.
    """
    sheet = Sheet(Accent.GREY).text(
        "## Raw JSON",
        f"-# {operation_word(draft.operation)} · {category_words(draft.category)} · {plain(draft.name, NAME_LIST)}",
        "This record is what *Submit* sends." if draft.operation is not Operation.DELETE else "This record is deleted.",
    )
    sheet.file(json_file(f"draft-{draft.draft_id}.json", draft.record))
    diff = draft.live.diff if draft.live is not None else None
    if diff is not None and diff.field_diffs:
        sheet.file(attachment(f"draft-{draft.draft_id}.diff.txt", plain_text_diff(diff).removeprefix("#0 ")))
    back = button("Back", custom_ids.draft(DraftVerb.BACK, draft.draft_id))
    if draft.operation is Operation.DELETE or draft.is_outcome_unknown:
        return sheet.row(back).card()
    sheet.text("**Now:** edit it, then upload the whole file here.")
    return sheet.row(button("Upload edited file…", custom_ids.draft(DraftVerb.GIVE, draft.draft_id)), back).card()


def unchanged_lines(theme: Theme) -> tuple[str, ...]:
    """Return the lines above a draft that was not sent because it changes nothing."""
    return (
        f"{theme.glyph(Glyph.WARN)} **Not queued: nothing changes.** The live record already has all of these values.",
        "**Changed:** nothing. Nothing was sent. **Now:** change something below, or discard the draft.",
    )


def edited_lines(theme: Theme) -> tuple[str, ...]:
    """Return the lines above a draft that was not sent because it was edited meanwhile."""
    return (
        f"{theme.glyph(Glyph.WARN)} **Not queued: the draft was edited while this press waited.**",
        "**Changed:** nothing. Nothing was sent. **Now:** read it below, then press *Submit*.",
    )


def moved_lines(outcome: LiveMoved, theme: Theme) -> tuple[str, ...]:
    """Return the lines above a draft that was rebased onto a newer live record."""
    is_delete = outcome.draft.operation is Operation.DELETE
    now = "read the record below, then press *Delete…* again." if is_delete else "read it, then press *Submit*."
    return (
        f"{theme.glyph(Glyph.WARN)} **Not queued: the live record changed since this draft began.**",
        f"Now with the live values: {field_names(outcome.taken, FIELDS_SHOWN)}." if outcome.taken else "",
        f"Changed by both, yours is kept: {field_names(outcome.contested, FIELDS_SHOWN)}." if outcome.contested else "",
        f"**Changed:** nothing. The draft is now based on the new record. **Now:** {now}",
    )


def _on_moved(draft: DraftFacts) -> str:
    if draft.operation is Operation.DELETE:
        return "*Delete…* shows it to you first."
    return "*Submit* takes that over and shows you first."


def _differs(sheet: Sheet, live: LiveFacts, theme: Theme) -> None:
    text = diff_text(live.diff) if live.diff is not None else None
    if text is None or not text.changes:
        sheet.text("-# No field changes yet", "The live record has all of these values. Choose a part under *Edit…*.")
        return
    draw_diff(sheet, text, theme)
    if text.is_folded:
        sheet.text("-# *Raw JSON* has that file.")


def _goes(sheet: Sheet, draft: DraftFacts, live: LiveFacts, theme: Theme) -> None:
    lines = [use_beside_checks(live.usage, draft.checks, theme)]
    if live.dependents:
        named = [f"{plain(name, NAME_LIST)} ({category_words(category)})" for category, name in live.dependents]
        lines.append(f"{theme.glyph(Glyph.WARN)} **Used by:** {first(named, DEPENDENTS_SHOWN)}.")
    if any(lines):
        sheet.text("-# Use and dependents", *lines).gap()
    sheet.text("-# Record to delete", *record_lines(draft.record, draft.category), budget=RECORD_BUDGET).gap()
    draw_files(sheet, draft.record)


def form_ready(category: str, name: str) -> Markup:
    """Report that the live record has been read, with a button for the form."""
    return short_message(
        Accent.SLATE,
        f"## {plain(name, NAME_TITLE)}",
        "The bot has read the live record. Discord opens a form only right after a press.",
        "**Now:** press *Open the form*. No draft is stored before you send it.",
        buttons=(primary("Open the form", custom_ids.model(ModelVerb.UPDATE, category, name)),),
    )
