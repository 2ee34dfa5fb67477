"""Looks for a secret wherever it could have gone, in every shape that text gives it."""

import base64
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


def shapes_of(secret: str) -> list[bytes]:
    """A secret as text may carry it: as it is, JSON- and URL-escaped, hex, and base64 at each alignment."""
    raw = secret.encode()
    escaped = ["".join(f"\\u{ord(character):04x}" for character in secret), "".join(f"%{byte:02X}" for byte in raw)]
    shifted = [b"x" * shift + raw for shift in range(3)]
    return [
        raw,
        raw.hex().encode(),
        json.dumps(secret)[1:-1].encode(),
        quote(secret, safe="").encode(),
        *(text.encode() for text in escaped),
        *(base64.b64encode(text)[4:-4] for text in shifted),
        *(base64.urlsafe_b64encode(text)[4:-4] for text in shifted),
    ]


def assert_nowhere(secret: str, place: str, written: bytes | str) -> None:
    """Fail, without repeating the secret, when something written has it in any shape."""
    text = written.encode(errors="surrogatepass") if isinstance(written, str) else written
    assert len(text) > len(secret), f"{place}: there was nothing to search"
    found = [number for number, shape in enumerate(shapes_of(secret)) if shape.lower() in text.lower()]
    assert not found, f"{place}: found in shapes {found}"


def everything_in(folder: Path) -> bytes:
    """The bytes of every file, the database's log among them."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@contextmanager
def everything_raised() -> Iterator[list[str]]:
    """Collect the text of every exception raised during the block: in any code, caught or not.

    A plain lookup that fails is left out: Python names the key there, and the caller handles it on the spot.
    """
    said: list[str] = []
    tool, event = sys.monitoring.DEBUGGER_ID, sys.monitoring.events.RAISE

    def listen(_code: object, _offset: int, error: BaseException) -> None:
        if not isinstance(error, LookupError | StopIteration | StopAsyncIteration):
            said.append(f"{type(error).__name__} {error!s} {error!r}")

    sys.monitoring.use_tool_id(tool, "canary")
    sys.monitoring.register_callback(tool, event, listen)
    sys.monitoring.set_events(tool, event)
    try:
        yield said
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.register_callback(tool, event, None)
        sys.monitoring.free_tool_id(tool)
