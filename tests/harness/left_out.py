"""Sets of tests that a run leaves out, with the commands that run them: the end of a run names each."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.discord_openapi import OPENAPI
from tests.harness.reference_data import whole
from tests.harness.services import older_python, readers
from tests.image.engine import engine

ROOT = Path(__file__).parents[2]
SOAK = pytest.StashKey[set[str]]()
"""Files of deselected soak tests."""
NOT_QUICK = "tests that start a service, process or browser, stories and soak tests: make test, make soak"
HANDED_OVER = "curator_left_out"
"""Where an xdist worker's output has them."""


@dataclass(frozen=True, slots=True)
class OptionalSet:
    """Tests that need an input which the project does not ship.

    Attributes:
        files: paths from the project's root.
        needs: the input.
        command: what runs them.
    """

    files: tuple[str, ...]
    needs: str
    command: str


COMPAT = OptionalSet(("tests/compat",), "older releases of the service", "make compat")
CONSUMERS = OptionalSet(("tests/consumers",), "the workers' libraries", "make consumers")
IMAGE = OptionalSet(("tests/image",), "a container engine", "make image")
WHOLE = OptionalSet(("tests/services/test_round_trip.py [whole]",), "a whole reference", "make test REFERENCE=DIR")
CONTRACT = OptionalSet(
    ("tests/fakes/test_discord_openapi.py", "tests/process/test_discord_contract.py"),
    "Discord's OpenAPI document",
    f"{OPENAPI}=FILE make test",
)


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing left out."""
    config.stash[SOAK] = set()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note the files of soak tests that ``-m 'not soak'`` deselects, and nothing that ``-k`` does."""
    config = items[0].config
    if "soak" in config.option.markexpr and not config.option.keyword:
        config.stash[SOAK].update({item.nodeid.partition("::")[0] for item in items if item.get_closest_marker("soak")})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the files over, in an xdist worker."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        files: set[str] = session.config.stash[SOAK]
        output[HANDED_OVER] = sorted(files)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the files over from an xdist worker; a crashed one has none."""
    node.config.stash[SOAK].update(getattr(node, "workeroutput", {}).get(HANDED_OVER, ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print a line for each set that the run left out."""
    files: set[str] = config.stash[SOAK]
    lines = [*lines_of(optional_sets(), config.args), *(f"{file}: make soak" for file in sorted(files))]
    if config.getoption("quick", default=False):
        lines.append(NOT_QUICK)
    if lines:
        terminalreporter.section("not run")
        for line in lines:
            terminalreporter.line(line)


def optional_sets() -> list[OptionalSet]:
    """Return the sets whose input this environment does not name."""
    is_there = {
        COMPAT: older_python(),
        CONSUMERS: readers(),
        IMAGE: engine(),
        WHOLE: whole(),
        CONTRACT: os.environ.get(OPENAPI),
    }
    return [one for one, found in is_there.items() if not found]


def lines_of(sets: Iterable[OptionalSet], arguments: Sequence[str]) -> list[str]:
    """Return a line for each file of these sets that the command line's paths include."""
    chosen = [Path(argument.partition("::")[0]).resolve() for argument in arguments]
    return [
        f"{file}: needs {one.needs}; {one.command}"
        for one in sets
        for file in one.files
        if any((ROOT / file.partition(" ")[0]).is_relative_to(path) for path in chosen)
    ]
