"""Capture of a process's logs during a block, configured as the program configures them."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.logs import FLOORS, configure_logs


@contextmanager
def written_logs(level: str = "debug") -> Iterator[io.StringIO]:
    """Configure logs for the block; what is written lies in the stream. Afterwards all is as before."""
    root = logging.getLogger()
    handlers, before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in FLOORS}
    stream = io.StringIO()
    configure_logs(level=level, is_json=False, stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
        for name, former in levels.items():
            logging.getLogger(name).setLevel(former)
        structlog.reset_defaults()
