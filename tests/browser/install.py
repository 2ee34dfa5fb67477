"""Finds the Chromium of the browser tests, and installs one where there is none: `python -m tests.browser.install`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

from playwright.sync_api import Error, sync_playwright

VARIABLE = "CURATOR_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-background-networking")
"""A container has no user namespaces to sandbox with, and the tests speak to loopback alone."""
ANSWER_S = 30
COMPLAINT = re.compile(r"(E|Error|Failed)\b.*:")
"""Prefixes by which apt-get and Playwright begin the line that matters; a stack or a list follows."""
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes")


class NoChromiumError(Exception):
    """There is no Chromium that starts, and none could be installed."""


@cache
def chromium() -> str | None:
    """Where Chromium is, for Playwright's `executable_path`; None leaves it to Playwright's own.

    Raises:
        NoChromiumError: The variable names something that is no Chromium.
    """
    if named := os.environ.get(VARIABLE):
        if not _answers(named):
            raise NoChromiumError(f"{VARIABLE} is {named}, which does not run as a Chromium.")
        return named
    # Ubuntu's `chromium-browser` may be a script that only says to install a snap: found is not enough.
    return next((path for name in NAMES if (path := shutil.which(name)) and _answers(path)), None)


def version() -> str:
    """Open Chromium as the tests do, and close it.

    Returns:
        What it is and where, in one line.

    Raises:
        NoChromiumError: It does not start.
    """
    path = chromium()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error as error:
            raise NoChromiumError(f"{path or 'the Chromium of Playwright'}: {error.message.splitlines()[0]}") from error
        with browser:
            return f"Chromium {browser.version} ({path or playwright.chromium.executable_path})"


def install() -> str:
    """Install Chromium by the first way that works here.

    Returns:
        As `version`.

    Raises:
        NoChromiumError: No way works; says what each one came to.
    """
    problems = []
    for way in (*_ways_of_debian(), [sys.executable, "-m", "playwright", "install", "chromium"]):
        problem = _run(way)
        if problem is None:
            chromium.cache_clear()
            try:
                return version()
            except NoChromiumError as error:
                problem = str(error)
        problems.append(f"{' '.join(way)}: {problem}")
    raise NoChromiumError(
        f"The browser tests need a Chromium, and none could be installed. Install one, or name one in {VARIABLE}.\n"
        + "\n".join(problems)
    )


def found_or_installed() -> str:
    """Say which Chromium the tests take, having installed one if there is none.

    Raises:
        NoChromiumError: There is none, and none could be installed.
    """
    try:
        return version()
    except NoChromiumError:
        if VARIABLE in os.environ:
            raise
        return install()


def main() -> None:
    """Write the one line, or end with the sentence that says what is wrong."""
    try:
        sys.stdout.write(f"{found_or_installed()}\n")
    except NoChromiumError as error:
        sys.exit(str(error))


def _ways_of_debian() -> list[list[str]]:
    """Return the commands that install Debian's package; none where this user may not."""
    if shutil.which("apt-get") is None:
        return []
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and _run([*as_root, "true"]) is not None:
        return []
    package = [*as_root, *APT, "install", "--no-install-recommends", "chromium"]
    return [package, [*as_root, *APT, "update"], package]


def _run(command: Sequence[str]) -> str | None:
    """Run it in silence; gives the line that tells why if it failed."""
    try:
        done = subprocess.run(  # noqa: S603 - a package manager with arguments of our own
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
    return next(filter(COMPLAINT.match, said), said[-1])


def _answers(path: str) -> bool:
    """Return whether the program prints its version."""
    try:
        asked = subprocess.run(  # noqa: S603 - what the PATH or the developer names as Chromium
            [path, "--version"], check=False, capture_output=True, text=True, timeout=ANSWER_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and "Chrom" in asked.stdout


if __name__ == "__main__":
    main()
