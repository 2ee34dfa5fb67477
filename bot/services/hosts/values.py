"""Values of a read link, stored beside the draft that they filled."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.sources.host_client import HostProblem

THE_LINK: Final = "the link"
"""Source of a value that the address itself names."""


class Note(StrEnum):
    """A finding about the model that its requestor should know before sending."""

    GATED = "gated"
    DISABLED = "disabled"
    ARCHIVED = "archived"
    EARLY_ACCESS = "early_access"
    NO_DOWNLOAD = "no_download"
    NOT_SCANNED = "not_scanned"
    NO_SINGLE_FILE = "no_single_file"
    NO_SUCH_FILE = "no_such_file"
    UNSAFE = "unsafe"
    PERSON = "person"
    MINOR = "minor"
    NO_BASE_MODEL = "no_base_model"


@dataclass(frozen=True, slots=True)
class FilledValue:
    """A value of one field.

    Attributes:
        key: the field's key in the table of fields.
        value: in the v2 vocabulary.
        source: the host's name, or ``THE_LINK``.
        is_fact: whether it holds as it is; else it is a suggestion to be checked.
    """

    key: str
    value: Any
    source: str
    is_fact: bool


def merged_values(first: tuple[FilledValue, ...], others: Iterable[FilledValue]) -> tuple[FilledValue, ...]:
    """Return the values of both sources; of a field that both have, the first one's."""
    named = {value.key for value in first}
    return (*first, *(value for value in others if value.key not in named))


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that workers can download; sha256 and size are ``None`` if the host does not say."""

    name: str
    url: str
    sha256: str | None
    size_bytes: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One file or version of the model.

    Attributes:
        label: name of the file.
        details: size, format and version, for the menu.
        file: ``None`` for a model without a single file.
        values: values for every category but text models.
        text_values: values for text models, which have no files.
    """

    label: str
    details: str = ""
    file: OfferedFile | None = None
    values: tuple[FilledValue, ...] = ()
    text_values: tuple[FilledValue, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class UnansweredHost:
    """A host that gave no answer; ``retry_in_s`` is set if it is busy."""

    host: str
    problem: HostProblem
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A read link.

    Attributes:
        host: the host's name.
        page: address of the model's page, built from its ids.
        category: ``None`` if the host does not make it clear.
        offers: files and versions, the sensible one first; at least one.
        problems: hosts without an answer.
        licence: the host's own words on the licence; empty if it says none.
        unknown_base: the host's name of a base that is no baseline of the reference for certain; else empty.
        is_marked_nsfw: whether the host marks it as not for everyone; absence of a mark says nothing.
    """

    host: str
    page: str
    category: str | None
    offers: tuple[Offer, ...]
    problems: tuple[UnansweredHost, ...] = ()
    notes: tuple[Note, ...] = ()
    licence: str = ""
    is_marked_nsfw: bool = False
    unknown_base: str = ""


@dataclass(frozen=True, slots=True)
class LinkSource:
    """The link behind a draft, and the offer that filled it.

    Attributes:
        chosen: number of the offer.
        is_category_open: whether the person still has to choose the category.
    """

    reading: Reading
    chosen: int = 0
    is_category_open: bool = False

    @property
    def offer(self) -> Offer:
        """Return the chosen offer."""
        return self.reading.offers[self.chosen]


_ADAPTER: Final = TypeAdapter(LinkSource)


def to_stored(source: LinkSource) -> dict[str, Any]:
    """Return the JSON object that is stored with the draft."""
    stored: dict[str, Any] = _ADAPTER.dump_python(source, mode="json")
    return stored


def from_stored(stored: Mapping[str, Any] | None) -> LinkSource | None:
    """Return a draft's link; None without one, or if an older version stored it otherwise."""
    try:
        source = None if stored is None else _ADAPTER.validate_python(stored)
    except ValidationError:
        return None
    return source if source is not None and 0 <= source.chosen < len(source.reading.offers) else None


def remember[K, V](cache: MutableMapping[K, V], key: K, value: V, limit: int) -> None:
    """Put a value at the end of a cache, and forget the oldest ones above a limit."""
    cache.pop(key, None)
    while len(cache) >= limit:
        del cache[next(iter(cache))]
    cache[key] = value
