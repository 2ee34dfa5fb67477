"""The offline service behaves as the deployments people meet, and never outlives the one who started it."""

import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService, ServiceDiedError
from bot.demo.service_environment import Mode
from bot.tls import tls_context
from tests.harness.http import CLIENT, openapi
from tests.harness.services import ServiceFactory


def mode_of(service: ReferenceService) -> dict[str, object]:
    answer = CLIENT.get(f"{service.url}/replicate_mode")
    return dict(answer.json())


def roles_of(service: ReferenceService, key: str) -> list[str]:
    answer = CLIENT.get(f"{service.url}/model_references/v2/me/roles", headers={"apikey": key})
    return list(answer.json()["roles"])


def image_models(service: ReferenceService) -> set[str]:
    return set(CLIENT.get(f"{service.url}/model_references/v2/image_generation").json())


def test_each_mode_is_the_deployment_it_is_called(
    v2_service: ReferenceService, legacy_service: ReferenceService, replica_service: ReferenceService
) -> None:
    assert mode_of(v2_service) == {"replicate_mode": "PRIMARY", "canonical_format": "v2", "writable": True}
    assert mode_of(legacy_service) == {
        "replicate_mode": "PRIMARY",
        "canonical_format": "legacy",
        "writable": True,
    }
    assert mode_of(replica_service)["replicate_mode"] == "REPLICA"


def test_rita_may_propose_and_abe_may_approve(v2_service: ReferenceService) -> None:
    assert roles_of(v2_service, RITA.key) == ["requestor"]
    assert set(roles_of(v2_service, ABE.key)) == {"requestor", "approver"}


def test_both_samples_hold_the_same_models(
    v2_service: ReferenceService, legacy_service: ReferenceService, replica_service: ReferenceService
) -> None:
    sample = {"Lantern Dusk", "Paper Crane", "Granite Photo", "Tin Robot", "Velvet Night"}
    assert sample <= image_models(v2_service)
    assert sample <= image_models(legacy_service)
    assert sample == image_models(replica_service)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory, horde_url: str) -> Iterator[ReferenceService]:
    """A service on another person's reference, without the documents that the run keeps."""
    folder = tmp_path_factory.mktemp("theirs")
    theirs = folder / "theirs"
    theirs.mkdir()
    (theirs / "stable_diffusion.json").write_text(
        '{"Their Model": {"name": "Their Model", "baseline": "stable diffusion 1", "type": "ckpt",'
        ' "nsfw": false, "inpainting": false, "description": "d", "version": "1", "style": "generalist",'
        ' "config": {"files": [], "download": []}}}'
    )
    service = ReferenceService(folder / "run", ai_horde_url=horde_url, mode=Mode.V2, reference_data=theirs)
    with service:
        yield service


def test_someone_elses_legacy_folder_is_served_in_v2_too(theirs: ReferenceService) -> None:
    assert mode_of(theirs)["canonical_format"] == "v2"
    assert image_models(theirs) == {"Their Model"}


def test_a_kept_openapi_document_is_the_one_that_a_service_builds(
    theirs: ReferenceService, v2_service: ReferenceService, documents: Path
) -> None:
    assert openapi(v2_service) == openapi(theirs)
    (kept,) = documents.glob("8.*-v2.json")
    assert json.loads(kept.read_bytes())["paths"] == openapi(theirs)["paths"]


def test_a_restart_keeps_address_and_files_and_a_crash_can_be_told(new_service: ServiceFactory) -> None:
    service = new_service(Mode.V2)
    url = service.url
    service.kill()
    service.restart()
    assert service.url == url
    assert "Paper Crane" in image_models(service)


def test_a_service_that_cannot_start_says_why(tmp_path: Path, horde_url: str) -> None:
    service = ReferenceService(
        tmp_path, ai_horde_url=horde_url, extra_environment={"HORDE_MODEL_REFERENCE_CANONICAL_FORMAT": "V3"}
    )
    with pytest.raises(ServiceDiedError) as caught:
        service.start()
    assert caught.value.exit_code not in (None, 0)
    assert "canonical_format" in caught.value.log_tail


def test_a_base_url_that_would_turn_everyone_away_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="end in '/'"):
        ReferenceService(tmp_path, ai_horde_url="http://127.0.0.1:1/api")


async def test_a_dying_service_is_noticed(new_service: ServiceFactory) -> None:
    service = new_service(Mode.V2)
    service.kill()
    death = await service.died()
    assert death.exit_code == -9


def test_the_service_ends_when_its_starter_is_killed(tmp_path: Path, horde_url: str) -> None:
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from bot.demo.reference_service import ReferenceService
        service = ReferenceService(Path({str(tmp_path)!r}), ai_horde_url={horde_url!r}).start()
        print(service.url, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    url = ended.stdout.strip()
    deadline = time.monotonic() + 60
    with httpx.Client(trust_env=False, timeout=1, verify=tls_context()) as client:
        while time.monotonic() < deadline:
            try:
                client.get(f"{url}/heartbeat")
            except httpx.TransportError:
                return
    pytest.fail("the orphaned service still answers")
