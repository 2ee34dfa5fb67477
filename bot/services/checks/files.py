"""Checks of a record's files: names, hashes, sizes, and files that stand twice; pure."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote

from bot.reference.models import CanonicalFormat
from bot.reference.records import UNKNOWN_HASH
from bot.services.checks.addresses import CIVITAI, MODEL_SUFFIXES, PICKLES, read_address, suffix_of
from bot.services.checks.checked_record import RIVALS_NAMED_MAX, CheckedRecord, is_number
from bot.services.checks.record_files import RecordFile, file_keys
from bot.services.checks.results import Check, CheckCode, Fix, Place, Verdict, fail, fix_at, warn
from bot.services.forms.fields import Section
from bot.services.forms.fields_text import baseline_name

NEEDS_FILE = frozenset(
    {"image_generation", "esrgan", "gfpgan", "controlnet", "codeformer", "safety_checker", "miscellaneous"}
)
"""Categories in which one record without a model file keeps old workers from loading any model."""

CONFIG_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
"""Extensions of settings beside a model; they need no hash."""

NAME_BYTES_MAX = 200
"""Bytes of a file name that old workers can store."""

_SAFE_CATEGORIES = frozenset({"image_generation", "controlnet", "miscellaneous", "lora", "video_generation"})
"""Categories whose new files should be .safetensors; the others have pickles by nature."""

_HEX = re.compile(r"[0-9a-f]+")
_LENGTH = 64
_KINDS = {8: "a short hash", 10: "a short hash (AutoV2)", 12: "a short hash (AutoV3)", 32: "an md5", 40: "a SHA-1",
          96: "a SHA-384", 128: "a SHA-512"}  # fmt: skip
_EMPTY_FILE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_PREFIX = re.compile(r"^(?:sha-?256\s*[:=-]\s*|0x)", re.IGNORECASE)
_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_DISTINCT_MIN = 2
"""Different digits that a real hash has at least; fewer are a placeholder."""

_NOT_PLAIN = re.compile(r"[/\\:*?\"<>|%\x00-\x1f]|^\.|[. ]$|^ |\.\.")
_GB = 10**9
_SIZES_GB = {
    "stable_diffusion_1": (1.6, 9.0),
    "stable_diffusion_2_768": (1.6, 9.0),
    "stable_diffusion_2_512": (1.6, 9.0),
    "stable_diffusion_xl": (3.0, 15.0),
    "stable_cascade": (3.0, 35.0),
    "flux_1": (6.0, 40.0),
    "flux_dev": (6.0, 40.0),
    "flux_schnell": (6.0, 40.0),
}
"""Sizes of models by baseline, with room on both sides of those that are live."""
_SIZES_OTHER_GB = (0.2, 100.0)


def check_files(subject: CheckedRecord) -> Iterable[Check]:
    """Check every file that is new or changed, and pairs of files."""
    changed = subject.changed_files
    differing = _differing(subject)
    for file in changed:
        yield from _name(file)
        if file in differing:
            continue
        yield from _hash(file, subject)
        yield from _type(file, subject)
    if changed:
        yield from _names_differ(differing)
        yield from _twice(subject.files)
        yield from _proposed(subject)
    yield from _kept(subject, changed)
    yield from _sizes(subject)


def check_workers(subject: CheckedRecord) -> Iterable[Check]:
    """Check that workers can load the model, and that its licences are of files that it has."""
    is_lost = _has_model(subject.files_before) or subject.is_changed("config")
    if subject.category != "text_generation" and is_lost and not _has_model(subject.files):
        verdict = Verdict.FAIL if subject.category in NEEDS_FILE else Verdict.WARN
        yield Check(CheckCode.NO_FILE, verdict, {"count": len(subject.files)}, Section.FILES)
    licensing = subject.record.get("licensing")
    licensed = licensing.get("files") if isinstance(licensing, Mapping) else None
    if isinstance(licensed, Mapping) and subject.is_changed("licensing", "config"):
        names = {file.name for file in subject.files}
        for name in licensed:
            if name not in names:
                yield fail(CheckCode.LICENSED_FILE, Section.LICENSING, file=str(name))


def _has_model(files: tuple[RecordFile, ...]) -> bool:
    """Return whether one of the files is a model that workers load."""
    return any(file.download is not None and suffix_of(file.name) in MODEL_SUFFIXES for file in files)


def _name(file: RecordFile) -> Iterable[Check]:
    if _is_plain(file.name) and not file.folder.strip():
        return
    address = read_address(file.url)
    base = re.split(r"[/\\]", unquote(file.name.partition("?")[0]).rstrip("/\\ ."))[-1].lstrip(". ")
    if "://" in file.name and suffix_of(base) not in MODEL_SUFFIXES | CONFIG_SUFFIXES:
        base = ""  # an address without a file's name
    corrected = base or ("" if address is None else address.file_name)
    edits = _renamed(file, corrected) if _is_plain(corrected) else ()
    fix = Fix(f"name of {corrected}", edits) if edits else None
    facts = {"file": file.shown, "value": file.folder.strip() or file.name, "corrected": corrected if edits else ""}
    yield fail(CheckCode.FILE_NAME_BAD, Section.FILES, fix, **facts)


def _is_plain(name: str) -> bool:
    return bool(name) and not _NOT_PLAIN.search(name) and len(name.encode(errors="replace")) <= NAME_BYTES_MAX


def _renamed(file: RecordFile, name: str) -> tuple[tuple[Place, str], ...]:
    """Return the edits that give a file this name, and no folder."""
    edits: tuple[tuple[Place, str], ...] = file.renamed(name) if name != file.name else ()
    if file.download is not None and file.folder:
        edits = (*edits, (file.place("file_path"), ""))
    return edits


def _hash(file: RecordFile, subject: CheckedRecord) -> Iterable[Check]:
    digest = file.sha256.strip()
    is_config = suffix_of(file.name) in CONFIG_SUFFIXES
    is_listed = file.hashed is not None or subject.dialect is CanonicalFormat.V2
    if digest in ("", UNKNOWN_HASH):
        if not (is_config and is_listed):
            yield fail(CheckCode.SHA256_MISSING, Section.FILES, file=file.shown)
    elif (kind := _kind(digest)) is not None:
        bare = _PREFIX.sub("", digest).strip().casefold()
        corrected = bare if bare != digest and _kind(bare) is None else ""
        fix = fix_at(f"sha256 of {file.shown}", file.place("sha256sum"), corrected or None)
        facts = {"file": file.shown, "value": digest, "kind": kind, "corrected": corrected}
        yield fail(CheckCode.SHA256_MALFORMED, Section.FILES, fix, **facts)
    elif _is_placeholder(digest.casefold()):
        yield fail(CheckCode.SHA256_PLACEHOLDER, Section.FILES, file=file.shown, value=digest)
    else:
        yield from _taken(file, subject)
    if file.md5 and not _MD5.fullmatch(file.md5.strip()):
        kind = "a sha256" if _kind(file.md5.strip()) is None else "not 32 hex digits"
        yield warn(CheckCode.MD5_MALFORMED, Section.FILES, file=file.shown, value=file.md5, kind=kind)
    if file.hashed is not None and file.download is None and not is_config:
        yield fail(CheckCode.FILE_NO_DOWNLOAD, Section.FILES, file=file.shown)


def _kind(digest: str) -> str | None:
    """Return what a text is instead of a sha256, ``None`` for a sha256."""
    folded = digest.casefold()
    if _PREFIX.match(digest):
        return "not only the hash"
    if not _HEX.fullmatch(folded):
        return "not 64 hex digits"
    if len(folded) == _LENGTH:
        return None
    return _KINDS.get(len(folded), f"{len(folded)} hex digits, not 64")


def _is_placeholder(digest: str) -> bool:
    return len(set(digest)) < _DISTINCT_MIN or digest == _EMPTY_FILE or digest.startswith("0123456789abcdef0123456789")


def _taken(file: RecordFile, subject: CheckedRecord) -> Iterable[Check]:
    """Compare hash and file name with those of live models."""
    index = subject.live
    if index is None:
        return
    digest = file.sha256.strip().casefold()
    address = read_address(file.url)
    same_link = index.others(index.links.get(address.key if address else ""), subject.name)
    for value in (digest, file.md5.casefold()):
        others = index.others(index.hashes.get(value) if value else (), subject.name)
        if others and not (subject.category == "controlnet" and set(others) & set(same_link)):
            yield warn(CheckCode.HASH_TAKEN, Section.FILES, file=file.shown, model=others[0])
            return
    for name, other in index.file_names.get(file.name.casefold(), ()):
        is_other = name != subject.name and other not in ("", digest)
        if is_other and suffix_of(file.name) not in CONFIG_SUFFIXES:
            yield fail(CheckCode.FILE_NAME_TAKEN, Section.FILES, file=file.shown, model=name)
            return


def _type(file: RecordFile, subject: CheckedRecord) -> Iterable[Check]:
    suffix = suffix_of(file.name)
    if file.download is None or not file.name:
        return
    if suffix not in MODEL_SUFFIXES | CONFIG_SUFFIXES:
        yield warn(CheckCode.FILE_TYPE, Section.FILES, file=file.name, kind="other")
    elif PurePosixPath(file.name).suffix != suffix:
        corrected = f"{file.name[: -len(suffix)]}{suffix}"
        fix = Fix(f"name of {corrected}", file.renamed(corrected))
        yield warn(CheckCode.FILE_TYPE, Section.FILES, fix, file=file.name, kind="capitals", corrected=corrected)
    elif subject.category in _SAFE_CATEGORIES and suffix != ".safetensors":
        yield warn(CheckCode.FILE_TYPE, Section.FILES, file=file.name, kind="pickle" if suffix in PICKLES else "other")


def _differing(subject: CheckedRecord) -> dict[RecordFile, RecordFile]:
    """Return pairs of downloads and hashes that name different files, in both directions."""
    if subject.dialect is CanonicalFormat.V2:
        return {}
    files = subject.files
    downloads = [file for file in files if file.hashed is None]
    hashes = [file for file in files if file.download is None and suffix_of(file.name) not in CONFIG_SUFFIXES]
    if not downloads or len(downloads) != len(hashes):
        return {}
    pairs = list(zip(downloads, hashes, strict=True))
    return dict(pairs) | {hashed: download for download, hashed in pairs}


def _names_differ(differing: dict[RecordFile, RecordFile]) -> Iterable[Check]:
    for download, hashed in differing.items():
        if download.download is None:
            continue
        address = read_address(download.url)
        is_hashed_name = address is not None and address.file_name.casefold() == hashed.name.casefold() != ""
        corrected = hashed.name if is_hashed_name else download.name
        place = download.place("file_name") if is_hashed_name else hashed.place("path")
        fix = fix_at(f"name of {corrected}", place, corrected) if corrected else None
        facts = {"file": download.shown, "value": hashed.name, "corrected": corrected}
        yield fail(CheckCode.FILE_NAMES_DIFFER, Section.FILES, fix, **facts)


def _twice(files: tuple[RecordFile, ...]) -> Iterable[Check]:
    """Compare each file of a record with those before it, up to the first that is the same."""
    compared = [(file, file.name.casefold(), file.sha256.casefold(), _key_of(file.url), _stem(file)) for file in files]
    for at, (file, name, digest, key, stem) in enumerate(compared):
        for other, other_name, other_digest, other_key, other_stem in compared[:at]:
            is_same_hash = digest != "" and digest == other_digest
            is_same_name = name != "" and name == other_name
            is_same_file = is_same_hash or (key != "" and key == other_key)
            if not (is_same_name or is_same_file or (stem and stem == other_stem)):
                continue
            code = CheckCode.FILE_TWICE if is_same_name or is_same_file else CheckCode.FILE_STEMS
            verdict = Verdict.FAIL if is_same_name and not is_same_hash else Verdict.WARN
            yield Check(code, verdict, {"file": file.shown, "value": other.shown}, Section.FILES)
            break


def _stem(file: RecordFile) -> str:
    path = PurePosixPath(file.name.casefold())
    return path.stem if path.suffix in MODEL_SUFFIXES else ""


def _key_of(url: str) -> str:
    address = read_address(url)
    return url if address is None else address.key


def _proposed(subject: CheckedRecord) -> Iterable[Check]:
    """Yield one warning for the open changes of other models with one of the files."""
    own = file_keys(subject.record)
    others = [
        other
        for other in subject.open_changes
        if other.category == subject.category and other.model_name != subject.name and file_keys(other.payload) & own
    ]
    if others:
        named = others[:RIVALS_NAMED_MAX]
        changes = "\n".join(f"#{other.change_id}" for other in named)
        facts = {"changes": changes, "model": others[0].model_name}
        yield warn(CheckCode.FILE_PROPOSED, Section.FILES, **facts, has_newer=len(others) > len(named))


def _kept(subject: CheckedRecord, changed: tuple[RecordFile, ...]) -> Iterable[Check]:
    """Yield a warning for a hash, or a size, that stayed when the file changed."""
    known = subject.files_before
    for file in changed:
        old = next((one for one in known if one.sha256 and one.sha256.casefold() == file.sha256.casefold()), None)
        if old is not None and file.download is not None and _is_other_file(old, file):
            yield warn(CheckCode.HASH_KEPT, Section.FILES, file=file.shown, value=old.shown)
    if not known or not changed or subject.is_changed("size_on_disk_bytes"):
        return
    size = subject.record.get("size_on_disk_bytes")
    if is_number(size) and _hashes(known) != _hashes(subject.files):
        yield warn(CheckCode.SIZE_KEPT, Section.FILES, value=int(size))


def _hashes(files: tuple[RecordFile, ...]) -> set[str]:
    return {file.sha256.casefold() for file in files if file.sha256}


def _is_other_file(old: RecordFile, new: RecordFile) -> bool:
    """Return whether name or link say another file; a move to another host or folder does not."""
    if old.name != new.name:
        return True
    before_, after = read_address(old.url), read_address(new.url)
    if before_ is None or after is None:
        return False
    if before_.is_on(CIVITAI) and after.is_on(CIVITAI):
        return before_.key != after.key
    return before_.base.casefold() != after.base.casefold()


def _sizes(subject: CheckedRecord) -> Iterable[Check]:
    for file in subject.changed_files:
        if is_number(file.size) and file.size < 1:
            yield fail(CheckCode.SIZE_BAD, Section.FILES, file=file.shown, value=str(file.size))
    size = subject.record.get("size_on_disk_bytes")
    if not is_number(size) or not subject.is_changed("size_on_disk_bytes", "baseline"):
        return
    if size < 1:
        yield fail(CheckCode.SIZE_BAD, Section.FILES, file="", value=str(size))
    elif subject.category == "image_generation":
        least, most = _SIZES_GB.get(baseline_name(str(subject.record.get("baseline"))), _SIZES_OTHER_GB)
        if not least * _GB <= size <= most * _GB:
            facts = {"least": int(least * 1000), "most": int(most * 1000)}
            yield warn(CheckCode.SIZE_ODD, Section.FILES, value=int(size), **facts)
