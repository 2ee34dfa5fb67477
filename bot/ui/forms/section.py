"""Form of some fields of a proposal: the first ones, or a page of a draft's section."""

from collections.abc import Mapping, Sequence
from typing import Any, override

import discord
from discord import ui

from bot.reference.models import CanonicalFormat
from bot.services.forms.fields import FILE_COLUMNS, LONG_KINDS, ChoicesBySource, Field, Kind, Section
from bot.services.forms.fields_table import WHY, pages
from bot.services.forms.fields_text import NO, YES, Typed
from bot.services.forms.forms_input import SectionAnswers, shown
from bot.ui.choice_names import category_name, option_words
from bot.ui.forms.base import PARAGRAPH_MAX, AnyField, Form, OnDone, OnFailed, paragraph, short
from bot.ui.proposals.sections import page_name

OPTIONS_MAX = 25
"""Options of a select (Discord's documentation)."""
OPTION_MAX = 100
"""Characters of an option (Discord's documentation)."""
EMPTY_PLACEHOLDER = "Not stated"

_TITLES = {"image_generation": "an image model", "text_generation": "a text model"}
_CUT = " Cut to what fits."
_FILES_TOO_LONG = "**Files** are more than a form can show. *Raw JSON* has them all."


class SectionForm(Form):
    """Up to five fields of a record, prefilled from it.

    ``bot.services.forms.forms_input.section_edit`` parses the answers: the changed fields and the name. Unchanged
    fields are not submitted, because a form may show a value only in part.
    """

    def __init__(
        self,
        title: str,
        category: str,
        fields: Sequence[Field],
        on_done: OnDone[SectionAnswers],
        on_failed: OnFailed,
        *,
        record: Mapping[str, Any],
        dialect: CanonicalFormat,
        choices: ChoicesBySource,
        unsupported: frozenset[str] = frozenset(),
        name: str | None = None,
        why: str = "",
        invalid_inputs: Mapping[str, str] | None = None,
    ) -> None:
        """Make the form.

        ``title`` has at most 45 characters, ``fields`` at most five. Left out are unsupported ones, unless none would
        be left, and the name if it is None (an update cannot change it). ``record`` has the initial values, except
        of ``why`` and of the ``invalid_inputs``, which are shown again.
        """
        super().__init__(title, on_done, on_failed)
        fields = [one for one in fields if one.key not in unsupported] or fields
        fields = [one for one in fields if name is not None or one.kind is not Kind.NAME]
        self._category = category
        self._choices = choices
        self._fields: dict[str, AnyField] = {}
        self._shown: dict[str, Typed] = {}
        texts = {one.key: why if one is WHY else shown(one, record, dialect) for one in fields}
        if name is not None:
            texts["name"] = name
        self._invalid_inputs = {key: typed for key, typed in (invalid_inputs or {}).items() if key in texts}
        texts |= self._invalid_inputs
        self._add_all(fields, texts)

    @override
    def values(self) -> SectionAnswers:
        typed = {key: _typed(item, self._shown[key]) for key, item in self._fields.items()}
        changed = {
            key: text
            for key, text in typed.items()
            if key == "name" or key in self._invalid_inputs or not _is_same(text, self._shown[key])
        }
        return SectionAnswers(self._category, changed)

    def _add_all(self, fields: Sequence[Field], texts: Mapping[str, Typed]) -> None:
        """Add the fields; in place of those that are too long, say that *Raw JSON* has them."""
        too_long = _too_long(fields, texts)
        if any(one.kind in FILE_COLUMNS and one.key in too_long for one in fields):
            self.add_item(ui.TextDisplay(_FILES_TOO_LONG))
        for one in fields:
            if one.key not in too_long:
                self._add(one, texts[one.key])
            elif one.kind not in FILE_COLUMNS:
                self.add_item(ui.TextDisplay(f"**{one.label}** is more than a form can show. *Raw JSON* has it all."))

    def _add(self, one: Field, given: Typed) -> None:
        item, hint = self._item(one, given)
        self._fields[one.key] = self.ask(one.label, item, hint or None, key=one.key)
        self._shown[one.key] = _default(item)

    def _item(self, one: Field, given: Typed) -> "tuple[AnyField, str]":
        if one.kind is Kind.YES_NO and one.is_required:
            return _radio(given), "" if given else one.hint
        if one.kind is Kind.YES_NO:
            return _select(one, (YES, NO), given), one.hint
        if one.choices is not None:
            known = one.choices.known(self._choices)
            chosen = (given,) if isinstance(given, str) else given
            options = tuple(dict.fromkeys((*known, *filter(None, chosen))))
            if known and len(options) <= OPTIONS_MAX and all(0 < len(option) <= OPTION_MAX for option in options):
                several = one.kind in (Kind.CHOICES, Kind.CLAIMS)
                return _select(one, options, given, several=several), one.hint
        return self._text(one, given if isinstance(given, str) else ", ".join(given))

    @staticmethod
    def _text(one: Field, given: str) -> "tuple[ui.TextInput[Any], str]":
        placeholder = one.placeholder or None
        if one.kind not in LONG_KINDS:
            limit = max(one.max_length, min(len(given), PARAGRAPH_MAX)) if one.kind is not Kind.NAME else one.max_length
            return short(default=given, placeholder=placeholder, required=one.is_required, max_length=limit), one.hint
        if one.kind is not Kind.PROSE or one.max_length >= PARAGRAPH_MAX:
            return paragraph(default=given, placeholder=placeholder), one.hint
        # A longer one came from a file. It is shown whole where a field can; beyond that a check asks to shorten it.
        limit = one.max_length if len(given) <= one.max_length else PARAGRAPH_MAX
        hint = one.hint.replace(str(one.max_length), str(limit)) + (_CUT if len(given) > PARAGRAPH_MAX else "")
        return paragraph(default=given, placeholder=placeholder, max_length=limit), hint


def proposal_title(verb: str, category: str) -> str:
    """Return a first form's title: *Propose an image model*, *Change a model: Upscaler …*."""
    return f"{verb} {_TITLES.get(category, f'a model: {category_name(category)}')}"


def page_of_section(
    category: str, section: Section, page: int, dialect: CanonicalFormat
) -> tuple[str, Sequence[Field]]:
    """Return title and fields of a section's page; the first for one that is gone."""
    forms = pages(category, section, dialect)
    number = page if page < len(forms) else 0
    return page_name(section, number), forms[number] if forms else ()


def _radio(given: Typed) -> "ui.RadioGroup[Any]":
    return ui.RadioGroup(
        options=[
            discord.RadioGroupOption(
                label="Yes", value=YES, description="Can draw nudity or sexual content", default=given == YES
            ),
            discord.RadioGroupOption(label="No", value=NO, description="Cannot, even when asked", default=given == NO),
        ]
    )


def _select(one: Field, options: Sequence[str], given: Typed, *, several: bool = False) -> "ui.Select[Any]":
    chosen = (given,) if isinstance(given, str) else given
    return ui.Select(
        placeholder=one.placeholder or EMPTY_PLACEHOLDER,
        required=one.is_required,
        min_values=1 if one.is_required else 0,
        max_values=len(options) if several else 1,
        options=[_option(option, is_chosen=option in chosen) for option in options],
    )


def _option(value: str, *, is_chosen: bool) -> discord.SelectOption:
    label, description = {YES: ("Yes", None), NO: ("No", None)}.get(value) or option_words(value)
    return discord.SelectOption(label=label, value=value, description=description, default=is_chosen)


def _default(item: AnyField) -> Typed:
    """Return a field's initial value."""
    match item:
        case ui.TextInput():
            return item.default or ""
        case ui.Select() if item.max_values > 1:
            return tuple(option.value for option in item.options if option.default)
        case ui.Select() | ui.RadioGroup():
            return next((option.value for option in item.options if option.default), "")
    return ""


def _typed(item: AnyField, before: Typed) -> Typed:
    match item:
        case ui.Select() if isinstance(before, tuple):
            return tuple(option.value for option in item.options if option.value in item.values)
        case ui.Select():
            return next(iter(item.values), "")
        case ui.TextInput() | ui.RadioGroup():
            return item.value or ""
    return before


def _is_same(typed: Typed, before: Typed) -> bool:
    """Return whether an answer is unchanged; Discord may trim text and change line ends."""
    if isinstance(typed, str) and isinstance(before, str):
        return typed.replace("\r\n", "\n").strip() == before.replace("\r\n", "\n").strip()
    return set(typed) == set(before)


def _too_long(fields: Sequence[Field], texts: Mapping[str, Typed]) -> set[str]:
    """Return keys of fields too long for a form; all columns of the files if one of them is."""
    too_long = {one.key for one in fields if one.kind in LONG_KINDS - {Kind.PROSE} and _is_long(texts[one.key])}
    columns = {one.key for one in fields if one.kind in FILE_COLUMNS}
    return too_long | columns if too_long & columns else too_long


def _is_long(text: Typed) -> bool:
    return isinstance(text, str) and len(text) > PARAGRAPH_MAX
