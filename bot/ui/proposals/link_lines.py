"""Part of a draft card: the source of each value from a link, and its menus."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.reference.deployment import CATEGORIES
from bot.services.forms.fields_table import fields_of
from bot.services.hosts.filling import FILE_KEY, SHA256_KEY, SIZE_KEY, TEXT_CATEGORY, has_files, kept_values
from bot.services.hosts.link_reader import DEADLINE
from bot.services.hosts.values import FilledValue, LinkSource, Note, UnansweredHost
from bot.services.proposals.outcomes import DraftFacts
from bot.sources.addresses import Address, AddressError, AddressProblem
from bot.sources.host_client import HostProblem
from bot.ui import custom_ids
from bot.ui.cards.host_lines import problem_text
from bot.ui.choice_names import category_name
from bot.ui.components import Accent, Markup, Sheet, button, link, short_message
from bot.ui.custom_ids import DraftVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, as_label, host_link, plain

OFFERS_SHOWN: Final = 25
HOST_IN_TITLE: Final = 15
"""Characters of a host in a title of 45."""
_PARTS: Final[Mapping[str, str]] = {FILE_KEY: "file", SHA256_KEY: "sha256", SIZE_KEY: "size"}
_ABOUT_MODEL: Final = frozenset({Note.NO_SINGLE_FILE, Note.PERSON, Note.MINOR, Note.NO_BASE_MODEL})
_LEFT_TO_PERSON: Final = ("baseline", "nsfw", "style", "licensing.license_expression")

_MISSING: Final = (HostProblem.MISSING, HostProblem.MISSING_OR_PRIVATE)

_NOTES: Final[Mapping[Note, str]] = {
    Note.GATED: "**Workers cannot download it:** the repository is gated.",
    Note.DISABLED: "**Workers cannot download it:** the host has disabled the repository.",
    Note.ARCHIVED: "**Workers cannot download it:** the model is archived.",
    Note.EARLY_ACCESS: "**Workers cannot download it yet:** early access.",
    Note.NO_DOWNLOAD: "**Workers cannot download it:** its author does not offer the file.",
    Note.NOT_SCANNED: "**No sha256 yet:** Civitai has not finished scanning the file. Try again in some minutes.",
    Note.NO_SINGLE_FILE: "**No single file** that workers could load was found.",
    Note.NO_SUCH_FILE: "**The host has no such file** in this revision.",
    Note.UNSAFE: "**The host's scan calls the file unsafe.**",
    Note.PERSON: "**It depicts a real person,** says the host. Approvers reject such models.",
    Note.NO_BASE_MODEL: "**A refiner or editing model,** says the host. Workers load no such model by itself.",
    Note.MINOR: "**The host marks it as depicting minors.** Approvers reject such models.",
}


def draw_link(sheet: Sheet, draft: DraftFacts, source: LinkSource, theme: Theme) -> None:
    """Draw the sources of the filled values, what is left to the person, and the menu of files."""
    reading = source.reading
    kept = kept_values(draft.record, source, draft.category, draft.dialect)
    facts, suggestions = ([each for each in kept if each.is_fact is is_fact] for is_fact in (True, False))
    lines = [f"-# From {host_link(reading.page)}"]
    if facts:
        lines.append(f"**Filled:** {_by_source(facts, draft)}")
    if suggestions:
        lines.append(f"**Please check:** {_by_source(suggestions, draft)}")
    left = _left_to_person(draft)
    if left:
        lines.append(f"**Only you can answer:** {left}.{_hints(source)}")
    lines += note_lines(source, draft.category, theme, is_checked=bool(draft.host_findings))
    lines += problem_lines(reading.problems, theme)
    if reading.problems:
        lines.append("-# What is missing is not filled. Type it, or paste the link again later.")
    sheet.text(*lines)
    nsfw = next(
        (one for one in fields_of(draft.category, draft.dialect) if one.key == "nsfw" and one.is_required), None
    )
    if nsfw is not None and nsfw.value(draft.record, draft.dialect) is None:
        answers = {"NSFW: yes": DraftVerb.NSFW_YES, "NSFW: no": DraftVerb.NSFW_NO}
        sheet.row(*(button(label, custom_ids.draft(verb, draft.draft_id)) for label, verb in answers.items()))
    if len(reading.offers) > 1 and has_files(draft.category, draft.dialect):
        sheet.menu(_offers_menu(draft.draft_id, source))
    sheet.rule()


def unread_link_title(error: AddressError) -> str:
    """Return the title of the form that opens in place of a draft from a link."""
    match error.problem:
        case AddressProblem.OTHER_HOST:
            return f"{as_label(error.host, HOST_IN_TITLE)} is not read. Fill in the form"
        case AddressProblem.NOT_A_MODEL:
            return "The link names no model. Fill in the form"
        case AddressProblem.NO_LINK:
            return "No link was found. Fill in the form"


def reading_link(address: Address) -> Markup:
    """Say what a link names, and that its host is being asked."""
    return short_message(
        Accent.GREY,
        "## Reading the link",
        f"-# From {host_link(address.page)}",
        f"{address.host} is asked for files, sizes and sha256.",
        f"**Now:** wait. The draft follows within {DEADLINE.seconds} s, with what is known by then.",
    )


def category_question(draft: DraftFacts, source: LinkSource, theme: Theme) -> Markup:
    """Ask for the category that the host does not make clear."""
    is_unanswered = bool(source.reading.problems)
    is_missing = any(each.problem in _MISSING for each in source.reading.problems)
    return (
        Sheet(Accent.GREY)
        .text(
            "## Nothing was found" if is_missing else "## Which kind of model is it?",
            f"-# From {host_link(source.reading.page)}",
            *problem_lines(source.reading.problems, theme),
            "" if is_unanswered else f"{source.reading.host} does not make it clear.",
            "**Now:** check the link. Or choose a kind of model and fill in the draft by hand."
            if is_missing
            else "**Now:** choose one. The draft opens with what is known.",
        )
        .menu(
            ui.Select(
                custom_id=custom_ids.draft(DraftVerb.CATEGORY, draft.draft_id),
                placeholder="Kind of model",
                options=[
                    discord.SelectOption(label=category_name(category), value=category) for category in CATEGORIES
                ],
            )
        )
        .row(
            link("Open the page", source.reading.page),
            button("Discard", custom_ids.draft(DraftVerb.DISCARD, draft.draft_id)),
        )
        .view()
    )


def note_lines(source: LinkSource, category: str, theme: Theme, *, is_checked: bool) -> list[str]:
    """Return a warning for each finding that the host checks do not repeat."""
    notes = dict.fromkeys((*source.reading.notes, *source.offer.notes))
    if category == TEXT_CATEGORY:  # workers load a repository, not one file
        notes.pop(Note.NO_SINGLE_FILE, None)
    notes = {note: None for note in notes if not is_checked or note in _ABOUT_MODEL}
    return [f"{theme.glyph(Glyph.WARN)} {_NOTES[note]}" for note in notes]


def problem_lines(problems: Iterable[UnansweredHost], theme: Theme) -> list[str]:
    """Return a warning for each host without an answer."""
    return [f"{theme.glyph(Glyph.WARN)} {problem_text(each.host, each.problem, each.retry_in_s)}" for each in problems]


def _by_source(values: Sequence[FilledValue], draft: DraftFacts) -> str:
    labels = {one.key: one.label for one in fields_of(draft.category, draft.dialect)}
    groups: dict[str, list[str]] = {}
    for value in values:
        label = _PARTS.get(value.key) or labels.get(value.key, value.key)
        groups.setdefault(value.source, []).append(label if label.isupper() else label[:1].lower() + label[1:])
    return " · ".join(f"{', '.join(names)} ({source})" for source, names in groups.items())


def _left_to_person(draft: DraftFacts) -> str:
    fields = {one.key: one for one in fields_of(draft.category, draft.dialect)}
    asked = [fields[key] for key in _LEFT_TO_PERSON if key in fields and key not in draft.unsupported]
    asked = [one for one in asked if one.key != "baseline" or one.is_required]
    open_ones = [one for one in asked if one.value(draft.record, draft.dialect) in (None, "", "NOASSERTION")]
    return ", ".join(one.label if one.label.isupper() else one.label.lower() for one in open_ones)


def _hints(source: LinkSource) -> str:
    reading = source.reading
    hints = [f" {reading.host} rates it as not for everyone." if reading.is_marked_nsfw else ""]
    if reading.unknown_base:
        base = plain(reading.unknown_base, NAME_LIST)
        hints.append(f" {reading.host} names the base {base}, which is no baseline of the reference for certain.")
    hints.append(f" Licence on {reading.host}: {plain(reading.licence, NAME_LIST)}." if reading.licence else "")
    return "".join(hints)


def _offers_menu(draft_id: int, source: LinkSource) -> "ui.Select[Any]":
    options = [
        discord.SelectOption(
            label=as_label(offer.label) or "No name",
            value=str(number),
            description=as_label(offer.details) or None,
            default=number == source.chosen,
        )
        for number, offer in enumerate(source.reading.offers[:OFFERS_SHOWN])
    ]
    return ui.Select(
        custom_id=custom_ids.draft(DraftVerb.OFFER, draft_id), placeholder="File or version", options=options
    )
