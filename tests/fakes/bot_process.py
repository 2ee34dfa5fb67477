"""A bot as a process of its own: started, watched, measured and ended; it may not touch what runs inside."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import IO, Self

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024
"""KiB; what /proc counts in."""


class ProcessEndedError(Exception):
    """The process ended while something was still expected of it; carries what it last said."""


class BotProcess:
    """``python -m …`` in a folder of its own, with exactly the environment it is given.

    Attributes:
        folder: its working directory and home; both outputs are kept there.
    """

    def __init__(self, arguments: list[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._arguments = arguments
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None

    @classmethod
    def on(cls, discord_url: str, module: str, *arguments: str, folder: Path, environment: Mapping[str, str]) -> Self:
        """A module as it is, with discord.py pointed at a loopback Discord."""
        words = ["-m", "tests.fakes.launcher", discord_url, module, *arguments]
        return cls(words, folder=folder, environment=environment)

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._file("stdout", "wb") as out, self._file("stderr", "wb") as err:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._arguments,
                cwd=self.folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running.returncode is None:
            self._running.kill()
        await self._running.wait()

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "not started"
        return self._process

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._running.pid

    @property
    def stdout(self) -> str:
        """Return its standard output so far."""
        return (self.folder / "stdout").read_text()

    @property
    def stderr(self) -> str:
        """Return its standard error so far."""
        return (self.folder / "stderr").read_text()

    async def ended(self, *, within_s: float = 60) -> int:
        """Its exit code, once it ends by itself.

        Raises:
            TimeoutError: it goes on.
        """
        async with asyncio.timeout(within_s):
            return await self._running.wait()

    def terminate(self) -> None:
        """Ask it to stop, as a service manager does."""
        self._running.send_signal(signal.SIGTERM)

    def copy(self) -> None:
        """Ask it for a copy of its database, as an operator does."""
        self._running.send_signal(signal.SIGUSR1)

    def kill(self) -> None:
        """End it on the spot, as a power cut does."""
        self._running.kill()

    async def alive[T](self, expected: Awaitable[T]) -> T:
        """Return what is awaited, as long as the process lives.

        Raises:
            ProcessEndedError: it ended first.
        """
        wish = asyncio.ensure_future(expected)
        end = asyncio.create_task(self._running.wait())
        done, _ = await asyncio.wait({wish, end}, return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        if wish in done:
            return wish.result()
        wish.cancel()
        last_words = f"{self.stdout[-2000:]}\n{self.stderr[-4000:]}"
        raise ProcessEndedError(f"exit {self._running.returncode}\n{last_words}")

    def rss_mib(self) -> float:
        """Resident memory now, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / MIB

    def descriptors(self) -> int:
        """Number of open files and sockets now."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def cpu_s(self) -> float:
        """Seconds of processor time it used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _file(self, name: str, mode: str) -> IO[bytes]:
        return (self.folder / name).open(mode)
