"""The command `demo` as a process: it starts, says where to look, and ends everything it started."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.demo.command import EXIT_CANNOT_LISTEN, EXIT_OK, EXIT_UNAVAILABLE, PORT_FILE
from bot.tls import tls_context

PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.demo.command import DemoOptions, run_demo
from bot.demo.service_environment import Mode
from tests.demo.dummy_bot import dummy_bot
options = DemoOptions(mode=Mode(sys.argv[1]), port=int(sys.argv[2]), keep=Path(sys.argv[3]))
sys.exit(asyncio.run(run_demo(options, make_bot=dummy_bot)))
"""


class Demo:
    """The demo's process and what it said."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.said = ""

    async def read_until(self, words: str) -> str:
        assert self.process.stdout is not None
        while words not in self.said:
            line = await self.process.stdout.readline()
            assert line, f"it ended without {words!r}: {self.said}"
            self.said += line.decode()
        return self.said

    async def url(self) -> str:
        said = await self.read_until("Ctrl-C")
        (found,) = re.findall(r"http://\S+", said)
        return str(found)

    def service_url(self) -> str:
        return f"http://127.0.0.1:{(self.folder / PORT_FILE).read_text()}"

    async def ends(self) -> int:
        assert self.process.stdout is not None
        self.said += (await self.process.stdout.read()).decode()
        return await self.process.wait()


async def start(folder: Path, *, mode: str = "v2", port: int = 0) -> Demo:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        mode,
        str(port),
        str(folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    return Demo(process, folder)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    running = await start(tmp_path / "kept")
    yield running
    if running.process.returncode is None:
        running.process.kill()
    await running.ends()


async def answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False, verify=tls_context()) as client:
        try:
            return (await client.get(url)).is_success
        except httpx.TransportError:
            return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_everything(demo: Demo, number: signal.Signals) -> None:
    url = await demo.url()
    service = demo.service_url()
    assert await answers(url)
    assert await answers(f"{service}/heartbeat")
    demo.process.send_signal(number)
    assert await demo.ends() == EXIT_OK
    assert demo.said.endswith("Stopped.\n")
    assert "Traceback" not in demo.said
    assert not await answers(url)
    assert not await answers(f"{service}/heartbeat")


async def test_a_signal_during_the_start_ends_it_too(demo: Demo) -> None:
    await demo.read_until("Starting")
    demo.process.send_signal(signal.SIGINT)
    assert await demo.ends() == EXIT_OK
    assert "Traceback" not in demo.said


async def test_a_service_that_dies_is_reported_and_ends_the_demo(demo: Demo) -> None:
    await demo.url()
    (child,) = children_of(demo.process.pid)
    os.kill(child, signal.SIGKILL)
    assert await demo.ends() == EXIT_UNAVAILABLE
    assert "The reference service ended by itself (exit code -9)" in demo.said
    assert "Traceback" not in demo.said


async def test_a_taken_port_is_said_to_be_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        running = await start(tmp_path / "kept", port=taken.getsockname()[1])
        assert await running.ends() == EXIT_CANNOT_LISTEN
    assert "Try another --port" in running.said


async def test_a_kept_folder_is_found_again_under_the_same_address(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    seen = []
    for _ in range(2):
        running = await start(folder, mode="legacy")
        await running.url()
        seen.append(running.service_url())
        running.process.send_signal(signal.SIGTERM)
        assert await running.ends() == EXIT_OK
    assert seen[0] == seen[1]
    assert (folder / "service" / "horde_model_reference" / "legacy" / "stable_diffusion.json").exists()


def children_of(pid: int) -> list[int]:
    """Process ids of the children, as Linux tells them; a thread may end meanwhile."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += [int(child) for child in (task / "children").read_text().split()]
    return found
