"""Operation of a running bot: health, measures, a backup, a new credential key."""

import asyncio
import os
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.demo.people import RITA
from bot.tls import tls_context
from storage.keyring import generate_key
from tests.fakes.bot_process import ROOT
from tests.fakes.discord_people import Person
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation
from tests.process.journeys import link


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _told(port: int, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=60, verify=tls_context()) as client:
        return await client.get(f"http://127.0.0.1:{port}{path}")


async def _well(port: int) -> httpx.Response:
    """Return the health of a bot once it is well: discord.py takes seconds until it is ready."""
    async with asyncio.timeout(60):
        while (answer := await _told(port, "/healthz")).status_code != httpx.codes.OK:
            pass
    return answer


async def _until(happened: Callable[[], bool], port: int) -> None:
    """Ask the bot how it is until something has happened that only a file tells."""
    async with asyncio.timeout(60):
        while not happened():
            await _told(port, "/healthz")


def _figures(text: str) -> dict[str, float]:
    families = text_string_to_metric_families(text)
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


async def test_a_bot_that_is_well_says_so_and_counts_what_people_do(
    installation: Installation, rita: Person, port: int
) -> None:
    await installation.start_ready(CURATOR_HEALTH_PORT=str(port))
    await link(rita, RITA.key)
    healthy = await _well(port)
    assert healthy.json()["parts"] == {
        "gateway": "ok",
        "database": "ok",
        "polling": "ok",
        "service": "ok",
        "reader_key": "ok",
        "posting": "ok",
    }
    metrics = await _told(port, "/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain; version=")
    figures = _figures(metrics.text)
    assert (figures["horde_curator_gateway_connected"], figures["horde_curator_links"]) == (1, 1)
    assert figures["horde_curator_faults_total"] == 0
    assert 'horde_curator_interactions_total{kind="application_command"} 1.0' in metrics.text
    assert 'horde_curator_changes{status="pending"}' in metrics.text
    assert RITA.key not in metrics.text + healthy.text
    assert RITA.horde_username not in metrics.text + healthy.text


async def test_a_port_that_is_taken_stops_the_start_with_the_remedy(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bot = await installation.start(CURATOR_HEALTH_PORT=str(taken.getsockname()[1]))
        assert await bot.ended() == 78
    assert "CURATOR_HEALTH_PORT" in bot.stderr
    assert "Traceback" not in bot.stderr
    assert discord.calls == []


async def test_without_a_port_health_is_not_served(installation: Installation, port: int) -> None:
    await installation.start_ready()
    with pytest.raises(httpx.ConnectError):
        await _told(port, "/healthz")


async def test_a_running_bot_copies_its_database_when_asked(
    installation: Installation, rita: Person, port: int
) -> None:
    bot = await installation.start_ready(CURATOR_HEALTH_PORT=str(port))
    await link(rita, RITA.key)
    copy = installation.database.with_name("curator.db.backup")
    bot.copy()
    await _until(copy.exists, port)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert _linked(copy) == [RITA.horde_username]
    bot.terminate()
    assert await bot.ended() == 0


async def test_the_nightly_backup_passes_the_restore_drill_beside_the_running_bot(
    installation: Installation, rita: Person, tmp_path: Path
) -> None:
    bot = await installation.start_ready()
    await link(rita, RITA.key)
    kept = tmp_path / "kept"
    environment = {
        "PATH": os.environ["PATH"],
        "DATA": str(installation.database.parent),
        "BACKUPS": str(kept),
        "ASK": f"kill -USR1 {bot.pid}",
    }
    backup = await asyncio.create_subprocess_exec(ROOT / "deploy" / "backup", env=environment)
    assert await backup.wait() == 0
    (copy,) = kept.iterdir()
    assert _linked(copy) == [RITA.horde_username]
    drill = await installation.start("keys", "list", CURATOR_DATABASE_PATH=str(copy))
    assert await drill.ended() == 0
    assert "1 link " in drill.stdout


async def test_a_restart_with_a_new_first_key_moves_everybody_to_it(
    installation: Installation, rita: Person, port: int
) -> None:
    first = await installation.start_ready()
    await link(rita, RITA.key)
    first.terminate()
    assert await first.ended() == 0
    sealed_by_old = _sealed_key(installation.database)
    assert sealed_by_old in _stored(installation.database)
    old, new = installation.environment["CURATOR_CREDENTIAL_KEYS"], generate_key().get_secret_value()
    second = await installation.start_ready(CURATOR_CREDENTIAL_KEYS=f"{new},{old}", CURATOR_HEALTH_PORT=str(port))
    await _until(lambda: "credential_keys_rotated" in second.stderr, port)
    assert sealed_by_old not in _stored(installation.database), (
        "neither the file nor its log can be read with the old key"
    )
    second.terminate()
    assert await second.ended() == 0
    retired = await installation.start("keys", "retire", old.partition(":")[0], CURATOR_CREDENTIAL_KEYS=f"{new},{old}")
    assert await retired.ended() == 0
    third = await installation.start_ready(CURATOR_CREDENTIAL_KEYS=new)
    answer = await rita.slash("account status")
    assert RITA.horde_username.partition("#")[0] in str(await rita.reply(answer))
    assert "Traceback" not in third.stderr


def _linked(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT horde_username FROM link")]


def _sealed_key(path: Path) -> bytes:
    """Read the one sealed key of a database that no process holds."""
    with closing(sqlite3.connect(path)) as connection:
        return bytes(connection.execute("SELECT sealed_key FROM link").fetchone()[0])


def _stored(path: Path) -> bytes:
    """Read the bytes of the database and of its write-ahead log."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
