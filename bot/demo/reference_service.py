"""The real `horde-model-reference` service as a subprocess on loopback."""

import asyncio
import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import httpx

from bot.demo.people import APPROVER_IDS, REQUESTOR_IDS
from bot.demo.service_environment import Mode, service_environment
from bot.errors import BotError
from bot.tls import tls_context

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0
LOG_TAIL_LINES = 15

SAMPLE_DATA = Path(__file__).with_name("sample")
CHILD = Path(__file__).with_name("reference_process.py")


class ServiceDiedError(BotError):
    """The service's process ended, or never answered; contains the end of its log."""

    def __init__(self, exit_code: int | None, log_tail: str) -> None:
        super().__init__(exit_code, log_tail)
        self.exit_code = exit_code
        self.log_tail = log_tail


class ReferenceService:
    """The real service on a free loopback port, until stopped.

    Use it as a context manager, plain or `async`. Files of one folder survive `restart()`; the port does too.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ai_horde_url: str,
        mode: Mode = Mode.V2,
        reference_data: Path | None = None,
        requestor_ids: Sequence[str] = REQUESTOR_IDS,
        approver_ids: Sequence[str] = APPROVER_IDS,
        extra_environment: dict[str, str] | None = None,
        port: int = 0,
        python: Path | None = None,
        documents: Path | None = None,
    ) -> None:
        """Create the service, without starting it.

        `folder` has data and log; it is seeded only while it has no reference, from `reference_data` in the legacy
        layout or the sample. `ai_horde_url` must end in a slash, because the service joins paths to it. The ids are
        those of AI-Horde accounts. Port 0 takes a free one. `python` runs another generation of the service. In
        `documents` services with the same extra variables share their OpenAPI documents.

        Raises:
            ValueError: `ai_horde_url` lacks the slash.
        """
        if not ai_horde_url.endswith("/"):
            msg = f"the service joins paths to this URL, so it must end in '/': {ai_horde_url}"
            raise ValueError(msg)
        self.mode = mode
        self.folder = folder
        self.log_path = folder / "service.log"
        self._ai_horde_url = ai_horde_url
        self._reference_data = reference_data
        self._port = port
        self._python = str(python or sys.executable)
        self._document = documents and documents / f"{mode.value}.json"
        self._environment = service_environment(
            folder, ai_horde_url, mode, requestor_ids=requestor_ids, approver_ids=approver_ids
        )
        self._environment.update(extra_environment or {})
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_paused = False

    @property
    def origin(self) -> str:
        """Return `http://127.0.0.1:<port>`, without a path."""
        if self._socket is None:
            msg = "the service has no port before it is started"
            raise RuntimeError(msg)
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Return the base URL for clients, which ends in `/api` like the public one."""
        return f"{self.origin}/api"

    @property
    def pid(self) -> int | None:
        """Return the process id; None while stopped."""
        return self._process.pid if self._process else None

    @property
    def data_folder(self) -> Path:
        """Return the folder of the service's reference and queue."""
        return self.folder / "horde_model_reference"

    def listen(self) -> Self:
        """Take the port: it is known from now on, and requests wait until the service has started."""
        if self._socket is None:
            self._socket = socket.create_server(("127.0.0.1", self._port), backlog=128)
            # uvicorn takes a socket passed by descriptor for a Unix socket and leaves Nagle's algorithm on, which
            # delays every answer by 40 ms. Accepted connections inherit the option from the listening socket.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def start(self) -> Self:
        """Start and wait until `/heartbeat` answers.

        Raises:
            ServiceDiedError: The process ended first, or did not answer within `START_TIMEOUT_S`.
        """
        self._seed()
        self.listen()
        assert self._socket is not None  # noqa: S101 - listen() made it
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program and arguments
                [self._python, "-P", str(CHILD), str(self._socket.fileno()), *filter(None, [self._document])],
                env=self._environment,
                pass_fds=[self._socket.fileno()],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_up(self._process)
        return self

    def stop(self) -> None:
        """Terminate the process, kill it after a timeout, and free the port."""
        self._end_process()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def restart(self) -> None:
        """Stop and start on the same port with the same files."""
        self._end_process()
        self.start()

    def kill(self) -> None:
        """Kill the process, as in a crash; the port stays reserved for `restart()`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def is_paused(self) -> bool:
        """Return whether the process is suspended: requests wait and are not answered."""
        return self._is_paused

    def pause(self) -> None:
        """Suspend the process, as in an outage that keeps connections open."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            self._is_paused = True

    def resume(self) -> None:
        """Let a suspended process go on."""
        if self._process is not None and self._is_paused:
            self._process.send_signal(signal.SIGCONT)
        self._is_paused = False

    async def died(self) -> ServiceDiedError:
        """Wait until the process ends; return the error to raise."""
        process = self._process
        if process is None:
            return ServiceDiedError(None, self.log_tail())
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()

        def watch() -> None:
            process.wait()
            with contextlib.suppress(RuntimeError):  # the loop may have ended before the process did
                loop.call_soon_threadsafe(gone.set)

        threading.Thread(target=watch, daemon=True).start()
        await gone.wait()
        return ServiceDiedError(process.returncode, self.log_tail())

    def log_tail(self) -> str:
        """Return the last lines of the service's own log."""
        if not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])

    def _seed(self) -> None:
        target = self.data_folder
        if target.exists():
            return
        legacy = self._reference_data or SAMPLE_DATA / "legacy"
        if self.mode is Mode.LEGACY:
            shutil.copytree(legacy, target / "legacy", copy_function=shutil.copyfile)
        elif self._reference_data is None:
            shutil.copytree(SAMPLE_DATA / "v2", target, copy_function=shutil.copyfile)
        else:
            self._seed_v2_from_legacy(legacy)

    def _seed_v2_from_legacy(self, legacy: Path) -> None:
        """Let the service convert the seed: a legacy PRIMARY rebuilds the v2 files at its start."""
        converter = ReferenceService(
            self.folder, ai_horde_url=self._ai_horde_url, mode=Mode.LEGACY, reference_data=legacy
        )
        with converter:
            pass

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        failed = threading.Event()

        def watch() -> None:
            process.wait()
            failed.set()

        threading.Thread(target=watch, daemon=True).start()
        answered: list[bool] = []

        def ask() -> None:
            with contextlib.suppress(httpx.HTTPError), httpx.Client(trust_env=False, verify=tls_context()) as client:
                answered.append(
                    client.get(f"{self.url}/heartbeat", timeout=START_TIMEOUT_S).status_code == httpx.codes.OK
                )
            failed.set()

        threading.Thread(target=ask, daemon=True).start()
        failed.wait(START_TIMEOUT_S)
        if answered != [True]:
            exit_code = process.poll()
            self.stop()
            raise ServiceDiedError(exit_code, self.log_tail())

    def _end_process(self) -> None:
        self.resume()  # a suspended process does not end by itself
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)
