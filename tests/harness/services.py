"""The real service for tests: one process a mode and session, its queue emptied for each test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from tests.harness.http import CLIENT

type ServiceFactory = Callable[[Mode], ReferenceService]

OLDER_PYTHON = "CURATOR_COMPAT_PYTHON"
"""Environment variable: the interpreter of another generation's service, against which everything is to run."""


READERS = "CURATOR_READERS"
"""Environment variable: a folder with one virtual environment of the workers' library a release."""


def readers() -> dict[str, Path]:
    """Return the interpreter of each installed release of the workers' library."""
    folder = os.environ.get(READERS)
    found = sorted(Path(folder).absolute().glob("*/bin/python")) if folder else []
    return {path.parents[1].name: path for path in found}


def older_python() -> Path | None:
    """The interpreter whose service the tests run, None for this one's."""
    path = os.environ.get(OLDER_PYTHON)
    return Path(path).absolute() if path else None


def empty_the_queue(service: ReferenceService) -> None:
    """Forget every change. Ids go on counting and applied models stay: give models names of their own."""
    answer = CLIENT.post(
        f"{service.url}/model_references/v2/pending_queue/purge",
        headers={"apikey": ABE.key},
        json={"purge_all": True},
    )
    answer.raise_for_status()


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Folder of OpenAPI documents for all services of this run: building one takes a service 1.6 s."""
    folder = tmp_path_factory.getbasetemp()
    kept = (folder if worker_id == "master" else folder.parent) / "documents"
    kept.mkdir(exist_ok=True)
    return kept


@pytest.fixture(scope="session")
def _servers(tmp_path_factory: pytest.TempPathFactory, horde_url: str, documents: Path) -> Iterator[ServiceFactory]:
    running: dict[Mode, ReferenceService] = {}

    def get(mode: Mode) -> ReferenceService:
        if mode not in running:
            # An older replica reads nothing from its disk alone: it copies from a PRIMARY.
            source = get(Mode.V2).url if mode is Mode.REPLICA and older_python() else None
            running[mode] = ReferenceService(
                tmp_path_factory.mktemp(f"service-{mode.value}"),
                ai_horde_url=horde_url,
                mode=mode,
                python=older_python(),
                documents=documents,
                extra_environment={"HORDE_MODEL_REFERENCE_PRIMARY_API_URL": source} if source else None,
            ).start()
        return running[mode]

    yield get
    for service in running.values():
        service.stop()


@pytest.fixture
def v2_service(_servers: ServiceFactory, horde: HordeStandIn) -> ReferenceService:
    """A PRIMARY in canonical v2 with an empty queue, shared by the session."""
    service = _servers(Mode.V2)
    empty_the_queue(service)
    return service


@pytest.fixture
def legacy_service(_servers: ServiceFactory, horde: HordeStandIn) -> ReferenceService:
    """A PRIMARY in canonical legacy with an empty queue, shared by the session."""
    service = _servers(Mode.LEGACY)
    empty_the_queue(service)
    return service


@pytest.fixture
def replica_service(_servers: ServiceFactory, horde: HordeStandIn) -> ReferenceService:
    """An offline REPLICA, shared by the session; it refuses every write."""
    return _servers(Mode.REPLICA)


@pytest.fixture(params=[Mode.V2, Mode.LEGACY], ids=str)
def primary_service(request: pytest.FixtureRequest, _servers: ServiceFactory, horde: HordeStandIn) -> ReferenceService:
    """Both kinds of PRIMARY in turn: the test runs twice."""
    service = _servers(request.param)
    empty_the_queue(service)
    return service


@pytest.fixture
def new_service(tmp_path: Path, horde: HordeStandIn, documents: Path) -> Iterator[ServiceFactory]:
    """Start services of one's own (1-2 s each), from the sample; ended with the test."""
    started: list[ReferenceService] = []

    def start(mode: Mode) -> ReferenceService:
        folder = tmp_path / f"service-{len(started)}"
        service = ReferenceService(
            folder, ai_horde_url=horde.url, mode=mode, python=older_python(), documents=documents
        )
        started.append(service.start())
        return started[-1]

    yield start
    for service in started:
        service.stop()


@pytest.fixture(scope="module")
def module_services(
    tmp_path_factory: pytest.TempPathFactory, horde_url: str, documents: Path
) -> Iterator[ServiceFactory]:
    """Services of the module's own, one a mode: their published models are only those of the module's tests."""
    running: dict[Mode, ReferenceService] = {}

    def get(mode: Mode) -> ReferenceService:
        if mode not in running:
            folder = tmp_path_factory.mktemp(f"module-service-{mode.value}")
            running[mode] = ReferenceService(
                folder, ai_horde_url=horde_url, mode=mode, python=older_python(), documents=documents
            ).start()
        empty_the_queue(running[mode])
        return running[mode]

    yield get
    for service in running.values():
        service.stop()


@pytest.fixture
def fresh_v2_service(new_service: ServiceFactory) -> ReferenceService:
    """A PRIMARY in canonical v2 whose next change is #1."""
    return new_service(Mode.V2)


@pytest.fixture
def fresh_legacy_service(new_service: ServiceFactory) -> ReferenceService:
    """A PRIMARY in canonical legacy whose next change is #1."""
    return new_service(Mode.LEGACY)
