"""Finding and installing Chromium, as `make test` does it on a machine that has none."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.install import VARIABLE, chromium

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Machine:
    """Has on its PATH what is put into its folder, and nothing else; Playwright cannot download either."""

    folder: Path

    def has(self, name: str, script: str) -> None:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def install(self, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": str(self.folder),
            "PLAYWRIGHT_BROWSERS_PATH": str(self.folder / "playwright"),
            "PLAYWRIGHT_DOWNLOAD_HOST": NOWHERE,
            **variables,
        }
        command = [sys.executable, "-m", "tests.browser.install"]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603 - ourselves


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def real_chromium() -> str:
    """A line of shell that is the Chromium of this machine."""
    with sync_playwright() as playwright:
        path = chromium() or playwright.chromium.executable_path
    return f'PATH="{os.environ["PATH"]}" exec "{path}" "$@"'


def test_one_that_is_there_is_taken_and_named_in_one_line(machine: Machine, real_chromium: str) -> None:
    machine.has("google-chrome", real_chromium)
    done = machine.install()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Chromium ")
    assert done.stdout.endswith(f"({machine.folder}/google-chrome)\n")


def test_a_program_that_only_says_to_install_a_snap_is_passed_over(machine: Machine, real_chromium: str) -> None:
    machine.has("chromium", "echo 'Command requires the chromium snap' >&2; exit 1")
    machine.has("chromium-browser", real_chromium)
    assert f"{machine.folder}/chromium-browser" in machine.install().stdout


def test_debians_package_is_installed_where_there_is_none(machine: Machine, real_chromium: str) -> None:
    source = machine.folder / "package"
    machine.has("package", real_chromium)
    machine.has("env", 'shift; exec "$@"')
    machine.has("sudo", 'shift; exec "$@"')
    machine.has("true", "")
    move = shutil.which("mv")
    machine.has("apt-get", f'echo "$@" >> "{machine.folder}/asked"; {move} "{source}" "{machine.folder}/chromium"')
    done = machine.install()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{machine.folder}/chromium" in done.stdout
    assert (machine.folder / "asked").read_text() == "--quiet --yes install --no-install-recommends chromium\n"


def test_where_nothing_works_it_says_what_each_way_came_to(machine: Machine) -> None:
    done = machine.install()
    assert (done.returncode, done.stdout) == (1, "")
    first, *ways = done.stderr.splitlines()
    assert first.endswith(f"Install one, or name one in {VARIABLE}.")
    (playwright,) = ways
    assert playwright.endswith("-m playwright install chromium: Error: connect ECONNREFUSED 127.0.0.1:9")


def test_one_that_is_named_and_does_not_run_is_no_reason_to_install_another(machine: Machine) -> None:
    done = machine.install(**{VARIABLE: "/nowhere/chromium"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{VARIABLE} is /nowhere/chromium, which does not run as a Chromium.\n"
