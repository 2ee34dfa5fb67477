"""Records that benchmarks propose."""

import hashlib
from typing import Any

from tests.process.journeys import RECORD

CATEGORY = "image_generation"


def record_of(name: str, number: int) -> dict[str, Any]:
    """Return a complete record whose file no other record has."""
    file = {
        "file_name": f"file_{name.replace(' ', '_')}.safetensors",
        "file_url": f"https://huggingface.co/made-up/{name.replace(' ', '-')}/resolve/main/file.safetensors",
        "sha256sum": hashlib.sha256(name.encode()).hexdigest(),
        "size_bytes": 6_938_040_682 + number,
    }
    return RECORD | {"name": name, "config": {"download": [file]}}
