"""Header of a ``.safetensors`` file: names and shapes of tensors; tolerant and pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sources.values import mapping

LENGTH_BYTES: Final = 8
HEADER_BYTES_MAX: Final = 3 * 1024 * 1024
"""A single file of SDXL has some 0.3 MB."""
TENSORS_MAX: Final = 20_000
_DIMENSIONS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class TensorHeader:
    """Shapes of the tensors by name."""

    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def header_length(start: bytes) -> int | None:
    """Return the header's length in bytes, from the first eight; None if not such a file."""
    length = int.from_bytes(start[:LENGTH_BYTES], "little")
    is_header = len(start) > LENGTH_BYTES and start[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{"
    return length if is_header and 0 < length <= HEADER_BYTES_MAX else None


def parse_header(start: bytes) -> TensorHeader | None:
    """Parse the start of a file, ``None`` if its header is incomplete or cannot be read."""
    length = header_length(start)
    if length is None or len(start) < LENGTH_BYTES + length:
        return None
    try:
        listed = mapping(json.loads(start[LENGTH_BYTES : LENGTH_BYTES + length]))
    except (ValueError, RecursionError):
        return None
    named = list(listed.items())[:TENSORS_MAX]
    shapes = {name: shape for name, entry in named if (shape := _shape(mapping(entry).get("shape"))) is not None}
    return TensorHeader(shapes) if shapes else None


def _shape(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list) or len(value) > _DIMENSIONS_MAX:
        return None
    numbers = tuple(each for each in value if isinstance(each, int) and not isinstance(each, bool))
    return numbers if len(numbers) == len(value) else None
