"""Mutation test of one package: lists the changes of functions that no test notices.

mutmut works on a copy of the checkout in a temporary folder. A mutant meets the tests that call its function, of the
folder that mirrors the package; tests that start the real service are slow, and left out unless `--with-service` asks
for them. One that runs into its time limit or crashes Python counts as killed; a survivor that differs in upper and
lower case alone is not counted, because SQL ignores case. Neither is one that `equivalent_mutants.toml` names as
equivalent, with the reason. Log events are not mutated. A long package is measured by a sample (`--sample 60`);
survivors are tried again by name, against the tests that are to kill them (`--only NAME`).
"""

import argparse
import contextlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "cogs", "storage")
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
FALLBACK_TESTS = "tests/stories"
LEFT_OUT = ("soak", "process", "browser")
KILLED = {"killed", "timeout", "segfault"}
CASE_ALONE = "survived, letter case alone"
EQUIVALENT = "survived, equivalent"
EQUIVALENT_MUTANTS = Path(__file__).with_name("equivalent_mutants.toml")
LOGGING = r"^\s*(_?log\.|why = type\(error\))"
UNTESTED = {CASE_ALONE, EQUIVALENT, "skipped", "caught by type check", "not checked"}


def main() -> int:
    """Mutate the named package or module and print the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", help="a folder or file of bot, cogs or storage, such as bot/reference")
    parser.add_argument("tests", nargs="*", help="folders or files of tests; by default those that mirror the package")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="of the random choice (default: 1)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="try these mutants alone")
    parser.add_argument("--with-service", action="store_true", help="use tests that start the real service, too")
    parser.add_argument("--processes", type=int, help="mutants tried at the same time (default: one a processor)")
    chosen = parser.parse_args()
    package = chosen.package.rstrip("/")
    if not (ROOT / package).exists() or Path(package).parts[0] not in PACKAGES:
        parser.error(f"{package} is not in {', '.join(PACKAGES)}")
    tests = chosen.tests or [tests_of(package)]
    with tempfile.TemporaryDirectory(prefix="curator-mutants-") as folder:
        workspace = Path(folder)
        copy_checkout(workspace)
        left_out = LEFT_OUT if chosen.with_service or tests == [FALLBACK_TESTS] else (*LEFT_OUT, "service")
        configure(workspace, package, tests, left_out)
        sys.stdout.write(f"mutating {package} against {' '.join(tests)} ...\n")
        sys.stdout.flush()
        names = chosen.only or (sample_of(workspace, package, chosen.sample, chosen.seed) if chosen.sample else [])
        options = ["--max-children", str(chosen.processes)] if chosen.processes else []
        run_mutmut(workspace, [*options, *names])
        print_score(workspace, package)
    return 0


def tests_of(package: str) -> str:
    """Return the nearest folder of tests that mirrors the package, else the stories."""
    mirrored = Path("tests", package.removeprefix("bot/"))
    for folder in (mirrored, *mirrored.parents):
        if folder != Path("tests") and (ROOT / folder).is_dir():
            return str(folder)
        if folder == Path("tests"):
            break
    return FALLBACK_TESTS


def copy_checkout(workspace: Path) -> None:
    """Copy all files that git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, workspace / name)


def configure(workspace: Path, package: str, tests: list[str], left_out: Sequence[str]) -> None:
    """Append mutmut's settings to the copy's pyproject.toml, without the ``left_out`` tests."""
    others = sorted(each.name for each in workspace.iterdir() if each.name not in {*PACKAGES, "tests"})
    settings: dict[str, object] = {
        "source_paths": list(PACKAGES),
        "do_not_mutate_patterns": [LOGGING],
        "only_mutate": [package if package.endswith(".py") else f"{package}/*"],
        "also_copy": others,
        "pytest_add_cli_args": ["-m", f"not ({' or '.join(left_out)})"],
        "pytest_add_cli_args_test_selection": tests,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    with (workspace / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write("\n".join(["\n[tool.mutmut]", *lines, ""]))


def sample_of(workspace: Path, package: str, size: int, seed: int) -> list[str]:
    """Return the names of some mutants of a package, the same ones for the same seed."""
    with contextlib.chdir(workspace):  # mutmut reads its settings there
        chosen = Path(package)
        names = [
            get_mutant_name(path, name)
            for path in ([chosen] if chosen.is_file() else sorted(chosen.rglob("*.py")))
            for name in mutate_file_contents(str(path), path.read_text(encoding="utf-8")).mutant_names
        ]
    return random.Random(seed).sample(names, min(size, len(names)))  # noqa: S311 - no secret


def run_mutmut(workspace: Path, options: list[str]) -> None:
    """Test all mutants; on a terminal show progress, elsewhere a failed run's output."""
    is_terminal = sys.stdout.isatty()
    ended = subprocess.run(  # noqa: S603 - installed beside this interpreter
        [MUTMUT, "run", *options], cwd=workspace, capture_output=not is_terminal, text=True, check=False
    )
    if ended.returncode:
        sys.exit(f"{ended.stdout or ''}{ended.stderr or ''}\nmutmut failed")


def print_score(workspace: Path, package: str) -> None:
    """Print the mutants that were not killed, each with its change, and the score."""
    equivalents = read_equivalents()
    results = dict(line.strip().rsplit(": ", 1) for line in ask(workspace, "results", "--all", "true").splitlines())
    for name, status in sorted(results.items()):
        if status not in KILLED | UNTESTED:
            shown = ask(workspace, "show", name).strip()
            if changes_case_alone(shown):
                results[name] = CASE_ALONE
            elif reason := equivalents.get(change_of(shown)):
                results[name] = EQUIVALENT
                sys.stdout.write(f"\n{shown}\nequivalent: {reason}\n")
            else:
                sys.stdout.write(f"\n{shown}\n")
    counts = Counter(results.values())
    tested = len(results) - sum(counts[each] for each in UNTESTED)
    killed = sum(counts[each] for each in KILLED)
    listed = ", ".join(f"{number} {status}" for status, number in counts.most_common())
    share = f" ({killed / tested:.0%})" if tested else ""
    sys.stdout.write(f"\n{package}: {killed} of {tested} mutants killed{share}: {listed}\n")


def read_equivalents() -> dict[tuple[str, str, str], str]:
    """Return the reason of each equivalent mutant, by the module, the code and the mutated code."""
    listed = tomllib.loads(EQUIVALENT_MUTANTS.read_text(encoding="utf-8"))
    return {(module, each["code"], each["mutant"]): each["reason"] for module in listed for each in listed[module]}


def change_of(diff: str) -> tuple[str, str, str]:
    """Return a mutant's module, its removed and its added code, without indentation."""
    removed, added = ([line[1:].strip() for line in diff.splitlines() if line.startswith(sign)] for sign in "-+")
    return removed[0].removeprefix("--").strip(), "\n".join(removed[1:]), "\n".join(added[1:])


def changes_case_alone(diff: str) -> bool:
    """Return whether only upper and lower case differ, which SQL ignores."""
    _, removed, added = change_of(diff)
    return removed.casefold() == added.casefold()


def ask(workspace: Path, *words: str) -> str:
    """Return the output of a mutmut command."""
    asked = subprocess.run(  # noqa: S603 - installed beside this interpreter
        [MUTMUT, *words], cwd=workspace, capture_output=True, text=True, check=True
    )
    return asked.stdout


if __name__ == "__main__":
    sys.exit(main())
