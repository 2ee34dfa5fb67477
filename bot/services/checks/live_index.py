"""Index of a category's live records, built once for each reading of them; pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.reference.names import BACKEND_PREFIXES, backend_tail, folded_name
from bot.services.checks.addresses import read_address
from bot.services.checks.record_files import RecordFile, record_files

type Names = defaultdict[str, list[str]]


def _names() -> Names:
    return defaultdict(list)


@dataclass(slots=True, eq=False)
class LiveIndex:
    """Names of live models by the values that records should not share.

    Attributes:
        hashes: by sha256 or md5 in lower case.
        links: by key of a download address.
        file_names: by file name without case, with the sha256 of each file.
        pages: by key of a homepage or a text model's address.
        text_names: by name without case.
        alike: by name without case and separators.
        tails: text models, by the name of their ``koboldcpp/`` entry without case.
        words: number of records with each instruct format, style and tag, by field.
        folded_words: spellings of these, by the word without case and spaces.
        baselines: number of records of each baseline.
    """

    hashes: Names = field(default_factory=_names)
    links: Names = field(default_factory=_names)
    file_names: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    pages: Names = field(default_factory=_names)
    text_names: Names = field(default_factory=_names)
    alike: Names = field(default_factory=_names)
    tails: Names = field(default_factory=_names)
    words: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    folded_words: defaultdict[str, Names] = field(default_factory=lambda: defaultdict(_names))
    baselines: Counter[str] = field(default_factory=Counter)

    def others(self, found: Iterable[str] | None, name: str) -> tuple[str, ...]:
        """Return the names without the model's own."""
        return tuple(dict.fromkeys(each for each in found or () if each != name))


def live_index(records: Mapping[str, Mapping[str, Any]], dialect: CanonicalFormat) -> LiveIndex:
    """Build the index; generated entries of text models are left out."""
    index = LiveIndex()
    for name, record in records.items():
        if not name.startswith(BACKEND_PREFIXES):
            _add(index, name, record, dialect)
    return index


def _add(index: LiveIndex, name: str, record: Mapping[str, Any], dialect: CanonicalFormat) -> None:
    for file in record_files(record, dialect):
        _add_file(index, name, file)
    for key in ("homepage", "url"):
        page = record.get(key)
        address = read_address(page) if isinstance(page, str) else None
        if address is not None:
            index.pages[address.page_key].append(name)
    index.text_names[name.casefold()].append(name)
    index.alike[folded_name(name)].append(name)
    index.tails[backend_tail(name).casefold()].append(name)
    for key in ("instruct_format", "style", "tags"):
        value = record.get(key)
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and word.strip():
                _add_word(index, key, word.strip())
    if isinstance(baseline := record.get("baseline"), str):
        index.baselines[baseline] += 1


def _add_word(index: LiveIndex, key: str, word: str) -> None:
    if word not in index.words[key]:
        index.folded_words[key][folded_name(word)].append(word)
    index.words[key][word] += 1


def _add_file(index: LiveIndex, name: str, file: RecordFile) -> None:
    for digest in (file.sha256, file.md5):
        if digest:
            index.hashes[digest.casefold()].append(name)
    if (address := read_address(file.url)) is not None:
        index.links[address.key].append(name)
    if file.name:
        index.file_names[file.name.casefold()].append((name, file.sha256.casefold()))
