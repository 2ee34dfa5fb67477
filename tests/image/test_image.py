"""The image: it is built, and its container starts as an unprivileged user and writes only to its volume."""

import json
import re
from collections.abc import Iterator
from importlib import metadata

import pytest

from bot.operator.exit_codes import ExitCode
from tests.image.engine import ROOT, TAG, run

SAFE = ("--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none")


@pytest.fixture(scope="module", autouse=True)
def _image() -> Iterator[None]:
    built = run("build", "--tag", TAG, "--file", "deploy/Containerfile", ".")
    assert built.returncode == 0, built.stderr[-2000:]
    yield
    run("image", "rm", "--force", TAG)


@pytest.fixture
def installation() -> Iterator[tuple[str, ...]]:
    """Options of a container with settings and a volume; the bot began its database there, and copied it."""
    key = run("run", *SAFE, TAG, "keys", "generate").stdout.strip()
    volume = run("volume", "create").stdout.strip()
    options = (
        *SAFE,
        f"--volume={volume}:/data",
        "--tmpfs=/tmp:mode=1777,size=16m",
        "--env=CURATOR_DISCORD_TOKEN=none",
        f"--env=CURATOR_CREDENTIAL_KEYS={key}",
    )
    started = run("run", *options, TAG)
    assert started.returncode == ExitCode.UNAVAILABLE, started.stderr
    copied = run("run", *options, TAG, "backup", "/data/copy.db")
    assert copied.returncode == ExitCode.OK, copied.stderr
    yield options
    run("volume", "rm", volume)


def test_the_container_runs_the_version_of_its_sources() -> None:
    told = run("run", *SAFE, TAG, "--version")
    assert told.stdout == f"horde-curator {metadata.version('horde-curator')}\n", told.stderr


def test_the_container_is_not_root_and_its_root_is_read_only() -> None:
    program = "import os; print(os.getuid(), os.getgid()); open('/opt/x', 'w')"
    told = run("run", *SAFE, "--entrypoint=python", TAG, "-c", program)
    assert told.stdout == "10001 10001\n", told.stderr
    assert "Read-only file system" in told.stderr


def test_the_engine_asks_the_bot_whether_it_is_well() -> None:
    (image,) = json.loads(run("image", "inspect", TAG).stdout)
    check = image["Config"].get("Healthcheck") or image.get("HealthCheck") or image.get("Healthcheck") or {}
    assert "/healthz" in str(check.get("Test")), "with podman, set BUILDAH_FORMAT=docker"


def test_the_container_makes_a_key_and_refuses_to_start_without_settings() -> None:
    made = run("run", *SAFE, TAG, "keys", "generate")
    assert made.stdout.startswith("k"), made.stderr
    refused = run("run", *SAFE, TAG)
    assert refused.returncode == ExitCode.CONFIGURATION
    assert "CURATOR_DISCORD_TOKEN" in refused.stderr


def test_the_container_starts_on_its_volume_as_far_as_without_a_network(installation: tuple[str, ...]) -> None:
    started = run("run", *installation, TAG)
    assert "health_served" in started.stderr, "the database was opened, and Discord is unreachable"


def test_a_copy_is_tried_and_restored_with_the_commands_of_the_guide(installation: tuple[str, ...]) -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    restore, drill = re.findall(r"--entrypoint sh curator -c \\\n +'(.*)' < COPY\.db", guide)
    for command in (drill, restore):
        told = run("run", *installation, "--entrypoint=sh", TAG, "-c", f"cat /data/copy.db | ({command})")
        assert told.returncode == ExitCode.OK, told.stderr
    listed = run("run", *installation, TAG, "keys", "list")
    assert listed.returncode == ExitCode.OK, listed.stderr
