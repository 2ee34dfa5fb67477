"""Checks of a model's name: characters, existence, shape, likeness to live names; pure."""

import re
import unicodedata
from collections.abc import Iterable

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.names import BACKEND_PREFIXES, backend_tail, folded_name
from bot.services.checks.addresses import HUGGING_FACE, MODEL_SUFFIXES, https_of, read_address, suffix_of
from bot.services.checks.checked_record import CheckedRecord
from bot.services.checks.results import Check, CheckCode, Fix, Verdict
from bot.services.forms.fields import Section

NAME_LENGTH_MAX = 100
"""Characters. The service has no limit; cards and Discord's forms have."""

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})

_TEXT = "text_generation"
_PACKAGING = re.compile(
    r"[-_.](?:(?:i1|imat|imatrix)[-_])?(?:gguf|ggml|gptq|awq|exl[23]|mlx|onnx|bnb|[2-8](?:\.\d+)?[-_]?(?:bit|bpw)|int[48]"
    r"|w[48]a(?:8|16)|(?:32|64|128)g|i?q[2-8](?:_(?:[01kxm]s?|nl|xxs|xs))?(?:_[sml])?|i1|imat|imatrix)$",
    re.IGNORECASE,
)
_NO_TEXT = re.compile(
    r"(?:^|[-_. ])(?:embed(?:ding|der)?s?|re-?rank(?:er)?|whisper|tts|asr|stt|text-to-image)(?=$|[-_. ])", re.IGNORECASE
)
_PATH = re.compile(r"^(?:[/~]|\.{1,2}/|[A-Za-z]:[\\/]|(?:models?|checkpoints?|home|mnt)/)|(?<![:/])/\.{0,2}/(?!/)|/$")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z+.-]*://")
_HALF_MIN = 4


def check_name(subject: CheckedRecord) -> Iterable[Check]:
    """Check the characters and length of the name."""
    name = subject.name
    invisible = sum(unicodedata.category(character) in _INVISIBLE_CATEGORIES for character in name)
    if not name.strip():
        yield _check(CheckCode.NAME_EMPTY, Verdict.FAIL)
    if "\\" in name:
        yield _check(CheckCode.NAME_BACKSLASH, Verdict.FAIL)
    if len(name) > NAME_LENGTH_MAX:
        yield _check(CheckCode.NAME_LONG, Verdict.FAIL, characters=len(name), invisible=invisible)
    elif invisible:
        yield _check(CheckCode.NAME_INVISIBLE, Verdict.FAIL, characters=len(name), invisible=invisible)
    if "/" in name:
        yield from _slash(subject)


def check_existence(subject: CheckedRecord) -> Iterable[Check]:
    """Check the name against live models: free for a create, taken for any other operation."""
    if subject.live_names is None or not subject.name.strip():
        return
    is_live = subject.name in subject.live_names
    if subject.operation is Operation.CREATE:
        yield _check(CheckCode.NAME_TAKEN, Verdict.FAIL) if is_live else Check(CheckCode.NAME_FREE, Verdict.PASS)
    elif not is_live:
        yield _check(CheckCode.NAME_UNKNOWN, Verdict.FAIL)


def check_new_name(subject: CheckedRecord) -> Iterable[Check]:
    """Check the shape of a new name, then its likeness to live names; the first fail ends it."""
    if subject.operation is not Operation.CREATE or not subject.name.strip():
        return
    shape = next(iter(_shape(subject)), None)
    if shape is not None:
        yield shape
        if shape.verdict is Verdict.FAIL:
            return
    yield from _alike(subject)
    if subject.category == _TEXT:
        yield from _packaging(subject)
        if (match := _NO_TEXT.search(subject.name.rpartition("/")[2])) is not None:
            yield _check(CheckCode.NAME_OTHER_TASK, Verdict.WARN, value=match[0].strip("-_. "))
        yield from _owner(subject)


def _check(code: CheckCode, verdict: Verdict, corrected: str | None = None, /, **facts: str | int) -> Check:
    fix = Fix("name", ((("name",), corrected),)) if corrected else None
    return Check(code, verdict, {**facts, "corrected": corrected or ""}, Section.BASICS, fix=fix)


def _slash(subject: CheckedRecord) -> Iterable[Check]:
    # A path cannot hold a slash; only a legacy update has the name in its body (3.0.0 to 8.6.2).
    is_legacy = subject.dialect is CanonicalFormat.LEGACY
    if subject.operation is Operation.CREATE and subject.category != "text_generation":  # those are owner/model
        yield Check(CheckCode.NAME_SLASH, Verdict.WARN, {"can_change": int(is_legacy)}, Section.BASICS)
    elif subject.operation is Operation.DELETE or (subject.operation is Operation.UPDATE and not is_legacy):
        yield Check(CheckCode.NAME_UNREACHABLE, Verdict.FAIL, {"operation": subject.operation.value})


def _shape(subject: CheckedRecord) -> Iterable[Check]:
    name, is_text = subject.name, subject.category == _TEXT
    if name != name.strip():
        yield _check(CheckCode.NAME_SPACES, Verdict.FAIL, name.strip())
    if (address := _address_in(name)) is not None:
        yield _check(CheckCode.NAME_ADDRESS, Verdict.FAIL, address or None)
    if is_text and name.casefold().startswith(BACKEND_PREFIXES):
        prefix, _, rest = name.partition("/")
        yield _check(CheckCode.NAME_BACKEND, Verdict.FAIL, rest, prefix=f"{prefix}/")
    if (half := _half(name)) is not None:
        yield _check(CheckCode.NAME_TWICE, Verdict.FAIL if is_text else Verdict.WARN, half)
    if _PATH.search(name) or "\\" in name:
        yield _check(CheckCode.NAME_PATH, Verdict.FAIL, _from_path(name, is_text=is_text))
    if is_text and name.count("/") > 1:
        yield _check(CheckCode.NAME_PARTS, Verdict.FAIL)
    if suffix_of(name) in MODEL_SUFFIXES | {".gguf"}:
        yield _check(CheckCode.NAME_FILE, Verdict.WARN, name[: -len(suffix_of(name))])


def _address_in(name: str) -> str | None:
    """Return the plain name in an address (empty without one), None for other text."""
    fixed = https_of(name)
    address = None if fixed is None else read_address(fixed)
    if address is None or not address.parts:
        return "" if _SCHEME.match(name) else None
    if not _SCHEME.match(name) and not address.is_on((*HUGGING_FACE, "civitai.com", "github.com")):
        return None
    is_model = address.is_on(HUGGING_FACE) and len(address.parts) > 1
    return "/".join(address.parts[:2]) if is_model else ""


def _half(name: str) -> str | None:
    """Return the half of a name that is written twice, or a name whose owner or model is."""
    for sign in ("", " ", "/", "-", "_", ", "):
        length, rest = divmod(len(name) - len(sign), 2)
        half = name[:length]
        if not rest and length >= _HALF_MIN and name.casefold() == f"{half}{sign}{half}".casefold():
            return half
    parts = name.split("/")
    if len(parts) == 3 and parts[0].casefold() == parts[1].casefold():  # noqa: PLR2004 - owner/owner/model
        return f"{parts[0]}/{parts[2]}"
    if len(parts) == 3 and parts[1].casefold() == parts[2].casefold():  # noqa: PLR2004 - owner/model/model
        return f"{parts[0]}/{parts[1]}"
    return None


def _from_path(name: str, *, is_text: bool) -> str | None:
    """Return the name at the end of a path."""
    parts = [part for part in re.split(r"[\\/]+", name) if part not in ("", ".", "..", "~")]
    if not parts:
        return None
    base = parts[-1].removesuffix(suffix_of(parts[-1])) if suffix_of(parts[-1]) in MODEL_SUFFIXES else parts[-1]
    if is_text and len(parts) == 2 and not _PATH.search(name):  # noqa: PLR2004 - owner\model
        return "/".join(parts)
    return base or None


def _alike(subject: CheckedRecord) -> Iterable[Check]:
    index = subject.live
    if index is None:
        return
    is_listed = subject.live_names is not None and subject.name in subject.live_names
    alike = index.others(index.alike.get(folded_name(subject.name)), subject.name)
    if alike and not is_listed:
        yield _check(CheckCode.NAME_ALIKE, Verdict.WARN, model=alike[0])
    if subject.category == _TEXT and subject.dialect is CanonicalFormat.LEGACY and not is_listed:
        tail = backend_tail(subject.name)
        taken = [one for one in index.others(index.tails.get(tail.casefold()), subject.name) if one not in alike]
        if taken:
            yield _check(CheckCode.NAME_TAKES_BACKEND, Verdict.WARN, model=taken[0], value=f"koboldcpp/{tail}")


def _packaging(subject: CheckedRecord) -> Iterable[Check]:
    bare = subject.name
    while match := _PACKAGING.search(bare):
        bare = bare[: match.start()]
    if bare != subject.name and bare.strip("/ "):
        yield _check(CheckCode.NAME_PACKAGING, Verdict.WARN, bare, value=subject.name[len(bare) :])


def _owner(subject: CheckedRecord) -> Iterable[Check]:
    url = subject.record.get("url")
    address = read_address(url) if isinstance(url, str) else None
    if "/" in subject.name or address is None or not address.is_on(HUGGING_FACE) or len(address.parts) < 2:  # noqa: PLR2004
        return
    yield _check(CheckCode.NAME_NO_OWNER, Verdict.WARN, f"{address.parts[0]}/{subject.name}")
