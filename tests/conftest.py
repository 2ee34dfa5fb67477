"""Makes the harness's fixtures known to every test, and keeps one test's logging from the next."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import FLOORS

pytest_plugins = ["tests.harness.stand_in", "tests.harness.services", "tests.harness.discord"]


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger(), *map(logging.getLogger, FLOORS)]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
    structlog.reset_defaults()
