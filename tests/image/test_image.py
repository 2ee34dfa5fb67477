"""The image: it is built, and its container starts as an unprivileged user and writes only to its volume."""

from collections.abc import Iterator
from importlib import metadata

import pytest

from bot.operator.exit_codes import ExitCode
from tests.image.engine import TAG, run

SAFE = ("--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none")


@pytest.fixture(scope="module", autouse=True)
def _image() -> Iterator[None]:
    built = run("build", "--tag", TAG, "--file", "deploy/Containerfile", ".")
    assert built.returncode == 0, built.stderr[-2000:]
    yield
    run("image", "rm", "--force", TAG)


def test_the_container_runs_the_version_of_its_sources() -> None:
    told = run("run", *SAFE, TAG, "--version")
    assert told.stdout == f"horde-curator {metadata.version('horde-curator')}\n"


def test_the_container_is_not_root_and_its_root_is_read_only() -> None:
    program = "import os; print(os.getuid()); open('/opt/x', 'w')"
    told = run("run", *SAFE, "--entrypoint=python", TAG, "-c", program)
    assert told.stdout == "10001\n"
    assert "Read-only file system" in told.stderr


def test_the_container_makes_a_key_and_refuses_to_start_without_settings() -> None:
    assert run("run", *SAFE, TAG, "keys", "generate").stdout.startswith("k")
    refused = run("run", *SAFE, TAG)
    assert refused.returncode == ExitCode.CONFIGURATION
    assert "CURATOR_DISCORD_TOKEN" in refused.stderr


def test_the_container_starts_on_its_volume_as_far_as_without_a_network() -> None:
    key = run("run", *SAFE, TAG, "keys", "generate").stdout.strip()
    settings = ("--env=CURATOR_DISCORD_TOKEN=none", f"--env=CURATOR_CREDENTIAL_KEYS={key}")
    started = run("run", *SAFE, "--volume=/data", *settings, TAG)
    assert started.returncode == ExitCode.UNAVAILABLE, "the database was opened, and Discord is unreachable"
