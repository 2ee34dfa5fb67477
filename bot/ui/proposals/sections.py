"""Forms of a draft: their names, and the *Edit…* menu that lists them with their state."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import ui

from bot.reference.models import Operation
from bot.services.checks import Check, Verdict
from bot.services.forms.fields import EMPTY, FILE_COLUMNS, Field, Section
from bot.services.forms.fields_table import pages
from bot.services.proposals.outcomes import DraftFacts
from bot.ui import custom_ids
from bot.ui.custom_ids import DraftVerb
from bot.ui.text import as_label

NAMES: Mapping[Section, str] = {
    Section.BASICS: "Basics",
    Section.FILES: "Files",
    Section.DETAILS: "Details",
    Section.LICENSING: "Licensing",
    Section.WHY: "Why",
}

FORMS: Mapping[DraftVerb, tuple[Section, int]] = {
    DraftVerb.BASICS: (Section.BASICS, 0),
    DraftVerb.MORE_BASICS: (Section.BASICS, 1),
    DraftVerb.FILES: (Section.FILES, 0),
    DraftVerb.MORE_FILES: (Section.FILES, 1),
    DraftVerb.WHY: (Section.WHY, 0),
    DraftVerb.DETAILS: (Section.DETAILS, 0),
    DraftVerb.MORE_DETAILS: (Section.DETAILS, 1),
    DraftVerb.LICENSING: (Section.LICENSING, 0),
    DraftVerb.MORE_LICENSING: (Section.LICENSING, 1),
}
"""Section and page of each form, in the order of the menu."""

_MARKUP = re.compile(r"[*`\\]")


def page_name(section: Section, page: int) -> str:
    """Return the name of a form: *Details*, *More details*."""
    return f"More {NAMES[section].lower()}" if page else NAMES[section]


def form_verb(section: Section, page: int) -> DraftVerb:
    """Return the verb that opens a form; a page that no longer exists opens the first."""
    known = {form: verb for verb, form in FORMS.items()}
    return known.get((section, page), known[section, 0])


def edit_menu(draft: DraftFacts, words: Sequence[tuple[Check, str]]) -> "ui.Select[Any]":
    """Build the *Edit…* menu: every form of the draft with what is wrong, filled or empty in it.

    ``words`` are the draft's failures and warnings with their sentences.
    """
    options = [
        discord.SelectOption(
            label=page_name(*FORMS[verb]), value=verb.value, description=as_label(_state(draft, *FORMS[verb], words))
        )
        for verb in _verbs_of(draft)
    ]
    return ui.Select(custom_id=custom_ids.draft(DraftVerb.EDIT, draft.draft_id), placeholder="Edit…", options=options)


def _verbs_of(draft: DraftFacts) -> Sequence[DraftVerb]:
    """Return the forms that have fields in this category; a delete has *Why* only."""
    if draft.operation is Operation.DELETE:
        return (DraftVerb.WHY,)
    return [verb for verb, form in FORMS.items() if verb is DraftVerb.WHY or _fields(draft, *form)]


def _fields(draft: DraftFacts, section: Section, page: int) -> list[Field]:
    forms = pages(draft.category, section, draft.dialect)
    return [one for one in (forms[page] if page < len(forms) else ()) if one.key not in draft.unsupported]


def _state(draft: DraftFacts, section: Section, page: int, words: Sequence[tuple[Check, str]]) -> str:
    """Return the first failure or warning of a form, else the fields that have a value."""
    for verdict in (Verdict.FAIL, Verdict.WARN):
        for check, sentence in words:
            if (check.section, check.page, check.verdict) == (section, page, verdict):
                return _MARKUP.sub("", sentence)
    if section is Section.WHY:
        return draft.why.strip() or "Empty"
    filled = [one for one in _fields(draft, section, page) if one.value(draft.record, draft.dialect) not in EMPTY]
    if filled and all(one.kind in FILE_COLUMNS for one in filled):
        return "Filled in"
    return ", ".join(one.label for one in filled) or "Empty"
