"""Checks of a record, before it is sent and while it waits; pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import files_of, is_large
from bot.services.checks.checked_record import CheckedRecord, named_rivals
from bot.services.checks.field_values import check_values
from bot.services.checks.files import check_files, check_workers
from bot.services.checks.links import check_links
from bot.services.checks.names import check_existence, check_name, check_new_name
from bot.services.checks.pages import check_pages
from bot.services.checks.results import Check, CheckCode, Verdict, at_field, fail, fix_at, warn
from bot.services.checks.vocabulary import CONVERTED, check_vocabulary, is_unused_baseline, meant_baseline, nearest
from bot.services.forms.fields import Choices, Field, Kind, Section
from bot.services.forms.fields_table import fields_of
from bot.services.forms.fields_text import baseline_name, legacy_baseline, truth_of
from bot.services.forms.licences import UNSTATED, licence_ids

DESCRIPTION_LENGTH_MAX = 4000
"""Characters of one form field. The service itself has no limit."""

_NOT_READ = frozenset({"lora", "ti"})
"""Categories that no version of the workers' library returns."""


def run_checks(subject: CheckedRecord) -> tuple[Check, ...]:
    """Check a record; fails first, then warnings, then passes.

    The same checks run for a draft and for a change's card. They compare values with each other, so that those of a
    record as large as the service takes would stop the bot for minutes.
    """
    if is_large(subject.record):
        return (fail(CheckCode.RECORD_LARGE, None),)
    found = [*check_name(subject), *check_new_name(subject), *check_existence(subject), *_conflicts(subject)]
    found += [*_appliable(subject), *_consensus(subject)]
    if subject.operation is not Operation.DELETE:
        found += [*_required(subject), *_vocabulary(subject), *check_pages(subject), *_files(subject)]
        found += [*check_values(subject), *check_vocabulary(subject), *check_workers(subject), *_why(subject)]
        found += [*_baseline_changed(subject), *_licence(subject), *_dropped_fields(subject)]
    else:
        found += _delete_passes(subject, {check.code for check in found})
    order = list(Verdict)
    return tuple(sorted(found, key=lambda check: order.index(check.verdict)))


def _conflicts(subject: CheckedRecord) -> Iterable[Check]:
    model = subject.category, subject.name
    rivals = [change for change in subject.open_changes if (change.category, change.model_name) == model]
    for other, has_newer in named_rivals(rivals):
        yield warn(
            CheckCode.OTHER_CHANGE,
            change_id=other.change_id,
            requestor=other.requested_username or other.requested_by,
            name=subject.name,
            operation=other.operation.value,
            has_newer=has_newer,
        )


def _delete_passes(subject: CheckedRecord, found: AbstractSet[CheckCode]) -> Iterable[Check]:
    """Yield the passes of a delete, which has only its name to check."""
    if subject.live_names is not None and CheckCode.NAME_UNKNOWN not in found:
        yield Check(CheckCode.MODEL_EXISTS, Verdict.PASS)
    if subject.is_queue_known and CheckCode.OTHER_CHANGE not in found:
        yield Check(CheckCode.NO_OTHER_CHANGE, Verdict.PASS)
    if CheckCode.NAME_UNREACHABLE not in found:
        yield Check(CheckCode.NAME_REACHABLE, Verdict.PASS)


def _appliable(subject: CheckedRecord) -> Iterable[Check]:
    taken = CATEGORIES if subject.deployment is None else subject.deployment.categories
    if subject.category in CATEGORIES and subject.category not in taken:
        yield fail(CheckCode.CATEGORY, None, category=subject.category)
    known = subject.deployment
    if known is not None and subject.category in taken and known.dialect_for(subject.category) is not subject.dialect:
        yield fail(CheckCode.FORMAT, None, value=subject.dialect.value)
    is_written = subject.operation is not Operation.DELETE
    if subject.category in _NOT_READ and is_written and subject.category in taken:
        yield warn(CheckCode.CATEGORY_NOT_READ, category=subject.category)
    if is_written and subject.category == "text_generation" and subject.dialect is CanonicalFormat.V2:
        # The queue stores parameters_count, the backend wants parameters: 503 at apply (3.0.0 to 8.6.2).
        yield fail(CheckCode.TEXT_MODEL, None)


def _dropped_fields(subject: CheckedRecord) -> Iterable[Check]:
    if subject.dropped_paths:
        yield warn(CheckCode.NOT_KEPT, places="\n".join(subject.dropped_paths))


def _consensus(subject: CheckedRecord) -> Iterable[Check]:
    used = subject.usage
    if subject.operation is not Operation.CREATE and used is not None and used.is_among_most_used:
        yield warn(
            CheckCode.CONSENSUS,
            rank=used.rank,
            models=used.total,
            month=used.month,
            workers=used.workers,
            unit=used.unit,
        )


def _baseline_changed(subject: CheckedRecord) -> Iterable[Check]:
    if subject.operation is not Operation.UPDATE or subject.live_record is None:
        return
    before, after = (str(record.get("baseline") or "") for record in (subject.live_record, subject.record))
    if before and after and baseline_name(before) != baseline_name(after):
        yield warn(CheckCode.BASELINE_CHANGED, Section.BASICS)


def _licence(subject: CheckedRecord) -> Iterable[Check]:
    licensing = subject.record.get("licensing")
    if subject.licences is None or not isinstance(licensing, Mapping):
        return
    listed = licensing.get("license_ids")
    named = [str(each) for each in listed] if isinstance(listed, list) else []
    named += licence_ids(str(licensing.get("license_expression") or ""))
    for unknown in dict.fromkeys(each for each in named if each not in subject.licences | {UNSTATED}):
        yield fail(CheckCode.LICENCE_UNKNOWN, Section.LICENSING, value=unknown)


def _required(subject: CheckedRecord) -> Iterable[Check]:
    for one in fields_of(subject.category, subject.dialect):
        if not one.is_required or one.kind is Kind.NAME:
            continue
        value = one.value(subject.record, subject.dialect)
        if one.kind is not Kind.YES_NO:
            if not value:
                yield at_field(subject, one.key, CheckCode.REQUIRED, label=one.label)
        elif isinstance(value, bool):
            yield Check(CheckCode.NSFW_ANSWERED, Verdict.PASS)
        else:
            truth = None if value is None else truth_of(value)
            fix = fix_at("NSFW", one.place(subject.dialect), truth)
            yield at_field(subject, one.key, CheckCode.NSFW, Verdict.FAIL, fix)


def _vocabulary(subject: CheckedRecord) -> Iterable[Check]:
    for one in fields_of(subject.category, subject.dialect):
        value = one.value(subject.record, subject.dialect)
        if not value:
            continue
        yield from _refused_late(one, value, subject)
        if one.kind is Kind.BASELINE and one.is_required:
            yield from _baseline(one, value, subject)
        elif one.kind is Kind.CHOICE and one.choices is not None:
            yield from _choice(one, value, one.choices, subject)
        elif one.key == "description" and isinstance(value, str) and len(value) > DESCRIPTION_LENGTH_MAX:
            yield at_field(subject, one.key, CheckCode.DESCRIPTION_LONG, characters=len(value))


def _refused_late(one: Field, value: Any, subject: CheckedRecord) -> Iterable[Check]:
    """Yield values that the service accepts and refuses at apply (3.0.0 to 8.6.2)."""
    refused: list[Any] = []
    if one.kind is Kind.PAIRS and one.allowed and isinstance(value, Mapping):
        refused = sorted(map(str, set(value) - one.allowed))
    elif one.kind is Kind.COUNT and isinstance(value, int | float) and value < 1:
        refused = [value]
    for each in refused:
        yield at_field(subject, one.key, CheckCode.VALUE_UNKNOWN, value=str(each), label=one.label)


def _baseline(one: Field, value: Any, subject: CheckedRecord) -> Iterable[Check]:
    if subject.baselines is None:
        return
    known = set(subject.baselines)
    if subject.dialect is CanonicalFormat.LEGACY:
        known |= {legacy_baseline(name) for name in known} | CONVERTED
    if isinstance(value, str) and value in known:
        yield Check(CheckCode.BASELINE_KNOWN, Verdict.PASS)
        if subject.is_changed("baseline") and is_unused_baseline(subject):
            yield at_field(subject, one.key, CheckCode.BASELINE_UNUSED, Verdict.WARN, None, value=value)
        return
    meant = meant_baseline(str(value), subject.baselines, subject.dialect)
    fix = fix_at("baseline", one.place(subject.dialect), meant)
    yield at_field(
        subject, one.key, CheckCode.BASELINE_UNKNOWN, Verdict.FAIL, fix, value=str(value), corrected=meant or ""
    )


def _choice(one: Field, value: Any, choices: Choices, subject: CheckedRecord) -> Iterable[Check]:
    known = choices.known(subject.choices)
    if not choices.is_closed or not known or str(value) in known:
        return
    code = CheckCode.STYLE_UNKNOWN if one.key == "style" else CheckCode.VALUE_UNKNOWN
    meant = nearest(str(value), known)
    fix = fix_at(one.label, one.place(subject.dialect), meant)
    facts = {"value": str(value), "label": one.label, "corrected": meant or ""}
    yield at_field(subject, one.key, code, Verdict.FAIL, fix, **facts)


def _why(subject: CheckedRecord) -> Iterable[Check]:
    if subject.why is not None and not subject.why.strip():
        yield Check(CheckCode.WHY_EMPTY, Verdict.WARN, {}, Section.WHY)


def _files(subject: CheckedRecord) -> Iterable[Check]:
    findings = [*check_links(subject), *check_files(subject)]
    yield from findings
    files = files_of(subject.record, subject.dialect)
    if files and not findings:
        yield Check(CheckCode.FILES_GOOD, Verdict.PASS, {"count": len(files)})
