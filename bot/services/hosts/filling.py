"""Filling of a record from a link; typed values are kept. Pure."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.services.forms.fields import EMPTY, Field, Kind, with_value
from bot.services.forms.fields_table import fields_of
from bot.services.forms.fields_text import legacy_baseline
from bot.services.forms.files_text import file_list, name_from
from bot.services.hosts.values import THE_LINK, FilledValue, LinkSource, Offer, OfferedFile
from bot.sources.addresses import CivitaiAddress, HuggingFaceAddress, find_address

TEXT_CATEGORY, IMAGE_CATEGORY = "text_generation", "image_generation"
FILE_KEY, SHA256_KEY, SIZE_KEY = "file", "sha256", "size"
"""Keys of a file's values, which are no fields of the table."""

_PAGES: Final = ("homepage", "url")


def fill(
    record: Mapping[str, Any],
    offer: Offer,
    category: str,
    dialect: CanonicalFormat,
    *,
    before: Offer | None = None,
    unsupported: AbstractSet[str] = frozenset(),
) -> dict[str, Any]:
    """Write an offer's values into empty fields, and over unchanged ones of ``before``.

    Fields that the service does not store (``unsupported`` keys) stay empty.
    """
    filled = dict(record)
    earlier = {} if before is None else {value.key: value for value in values_of(before, category)}
    given = {value.key: value for value in values_of(offer, category)}
    for one in fields_of(category, dialect):
        path, was, new = one.path(dialect), earlier.get(one.key), given.get(one.key)
        if path is None or one.key in unsupported or (was is None and new is None):
            continue
        current = one.value(filled, dialect)
        if current in EMPTY or (was is not None and current == _in(dialect, one, was.value)):
            value = None if new is None else _in(dialect, one, new.value)
            filled = with_value(filled, path, value, drops_parent=one.drops_parent)
    return _with_file(filled, offer, category, dialect, None if before is None else before.file)


def values_of(offer: Offer, category: str) -> tuple[FilledValue, ...]:
    """Return the values for a category."""
    return offer.text_values if category == TEXT_CATEGORY else offer.values


def kept_values(
    record: Mapping[str, Any], source: LinkSource, category: str, dialect: CanonicalFormat
) -> tuple[FilledValue, ...]:
    """Return the values that the record still has from the link, in the order of the forms."""
    given = {value.key: value for value in values_of(source.offer, category)}
    kept = [
        given[one.key]
        for one in fields_of(category, dialect)
        if one.key in given and one.value(record, dialect) == _in(dialect, one, given[one.key].value)
    ]
    file = source.offer.file
    entry = (
        None if file is None else next((each for each in files_of(record, dialect) if each.file_url == file.url), None)
    )
    if file is None or entry is None:
        return tuple(kept)
    parts = [FilledValue(FILE_KEY, file.url, file.source, is_fact=True)]
    if file.sha256 is not None and (entry.sha256 or "").lower() == file.sha256:
        parts.append(FilledValue(SHA256_KEY, file.sha256, file.source, is_fact=True))
    if file.size_bytes is not None and file.size_bytes in (entry.size_bytes, record.get("size_on_disk_bytes")):
        parts.append(FilledValue(SIZE_KEY, file.size_bytes, file.source, is_fact=True))
    return (*parts, *kept)


def has_files(category: str, dialect: CanonicalFormat) -> bool:
    """Return whether records of this category list files."""
    return any(one.kind is Kind.FILE_LINKS for one in fields_of(category, dialect)) and category != TEXT_CATEGORY


def for_update(offer: Offer, live: Mapping[str, Any], category: str, dialect: CanonicalFormat) -> Offer:
    """Return an offer's facts alone; a homepage of another model or host stays as it is."""
    pages = {one.key: one.value(live, dialect) for one in fields_of(category, dialect) if one.key in _PAGES}
    values = (
        tuple(each for each in given if each.is_fact and (each.key not in _PAGES or _is_of_same(each, pages)))
        for given in (offer.values, offer.text_values)
    )
    return replace(offer, values=next(values), text_values=next(values))


def as_offer(live: Mapping[str, Any], newer: Offer, category: str, dialect: CanonicalFormat) -> Offer:
    """Return the part of a live record that a newer offer replaces, as an offer."""
    fields = [
        one for one in fields_of(category, dialect) if one.key in {each.key for each in values_of(newer, category)}
    ]
    values = tuple(FilledValue(one.key, one.value(live, dialect), THE_LINK, is_fact=True) for one in fields)
    listed = file_list(live, dialect)
    main = next((n for n, purpose in enumerate(listed.purposes) if purpose is None), 0)
    file = None
    if listed.files:
        entry, total = listed.files[main], live.get("size_on_disk_bytes")
        size = total if len(listed.files) == 1 and isinstance(total, int) else entry.size_bytes
        file = OfferedFile(entry.file_name, entry.file_url, entry.sha256, size, THE_LINK)
    return Offer("", file=file, values=values, text_values=values)


def _is_of_same(page: FilledValue, pages: Mapping[str, Any]) -> bool:
    """Return whether a page is of the model on the live page, or there is no live page."""
    known = pages.get(page.key)
    if not known:
        return True
    old, new = find_address(str(known)), find_address(page.value)
    if isinstance(old, CivitaiAddress) and isinstance(new, CivitaiAddress):
        return old.model_id is not None and old.model_id == new.model_id
    return isinstance(old, HuggingFaceAddress) and isinstance(new, HuggingFaceAddress) and old.repo == new.repo


def with_facts(file: FileEntry, offered: OfferedFile | None, dialect: CanonicalFormat) -> FileEntry:
    """Complete a file that was given as a link; a name of its own is kept."""
    if offered is None:
        return file
    entry = _entry(offered, dialect)
    return entry if file.file_name == name_from(file.file_url) else replace(entry, file_name=file.file_name)


def _in(dialect: CanonicalFormat, one: Field, value: Any) -> Any:
    """Return a value in the record's vocabulary."""
    if one.kind is Kind.BASELINE and dialect is CanonicalFormat.LEGACY and isinstance(value, str):
        return legacy_baseline(value)
    return value


def _with_file(
    record: dict[str, Any], offer: Offer, category: str, dialect: CanonicalFormat, before: OfferedFile | None
) -> dict[str, Any]:
    """Replace the earlier file by the offered one, in its place; other files stay."""
    if not has_files(category, dialect):
        return record
    files, new = list(files_of(record, dialect)), offer.file
    number = 0
    if files:
        if before is None or (number := _number_of(before, files)) < 0:
            return record
    elif new is None:
        return record
    files[number : number + 1] = [] if new is None else [_entry(new, dialect)]
    filled = with_files(record, files, dialect)
    total = record.get("size_on_disk_bytes")
    if len(files) > 1 or (total is not None and (before is None or total != before.size_bytes)):
        return filled
    return with_value(filled, "size_on_disk_bytes", None if new is None else new.size_bytes)


def _number_of(before: OfferedFile, files: Sequence[FileEntry]) -> int:
    """Return the position of an unchanged earlier file (name, address, hash), -1 without."""
    parts = (before.name, before.url, before.sha256)
    return next((n for n, file in enumerate(files) if (file.file_name, file.file_url, file.sha256) == parts), -1)


def _entry(file: OfferedFile, dialect: CanonicalFormat) -> FileEntry:
    entry = FileEntry(file.name, file.url, file.sha256, file.size_bytes)
    return entry if dialect is CanonicalFormat.V2 else replace(entry, size_bytes=None)
