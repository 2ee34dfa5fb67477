"""Makes the harness's fixtures known to every test, and keeps one test's logging from the next."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog
from structlog.dev import ConsoleRenderer, plain_traceback

from bot.logs import FLOORS
from tests.harness.reference_data import VARIABLE, whole

pytest_plugins = [
    "tests.harness.stand_in",
    "tests.harness.services",
    "tests.harness.discord",
    "tests.harness.left_out",
    "tests.harness.migrated",
    "tests.fakes.loopback",
]


# Hypothesis measures each example by the wall clock, which a busy machine fails.
UNHURRIED = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("quick", UNHURRIED, max_examples=10)
hypothesis.settings.register_profile("brief", UNHURRIED, max_examples=50)
hypothesis.settings.register_profile("thorough", UNHURRIED, max_examples=1000)
hypothesis.settings.load_profile("brief")

# With this variable each process that a test starts, and each xdist worker, would compile the whole project again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Until the tests are collected nothing is garbage, and looking for some takes a seventh of the time.
gc.disable()

OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""Python's 700 makes a simulated world collect dozens of times, and takes a sixteenth of the processor time."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file of a known name
MEMORY_NEEDED = 4 << 30
"""Free bytes from which the tests' files go into memory. A whole run writes less than an eighth of it."""


def _is_memory_fit() -> bool:
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return False
    is_executable = not found.f_flag & os.ST_NOEXEC
    return is_executable and found.f_bavail * found.f_frsize >= MEMORY_NEEDED and os.access(MEMORY, os.W_OK)


# Thousands of small files and flushes: on a disk, the tests of the storage take a fifth longer.
if _is_memory_fit():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_report_header() -> str:
    """Report whether the round trips use the sample or the whole reference."""
    folder = whole()
    return f"reference: the whole one in {folder}" if folder else f"reference: the sample alone, no {VARIABLE}"


ROOT = Path(__file__).parent

MARKERS = {"process": "process", "browser": "browser", "stories": "story", "demo": "process"}
"""From a folder of tests to the marker that all its tests get."""


SERVICES = {"_servers", "new_service", "module_services", "service"}
"""Fixtures that start the real service, by name."""


LONGEST = ("browser", "process", "story", "service")
"""Markers, those of the longest tests first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make quick`."""
    parser.addoption("--quick", action="store_true", help=f"run no test that is marked {', '.join((*LONGEST, 'soak'))}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out folders with nothing for `--quick`: importing them takes a second in each worker."""
    return True if config.getoption("quick") and _marker_of(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by what they start, and run the files with the longest tests first.

    A long file that begins last would leave the other processor without work.
    """
    markers = {path: _marker_of(path) for path in {item.path for item in items}}
    for item in items:
        if (marker := markers[item.path]) is not None:
            item.add_marker(marker)
        if not SERVICES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("service")
    items.sort(key=_rank)
    if config.getoption("quick"):
        long = [item for item in items if any(map(item.get_closest_marker, (*LONGEST, "soak")))]
        if long:
            config.hook.pytest_deselected(items=long)
            left = set(long)
            items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    """Leave modules and tests, which stay to the end, out of every later garbage collection."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


def _marker_of(path: Path) -> str | None:
    """Return the marker of all tests in a file or folder of the tests, None for one without."""
    return MARKERS.get(path.relative_to(ROOT).parts[0]) if path != ROOT and path.is_relative_to(ROOT) else None


def _rank(item: pytest.Item) -> int:
    marked = [rank for rank, name in enumerate(LONGEST) if item.get_closest_marker(name)]
    return min(marked, default=len(LONGEST))


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger(), *map(logging.getLogger, FLOORS)]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    # structlog's default draws every local variable of every frame of a traceback, which takes up to 20 seconds.
    *processors, _ = structlog.get_config()["processors"]
    structlog.configure([*processors, ConsoleRenderer(exception_formatter=plain_traceback)])
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
    structlog.reset_defaults()
