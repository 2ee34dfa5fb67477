"""Script that writes the container's dependencies with hashes from constraints.txt.

The files name no address: pip asks the index that the build is given, and accepts only archives with these hashes.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PYTHON: Final = "3.12"
"""Python of the image, see `deploy/Containerfile`."""
MACHINES: Final = ("x86_64", "aarch64")
WHEELS: Final = ("manylinux_2_28", "manylinux2014")
HEADER: Final = "# Written by scripts/lock_container.py. The container installs these with --require-hashes.\n"


def resolve(*arguments: str, machine: str) -> dict[str, str]:
    """Return the sha256 of each archive by `name==version`, for one kind of machine."""
    platforms = [f"--platform={wheels}_{machine}" for wheels in WHEELS]
    with tempfile.TemporaryDirectory() as target:
        report = Path(target) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--only-binary=:all:", f"--python-version={PYTHON}", *platforms, f"--target={target}"]
        subprocess.run([*command, f"--report={report}", *arguments], check=True, cwd=ROOT)  # noqa: S603 - pip
        installed = json.loads(report.read_text())["install"]
    return {f"{item['metadata']['name'].lower()}=={item['metadata']['version']}": _sha256(item) for item in installed}


def _sha256(item: dict[str, Any]) -> str:
    return str(item["download_info"]["archive_info"]["hashes"]["sha256"])


def write(name: str, *arguments: str) -> None:
    """Resolve for both kinds of machine, and write one file."""
    hashes = defaultdict[str, set[str]](set)
    for machine in MACHINES:
        for pinned, sha256 in resolve(*arguments, machine=machine).items():
            hashes[pinned].add(sha256)
    lines = (
        " \\\n    ".join([pinned, *(f"--hash=sha256:{each}" for each in sorted(hashes[pinned]))])
        for pinned in sorted(hashes)
    )
    path = DEPLOY / name
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path.relative_to(ROOT)}: {len(hashes)} packages\n")


def main() -> None:
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    write("requirements.txt", "--constraint=constraints.txt", *project["project"]["dependencies"])
    write("build-requirements.txt", *project["build-system"]["requires"])


if __name__ == "__main__":
    main()
