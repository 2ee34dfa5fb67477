"""JSON from attachments, form uploads and messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import aiohttp
import discord

from bot.reference.deployment import CATEGORIES
from bot.services.errors import CategoryMissingError, NoRecordError
from bot.services.records.json_input import (
    JSON_BYTES_MAX,
    RecordJsonError,
    record_blocks,
    stated_category,
    stated_name,
)
from bot.sources.addresses import Address, find_address
from bot.ui.forms.record_file import OPTIONS_MAX, RecordOption

_FILE_CATEGORIES = {"stable_diffusion": "image_generation"} | {category: category for category in CATEGORIES}
"""Categories by the names of the reference's own files."""

_SUFFIXES = (".json", ".txt")


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """JSON of a message: a file not downloaded yet, or bytes; ``category`` from the file's name."""

    file: discord.Attachment | None
    data: bytes = b""
    category: str | None = None

    def stated(self) -> str | None:
        """Return the category by the file's name, or as the text states it.

        Raises:
            RecordJsonError: the text cannot be read.
        """
        return self.category or (stated_category(self.data) if self.file is None else None)


def records_of(message: discord.Message) -> tuple[FoundRecord, ...]:
    """Return the records of a message and of messages that it forwards, files first; no request.

    Raises:
        NoRecordError: the message has no JSON.
    """
    files = [
        FoundRecord(file, category=_named_category(file))
        for file in _files(message)
        if PurePath(file.filename.lower()).suffix in _SUFFIXES
    ]
    blocks = [FoundRecord(None, data) for text in _texts(message) for data in record_blocks(text)]
    if not files and not blocks:
        raise NoRecordError
    return (*files, *blocks)[:OPTIONS_MAX]


def record_options(records: Sequence[FoundRecord]) -> list[RecordOption]:
    """Return how a form names each record, and the category that it has."""
    options, blocks = [], 0
    for found in records:
        if found.file is not None:
            options.append(RecordOption(found.file.filename, found.category, is_file=True))
            continue
        blocks += 1
        try:
            stated = found.stated()
        except RecordJsonError:
            stated = None
        options.append(RecordOption(f"Block {blocks}: {stated_name(found.data) or 'no name'}", stated))
    return options


def category_of(data: bytes, file: discord.Attachment | None) -> str:
    """Return the category that a record states, or that its file's name does.

    Raises:
        CategoryMissingError: neither does.
        RecordJsonError: the text cannot be read.
    """
    stated = stated_category(data)
    category = stated if stated in CATEGORIES else None if file is None else _named_category(file)
    if category is None:
        raise CategoryMissingError
    return category


def first_link_of(message: discord.Message) -> Address | None:
    """Return the first model on a known host that a message, or one that it forwards, links to."""
    found = map(find_address, _texts(message))
    return next((address for address in found if address is not None), None)


async def download(file: discord.Attachment) -> bytes:
    """Download an attachment.

    Raises:
        RecordJsonError: it is too large, or the download failed.
    """
    if file.size > JSON_BYTES_MAX:
        raise RecordJsonError("size", f"{file.size:,} bytes")
    try:
        return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise RecordJsonError("not_loaded") from error


def _named_category(file: discord.Attachment) -> str | None:
    return _FILE_CATEGORIES.get(PurePath(file.filename.lower()).stem)


def _texts(message: discord.Message) -> tuple[str, ...]:
    return (message.content, *(each.content for each in message.message_snapshots))


def _files(message: discord.Message) -> Iterator[discord.Attachment]:
    yield from message.attachments
    for snapshot in message.message_snapshots:
        yield from snapshot.attachments
