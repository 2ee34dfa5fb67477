"""Addresses on the web as checks read them: parts, hosts, and names of files; pure."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

HUGGING_FACE = ("huggingface.co", "hf.co")
CIVITAI = ("civitai.com", "civitai.green", "civitai.red")
GITHUB = ("github.com",)

PICKLES = frozenset({".ckpt", ".pt", ".pth", ".bin"})
MODEL_SUFFIXES = PICKLES | {".safetensors"}
"""Extensions of files that workers load as a model."""
OTHER_SUFFIXES = frozenset(
    {".gguf", ".onnx", ".h5", ".msgpack", ".yaml", ".yml", ".json", ".txt", ".md", ".html", ".zip", ".rar", ".7z"}
    | {".tar", ".gz", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".py", ".exe", ".pickle", ".pkl", ".tmp", ".part"}
)

_SCHEMES = re.compile(r"^(?P<scheme>[A-Za-z]{2,8})(?P<sign>:/{1,3}|//|:(?=[\w-]+\.))", re.ASCII)
_BARE_HOST = re.compile(r"^(?:www\.)?(?:[\w-]+\.)+[a-z]{2,12}(?:/|$)", re.ASCII | re.IGNORECASE)
_TYPOS_MAX = 2
_LENGTH_MAX = 8000
_COMPARED_MAX = 200
"""Characters up to which texts are compared for typing errors; the work grows with the square."""


@dataclass(frozen=True, slots=True)
class Address:
    """An https address in parts.

    Attributes:
        text: the address as written.
        host: in lower case, without ``www.``.
        parts: decoded parts of the path.
        query: decoded parameters; keys in lower case.
        is_folder: the path ends in a slash.
    """

    text: str
    host: str
    parts: tuple[str, ...]
    query: dict[str, str] = field(default_factory=dict)
    is_folder: bool = False

    def is_on(self, hosts: tuple[str, ...]) -> bool:
        """Return whether the host is one of these or below one of them."""
        return any(self.host == host or self.host.endswith(f".{host}") for host in hosts)

    @property
    def base(self) -> str:
        """Return the last part of the path, empty without one."""
        return self.parts[-1] if self.parts else ""

    @property
    def file_name(self) -> str:
        """Return the last part of the path if it has the extension of a file, else an empty text."""
        return self.base if suffix_of(self.base) in MODEL_SUFFIXES | OTHER_SUFFIXES else ""

    @property
    def key(self) -> str:
        """Return a text that is equal for addresses of the same thing."""
        skipped = {"download", "not-for-all-audiences"}
        query = "&".join(f"{key}={value}" for key, value in sorted(self.query.items()) if key not in skipped)
        host = "huggingface.co" if self.host == "hf.co" else self.host
        return f"{host}/{'/'.join(self.parts)}?{query}"

    @property
    def page_key(self) -> str:
        """Return the same without the query, and without the title in a Civitai address."""
        parts = self.parts[:2] if self.is_on(CIVITAI) and self.parts[:1] == ("models",) else self.parts
        return f"{self.host}/{'/'.join(parts)}".casefold()


def read_address(text: str) -> Address | None:
    """Return an https address in parts; None for other texts, and for one that is too long."""
    return _read_address(text) if len(text) <= _LENGTH_MAX else None


@lru_cache(maxsize=1024)
def _read_address(text: str) -> Address | None:
    try:
        split = urlsplit(text)
        host = (split.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return None
    if split.scheme != "https" or not host or len(text.split()) > 1:
        return None
    parts = tuple(part for part in map(unquote, split.path.split("/")) if part)
    query = {key.casefold(): value for key, value in parse_qsl(split.query, keep_blank_values=True)}
    return Address(text, host, parts, query, split.path.endswith("/"))


def https_of(text: str) -> str | None:
    """Return the address with its scheme corrected, ``None`` if more than the scheme is wrong."""
    bare = text.strip().strip("<>\"'")
    if match := _SCHEMES.match(bare):
        if not _is_almost_https(match["scheme"].casefold()):
            return None
        bare = bare[match.end() :].lstrip("/:")
    elif bare.startswith("//"):
        bare = bare[2:]
    fixed = f"https://{bare}"
    return fixed if _BARE_HOST.match(bare) and read_address(fixed) is not None else None


def suffix_of(name: str) -> str:
    """Return the extension of a file's name in lower case."""
    return PurePosixPath(name).suffix.casefold()


def distance(one: str, other: str, most: int = _TYPOS_MAX) -> int:
    """Count typing errors between two texts (a swap counts one); ``most + 1`` if more."""
    if abs(len(one) - len(other)) > most or len(one) > _COMPARED_MAX:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(other, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return row[-1]


def _is_almost_https(scheme: str) -> bool:
    return scheme == "http" or distance(scheme, "https") <= _TYPOS_MAX
