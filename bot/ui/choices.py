"""Choices of options: categories, and autocompletion of changes, models, requestors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from discord.app_commands import Choice

from bot.reference.deployment import CATEGORIES
from bot.reference.models import PendingChange
from bot.services.forms.fields_text import baseline_name
from bot.services.model_names import choice_value
from bot.ui.choice_names import category_name, option_words
from bot.ui.text import LABEL_MAX, as_label, cut

CHOICES_MAX = 25
"""Choices of an autocompletion: Discord's limit."""
CATEGORY_CHOICES: Final = [Choice(name=category_name(category), value=category) for category in CATEGORIES]

_LAST_NUMBER = re.compile(r"[^\s,;]+$")
_NAME_MAX = 50
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def change_choices(changes: Iterable[PendingChange], typed: str, *, now: datetime) -> list[Choice[int]]:
    """Offer at most 25 changes that match by number or by a part of the name."""
    offered = islice(_matching(changes, typed), CHOICES_MAX)
    return [Choice(name=_label(change, now), value=change.change_id) for change in offered]


def several_choices(changes: Iterable[PendingChange], typed: str, *, now: datetime) -> list[Choice[str]]:
    """Offer, for an option with several numbers, the typed numbers and one more."""
    found = _LAST_NUMBER.search(typed)
    before, last = (typed[: found.start()], found[0]) if found else (typed, "")
    known = {part.lstrip("#") for part in before.replace(",", " ").split()}
    prefix = f"{before.strip().rstrip(',')}, " if before.strip() else ""
    offered = []
    for change in _matching(changes, last):
        change_id = change.change_id
        if str(change_id) not in known and len(value := f"{prefix}{change_id}") <= LABEL_MAX:
            offered.append(Choice(name=_label(change, now, prefix), value=value))
    return offered[:CHOICES_MAX]


def model_choices(names: Iterable[str]) -> list[Choice[str]]:
    """Offer the first 25 models."""
    return [Choice(name=_name_label(name), value=choice_value(name)) for name in islice(names, CHOICES_MAX)]


def value_choices(values: Iterable[str], typed: str) -> list[Choice[str]]:
    """Offer at most 25 baselines or styles whose label or value contains the typed text."""
    wanted = typed.strip().casefold()
    labelled = ((option_words(baseline_name(value)), value) for value in values)
    named = ((" · ".join(filter(None, words)), value) for words, value in labelled)
    found = (Choice(name=as_label(label), value=value) for label, value in named if wanted in label.casefold())
    return list(islice(found, CHOICES_MAX))


def requestor_choices(names: Mapping[str, str], typed: str) -> list[Choice[str]]:
    """Offer at most 25 requestors whose Horde name contains the typed text."""
    wanted = typed.strip().casefold()
    matching = sorted((name, user_id) for user_id, name in names.items() if wanted in name.casefold())
    return [Choice(name=_name_label(name), value=user_id) for name, user_id in matching[:CHOICES_MAX]]


def _name_label(name: str) -> str:
    return as_label(name) or "(no name)"


def _matching(changes: Iterable[PendingChange], typed: str) -> Iterator[PendingChange]:
    wanted = typed.strip().removeprefix("#").casefold()
    for change in changes:
        if str(change.change_id).startswith(wanted) or wanted in change.model_name.casefold():
            yield change


def _label(change: PendingChange, now: datetime, prefix: str = "") -> str:
    name = cut(change.model_name, _NAME_MAX) or "(no name)"
    age = _age(now.timestamp() - change.requested_at)
    return as_label(f"{prefix}#{change.change_id} · {change.operation} · {name} · {age}", name=name)


def _age(seconds: float) -> str:
    if seconds < _HOUR_S:
        return f"{max(int(seconds), 0) // _MINUTE_S} min"
    return f"{int(seconds) // _HOUR_S} h" if seconds < 2 * _DAY_S else f"{int(seconds) // _DAY_S} d"
