"""Checks of what the workers' libraries can read; pure."""

from collections.abc import Iterable, Mapping

from bot.services.checks.addresses import MODEL_SUFFIXES, suffix_of
from bot.services.checks.changed import files_before, is_changed
from bot.services.checks.record_files import RecordFile, record_files
from bot.services.checks.results import Check, CheckCode, CheckedRecord, Verdict
from bot.services.forms.fields import Section

NEEDS_FILE = frozenset(
    {"image_generation", "esrgan", "gfpgan", "controlnet", "codeformer", "safety_checker", "miscellaneous"}
)
"""Categories in which one record without a model file keeps old workers from loading any model."""

_WITHOUT_FILES = frozenset({"text_generation"})
_NOT_READ = frozenset({"lora", "ti"})
"""Categories that no version of the workers' library returns."""


def check_workers(subject: CheckedRecord) -> Iterable[Check]:
    """Check that workers can load the model."""
    yield from _file(subject)
    yield from _licensed_files(subject)
    is_taken = subject.deployment is None or subject.category in subject.deployment.categories
    if subject.category in _NOT_READ and is_taken:
        yield Check(CheckCode.CATEGORY_NOT_READ, Verdict.WARN, {"category": subject.category})


def _file(subject: CheckedRecord) -> Iterable[Check]:
    files = record_files(subject.record, subject.dialect)
    is_lost = has_model(files_before(subject)) or is_changed(subject, "config")
    if subject.category not in _WITHOUT_FILES and is_lost and not has_model(files):
        verdict = Verdict.FAIL if subject.category in NEEDS_FILE else Verdict.WARN
        yield Check(CheckCode.NO_FILE, verdict, {"count": len(files)}, Section.FILES)


def has_model(files: tuple[RecordFile, ...]) -> bool:
    """Return whether one of the files is a model that workers load."""
    return any(file.download is not None and suffix_of(file.name) in MODEL_SUFFIXES for file in files)


def _licensed_files(subject: CheckedRecord) -> Iterable[Check]:
    """Yield a fail for a licence of a file that the record does not have."""
    licensing = subject.record.get("licensing")
    licensed = licensing.get("files") if isinstance(licensing, Mapping) else None
    if not isinstance(licensed, Mapping) or not is_changed(subject, "licensing", "config"):
        return
    names = {file.name for file in record_files(subject.record, subject.dialect)}
    for name in licensed:
        if name not in names:
            yield Check(CheckCode.LICENSED_FILE, Verdict.FAIL, {"file": str(name)}, Section.LICENSING)
