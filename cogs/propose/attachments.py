"""JSON from attachments, form uploads and messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

import aiohttp
import discord

from bot.reference.deployment import CATEGORIES
from bot.services.errors import NoRecordError
from bot.services.proposals.record_input import JSON_BYTES_MAX, RecordJsonError, json_in
from bot.sources.addresses import Address, has_address, parse_address

_FILE_CATEGORIES = {"stable_diffusion": "image_generation"} | {category: category for category in CATEGORIES}
"""Categories by the names of the reference's own files."""

_SUFFIXES = (".json", ".txt")


@dataclass(frozen=True, slots=True)
class Found:
    """JSON of a message: a file not downloaded yet, or bytes; ``category`` from the file's name."""

    file: discord.Attachment | None
    data: bytes = b""
    category: str | None = None


def found_in(message: discord.Message) -> Found:
    """Return the JSON of a message or of a message that it forwards; no request.

    Raises:
        NoRecordError: the message has no JSON.
    """
    for file in _files(message):
        path = PurePath(file.filename.lower())
        if path.suffix in _SUFFIXES:
            return Found(file, category=_FILE_CATEGORIES.get(path.stem))
    for text in _texts(message):
        data = json_in(text)
        if data is not None:
            return Found(None, data)
    raise NoRecordError


def link_in(message: discord.Message) -> Address | None:
    """Return the first model on a known host that a message, or one that it forwards, links to."""
    for text in _texts(message):
        if has_address(text):
            return parse_address(text)
    return None


async def loaded(file: discord.Attachment) -> bytes:
    """Download an attachment.

    Raises:
        RecordJsonError: it is too large, or the download failed.
    """
    if file.size > JSON_BYTES_MAX:
        raise RecordJsonError("size", f"{file.size} bytes")
    try:
        return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise RecordJsonError("not_loaded") from error


def _texts(message: discord.Message) -> tuple[str, ...]:
    return (message.content, *(each.content for each in message.message_snapshots))


def _files(message: discord.Message) -> Iterator[discord.Attachment]:
    yield from message.attachments
    for snapshot in message.message_snapshots:
        yield from snapshot.attachments
