"""The demo as a process, as a user starts it: its address, its children and its output."""

import asyncio
import re
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ADDRESS = re.compile(r"Open\s+(http://\S+)")
FOLDER = re.compile(r"Data and logs: (\S+)")
LAST_LINE = "Ctrl-C"


@dataclass(slots=True)
class DemoProcess:
    """`python -m bot demo` and every word it says."""

    process: asyncio.subprocess.Process
    said: str = field(default="")

    @classmethod
    async def start(cls, *options: str) -> Self:
        """Start it on a free port and wait until it is open."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "demo",
            "--port",
            "0",
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        running = cls(process)
        try:
            await running._until(LAST_LINE)
        except BaseException:
            await running.kill()
            raise
        return running

    @property
    def url(self) -> str:
        """The one address it named."""
        (found,) = ADDRESS.findall(self.said)
        return str(found)

    @property
    def folder(self) -> Path:
        """Where its data and logs are."""
        (found,) = FOLDER.findall(self.said)
        return Path(found)

    def everything_started(self) -> frozenset[int]:
        """Ids of its processes, itself and its children's children included."""
        return frozenset(_with_descendants(self.process.pid))

    async def interrupt(self) -> int:
        """Press Ctrl-C; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        return await self._end()

    async def kill(self) -> None:
        """End it in any state; harmless when it has ended."""
        if self.process.returncode is None:
            self.process.kill()
        await self._end()

    async def _until(self, words: str) -> None:
        assert self.process.stdout is not None
        while words not in self.said:
            line = await self.process.stdout.readline()
            assert line, f"the demo ended without {words!r}:\n{self.said}"
            self.said += line.decode()

    async def _end(self) -> int:
        assert self.process.stdout is not None
        self.said += (await self.process.stdout.read()).decode()
        return await self.process.wait()


def still_there(pids: frozenset[int]) -> set[int]:
    """Those of the processes that have not ended."""
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def _with_descendants(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _with_descendants(int(child))
    return found
