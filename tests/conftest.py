"""Makes the harness's fixtures known to every test, and keeps one test's logging from the next."""

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


def pytest_report_header() -> str:
    """Report whether the round trips use the sample or the whole reference."""
    folder = whole()
    return f"reference: the whole one in {folder}" if folder else f"reference: the sample alone, no {VARIABLE}"


MARKERS = {"process": "process", "browser": "browser", "stories": "story", "demo": "process"}
"""From a folder of tests to the marker that all its tests get; `make quick` leaves out what is marked."""


SERVICES = {"_servers", "new_service", "module_services", "service"}
"""Fixtures that start the real service, by name."""


LONGEST = ("browser", "process", "story", "service")
"""Markers, those of the longest tests first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they start, and run the files with the longest tests first.

    A long file that begins last would leave the other processor without work.
    """
    root = Path(__file__).parent
    for item in items:
        marker = MARKERS.get(item.path.relative_to(root).parts[0])
        if marker is not None:
            item.add_marker(marker)
        if not SERVICES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("service")
    items.sort(key=_rank)


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
