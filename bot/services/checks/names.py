"""Checks of a model's name; pure."""

import unicodedata
from collections.abc import Iterable

from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks.results import Check, CheckCode, CheckedRecord, Verdict
from bot.services.forms.fields import Section

NAME_LENGTH_MAX = 100
"""Characters. The service has no limit; cards and Discord's forms have."""

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def check_name(subject: CheckedRecord) -> Iterable[Check]:
    """Check the characters and length of the name."""
    name = subject.name
    invisible = sum(unicodedata.category(character) in _INVISIBLE_CATEGORIES for character in name)
    if not name.strip():
        yield _fail(CheckCode.NAME_EMPTY)
    if "\\" in name:
        yield _fail(CheckCode.NAME_BACKSLASH)
    if len(name) > NAME_LENGTH_MAX:
        yield _fail(CheckCode.NAME_LONG, characters=len(name), invisible=invisible)
    elif invisible:
        yield _fail(CheckCode.NAME_INVISIBLE, characters=len(name), invisible=invisible)
    if "/" in name:
        yield from _slash(subject)


def check_existence(subject: CheckedRecord) -> Iterable[Check]:
    """Check the name against live models: free for a create, taken for any other operation."""
    if subject.live_names is None or not subject.name.strip():
        return
    is_live = subject.name in subject.live_names
    if subject.operation is Operation.CREATE:
        yield _fail(CheckCode.NAME_TAKEN) if is_live else Check(CheckCode.NAME_FREE, Verdict.PASS)
    elif not is_live:
        yield _fail(CheckCode.NAME_UNKNOWN)


def _slash(subject: CheckedRecord) -> Iterable[Check]:
    # A path cannot hold a slash; only a legacy update has the name in its body (3.0.0 to 8.6.2).
    is_legacy = subject.dialect is CanonicalFormat.LEGACY
    if subject.operation is Operation.CREATE and subject.category != "text_generation":  # those are owner/model
        yield Check(CheckCode.NAME_SLASH, Verdict.WARN, {"can_change": int(is_legacy)}, Section.BASICS)
    elif subject.operation is Operation.DELETE or (subject.operation is Operation.UPDATE and not is_legacy):
        yield Check(CheckCode.NAME_UNREACHABLE, Verdict.FAIL, {"operation": subject.operation.value})


def _fail(code: CheckCode, **facts: str | int) -> Check:
    return Check(code, Verdict.FAIL, facts, Section.BASICS)
