"""The end of a run names what was not run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.discord_openapi import OPENAPI
from tests.harness.left_out import (
    COMPAT,
    CONTRACT,
    IMAGE,
    NOT_QUICK,
    ROOT,
    WHOLE,
    lines_of,
    optional_sets,
)
from tests.harness.services import OLDER_PYTHON
from tests.image.engine import ENGINE

TESTS = str(ROOT / "tests")


def test_each_set_is_named_with_its_command() -> None:
    assert lines_of([COMPAT, IMAGE, WHOLE, CONTRACT], [TESTS]) == [
        "tests/compat: needs older releases of the service; make compat",
        "tests/image: needs a container engine; make image",
        "tests/services/test_round_trip.py [whole]: needs a whole reference; make test REFERENCE=DIR",
        f"tests/fakes/test_discord_openapi.py: needs Discord's OpenAPI document; {OPENAPI}=FILE make test",
        f"tests/process/test_discord_contract.py: needs Discord's OpenAPI document; {OPENAPI}=FILE make test",
    ]


def test_a_folder_that_was_not_asked_for_is_not_named() -> None:
    assert lines_of([COMPAT, WHOLE, CONTRACT], [f"{TESTS}/ui", f"{TESTS}/compat/test_client.py::test_x"]) == []


@pytest.mark.parametrize(("variable", "found"), [(OPENAPI, CONTRACT), (OLDER_PYTHON, COMPAT), (ENGINE, IMAGE)])
def test_a_set_whose_input_is_named_is_run(monkeypatch: pytest.MonkeyPatch, variable: str, found: object) -> None:
    monkeypatch.delenv(variable, raising=False)
    assert found in optional_sets()
    monkeypatch.setenv(variable, "/somewhere")
    assert found not in optional_sets()


def test_the_files_that_named_sets_point_to_exist() -> None:
    for one in (COMPAT, IMAGE, WHOLE, CONTRACT):
        assert all((ROOT / file.partition(" ")[0]).exists() for file in one.files)


SOAK = """
import pytest
@pytest.mark.soak
def test_long() -> None: ...
def test_short() -> None: ...
"""


@pytest.mark.process
def test_quick_selects_no_test_that_starts_something_and_says_so() -> None:
    folders = ["tests/harness", "tests/process"]
    command = [sys.executable, "-m", "pytest", "--quick", "--collect-only", "-q", "-p", "no:cacheprovider", *folders]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    chosen = {line for line in ended.stdout.splitlines() if "::" in line}
    assert "tests/harness/test_left_out.py::test_each_set_is_named_with_its_command" in chosen, ended.stdout
    assert not [test for test in chosen if "test_simulation" in test or "process" in test or "selects_no" in test]
    assert NOT_QUICK in ended.stdout


@pytest.mark.process
@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "workers"])
def test_deselected_soak_tests_are_named_by_file(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nmarkers = ["soak: long"]\n')
    (tmp_path / "test_long.py").write_text(SOAK)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.harness.left_out",
        "-m",
        "not soak",
        *workers,
        str(tmp_path),
    ]
    ended = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert "test_long.py: make soak" in ended.stdout, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
