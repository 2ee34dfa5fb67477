"""Documents: file names, commands, packages and versions that exist."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def is_there(path: Path) -> bool:
    """Return whether a file exists, or a folder with more than the bytecode of deleted modules."""
    return path.is_file() or (path.is_dir() and any(child.name != "__pycache__" for child in path.iterdir()))


@pytest.mark.parametrize("name", PAGES)
def test_a_document_names_only_files_that_exist(name: str) -> None:
    text = text_of(name)
    named = re.findall(r"`((?:bot|cogs|storage|tests|scripts|deploy|docs)/[\w./-]+)`", text)
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    missing = [path for path in named if not is_there(ROOT / path)]
    assert missing + [path for path in linked if not ((ROOT / name).parent / path).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_document_names_only_make_targets_that_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text_of(name))) <= targets


def test_every_feature_package_is_described_and_no_other() -> None:
    section = text_of("CONTRIBUTING.md").partition("## Where code belongs")[2].partition("###")[0]
    packages = {path.parent.name for path in (ROOT / "bot" / "services").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == packages


def test_every_import_contract_is_described() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    section = text_of("CONTRIBUTING.md").partition("### Import contracts")[2].partition("###")[0]
    assert len(re.findall(r"^\| .+ \| `import [\w.]+` \|", section, re.MULTILINE)) == len(contracts)


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    named = [*project["dependencies"], *(item for extra in project["optional-dependencies"].values() for item in extra)]
    needed = {match[0] for item in named if (match := re.match(r"[\w.-]+", item))} - {project["name"]}
    rows = re.findall(r"^\| ([\w., -]+) \| .+ \|$", text_of("CONTRIBUTING.md"), re.MULTILINE)
    assert needed <= {name.strip() for row in rows for name in row.split(",")}


def test_the_changelog_describes_the_version_a_line_for_each_change() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    text = text_of("CHANGELOG.md")
    assert re.findall(r"^## \[(.+)\]", text, re.MULTILINE)[:2] == ["Unreleased", version]
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= {
        *("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    }
    assert [line for line in text.splitlines() if line.startswith("  ")] == []


def test_ci_tests_every_python_version_that_the_package_names() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    workflow = text_of(".github/workflows/ci.yml")
    (matrix,) = re.findall(r"python: \[(.*)\]", workflow)
    assert re.findall(r"3\.\d+", matrix) == named
    assert "run: .ci/run" in workflow
