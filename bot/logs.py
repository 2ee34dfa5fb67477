"""Logging setup of the process; secrets and local variables are never logged."""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

FLOORS: Final[Mapping[str, int]] = {
    # At DEBUG these log form inputs (keys too), SQL parameters and headers. No setting goes below.
    "discord": logging.INFO,
    "aiosqlite": logging.INFO,
    "asyncio": logging.INFO,
    "httpcore": logging.INFO,
    # One line per retry at WARNING; the poll loop logs the first failure and the recovery.
    "stamina": logging.ERROR,
    # One line per request at INFO, and the bot polls every few seconds.
    "httpx": logging.WARNING,
}
"""Lowest level of these loggers, for every configured level."""

_MASKED_NAMES: Final = frozenset({"apikey", "api_key", "authorization", "key", "password", "secret", "token"})


def configure_logs(*, level: str, is_json: bool, stream: TextIO | None = None) -> None:
    """Send all log lines of the process, the libraries' included, to one stream in one format.

    Tracebacks never show local variables: a key may be among them.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        is_json: one JSON object per line, for a log collector; otherwise readable text.
        stream: the target; None for standard error.
    """
    out = sys.stderr if stream is None else stream
    shared: Sequence[Processor] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_secrets,
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # A logger made before this call must use this configuration too.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), mask_secrets],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(out, is_json=is_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, root.level))


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Redact values logged under secret-like keys, as defence in depth."""
    for name in _MASKED_NAMES & event.keys():
        event[name] = "**********"
    return event


def _rendering(out: TextIO, *, is_json: bool) -> Sequence[Processor]:
    if is_json:
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    # The renderer's own choice of traceback shows local variables.
    return (
        structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=24
        ),
    )
