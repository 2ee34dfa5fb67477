"""Tests on older generations of the real service; collected only where one is installed."""

import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
import stamina

from bot.demo.reference_service import ReferenceService
from bot.reference.client import ReferenceClient
from bot.reference.transport import Transport, make_http_client
from tests.harness.services import older_python

collect_ignore_glob = [] if older_python() else ["test_*.py"]

type Connect = Callable[[ReferenceService], ReferenceClient]

_ASK_VERSION = "import importlib.metadata as m; print(m.version('horde-model-reference'))"


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(scope="session")
def version() -> str:
    """Return the version that is installed for the older interpreter."""
    command = [str(older_python()), "-c", _ASK_VERSION]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our own


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Make clients that detect the generation; closed with the test."""
    async with AsyncExitStack() as clients:
        opened = []

        def make(service: ReferenceService) -> ReferenceClient:
            http = make_http_client(service.url)
            opened.append(http)
            clients.push_async_callback(http.aclose)
            return ReferenceClient(Transport(http))

        yield make
