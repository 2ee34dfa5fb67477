"""Results of checks; pure values."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.services.checks.checked_record import CheckedRecord
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import page_of


class Verdict(StrEnum):
    """Result of a check. A fail blocks sending a draft; a warning does not."""

    FAIL = "fail"
    WARN = "warn"
    PASS = "pass"  # noqa: S105 - a verdict, not a secret


class CheckCode(StrEnum):
    """Kind of a check; one sentence each."""

    REQUIRED = "required"
    NAME_EMPTY = "name_empty"
    NAME_BACKSLASH = "name_backslash"
    NAME_LONG = "name_long"
    NAME_INVISIBLE = "name_invisible"
    NAME_TAKEN = "name_taken"
    NAME_UNKNOWN = "name_unknown"
    NAME_FREE = "name_free"
    MODEL_EXISTS = "model_exists"
    OTHER_CHANGE = "other_change"
    NO_OTHER_CHANGE = "no_other_change"
    NAME_BACKEND = "name_backend"
    NAME_SLASH = "name_slash"
    NAME_UNREACHABLE = "name_unreachable"
    NAME_REACHABLE = "name_reachable"
    NAME_SPACES = "name_spaces"
    NAME_ADDRESS = "name_address"
    NAME_TWICE = "name_twice"
    NAME_PATH = "name_path"
    NAME_PARTS = "name_parts"
    NAME_FILE = "name_file"
    NAME_ALIKE = "name_alike"
    NAME_TAKES_BACKEND = "name_takes_backend"
    NAME_PACKAGING = "name_packaging"
    NAME_OTHER_TASK = "name_other_task"
    NAME_NO_OWNER = "name_no_owner"
    SHA256_MISSING = "sha256_missing"
    SHA256_MALFORMED = "sha256_malformed"
    LINK = "link"
    HOMEPAGE = "homepage"
    CREDENTIAL = "credential"
    LINK_PLACEHOLDER = "link_placeholder"
    LINK_PAGE = "link_page"
    LINK_NO_FILE = "link_no_file"
    LINK_OPEN_CHOICE = "link_open_choice"
    LINK_QUERY = "link_query"
    LINK_EXTENSION = "link_extension"
    LINK_ALMOST = "link_almost"
    LINK_OTHER_FILE = "link_other_file"
    LINK_TAKEN = "link_taken"
    HOMEPAGE_OTHER = "homepage_other"
    HOMEPAGE_VERSION = "homepage_version"
    URL_OTHER = "url_other"
    HOST_UNKNOWN = "host_unknown"
    SHA256_PLACEHOLDER = "sha256_placeholder"
    MD5_MALFORMED = "md5_malformed"
    HASH_TAKEN = "hash_taken"
    FILE_PROPOSED = "file_proposed"
    HASH_KEPT = "hash_kept"
    SIZE_KEPT = "size_kept"
    SIZE_BAD = "size_bad"
    SIZE_ODD = "size_odd"
    FILE_NAME_BAD = "file_name_bad"
    FILE_NAME_TAKEN = "file_name_taken"
    FILE_NAMES_DIFFER = "file_names_differ"
    FILE_NO_DOWNLOAD = "file_no_download"
    FILE_TWICE = "file_twice"
    FILE_STEMS = "file_stems"
    FILE_TYPE = "file_type"
    NO_FILE = "no_file"
    LICENSED_FILE = "licensed_file"
    CATEGORY_NOT_READ = "category_not_read"
    FILES_GOOD = "files_good"
    BASELINE_UNKNOWN = "baseline_unknown"
    BASELINE_KNOWN = "baseline_known"
    STYLE_UNKNOWN = "style_unknown"
    VALUE_UNKNOWN = "value_unknown"
    BASELINE_UNUSED = "baseline_unused"
    VALUE_KIND = "value_kind"
    VALUE_ORDER = "value_order"
    VALUE_MISPLACED = "value_misplaced"
    KEY_UNKNOWN = "key_unknown"
    SAMPLER_UNKNOWN = "sampler_unknown"
    PARAMETERS_NAME = "parameters_name"
    FORMAT_VARIANT = "format_variant"
    STYLE_VARIANT = "style_variant"
    TAG_VARIANT = "tag_variant"
    TAG_COMMA = "tag_comma"
    INPAINTING = "inpainting"
    NSFW_WORDS = "nsfw_words"
    TEXT_ARTEFACT = "text_artefact"
    DESCRIPTION_EMPTY = "description_empty"
    WHY_EMPTY = "why_empty"
    DESCRIPTION_LONG = "description_long"
    NSFW = "nsfw"
    NSFW_ANSWERED = "nsfw_answered"
    TEXT_MODEL = "text_model"
    FORMAT = "format"
    BASELINE_CHANGED = "baseline_changed"
    CONSENSUS = "consensus"
    LICENCE_UNKNOWN = "licence_unknown"
    REFUSED = "refused"
    CATEGORY = "category"
    NOT_KEPT = "not_kept"
    UNREAD = "unread"
    RECORD_LARGE = "record_large"
    CHECK_FAILED = "check_failed"
    FIELDS_LEFT_OUT = "fields_left_out"
    FIELDS_REMOVED = "fields_removed"


type Place = tuple[str | int, ...]
"""Path of a value in a record: keys of objects, and positions in lists."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A corrected value that a press on the draft takes over.

    Attributes:
        label: name of the field or file, for the button.
        edits: places and their new values; ``None`` removes a value.
        verb: the first word of the button.
    """

    label: str
    edits: tuple[tuple[Place, Any], ...]
    verb: str = "Fix"

    @property
    def digest(self) -> str:
        """Return a hash (ten hex digits) that binds a button to these edits."""
        return hashlib.sha256(json.dumps(self.edits, sort_keys=True).encode()).hexdigest()[:10]


def with_fix(record: Mapping[str, Any], fix: Fix) -> dict[str, Any]:
    """Copy the record with the corrected values; places that it no longer has are left out."""
    copy: dict[str, Any] = deepcopy(dict(record))
    for place, value in fix.edits:
        *above, last = place
        holder: Any = copy
        for step in above:
            holder = _member(holder, step)
        if isinstance(holder, dict) and isinstance(last, str):
            holder.pop(last, None) if value is None else holder.__setitem__(last, value)
        elif isinstance(holder, list) and isinstance(last, int) and last < len(holder) and value is not None:
            holder[last] = value
    return copy


def _member(holder: Any, step: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(str(step))
    return holder[step] if isinstance(holder, list) and isinstance(step, int) and step < len(holder) else None


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check.

    Attributes:
        code: kind of the check.
        verdict: its result.
        facts: values for its sentence: ``label``, ``value``, ``file``, ``host``, ``characters`` and
            ``invisible`` (counts), ``change_id`` and ``requestor``, ``has_newer``, ``places`` (a line each).
        section: section of the form that corrects it, ``None`` if no form can.
        page: page of that section, from 0.
        fix: the corrected value, ``None`` if it cannot be computed.
    """

    code: CheckCode
    verdict: Verdict
    facts: Mapping[str, str | int] = field(default_factory=dict)
    section: Section | None = None
    page: int = 0
    fix: Fix | None = None


def fail(code: CheckCode, section: Section | None, fix: Fix | None = None, /, **facts: str | int) -> Check:
    """Return a result that blocks sending."""
    return Check(code, Verdict.FAIL, facts, section, fix=fix)


def warn(code: CheckCode, section: Section | None = None, fix: Fix | None = None, /, **facts: str | int) -> Check:
    """Return a result that a person may accept."""
    return Check(code, Verdict.WARN, facts, section, fix=fix)


def at_field(
    subject: CheckedRecord,
    key: str,
    code: CheckCode,
    verdict: Verdict = Verdict.FAIL,
    fix: Fix | None = None,
    /,
    **facts: str | int,
) -> Check:
    """Return a result that points to the form with the field of this key, or dotted path."""
    section, page = page_of(subject.category, key, subject.dialect) or (None, 0)
    return Check(code, verdict, facts, section, page, fix)


def fix_at(label: str, place: Place, value: Any) -> Fix | None:
    """Return the correction of one value, ``None`` without a corrected value."""
    return None if value is None else Fix(label, ((place, value),))


def has_fail(checks: Iterable[Check]) -> bool:
    """Return whether any check blocks sending."""
    return any(check.verdict is Verdict.FAIL for check in checks)
