"""Hugging Face: repositories and their files, as an anonymous caller sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from bot.sources.host_client import HostClient, HostError, HostProblem, HostRequest
from bot.sources.tensors import LENGTH_BYTES, TensorHeader, header_length, parse_header
from bot.sources.values import mapping, objects, sha256, text, texts, whole

FILES_MAX: Final = 2000
"""Files of one repository that are read."""
CONFIG_BYTES_MAX: Final = 256 * 1024
TEMPLATE_MAX: Final = 40_000
FIRST_PART_BYTES: Final = 100_000
"""Bytes of a file that are read first; most headers are shorter."""
STORAGE_HOSTS: Final = ("hf.co", "huggingface.co")
"""Hosts of the Hub's storage, as its documentation recommends to allow them."""

_EXPANDED = (
    "gated",
    "disabled",
    "cardData",
    "tags",
    "config",
    "sha",
    "pipeline_tag",
    "library_name",
    "author",
    "safetensors",
    "gguf",
    "siblings",
)
_ACCESS = ("gated", "disabled", "sha", "pipeline_tag")
_NSFW_TAG = "not-for-all-audiences"
_COMPLETE_TYPES = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
"""Stored types whose element count is the parameter count; packed types count less."""
_CONTEXT_KEYS: Final = (
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "seq_length",
    "model_max_length",
    "max_target_positions",
    "max_sequence_length",
    "max_seq_length",
    "seq_len",
)
"""Fields of a ``config.json`` that vLLM reads the context window from."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository; ``sha256`` in lower case, None for small files in git."""

    path: str
    size_bytes: int | None = None
    sha256: str | None = None
    is_unsafe: bool = False


@dataclass(frozen=True, slots=True)
class HubRepo:
    """A repository's answer; every value may be absent, and texts are the author's.

    Attributes:
        repo: its current id, which differs from the requested one after a rename.
        commit: the commit of the answer.
        is_gated: files need an account that agreed to terms.
        parameters: parameter count of the weights, ``None`` if the stored types do not tell.
        context_length: tokens, from the header of a GGUF file.
        pipeline_class: class of a diffusers pipeline.
    """

    repo: str
    commit: str | None = None
    is_gated: bool = False
    is_disabled: bool = False
    author: str = ""
    tags: tuple[str, ...] = ()
    pipeline_tag: str = ""
    licences: tuple[str, ...] = ()
    licence_name: str = ""
    base_models: tuple[str, ...] = ()
    base_relation: str = ""
    trigger: tuple[str, ...] = ()
    is_marked_nsfw: bool = False
    files: tuple[HubFile, ...] = ()
    architectures: tuple[str, ...] = ()
    pipeline_class: str = ""
    chat_template: str = ""
    parameters: int | None = None
    context_length: int | None = None
    is_gguf: bool = False


class HuggingFace:
    """Reads of the Hub's API; no token is ever sent, because workers have none.

    Every method raises ``HostError`` if the host gives no usable answer.
    """

    def __init__(self, client: HostClient) -> None:
        self._client = client

    async def repo(self, repo: str, revision: str | None = None) -> HubRepo:
        """Read a repository with all of its files."""
        return await self._info(repo, revision, (("blobs", "true"),))

    async def repo_card(self, repo: str) -> HubRepo:
        """Read a repository without its files, which may be thousands."""
        return await self._info(repo, None, tuple(("expand", name) for name in _EXPANDED))

    async def access(self, repo: str) -> HubRepo:
        """Read only a repository's id, commit and task, and whether it is gated or disabled."""
        return await self._info(repo, None, tuple(("expand", name) for name in _ACCESS))

    async def file(self, repo: str, revision: str, path: str) -> HubFile | None:
        """Read size and sha256 of one file; ``None`` if this revision has no such file.

        Raises:
            HostError: no usable answer; ``MISSING`` without the revision.
        """
        answer = await self._client.read_json(
            HostRequest(
                f"/api/models/{_encoded(repo)}/paths-info/{quote(revision, safe='')}",
                form={"paths": path, "expand": "true"},
                redirect_prefix="/api/models/",
            )
        )
        if not isinstance(answer, list):
            raise HostError(self._client.name, HostProblem.UNREADABLE)
        return next((parse_file(each) for each in objects(answer) if each.get("path") == path), None)

    async def context_window(self, repo: str, revision: str = "main") -> int | None:
        """Read the context window in tokens from ``config.json``, ``None`` if it names none."""
        answer = await self._client.read_json(
            HostRequest(
                f"/{_encoded(repo)}/resolve/{quote(revision, safe='')}/config.json",
                max_bytes=CONFIG_BYTES_MAX,
                redirect_prefix="/api/resolve-cache/models/",
            )
        )
        return parse_context_window(mapping(answer))

    async def tensors(self, repo: str, revision: str, path: str) -> TensorHeader | None:
        """Read a ``.safetensors`` file's tensor shapes, None without a header of usual size."""
        where = f"/{_encoded(repo)}/resolve/{quote(revision, safe='')}/{quote(path)}"
        start = await self._client.read_range(where, 0, FIRST_PART_BYTES - 1, hosts=STORAGE_HOSTS)
        length = header_length(start)
        if length is None:
            return None
        end = LENGTH_BYTES + length
        if end > len(start) >= FIRST_PART_BYTES:
            start += await self._client.read_range(where, len(start), end - 1, hosts=STORAGE_HOSTS)
        return parse_header(start)

    async def _info(self, repo: str, revision: str | None, params: tuple[tuple[str, str], ...]) -> HubRepo:
        suffix = "" if revision is None else f"/revision/{quote(revision, safe='')}"
        request = HostRequest(f"/api/models/{_encoded(repo)}{suffix}", params, redirect_prefix="/api/models/")
        answer = await self._client.read_json(request)
        if not isinstance(answer, dict):
            raise HostError(self._client.name, HostProblem.UNREADABLE)
        return parse_repo(answer, repo)


def parse_repo(answer: Mapping[str, Any], requested: str) -> HubRepo:
    """Parse a repository's answer; ``requested`` is the id if the answer has none."""
    card, config = mapping(answer.get("cardData")), mapping(answer.get("config"))
    tags = texts(answer.get("tags")) + texts(card.get("tags"))
    gguf = mapping(answer.get("gguf"))
    files = tuple(parse_file(each) for each in objects(answer.get("siblings"), FILES_MAX))
    return HubRepo(
        repo=text(answer.get("id"), 200) or requested,
        commit=text(answer.get("sha"), 64) or None,
        is_gated=answer.get("gated") not in (None, False, ""),
        is_disabled=answer.get("disabled") is True,
        author=text(answer.get("author"), 100),
        tags=tuple(dict.fromkeys(tags)),
        pipeline_tag=text(answer.get("pipeline_tag") or card.get("pipeline_tag"), 60),
        licences=texts(card.get("license")) or _tagged(tags, "license:"),
        licence_name=text(card.get("license_name"), 100),
        base_models=texts(card.get("base_model"), 200) or _base_models(tags),
        base_relation=text(card.get("base_model_relation"), 40) or _relation(tags),
        trigger=texts(card.get("instance_prompt")),
        is_marked_nsfw=_NSFW_TAG in tags,
        files=tuple(each for each in files if each.path),
        architectures=texts(config.get("architectures")),
        pipeline_class=text(mapping(config.get("diffusers")).get("_class_name"), 100),
        chat_template=_chat_template(config, gguf),
        parameters=_parameters(answer, config, gguf),
        context_length=whole(gguf.get("context_length")) or None,
        is_gguf=bool(gguf) or any(each.path.lower().endswith(".gguf") for each in files),
    )


def parse_file(entry: Mapping[str, Any]) -> HubFile:
    """Parse a file of either listing, with its sha256 in ``lfs.sha256`` or ``lfs.oid``."""
    lfs = mapping(entry.get("lfs"))
    status = text(mapping(entry.get("securityFileStatus")).get("status"), 40).lower()
    return HubFile(
        path=text(entry.get("rfilename") or entry.get("path"), 500),
        size_bytes=whole(lfs.get("size")) or whole(entry.get("size")),
        sha256=sha256(lfs.get("sha256")) or sha256(lfs.get("oid")),
        is_unsafe=status in ("unsafe", "suspicious"),
    )


def parse_context_window(config: Mapping[str, Any]) -> int | None:
    """Return the context window of a ``config.json``, as vLLM derives it; ``None`` without one."""
    inner = {**config, **mapping(config.get("text_config"))}
    lengths = [length for key in _CONTEXT_KEYS if (length := whole(inner.get(key)))]
    scaling = mapping(inner.get("rope_scaling"))
    factor, original = scaling.get("factor"), whole(scaling.get("original_max_position_embeddings"))
    kind = text(scaling.get("rope_type") or scaling.get("type"), 40)
    if kind == "yarn" and original and isinstance(factor, int | float) and 1 <= factor <= 1024:  # noqa: PLR2004 - sane factors
        return int(original * factor)
    return min(lengths) if lengths else None


def _encoded(repo: str) -> str:
    return quote(repo, safe="/")


def _tagged(tags: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    return tuple(tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix))


def _base_models(tags: tuple[str, ...]) -> tuple[str, ...]:
    named = [tag.removeprefix("base_model:") for tag in tags if tag.startswith("base_model:")]
    return tuple(dict.fromkeys(each.rpartition(":")[2] for each in named))


def _relation(tags: tuple[str, ...]) -> str:
    parts = [tag.split(":") for tag in tags if tag.startswith("base_model:")]
    return next((each[1] for each in parts if len(each) > 2), "")  # noqa: PLR2004 - base_model:relation:id


def _chat_template(config: Mapping[str, Any], gguf: Mapping[str, Any]) -> str:
    template = mapping(config.get("tokenizer_config")).get("chat_template") or config.get("chat_template_jinja")
    if isinstance(template, list):
        named = [mapping(each) for each in template]
        chosen = next((each for each in named if each.get("name") == "default"), named[0] if named else {})
        template = chosen.get("template")
    return text(template, TEMPLATE_MAX) or text(gguf.get("chat_template"), TEMPLATE_MAX)


def _parameters(answer: Mapping[str, Any], config: Mapping[str, Any], gguf: Mapping[str, Any]) -> int | None:
    stored = mapping(answer.get("safetensors"))
    types = set(mapping(stored.get("parameters")))
    if types and types <= _COMPLETE_TYPES and not config.get("quantization_config"):
        return whole(stored.get("total")) or None
    return whole(gguf.get("total")) or None
