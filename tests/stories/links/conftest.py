"""The stand-in of the file hosts, and a network that remembers every host that was asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import override
from urllib.parse import urlsplit

import httpx
import pytest

from bot.demo.curator import demo_settings
from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.host_models import OLD_TIDE_TABLE, TIDE_TABLE
from bot.demo.hosts_stand_in import HostsStandIn
from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, with_files
from bot.settings import Settings
from bot.tls import tls_context
from tests.harness.services import older_python
from tests.stories.reference import change_live, live_record

URL = f"{TIDE_TABLE}/resolve/main/tide-table-xl.safetensors"
GONE = "https://huggingface.co/lantern-lab/gone/resolve/main/tin.safetensors"
REFUTED = (
    ("Lantern Dusk", FileEntry("tide-table-xl.safetensors", URL, OLD_TIDE_TABLE)),
    ("Tin Robot", FileEntry("tin.safetensors", GONE, "ab" * 32)),
)


class Recorder(httpx.AsyncHTTPTransport):
    """Real sockets that remember every host that was asked."""

    def __init__(self) -> None:
        super().__init__(trust_env=False, verify=tls_context())
        self.asked: set[str] = set()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.add(f"http://{request.url.host}:{request.url.port}")
        return await super().handle_async_request(request)


@pytest.fixture
def hosts() -> Iterator[HostsStandIn]:
    with HostsStandIn(slow_s=0.3) as stand_in:
        yield stand_in


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


@pytest.fixture
def settings(service: ReferenceService, horde: HordeStandIn, hosts: HostsStandIn, tmp_path: Path) -> Settings:
    folder = tmp_path / "curator"
    folder.mkdir(mode=0o700)
    return demo_settings(
        folder,
        service_url=service.url,
        ai_horde_url=horde.url,
        poll_interval_s=20,
        role_ttl_s=60,
        hosts_url=hosts.url,
        reader=ABE if older_python() else None,
    )


@pytest.fixture
def network(service: ReferenceService, horde: HordeStandIn, hosts: HostsStandIn) -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    known = [urlsplit(url) for url in (service.url, horde.url, hosts.url)]
    assert recorder.asked <= {f"{parts.scheme}://{parts.netloc}" for parts in known}


@pytest.fixture
def refuted(service: ReferenceService) -> Iterator[None]:
    """Give one live model a replaced file, another one a repository that is gone; undo it for other tests."""
    before = {name: live_record(service, name)["config"] for name, _ in REFUTED}
    for name, file in REFUTED:
        dialect = CanonicalFormat.LEGACY if "files" in before[name] else CanonicalFormat.V2
        change_live(service, name, config=with_files({"config": before[name]}, [file], dialect)["config"])
    yield
    for name, config in before.items():
        change_live(service, name, config=config)
