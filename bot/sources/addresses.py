"""Addresses of models on the hosts: a typed text becomes ids, and is never requested. Pure."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from bot.errors import BotError

HUGGING_FACE, CIVITAI = "Hugging Face", "Civitai"
"""Names of the hosts, as people read them."""

TEXT_MAX: Final = 6000
"""Characters of a text that are searched: the longest Discord takes in an option."""

_HUGGING_FACE_HOSTS: Final = frozenset({"huggingface.co", "hf.co", "huggingface.com", "huggingface.cn"})
_CIVITAI_HOSTS: Final = frozenset({"civitai.com", "civitai.red", "civitai.green"})
_CIVITAI_SUBDOMAINS: Final = ("www.", "link.", "api.")

_NOT_REPOS: Final = frozenset(
    "api blog brand bucket buckets changelog chat collections contact datasets docs enterprise gated inference "  # noqa: SIM905 - as a paragraph
    "jobs join kernels languages learn login logout metrics models new notifications oauth organizations papers "
    "posts pricing privacy search security settings spaces storage support tasks terms-of-service".split()
)
"""First segments of Hugging Face's own pages, which are no owners of models."""

_PART = re.compile(r"(?=[A-Za-z0-9_])[A-Za-z0-9._-]{1,96}(?<=[A-Za-z0-9_-])", re.ASCII)
_REVISION = re.compile(r"(?=[A-Za-z0-9_])[A-Za-z0-9._/+@-]{1,120}(?<![/.])", re.ASCII)
_BARE_REPO = re.compile(r"(?P<owner>[A-Za-z0-9_-]{1,96})/(?P<name>[A-Za-z0-9._-]{1,96})(?::(?P<quant>[\w.-]{1,40}))?")
_ID = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_ID_MAX: Final = 2**31 - 1
_TRAITS: Final = ("type", "format", "size", "fp")
_TRAIT = re.compile(r"[A-Za-z0-9_. -]{0,30}", re.ASCII)
_AIR = re.compile(
    r"(?:urn:)?(?:air:)?[a-z0-9_.-]+:[a-z0-9_.-]+:civitai:(?P<model>[0-9]+)(?:@(?P<version>[0-9]+))?"
    r"(?:\+(?P<file>[0-9]+))?(?:\.[a-z0-9]+)?",
    re.IGNORECASE | re.ASCII,
)
_PATH_MAX: Final = 400
_FIELDS_MAX: Final = 50
_HOST_MAX: Final = 100
_SPLIT = re.compile(r"\]\(|[\s<>\"`|\\^{}\[\]]+")
_SCHEME = re.compile(r"(?:https?|hf)://", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~…"
_FILE_FORMS: Final = frozenset({"blob", "resolve", "raw", "blame"})
_SEVERAL_PARTS_OF_REVISION: Final = frozenset({"pr", "convert"})


class AddressProblem(StrEnum):
    """Reason why a text names no model."""

    NO_LINK = "no_link"
    OTHER_HOST = "other_host"
    NOT_A_MODEL = "not_a_model"


@dataclass(eq=False)
class AddressError(BotError):
    """The text names no model on a known host.

    Attributes:
        problem: the reason.
        host: the address's host, or the known host's name for ``NOT_A_MODEL``; empty without an address.
    """

    problem: AddressProblem
    host: str = ""


@dataclass(frozen=True, slots=True)
class HuggingFaceAddress:
    """A repository, or one file of it.

    Attributes:
        repo: ``owner/name``, or a single old canonical name.
        revision: branch, tag, commit or reference; ``None`` if the address names none.
        path: the file's path, not encoded; ``None`` for the repository.
    """

    repo: str
    revision: str | None = None
    path: str | None = None

    @property
    def host(self) -> str:
        """Return the host's name."""
        return HUGGING_FACE

    @property
    def page(self) -> str:
        """Return the address of the page, built from the ids."""
        base = f"https://huggingface.co/{self.repo}"
        if self.path is not None:
            return f"{base}/blob/{quote(self.revision or 'main', safe='')}/{quote(self.path)}"
        return base if self.revision is None else f"{base}/tree/{quote(self.revision, safe='')}"


@dataclass(frozen=True, slots=True)
class CivitaiAddress:
    """A model, a version or a file; at least one of model and version is known.

    Attributes:
        file_id: number of the file; without it ``traits`` may describe one.
        traits: type, format, size and fp (precision) of a download, each empty if the address does not name it; none
            where it names none of them.
    """

    model_id: int | None = None
    version_id: int | None = None
    file_id: int | None = None
    traits: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """Return the host's name."""
        return CIVITAI

    @property
    def page(self) -> str:
        """Return the address of the page, built from the ids."""
        if self.model_id is None:
            return download_url(self.version_id or 0, self.file_id, self.traits)
        version = "" if self.version_id is None else f"?modelVersionId={self.version_id}"
        return f"https://civitai.com/models/{self.model_id}{version}"


type Address = HuggingFaceAddress | CivitaiAddress


def parse_address(text: str) -> Address:
    """Return the first model that a text names: only its ids, no token.

    Accepts addresses as browsers and clients show them, with text, brackets or markdown around them.

    Raises:
        AddressError: there is none; names the reason of the first address.
    """
    text = text[:TEXT_MAX].strip()
    bare = _BARE_REPO.fullmatch(text)
    if bare is not None and bare["owner"].lower() not in _NOT_REPOS and _is_part(bare["name"]):
        return HuggingFaceAddress(f"{bare['owner']}/{bare['name']}")
    problem: AddressError | None = None
    for token in _SPLIT.split(text):
        try:
            found = _parse_token(_trimmed(token))
        except AddressError as error:
            problem = problem or error
            continue
        if found is not None:
            return found
    raise problem or AddressError(AddressProblem.NO_LINK)


def find_address(text: str) -> Address | None:
    """Return the first model that a text names, ``None`` if there is none on a known host."""
    try:
        return parse_address(text)
    except AddressError:
        return None


def _trimmed(token: str) -> str:
    token = token.strip().lstrip("(*_~'")
    while token:
        if token[-1] in _TRAILING or (token[-1] == ")" and token.count(")") > token.count("(")):
            token = token[:-1]
        else:
            return token
    return token


def _parse_token(token: str) -> Address | None:
    """Return the model of one address, ``None`` for a word.

    Raises:
        AddressError: it is an address, and names no model.
    """
    air = _AIR.fullmatch(token)
    if air is not None:
        return _civitai(air["model"], air["version"], air["file"])
    scheme = _SCHEME.search(token)
    address = token[scheme.start() :] if scheme is not None else f"https://{token}"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removesuffix(".")
        is_plain = not (parts.username or parts.password or parts.port)
    except ValueError:
        return None
    if parts.scheme.lower() == "hf":
        return _hub_uri(address)
    known = _known_host(host)
    if known is None:
        if scheme is not None and host:
            raise AddressError(AddressProblem.OTHER_HOST, host[:_HOST_MAX])
        return None
    if not is_plain or parts.netloc.rstrip(".").lower() != host:
        raise AddressError(AddressProblem.NOT_A_MODEL, known)
    segments, query = _segments(parts.path), _query(parts.query)
    if segments is not None and query is not None:
        found = _hugging_face(segments, query) if known == HUGGING_FACE else _civitai_path(segments, query)
        if found is not None:
            return found
    raise AddressError(AddressProblem.NOT_A_MODEL, known)


def _known_host(host: str) -> str | None:
    if host.removeprefix("www.") in _HUGGING_FACE_HOSTS:
        return HUGGING_FACE
    for prefix in ("", *_CIVITAI_SUBDOMAINS):
        if host.startswith(prefix) and host.removeprefix(prefix) in _CIVITAI_HOSTS:
            return CIVITAI
    return None


def _segments(path: str) -> list[str] | None:
    """Return a path's decoded segments; None if one is no plain text or leads elsewhere."""
    if len(path) > _PATH_MAX:
        return None
    try:
        segments = [unquote(each, errors="strict") for each in path.strip("/").split("/")]
    except UnicodeDecodeError:
        return None
    if any(each in ("", ".", "..") or not each.isprintable() or "\\" in each for each in segments):
        return None
    return segments


def _query(text: str) -> dict[str, str] | None:
    """Return a query's decoded parameters, each with its last value; None if there are too many."""
    try:
        return {name: values[-1] for name, values in parse_qs(text, max_num_fields=_FIELDS_MAX).items()}
    except ValueError:
        return None


def _is_part(text: str) -> bool:
    return _PART.fullmatch(text) is not None and ".." not in text


def _hugging_face(segments: list[str], query: dict[str, str]) -> HuggingFaceAddress | None:
    parts = [segments[0], *(each.partition(":")[0] for each in segments[1:2])]  # owner/name:QUANT, as Ollama writes it
    if parts[0].lower() in _NOT_REPOS or not all(map(_is_part, parts)):
        return None
    repo = "/".join(parts)
    form, *more = segments[2:] or [""]
    if form not in _FILE_FORMS | {"tree"} or not more:
        return HuggingFaceAddress(repo)
    revision, path = _revision(more)
    if form == "tree":
        shown = query.get("show_file_info") or query.get("show_tensors")
        path = (_segments(shown) or []) if shown else []
    elif not path:
        return None
    if _REVISION.fullmatch(revision) is None or ".." in revision or any("/" in each for each in path):
        return None
    return HuggingFaceAddress(repo, revision, "/".join(path) or None)


def _revision(segments: list[str]) -> tuple[str, list[str]]:
    if len(segments) > 2 and segments[0] == "refs" and segments[1] in _SEVERAL_PARTS_OF_REVISION:  # noqa: PLR2004 - refs/pr/N
        return "/".join(segments[:3]), segments[3:]
    return segments[0], segments[1:]


def _hub_uri(address: str) -> HuggingFaceAddress:
    """Parse ``hf://owner/name@revision/path``."""
    segments = _segments(address.partition("://")[2])
    if segments is not None and len(segments) > 1:
        name, _, revision = segments[1].partition("@")
        parts = [segments[0], name, "resolve", revision or "main", *segments[2:]]
        found = _hugging_face(parts if len(segments) > 2 else [segments[0], name], {})  # noqa: PLR2004 - owner and name
        if found is not None:
            return found
    raise AddressError(AddressProblem.NOT_A_MODEL, HUGGING_FACE)


def _civitai_path(segments: list[str], query: dict[str, str]) -> CivitaiAddress | None:
    match [each.lower() for each in segments]:
        case ["models", model, *_] | ["api", "v1", "models", model]:
            return _civitai(model, query.get("modelVersionId"), None)
        case ["api", "download", "models", version]:
            found = _civitai(None, version, query.get("fileId"))
            traits = tuple(query.get(key, "") for key in _TRAITS)
            if found is None or not any(traits) or not all(map(_TRAIT.fullmatch, traits)):
                return found
            return replace(found, traits=traits)
        case ["model-versions", version] | ["api", "v1", "model-versions", version]:
            return _civitai(None, version, None)
        case ["api", "v1", "model-versions", "mini", version]:
            return _civitai(None, version, query.get("modelFileId"))
    return None


def download_url(version_id: int, file_id: int | None, traits: tuple[str, ...] = ()) -> str:
    """Return the address for workers; only with a file's id it names one file for certain."""
    named = [("fileId", str(file_id))] if file_id is not None else list(zip(_TRAITS, traits, strict=False))
    query = urlencode([(key, value) for key, value in named if value])
    return f"https://civitai.com/api/download/models/{version_id}{f'?{query}' if query else ''}"


def _civitai(model: str | None, version: str | None, file: str | None) -> CivitaiAddress | None:
    model_id, version_id, file_id = (_number(each) for each in (model, version, file))
    if (model is not None and model_id is None) or (model_id is None and version_id is None):
        return None
    return CivitaiAddress(model_id, version_id, file_id)


def _number(text: str | None) -> int | None:
    if text is None or _ID.fullmatch(text) is None:
        return None
    return number if (number := int(text)) <= _ID_MAX else None
