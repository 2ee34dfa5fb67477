"""Each release of the workers' library reads what the bot lets pass, and loses no category by it."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort

from bot.demo.service_environment import Mode
from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.checks import CheckCode
from tests.harness.http import CLIENT
from tests.harness.queue import categories_taken
from tests.harness.services import ServiceFactory, readers
from tests.services.checks.applying import Applied, WholeWay, whole_way
from tests.services.checks.generated import EXAMPLES, UNSHRUNK, Mutation, correct_record, mutated

MANY = 300
FIRST = "0.10.0"
TOLD = frozenset({CheckCode.BASELINE_UNUSED})
"""Warnings that say that older workers lose models: such a record is not made live here."""
_FIRST_FILES = {"image_generation": "stable_diffusion"}
_NEVER_RETURNED = {"lora", "ti"}
"""Categories that no release returns: the draft says so."""

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module", params=[Mode.V2, Mode.LEGACY], ids=str)
def way(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory,
        module_services: ServiceFactory, horde_url: str) -> Iterator[WholeWay]:  # fmt: skip
    for way in whole_way(runner, module_services(request.param), horde_url, tmp_path_factory.mktemp("data")):
        way.avoided = TOLD
        yield way


def test_each_reader_has_each_model_that_the_bot_let_pass(
    way: WholeWay, runner: asyncio.Runner, tmp_path: Path
) -> None:
    passed: list[tuple[str, Applied]] = []

    @effort(max_examples=MANY, derandomize=True, phases=UNSHRUNK)
    @given(**EXAMPLES)
    def propose(
        category: str,
        shape: CanonicalFormat,
        full: bool,  # noqa: FBT001 - hypothesis hands it over by name
        created: list[Mutation],
        updated: list[Mutation] | None,
    ) -> None:
        if category in categories_taken(way.service):
            found = runner.run(_live(way, category, shape, created, updated, full=full))
            passed.extend((category, applied) for applied in found)

    propose()
    assert passed
    categories = [category for category in CATEGORIES if category in categories_taken(way.service)]
    _write_reference(way, categories, tmp_path)
    problems = []
    for version in readers():
        if version == FIRST and way.service.mode is not Mode.LEGACY:
            continue  # it reads legacy files only
        read = _read(version, categories, tmp_path)
        lost = {
            category: said
            for category, said in read.items()
            if isinstance(said, str) and category not in _NEVER_RETURNED
        }
        problems += [f"{version}: {category} lost: {said}" for category, said in lost.items()]
        for category, applied in passed:
            models = read.get(_first_name(version, category))
            if isinstance(models, Mapping) and category not in _NEVER_RETURNED:
                problems += _differences(version, category, applied, models)
    assert not problems, "\n".join(problems)


async def _live(
    way: WholeWay,
    category: str,
    shape: CanonicalFormat,
    created: list[Mutation],
    updated: list[Mutation] | None,
    *,
    full: bool,
) -> list[Applied]:
    """Make a changed record live, and a change of a correct one, where the bot lets them pass."""
    made = [await way.create(category, way.own(mutated(correct_record(category, shape, full=full), created), category))]
    if updated is not None and (live := await way.correct(category, full=full)) is not None:
        made.append(await way.update(category, mutated(live, updated), str(live["name"])))
    return [applied for applied in made if applied is not None and applied.live is not None]


def _write_reference(way: WholeWay, categories: list[str], folder: Path) -> None:
    """Write what the service answers as a worker's cache holds it."""
    base = folder / "horde_model_reference"
    for version, place in (("v2", base), ("v1", base / "legacy")):
        place.mkdir(parents=True)
        for category in categories:
            answer = CLIENT.get(f"{way.service.url}/model_references/{version}/{category}")
            if answer.is_success and (version == "v2" or way.service.mode is Mode.LEGACY):
                (place / f"{_FIRST_FILES.get(category, category)}.json").write_text(answer.text, encoding="utf-8")


def _read(version: str, categories: list[str], folder: Path) -> dict[str, Any]:
    base = folder / version
    (base).mkdir()
    kept = base / "horde_model_reference"
    subprocess.run(["cp", "-r", str(folder / "horde_model_reference"), str(kept)], check=True)  # noqa: S603, S607
    if version == FIRST:
        for path in kept.glob("*.json"):
            path.unlink()
    wanted = [_first_name(version, category) for category in categories]
    if version == FIRST:
        wanted = [name for name in wanted if (kept / "legacy" / f"{name}.json").exists() and name != "text_generation"]
    script = str(Path(__file__).with_name("read_reference.py"))
    answer = subprocess.run(  # noqa: S603 - our own script
        [str(readers()[version]), script, *wanted],
        env={"PATH": os.environ["PATH"], "HOME": str(base), "AIWORKER_CACHE_HOME": str(base),
             "LOGURU_LEVEL": "CRITICAL", "LOGS_FOLDER": str(base / "logs"), "HORDE_MODEL_REFERENCE_OFFLINE": "true"},
        cwd=base, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, f"{version}: {answer.stderr[-2000:]}"
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _first_name(version: str, category: str) -> str:
    return _FIRST_FILES.get(category, category) if version == FIRST else category


def _differences(version: str, category: str, applied: Applied, models: Mapping[str, Any]) -> Iterator[str]:
    """Yield how a read model differs from the record that the service made live."""
    live = applied.live or {}
    name = str(live["name"])
    read = models.get(name)
    if read is None:
        yield f"{version}: {category} {name} is missing: {json.dumps(applied.record)[:700]}"
        return
    for key in ("description", "homepage", "tags", "trigger", "nsfw", "inpainting"):
        if live.get(key) and key in read and read[key] != live[key] and category != "text_generation":
            yield f"{version}: {category} {name} {key}: {live[key]!r} became {read[key]!r}"
    listed = (live.get("config") or {}).get("download") or []
    is_renamed = version == FIRST and category == "clip"  # this release names the files of clip itself
    keys = ("file_url",) if is_renamed else ("file_name", "file_url")
    has = [[file.get(key) for key in keys] for file in (read.get("config") or {}).get("download") or []]
    for file in listed:
        if [file.get(key) for key in keys] not in has:
            yield f"{version}: {category} {name} lost the file {file} of {has}"
