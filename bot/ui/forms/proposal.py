"""The forms of a proposal: to begin one, and to change its basics."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, override

import discord
from discord import ui

from bot.services.checks import STYLES
from bot.services.forms_input import FILE_LINE, BasicsAnswers, file_lines
from bot.ui.forms.base import PARAGRAPH_MAX, Form, OnDone, OnFailed, paragraph, short
from bot.ui.labels import parameters_text
from bot.ui.record import files_in

OPTIONS_MAX = 25
"""Options of a select (Discord's documentation)."""
NAME_MAX = 100
DESCRIPTION_MAX = 1000

_TITLES = {"image_generation": "an image model", "text_generation": "a text model"}
_OWN_FIELDS = frozenset({"name", "baseline", "nsfw", "parameters", "description", "config"})
_LEGACY_BASELINES = {"stable_diffusion_2": "stable_diffusion_2_768"}
"""A legacy spelling that differs from the live list by more than spaces."""
_YES, _NO = "yes", "no"


class BasicsForm(Form):
    """*Propose an image model* and its kin; with ``record`` prefilled it is the *Basics* form of a draft.

    A form has five fields. Image models: name, baseline, NSFW, description, files (a draft's: style). Text models:
    name, parameters, description, files, other fields. Every other category: name, description, files, other
    fields. The answers are read by ``bot.services.forms_input.basics_revision``.
    """

    def __init__(
        self,
        category: str,
        on_done: OnDone[BasicsAnswers],
        on_failed: OnFailed,
        *,
        baselines: Sequence[str] = (),
        record: Mapping[str, Any] | None = None,
        name: str = "",
        with_files: bool = True,
    ) -> None:
        """Make the form.

        Args:
            category: the service's category.
            on_done: as for every form.
            on_failed: likewise.
            baselines: the service's live list; empty where it is not known, then the field is free text.
            record: the draft's record; ``None`` for a new proposal.
            name: the model's name so far.
            with_files: whether the form asks for files; a draft's *Basics* leaves them to *Files*.
        """
        title = f"Propose {_TITLES.get(category, f'a model: {category}')}" if record is None else "Basics"
        super().__init__(title, on_done, on_failed)
        self._category = category
        known = record or {}
        self._name = self.ask("Name", short(default=name, max_length=NAME_MAX), "As people will type it. No backslash.")
        is_image, is_text = category == "image_generation", category == "text_generation"
        self._baseline = self._ask_baseline(baselines, known.get("baseline")) if is_image else None
        self._nsfw = self._ask_nsfw(known.get("nsfw")) if is_image else None
        self._parameters = self._ask_parameters(known.get("parameters")) if is_text else None
        self._style = self._ask_style(known.get("style")) if is_image and not with_files else None
        description = known.get("description")
        self._description = self._ask_description(description)
        self._files = self._ask_files(known) if with_files else None
        others = {key: value for key, value in known.items() if key not in _OWN_FIELDS}
        self._others = None if is_image else self._ask_others(others)

    @override
    def values(self) -> BasicsAnswers:
        return BasicsAnswers(
            category=self._category,
            name=self._name.value,
            baseline=_chosen(self._baseline),
            nsfw={_YES: True, _NO: False}.get(self._nsfw.value or "") if self._nsfw else None,
            parameters=self._parameters.value if self._parameters else None,
            description=self._description.value,
            files=self._files.value if self._files else None,
            other_fields=self._others.value if self._others else None,
            style=_chosen(self._style),
        )

    def _ask_baseline(self, baselines: Sequence[str], known: Any) -> "ui.Select[Any] | ui.TextInput[Any]":
        said = known.replace(" ", "_") if isinstance(known, str) else ""
        said = _LEGACY_BASELINES.get(said, said)
        if not baselines:
            return self.ask("Baseline", short(default=said, placeholder="What it was trained from"))
        names = list(baselines[:OPTIONS_MAX])
        if said in baselines and said not in names:
            names[-1] = said
        options = [discord.SelectOption(label=one[:100], value=one[:100], default=one == said) for one in names]
        return self.ask("Baseline", ui.Select(placeholder="What it was trained from", options=options))

    def _ask_nsfw(self, known: Any) -> "ui.RadioGroup[Any]":
        options = [
            discord.RadioGroupOption(
                label="Yes", value=_YES, description="Can draw nudity or sexual content", default=known is True
            ),
            discord.RadioGroupOption(
                label="No", value=_NO, description="Cannot, even when asked", default=known is False
            ),
        ]
        return self.ask("NSFW", ui.RadioGroup(options=options), "Nothing is chosen for you.")

    def _ask_style(self, known: Any) -> "ui.Select[Any]":
        options = [discord.SelectOption(label=one, value=one, default=one == known) for one in sorted(STYLES)]
        return self.ask("Style", ui.Select(placeholder="None", required=False, min_values=0, options=options))

    def _ask_parameters(self, known: Any) -> "ui.TextInput[Any]":
        is_count = isinstance(known, int | float) and not isinstance(known, bool) and known > 0
        said = str(known) if is_count else ""
        if is_count and int(known) == known and parameters_text(known)[:-1].isdigit():
            said = parameters_text(known)
        return self.ask(
            "Parameters",
            short(default=said, placeholder="7B", max_length=20),
            "How many it has: 7B, 350M, or all digits.",
        )

    def _ask_description(self, known: Any) -> "ui.TextInput[Any]":
        said = known if isinstance(known, str) else ""
        # A longer one came from a file. It is shown whole where a field can; beyond that a check asks to shorten it.
        limit = DESCRIPTION_MAX if len(said) <= DESCRIPTION_MAX else PARAGRAPH_MAX
        rest = " The rest is cut here." if len(said) > PARAGRAPH_MAX else ""
        return self.ask(
            "Description",
            paragraph(default=said, max_length=limit),
            f"What it is good at. {limit} characters at most.{rest}",
        )

    def _ask_files(self, known: Mapping[str, Any]) -> "ui.TextInput[Any]":
        return self.ask(
            "Files",
            paragraph(default=file_lines(files_in(known)), placeholder=FILE_LINE),
            f"One per line: {FILE_LINE}. https, straight to the file.",
        )

    def _ask_others(self, known: Mapping[str, Any]) -> "ui.TextInput[Any] | None":
        said = json.dumps(known, ensure_ascii=False, indent=1) if known else ""
        if len(said) > PARAGRAPH_MAX:
            return None  # a cut object could not be read back; Raw JSON has it whole
        return self.ask(
            "Other fields",
            paragraph(default=said, placeholder='{"version": "2.0"}'),
            "One JSON object. May stay empty; null removes a field.",
        )


def _chosen(field: "ui.Select[Any] | ui.TextInput[Any] | None") -> str | None:
    if isinstance(field, ui.Select):
        return next(iter(field.values), "")
    return field.value if field is not None else None
