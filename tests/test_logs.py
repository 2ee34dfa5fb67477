import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import FLOORS, configure_logs

CANARY = "canary-7Qx2-never-shown"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in FLOORS}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)
    structlog.reset_defaults()


def configured(*, level: str = "info", is_json: bool = True) -> io.StringIO:
    stream = io.StringIO()
    configure_logs(level=level, is_json=is_json, stream=stream)
    return stream


def test_our_lines_and_the_libraries_lines_have_one_form() -> None:
    stream = configured()
    structlog.stdlib.get_logger("bot.identity").info("linked", user_id=7)
    logging.getLogger("discord.gateway").info("Shard ID %s has connected", None)
    ours, theirs = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (ours["event"], ours["user_id"], ours["level"], ours["logger"]) == (
        "linked",
        7,
        "info",
        "bot.identity",
    )
    assert theirs["event"] == "Shard ID None has connected"
    assert ours["timestamp"].endswith("Z")
    assert ours.keys() - {"user_id"} == theirs.keys()


@pytest.mark.parametrize("is_json", [True, False])
@pytest.mark.parametrize(
    "name", ["discord.gateway", "discord.http", "aiosqlite", "httpx", "httpcore.http11", "asyncio"]
)
def test_a_library_that_logs_what_passes_through_it_stays_quiet_even_at_debug(name: str, *, is_json: bool) -> None:
    stream = configured(level="debug", is_json=is_json)
    logging.getLogger(name).debug("payload %s", CANARY)
    logging.getLogger("bot.anything").debug("seen")
    assert CANARY not in stream.getvalue()
    assert "seen" in stream.getvalue()


def test_the_floors_hold_no_logger_open_that_the_operator_wants_quiet() -> None:
    stream = configured(level="error")
    for name in [*FLOORS, "bot"]:
        logging.getLogger(name).warning("hush")
    structlog.stdlib.get_logger("bot").warning("hush")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("is_json", [True, False])
def test_a_traceback_has_no_local_variables(*, is_json: bool) -> None:
    stream = configured(is_json=is_json)

    def fail(typed: str) -> None:
        raise RuntimeError(str(len(typed)))

    try:
        fail(CANARY)
    except RuntimeError:
        structlog.stdlib.get_logger("bot").exception("fault", incident="1")
        logging.getLogger("discord.client").exception("Ignoring exception")
    assert stream.getvalue().count("RuntimeError: 23") == 2
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize("name", ["apikey", "key", "token", "secret", "authorization"])
def test_a_value_under_a_secrets_name_is_masked(name: str) -> None:
    stream = configured()
    structlog.stdlib.get_logger("bot").info("oops", **{name: CANARY})
    logging.getLogger("bot").info("oops", extra={name: CANARY})
    assert stream.getvalue().count("oops") == 2
    assert CANARY not in stream.getvalue()


def test_hostile_text_forges_no_line() -> None:
    stream = configured()
    structlog.stdlib.get_logger("bot").info("proposed", model_name='x"}\n{"event": "forged"}')
    assert len(stream.getvalue().splitlines()) == 1


def test_configuring_twice_writes_each_line_once() -> None:
    configured()
    stream = configured()
    structlog.stdlib.get_logger("bot").info("once")
    assert stream.getvalue().count("once") == 1


def test_a_logger_made_before_follows_all_the_same() -> None:
    logger = structlog.stdlib.get_logger("bot.early")
    stream = configured()
    logger.info("late")
    assert "late" in stream.getvalue()
