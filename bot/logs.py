"""What is written down about a run, and what never is: set up once, by whoever starts the process."""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

FLOORS: Final[Mapping[str, int]] = {
    # At DEBUG these write what passes through them: what people type into forms (keys too), SQL parameters,
    # headers. No setting goes below.
    "discord": logging.INFO,
    "aiosqlite": logging.INFO,
    "asyncio": logging.INFO,
    "httpcore": logging.INFO,
    # A line a request at INFO, and the bot asks every few seconds.
    "httpx": logging.WARNING,
}
"""Logger -> the lowest level it may have, whatever the operator asks for."""

_MASKED_NAMES: Final = frozenset({"apikey", "api_key", "authorization", "key", "password", "secret", "token"})


def configure_logs(*, level: str, is_json: bool, stream: TextIO | None = None) -> None:
    """Send every log line of the process, the libraries' too, to one place in one form.

    Tracebacks never show local variables: a key may be among them.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        is_json: one JSON object a line, for a collector; otherwise for eyes.
        stream: where to; None is the standard error output.
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
        # A logger made before this call must follow it too.
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
    """Hide what is logged under a secret's name: the last net, for the mistake that nobody has made yet."""
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
