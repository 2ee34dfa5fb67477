"""Child process of the real service; it ends with its parent process.

Its arguments: the descriptor of the listening socket, and optionally a file for the OpenAPI document.
"""

import json
import os
import signal
import sys
import threading
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import uvicorn

MODULE = "horde_model_reference.service.app"


def _end_with_the_parent() -> None:
    """Block until the parent's end closes standard input, then request a stop."""
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _keep_document(path: Path) -> None:
    """Serve the OpenAPI document from a file of the first process: building takes 1.6 s.

    The service's version is added in front of the file's name.
    """
    path = path.with_name(f"{version('horde-model-reference')}-{path.name}")
    app = import_module(MODULE).app
    build = app.openapi

    @cache
    def document() -> Any:
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_text(json.dumps(build()), encoding="utf-8")
            unfinished.replace(path)
        return json.loads(path.read_bytes())

    app.openapi = document


def main() -> None:
    """Serve until the parent ends."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    descriptor, *document = sys.argv[1:]
    if document:
        _keep_document(Path(document[0]))
    uvicorn.run(f"{MODULE}:app", fd=int(descriptor), log_level="info", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()
