"""Buttons of a draft card that open its forms, and their labels."""

from collections.abc import Mapping

from bot.reference.models import CanonicalFormat, Operation
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import pages
from bot.ui.custom_ids import DraftVerb

NAMES: Mapping[Section, str] = {
    Section.BASICS: "Basics",
    Section.FILES: "Files",
    Section.DETAILS: "Details",
    Section.LICENSING: "Licensing",
    Section.WHY: "Why",
}

FORMS: Mapping[DraftVerb, tuple[Section, int]] = {
    DraftVerb.BASICS: (Section.BASICS, 0),
    DraftVerb.FILES: (Section.FILES, 0),
    DraftVerb.DETAILS: (Section.DETAILS, 0),
    DraftVerb.LICENSING: (Section.LICENSING, 0),
    DraftVerb.WHY: (Section.WHY, 0),
    DraftVerb.MORE_BASICS: (Section.BASICS, 1),
    DraftVerb.MORE_FILES: (Section.FILES, 1),
    DraftVerb.MORE_DETAILS: (Section.DETAILS, 1),
    DraftVerb.MORE_LICENSING: (Section.LICENSING, 1),
}
"""Section and page of the form that each button opens."""

FIRST_ROW = (DraftVerb.BASICS, DraftVerb.FILES, DraftVerb.DETAILS, DraftVerb.LICENSING, DraftVerb.WHY)
SECOND_ROW = (DraftVerb.MORE_BASICS, DraftVerb.MORE_FILES, DraftVerb.MORE_DETAILS, DraftVerb.MORE_LICENSING)


def page_name(section: Section, page: int) -> str:
    """Return the label of a form and its button: *Details*, *More details*."""
    return f"More {NAMES[section].lower()}" if page else NAMES[section]


def verbs_of(
    row: tuple[DraftVerb, ...],
    operation: Operation,
    category: str,
    dialect: CanonicalFormat,
    unsupported: frozenset[str] = frozenset(),
) -> tuple[DraftVerb, ...]:
    """Return a row's buttons that have fields in this category; a delete has *Why* only.

    Args:
        row: the buttons in their order.
        operation: of the draft.
        category: of the draft.
        dialect: of the draft.
        unsupported: keys of fields left out of the forms.
    """
    if operation is Operation.DELETE:
        return tuple(verb for verb in row if verb is DraftVerb.WHY)
    return tuple(verb for verb in row if verb is DraftVerb.WHY or _asks(*FORMS[verb], category, dialect, unsupported))


def _asks(section: Section, page: int, category: str, dialect: CanonicalFormat, unsupported: frozenset[str]) -> bool:
    forms = pages(category, section, dialect)
    return page < len(forms) and any(one.key not in unsupported for one in forms[page])
