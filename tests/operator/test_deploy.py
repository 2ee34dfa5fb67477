"""Deployment files: systemd unit, container, and the operator's guide."""

import configparser
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.operator.exit_codes import ExitCode
from bot.settings import SECRETS, Settings
from tests.harness.command_line import typed

ROOT = Path(__file__).parents[2]
FILES = ("horde-curator.service", "as-service", "Containerfile", "compose.yaml")
SERVICE = ROOT / "deploy" / "horde-curator.service"


def text_of(name: str) -> str:
    return (ROOT / "deploy" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_deployment_file_names_only_settings_that_exist(name: str) -> None:
    known = {f"CURATOR_{field.upper()}" for field in Settings.model_fields}
    known |= {f"CURATOR_{field.upper()}_FILE" for field in SECRETS}
    named = set(re.findall(r"CURATOR_[A-Z_]+", text_of(name)))
    assert named
    assert named <= known


@pytest.mark.parametrize("name", FILES)
def test_a_deployment_file_contains_no_secret(name: str) -> None:
    secrets = "|".join(f"CURATOR_{field.upper()}" for field in SECRETS)
    assert re.findall(rf"(?:{secrets})\s*[:=]", text_of(name)) == []


def test_the_unit_does_not_restart_after_errors_that_need_a_person() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    unit.read(SERVICE, encoding="utf-8")
    service = unit["Service"]
    stops = {int(code) for code in service["RestartPreventExitStatus"].split()}
    assert stops == {ExitCode.DATA_DAMAGED, ExitCode.CONFIGURATION}
    assert int(service["RestartSec"]) >= 10
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "it survives an outage of hours"
    assert int(service["TimeoutStopSec"]) > 10, "a stop takes up to ten seconds"
    assert service["UMask"] == "0077"
    command = service["ExecStart"].split()
    assert typed(*command[1:], "--help").exit_code == 0


def test_as_service_uses_the_paths_of_the_unit() -> None:
    unit, script = text_of("horde-curator.service"), text_of("as-service")
    assert os.access(ROOT / "deploy" / "as-service", os.X_OK)
    for path in re.findall(r"=(?:-|[a-z-]+:)?(/(?:opt|etc)/horde-curator/[^ \n]+)", unit):
        assert path in script or path.endswith(".md"), path
    state = re.findall(r"^Environment=CURATOR_DATABASE_PATH=%S/(.*)$", unit, re.MULTILINE)
    assert re.findall(r"^CURATOR_DATABASE_PATH=/var/lib/(.*)$", script, re.MULTILINE) == state != []


def test_as_service_opens_another_database_for_a_restore_drill(tmp_path: Path) -> None:
    script = re.sub(r"^cd .*\nexec .*$", 'echo "$CURATOR_DATABASE_PATH"', text_of("as-service"), flags=re.MULTILINE)
    for asked, opened in (("/tmp/drill/x.db", "/tmp/drill/x.db"), ("", "/var/lib/horde-curator/curator.db")):  # noqa: S108
        told = _shell(script, CURATOR_DATABASE_PATH=asked)
        assert told.stdout.splitlines() == [opened]


def test_the_backup_keeps_seven_copies_that_only_its_owner_reads(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for day in range(1, 10):
        (kept / f"2020-01-{day:02}T034000Z.db").touch()
    copy = tmp_path / "curator.db.backup"
    told = _shell(text_of("backup"), DATA=str(tmp_path), BACKUPS=str(kept), ASK=f"cp /dev/null {copy}", WAIT_S="5")
    assert (told.stderr, told.returncode) == ("", 0)
    *earlier, newest = sorted(kept.iterdir())
    assert [path.name for path in earlier] == [f"2020-01-{day:02}T034000Z.db" for day in range(4, 10)]
    assert newest.stat().st_mode & 0o777 == 0o600


def test_the_backup_fails_if_the_bot_writes_no_new_copy(tmp_path: Path) -> None:
    (tmp_path / "curator.db.backup").touch()
    told = _shell(text_of("backup"), DATA=str(tmp_path), BACKUPS=str(tmp_path / "kept"), ASK="true", WAIT_S="0")
    assert told.returncode == 1
    assert "is it running?" in told.stderr
    assert list((tmp_path / "kept").iterdir()) == []


def _shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a script of our own
        ["/bin/sh", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )


def test_an_image_contains_only_the_files_that_its_build_copies() -> None:
    first_stage = text_of("Containerfile").rpartition("FROM ")[0]
    copied = {name for line in re.findall(r"^COPY (.*) \S+$", first_stage, re.MULTILINE) for name in line.split()}
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert rules[1] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


def test_the_container_is_unprivileged_and_writes_only_to_its_volume() -> None:
    last_stage = text_of("Containerfile").rpartition("FROM ")[2]
    (uid,) = re.findall(r"^USER (\d+)$", last_stage, re.MULTILINE)
    assert f"--uid {uid} " in last_stage
    assert last_stage.index("USER ") < last_stage.index("ENTRYPOINT")
    assert re.findall(r"^VOLUME (\S+)$", last_stage, re.MULTILINE) == ["/data"]
    assert "CURATOR_DATABASE_PATH=/data/" in last_stage
    compose = text_of("compose.yaml")
    assert "read_only: true" in compose
    assert "cap_drop: [ALL]" in compose
    assert "restart: unless-stopped" in compose, "it starts after a reboot"


def test_a_linter_finds_nothing_in_the_containerfile() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    linted = subprocess.run(  # noqa: S603 - a linter of our own environment
        [linter, ROOT / "deploy" / "Containerfile"], check=False, capture_output=True, text=True
    )
    assert (linted.stdout, linted.returncode) == ("", 0)


def test_the_container_installs_only_pinned_archives_by_their_hashes() -> None:
    containerfile = text_of("Containerfile")
    for line in containerfile.splitlines():
        assert "pip install" not in line or "--require-hashes" in line or "--no-deps --no-index" in line, line
    for name in ("requirements.txt", "build-requirements.txt"):
        text = text_of(name)
        assert "://" not in text
        assert all("--hash=sha256:" in entry for entry in text.replace("\\\n", "").splitlines()[1:])


def test_the_container_has_the_dependencies_of_the_project_in_the_versions_of_the_constraints() -> None:
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text_of("requirements.txt"), re.MULTILINE))
    constraints = re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    known = {canonical(name): version for name, version in constraints}
    assert {canonical(name): version for name, version in pins.items()}.items() <= known.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {canonical(re.split(r"[<>=\[; ]", item)[0]) for item in project["dependencies"]}
    assert needed <= {canonical(name) for name in pins}


def test_each_build_of_the_image_starts_from_the_same_base() -> None:
    containerfile = text_of("Containerfile")
    assert re.findall(r"^ARG PYTHON_IMAGE=\S+:3\.12\.\d+-slim-\w+@sha256:[0-9a-f]{64}$", containerfile, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", containerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_a_published_image_has_the_version_of_its_sources() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text()
    assert 'tags: ["v*"]' in workflow
    assert "deploy/Containerfile" in workflow
    assert "PYTHON_IMAGE" not in workflow, "the base is the one that the Containerfile names"
    assert '"v$VERSION" = "$GITHUB_REF_NAME"' in workflow
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"image: horde-curator:{version}" in text_of("compose.yaml")


def canonical(name: str) -> str:
    """Return a package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_guide_names_every_exit_code_and_only_metrics_that_exist() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", guide, re.MULTILINE)} == {int(code) for code in ExitCode}
    measures = (ROOT / "bot" / "operator" / "measures.py").read_text(encoding="utf-8")
    for name in re.findall(r"horde_curator_([a-z_]+)", guide):
        assert name.removesuffix("_total") in measures, name
