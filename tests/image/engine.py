"""The container engine of the image's tests."""

import os
import subprocess
from pathlib import Path

ENGINE = "CURATOR_TEST_ENGINE"
"""Environment variable: `docker` or `podman`. `make image` sets it to the first one that answers."""
TAG = "horde-curator:test"
ROOT = Path(__file__).parents[2]


def engine() -> str | None:
    """Return the engine's command; None where none is named."""
    return os.environ.get(ENGINE) or None


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the engine from the project's root; return its output and exit code."""
    return subprocess.run(  # noqa: S603 - the engine that the developer named
        [str(engine()), *arguments], check=False, cwd=ROOT, capture_output=True, text=True, input=text
    )
