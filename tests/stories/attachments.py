"""Files that people attach to a command: name and bytes, as simcord takes them."""

import json
from typing import Any

type Attached = tuple[str, bytes]


def json_file(content: Any, name: str = "record.json") -> Attached:
    """A JSON file with this content."""
    return name, json.dumps(content).encode()


def raw_file(data: bytes, name: str = "record.json") -> Attached:
    """A file with these bytes."""
    return name, data
