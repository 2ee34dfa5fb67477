"""Findings about files: a record compared with what its hosts state. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from bot.reference.records import FileEntry
from bot.services.checks.addresses import PICKLES
from bot.services.forms.fields_text import legacy_baseline
from bot.services.hosts.filling import IMAGE_CATEGORY, TEXT_CATEGORY
from bot.services.hosts.hub_offers import COMPONENT_FOLDERS, SHARD
from bot.services.hosts.tensor_shapes import ShapeFacts
from bot.sources.addresses import CivitaiAddress, HuggingFaceAddress, find_address
from bot.sources.host_client import HostProblem


class HostVerdict(StrEnum):
    """Result of the comparison of a file with its host."""

    SAME = "same"
    OPEN_REPOSITORY = "open_repository"
    OTHER_SHA256 = "other_sha256"
    OTHER_SIZE = "other_size"
    GATED = "gated"
    DISABLED = "disabled"
    GONE = "gone"
    GONE_OR_PRIVATE = "gone_or_private"
    NO_SUCH_FILE = "no_such_file"
    ARCHIVED = "archived"
    EARLY_ACCESS = "early_access"
    NO_DOWNLOAD = "no_download"
    UNSAFE = "unsafe"
    LOGIN = "login"
    MOVED = "moved"
    NOT_ONE_FILE = "not_one_file"
    SHARD = "shard"
    ANOTHER_FITS = "another_fits"
    OTHER_ROUNDED_SIZE = "other_rounded_size"
    OTHER_BASE = "other_base"
    OTHER_SHAPES = "other_shapes"
    NO_VAE = "no_vae"
    INPAINTING = "inpainting"
    LORA = "lora"
    OTHER_KIND = "other_kind"
    OTHER_PAGE = "other_page"
    NO_SHA256 = "no_sha256"
    HOST_KNOWS_SHA256 = "host_knows_sha256"
    PICKLE = "pickle"
    NOT_ASKED = "not_asked"
    NOT_ASKED_AGAIN = "not_asked_again"

    @property
    def is_fail(self) -> bool:
        """Return whether workers would not get this file."""
        return self in _FAILS

    @property
    def is_pass(self) -> bool:
        """Return whether the host confirms the record."""
        return self in (HostVerdict.SAME, HostVerdict.OPEN_REPOSITORY)


_FAILS: Final = frozenset(
    {
        HostVerdict.OTHER_SHA256,
        HostVerdict.OTHER_SIZE,
        HostVerdict.GATED,
        HostVerdict.DISABLED,
        HostVerdict.GONE,
        HostVerdict.GONE_OR_PRIVATE,
        HostVerdict.NO_SUCH_FILE,
        HostVerdict.ARCHIVED,
        HostVerdict.EARLY_ACCESS,
        HostVerdict.NO_DOWNLOAD,
        HostVerdict.UNSAFE,
    }
)
_NO_FILE: Final = frozenset(
    {
        HostVerdict.DISABLED,
        HostVerdict.GONE,
        HostVerdict.GONE_OR_PRIVATE,
        HostVerdict.NO_SUCH_FILE,
        HostVerdict.ARCHIVED,
        HostVerdict.NOT_ONE_FILE,
    }
)
"""Verdicts after which there is no file to compare with."""
_ROUNDING_BYTES: Final = 6
"""Bytes by which a size with two decimals of a kilobyte may differ."""
_NO_TEXT_TASKS: Final = frozenset(
    {
        *("feature-extraction", "sentence-similarity", "text-ranking", "fill-mask", "text-classification"),
        *("token-classification", "automatic-speech-recognition", "text-to-speech", "text-to-audio", "audio-to-audio"),
        *("image-classification", "object-detection", "image-feature-extraction", "text-to-image", "text-to-video"),
        *("zero-shot-classification", "zero-shot-image-classification", "image-segmentation", "depth-estimation"),
    }
)
"""Tasks of Hugging Face whose models write no text."""


@dataclass(frozen=True, slots=True)
class HostSubject:
    """The files of a record, and what it says that a host can contradict.

    Attributes:
        files: files; for a text model its repository.
        baseline: in the vocabulary of the record.
        is_inpainting: the flag, ``None`` without one.
    """

    files: tuple[FileEntry, ...] = ()
    category: str = ""
    baseline: str = ""
    homepage: str = ""
    is_inpainting: bool | None = None


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file of the host beside the one that an address names."""

    name: str
    url: str
    sha256: str
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Facts of a host about one address.

    Attributes:
        verdicts: findings that do not depend on the record.
        sha256: lower case, ``None`` if the host does not say.
        size_bytes: ``None`` if the host does not say.
        is_size_exact: whether the host did not round the size.
        moved_to: the repository's new id, empty if it did not move.
        commit: commit of the answer, empty if the host has none.
        until: end of the early access as ISO time, empty if unknown.
        baseline: baseline of the model, ``None`` if the host does not make it clear.
        category: category of the model, ``None`` likewise.
        kind: the host's own word for the kind or task of the model.
        model_id: number of the model's page on Civitai.
        shapes: what the shapes of the file's tensors say, ``None`` if they were not read.
        others: other files at the same place.
        problem: reason why the host could not be asked.
        asked_at: time of the question.
    """

    host: str
    asked_at: datetime
    verdicts: tuple[HostVerdict, ...] = ()
    sha256: str | None = None
    size_bytes: int | None = None
    is_size_exact: bool = True
    moved_to: str = ""
    commit: str = ""
    until: str = ""
    baseline: str | None = None
    category: str | None = None
    kind: str = ""
    model_id: int | None = None
    shapes: ShapeFacts | None = None
    others: tuple[HostFile, ...] = ()
    problem: HostProblem | None = None
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class HostFinding:
    """One result about one file; ``facts`` are what the host said."""

    file: FileEntry
    verdict: HostVerdict
    facts: HostFacts

    @property
    def fitting(self) -> HostFile | None:
        """Return the other file of the host that has the record's sha256."""
        return fitting(self.file, self.facts)


def fitting(file: FileEntry, facts: HostFacts) -> HostFile | None:
    """Return the other file of the host that has a file's sha256."""
    mine = (file.sha256 or "").lower()
    return next((other for other in facts.others if mine and other.sha256 == mine != facts.sha256), None)


def findings_of(file: FileEntry, facts: HostFacts, subject: HostSubject) -> Iterator[HostFinding]:
    """Compare a file with its host's facts; fails first."""
    found = list(facts.verdicts)
    if subject.category == TEXT_CATEGORY:
        found = [verdict for verdict in found if verdict is not HostVerdict.NOT_ONE_FILE]
        found += [HostVerdict.OTHER_KIND] if facts.kind in _NO_TEXT_TASKS else []
        found += [HostVerdict.OPEN_REPOSITORY] if not any(verdict.is_fail for verdict in found) else []
    elif not _NO_FILE & set(found):
        found += _compared(file, facts)
    if fitting(file, facts) is not None:
        found.append(HostVerdict.ANOTHER_FITS)
    found += _about_model(facts, subject)
    if facts.shapes is not None and subject.category == IMAGE_CATEGORY:
        found += _about_shapes(facts.shapes, subject)
    path = PurePosixPath(file.file_name)
    if path.suffix.lower() in PICKLES:
        found.append(HostVerdict.PICKLE)
    if SHARD.search(path.stem) or _is_component(file, subject):
        found.append(HostVerdict.SHARD)
    yield from (HostFinding(file, verdict, facts) for verdict in sorted(found, key=lambda each: not each.is_fail))


def _is_component(file: FileEntry, subject: HostSubject) -> bool:
    """Return whether the only file of an image model is a folder's part of a diffusers pipeline."""
    if subject.category != IMAGE_CATEGORY or len(subject.files) != 1:
        return False
    address = find_address(file.file_url)
    return isinstance(address, HuggingFaceAddress) and bool(COMPONENT_FOLDERS.search(address.path or ""))


def _compared(file: FileEntry, facts: HostFacts) -> Iterator[HostVerdict]:
    mine = (file.sha256 or "").lower()
    if facts.sha256 is None:
        yield HostVerdict.NO_SHA256
    elif not mine:
        yield HostVerdict.HOST_KNOWS_SHA256
    elif mine != facts.sha256:
        yield HostVerdict.OTHER_SHA256
    is_size_other = False
    if facts.size_bytes is not None and file.size_bytes is not None:
        allowed = 0 if facts.is_size_exact else _ROUNDING_BYTES
        is_size_other = abs(facts.size_bytes - file.size_bytes) > allowed
    if is_size_other:
        yield HostVerdict.OTHER_SIZE if facts.is_size_exact else HostVerdict.OTHER_ROUNDED_SIZE
    elif facts.sha256 is not None and mine == facts.sha256:
        yield HostVerdict.SAME


def _about_model(facts: HostFacts, subject: HostSubject) -> Iterator[HostVerdict]:
    """Compare baseline, category and homepage of the record with the model's page."""
    if facts.category is not None and subject.category not in ("", facts.category):
        yield HostVerdict.OTHER_KIND
    own, theirs = subject.baseline, facts.baseline
    is_other = own and theirs is not None and own not in (theirs, legacy_baseline(theirs))
    if is_other and not (own.startswith("flux") and str(theirs).startswith("flux")):  # flux_1 is any Flux
        yield HostVerdict.OTHER_BASE
    page = find_address(subject.homepage)
    stated = page.model_id if isinstance(page, CivitaiAddress) else None
    if None not in (facts.model_id, stated) and facts.model_id != stated:
        yield HostVerdict.OTHER_PAGE


def _about_shapes(shapes: ShapeFacts, subject: HostSubject) -> Iterator[HostVerdict]:
    """Compare the record with the shapes of the file's tensors."""
    if shapes.is_lora:
        yield HostVerdict.LORA
    names = {name for baseline in shapes.baselines for name in (baseline, legacy_baseline(baseline))}
    if subject.baseline and names and subject.baseline not in names:
        yield HostVerdict.OTHER_SHAPES
    if shapes.has_vae is False:
        yield HostVerdict.NO_VAE
    if shapes.is_inpainting is not None and shapes.is_inpainting is not bool(subject.is_inpainting):
        yield HostVerdict.INPAINTING
