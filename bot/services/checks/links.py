"""Checks of addresses: of files, of pages, and credentials in any text; pure."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from bot.reference.credentials import credential_in, redacted_text, without_credentials
from bot.services.checks.addresses import (
    CIVITAI,
    GITHUB,
    HUGGING_FACE,
    MODEL_SUFFIXES,
    OTHER_SUFFIXES,
    PICKLES,
    Address,
    distance,
    https_of,
    read_address,
    suffix_of,
)
from bot.services.checks.checked_record import CheckedRecord, texts_in
from bot.services.checks.record_files import RecordFile
from bot.services.checks.results import Check, CheckCode, Fix, Verdict, at_field, fail, fix_at, warn
from bot.services.forms.fields import Section

KNOWN_HOSTS = ("huggingface.co", "hf.co", "civitai.com")
"""Hosts that approvers know; any other host gives a warning."""

_VIEWS = frozenset({"blob", "raw", "blame", "edit"})
_FOLDERS = frozenset({"tree", "commit", "commits", "discussions", "releases", "wiki", "issues"})
_EXAMPLES = ("example.com", "example.org", "example.net", "localhost", "invalid", "yourdomain.com", "domain.com")
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\{[^{}]*\}|(?:^|[/=_.-])(?:todo|fixme|tbd|placeholder|changeme|change-me)(?:$|[/?&_.-])"
    r"|\byour[-_]?(?:repo|model|name|link|url|user|username|file|org|organi[sz]ation)\b|/models/0+(?:$|[/?#])|\.\.\.|…",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"https?://", re.IGNORECASE)
_BETWEEN = " \t\r\n,;|"
_GENERIC_STEMS = frozenset({"model", "pytorch_model", "diffusion_pytorch_model", "diffusion_model", "config", "vae"})
_FORMATS = {
    "safetensor": frozenset({".safetensors"}),
    "pickletensor": PICKLES,
    "gguf": frozenset({".gguf"}),
    "onnx": frozenset({".onnx"}),
    "diffusers": frozenset({".zip"}),
}
"""Civitai's values of ``format``, and the extensions of such files."""

_MODEL_PARTS = frozenset({"model", "pruned model"})
_COMPARED_MIN = 4
"""Characters of a name from which two names can be almost equal."""


def check_links(subject: CheckedRecord) -> Iterable[Check]:
    """Check the addresses of files, and every text for a credential."""
    yield from _credentials(subject)
    for file in subject.changed_files:
        if file.download is not None:
            yield from _file_link(file, subject)


def bad_address(text: str) -> tuple[CheckCode, str | None] | None:
    """Return why a text is no usable address, and a corrected one; None if it is one."""
    text = without_credentials(text)
    if (corrected := _single(text)) is not None or _is_placeholder(text):
        return CheckCode.LINK_PLACEHOLDER, corrected or None
    if read_address(text) is None:
        return CheckCode.LINK, https_of(text)
    return None


def _credentials(subject: CheckedRecord) -> Iterable[Check]:
    known = {text for _, text in texts_in(subject.before)}
    carriers = [(place, text) for place, text in texts_in(subject.record) if text not in known and credential_in(text)]
    fix = Fix("credentials", tuple((place, without_credentials(text)) for place, text in carriers))
    for place, text in carriers:
        part = credential_in(text) or ""
        where = ".".join(str(step) for step in place if isinstance(step, str))
        address = read_address(text)
        facts = {"part": redacted_text(part), "host": "" if address is None else address.host, "label": where}
        yield at_field(subject, where, CheckCode.CREDENTIAL, Verdict.FAIL, fix, **facts)


def _file_link(file: RecordFile, subject: CheckedRecord) -> Iterable[Check]:
    if (bad := bad_address(file.url)) is not None:
        code, corrected = bad
        yield fail(
            code, Section.FILES, _fix(file, corrected), file=file.shown, value=file.url, corrected=corrected or ""
        )
        return
    address = read_address(without_credentials(file.url))
    if address is None:
        return
    failed = list(_no_file(file, address))
    yield from failed
    if failed:
        return
    yield from _host(address)
    yield from _choice(file, address)
    yield from _query(file, address, subject)
    yield from _names(file, address)
    yield from _shared(file, address, subject)


def _fix(file: RecordFile, address: str | None) -> Fix | None:
    return fix_at(f"link of {file.shown}", file.place("file_url"), address)


def _single(text: str) -> str | None:
    """Return the address that a text has twice, empty if two differ, None for a single one."""
    stripped = text.strip()
    if stripped[:1] == "<" and stripped[-1:] == ">" and read_address(stripped[1:-1]) is not None:
        return stripped[1:-1]
    at = _second_at(text.partition("?")[0]) or (_second_at(text) if " " in stripped else None)
    if at is None:
        return None
    first, second = text[:at].rstrip(_BETWEEN), text[at:]
    return first if first == second and read_address(first) is not None else ""


def _second_at(text: str) -> int | None:
    """Return where an address begins behind other text, or None."""
    starts = (match.start() for match in _BEGINNING.finditer(text))
    return next((at for at in starts if text[:at].strip(_BETWEEN)), None)


def _is_placeholder(text: str) -> bool:
    address = read_address(text)
    return bool(_PLACEHOLDER.search(text)) or (address is not None and address.is_on(_EXAMPLES))


def _no_file(file: RecordFile, address: Address) -> Iterable[Check]:
    """Yield a fail for a page of a host, in place of a file."""
    if address.host in HUGGING_FACE:
        yield from _hugging_face_page(file, address)
    elif address.host in CIVITAI:
        yield from _civitai_page(file, address)
    elif address.host in GITHUB:
        yield from _github_page(file, address)
    elif (
        (not address.parts and not address.query)
        or suffix_of(address.base) in (".html", ".htm")
        or address.host == "drive.google.com"
    ):
        yield _without_file(file, address)


def _hugging_face_page(file: RecordFile, address: Address) -> Iterable[Check]:
    at = next((at for at, part in enumerate(address.parts[:4]) if at and part in _VIEWS | _FOLDERS | {"resolve"}), None)
    if at is None or address.parts[at] in _FOLDERS or len(address.parts) < at + 3 or address.is_folder:
        yield _without_file(file, address)
    elif (view := address.parts[at]) in _VIEWS:
        yield _page_of_file(file, address, view, address.text.replace(f"/{view}/", "/resolve/", 1))


def _civitai_page(file: RecordFile, address: Address) -> Iterable[Check]:
    is_download = address.parts[:3] == ("api", "download", "models") and address.parts[3:4] != ()
    if is_download and len(address.parts) == 4 and address.base.isdigit():  # noqa: PLR2004 - api/download/models/N
        return
    version = address.query.get("modelversionid", "")
    corrected = f"https://civitai.com/api/download/models/{version}" if version.isdigit() else None
    yield _without_file(file, address, corrected)


def _github_page(file: RecordFile, address: Address) -> Iterable[Check]:
    kind = address.parts[2:3]
    if kind in (("blob",), ("blame",)):
        yield _page_of_file(file, address, kind[0], address.text.replace(f"/{kind[0]}/", "/raw/", 1))
    elif kind not in (("raw",), ("archive",)) and address.parts[2:4] not in (
        ("releases", "download"),
        ("releases", "latest"),
    ):
        yield _without_file(file, address)


def _page_of_file(file: RecordFile, address: Address, view: str, corrected: str) -> Check:
    facts = {"file": file.shown, "view": view, "corrected": corrected, "value": address.text}
    return fail(CheckCode.LINK_PAGE, Section.FILES, _fix(file, corrected), **facts)


def _without_file(file: RecordFile, address: Address, corrected: str | None = None) -> Check:
    facts = {"file": file.shown, "value": address.text, "corrected": corrected or ""}
    return fail(CheckCode.LINK_NO_FILE, Section.FILES, _fix(file, corrected), **facts)


def _host(address: Address) -> Iterable[Check]:
    if not address.is_on(KNOWN_HOSTS):
        yield warn(CheckCode.HOST_UNKNOWN, Section.FILES, host=address.host)


def _choice(file: RecordFile, address: Address) -> Iterable[Check]:
    is_open = not address.query.get("fileid") and not {"type", "format"} <= address.query.keys()
    if address.host in CIVITAI and is_open:
        yield warn(CheckCode.LINK_OPEN_CHOICE, Section.FILES, file=file.shown)


def _query(file: RecordFile, address: Address, subject: CheckedRecord) -> Iterable[Check]:
    if address.host not in CIVITAI:
        return
    part, form = address.query.get("type", ""), address.query.get("format", "")
    suffixes = _FORMATS.get(form.casefold().removesuffix("s") if form.casefold() != "diffusers" else "diffusers")
    is_component = bool(file.purpose) or subject.category not in ("image_generation", "video_generation")
    if part and part.casefold() not in _MODEL_PARTS and not is_component:
        yield warn(CheckCode.LINK_QUERY, Section.FILES, file=file.shown, key="type", value=part)
    elif suffixes is not None and suffix_of(file.name) and suffix_of(file.name) not in suffixes:
        yield warn(CheckCode.LINK_QUERY, Section.FILES, file=file.shown, key="format", value=form)


def _names(file: RecordFile, address: Address) -> Iterable[Check]:
    """Compare the file name with the one in the address."""
    linked, name = address.file_name, file.name
    if not linked or not name or linked.casefold() == name.casefold():
        return
    suffix, own = suffix_of(linked), suffix_of(name)
    known = MODEL_SUFFIXES | OTHER_SUFFIXES
    if own in known and suffix != own and not {suffix, own} <= PICKLES - {".ckpt"}:
        corrected = f"{name[: -len(own)]}{PurePosixPath(linked).suffix}"
        fix = Fix(f"name {file.shown}", file.renamed(corrected))
        yield warn(CheckCode.LINK_EXTENSION, Section.FILES, fix, file=name, value=linked, corrected=corrected)
        return
    one, other = (PurePosixPath(each.casefold()).stem for each in (linked, name))
    if min(len(one), len(other)) >= _COMPARED_MIN and 0 < distance(one, other) <= 2:  # noqa: PLR2004 - typing errors
        fix = Fix(f"name {file.shown}", file.renamed(linked))
        yield warn(CheckCode.LINK_ALMOST, Section.FILES, fix, file=name, value=linked, corrected=linked)


def _shared(file: RecordFile, address: Address, subject: CheckedRecord) -> Iterable[Check]:
    """Compare the address with those of live models."""
    index = subject.live
    if index is None:
        return
    taken = index.others(index.links.get(address.key), subject.name)
    same_hash = index.others(index.hashes.get(file.sha256.casefold()), subject.name)
    if taken and not (subject.category == "controlnet" and set(taken) & set(same_hash)):
        yield warn(CheckCode.LINK_TAKEN, Section.FILES, file=file.shown, model=taken[0])
        return
    linked = address.file_name.casefold()
    if linked and linked != file.name.casefold() and PurePosixPath(linked).stem not in _GENERIC_STEMS:
        others = index.others([name for name, _ in index.file_names.get(linked, ())], subject.name)
        if others and not taken:
            yield warn(CheckCode.LINK_OTHER_FILE, Section.FILES, file=file.shown, value=linked, model=others[0])
