"""A record that passes every check is applied by the real service, in each shape."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as effort

from bot.demo.service_environment import Mode
from bot.reference.deployment import LEGACY_CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.records.diff import is_same
from bot.services.records.formats import in_format
from tests.harness.queue import categories_taken
from tests.harness.services import ServiceFactory
from tests.services.checks.applying import WholeWay, whole_way
from tests.services.checks.generated import EXAMPLES, UNSHRUNK, Mutation, correct_record, mutated

LEGACY, V2 = CanonicalFormat.LEGACY, CanonicalFormat.V2
FEW, MANY = 12, 800


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """The event loop of all examples."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module", params=[Mode.V2, Mode.LEGACY], ids=str)
def way(
    request: pytest.FixtureRequest,
    runner: asyncio.Runner,
    module_services: ServiceFactory,
    horde_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WholeWay]:
    """The bot before a service of the module's own."""
    yield from whole_way(runner, module_services(request.param), horde_url, tmp_path_factory.mktemp("data"))


@effort(max_examples=FEW, derandomize=True, phases=UNSHRUNK)
@given(**EXAMPLES)
def test_what_passes_the_checks_is_applied(way: WholeWay, runner: asyncio.Runner, **example: object) -> None:
    runner.run(go(way, **example))  # type: ignore[arg-type] # drawn by name


@pytest.mark.soak
@effort(max_examples=MANY, derandomize=True, phases=UNSHRUNK)
@given(**EXAMPLES)
def test_many_that_pass_the_checks_are_applied(way: WholeWay, runner: asyncio.Runner, **example: object) -> None:
    runner.run(go(way, **example))  # type: ignore[arg-type] # drawn by name


async def go(
    way: WholeWay,
    *,
    category: str,
    shape: CanonicalFormat,
    full: bool,
    created: list[Mutation],
    updated: list[Mutation] | None,
) -> None:
    """Propose a changed record, and a change of a correct one."""
    if category not in categories_taken(way.service):
        return
    record = mutated(correct_record(category, shape, full=full), created)
    made = await way.create(category, way.own(record, category))
    assert made is None or made.refusal is None, made
    assert made is None or made.live is not None, made
    if updated is None or (live := await way.correct(category, full=full)) is None:
        return
    changed = await way.update(category, mutated(live, updated), str(live["name"]))
    assert changed is None or changed.refusal is None, changed


def test_a_correct_record_of_either_format_is_applied_and_reads_back(way: WholeWay, runner: asyncio.Runner) -> None:
    for category in categories_taken(way.service):
        dialect = way.dialect_of(category)
        for shape in (LEGACY, V2) if category in LEGACY_CATEGORIES else (V2,):
            is_possible = (category, dialect) != ("text_generation", V2)
            record = way.own(correct_record(category, shape, full=False), category)
            made = runner.run(way.create(category, record))
            assert (made is not None) is is_possible, (category, shape)
            if made is not None:
                assert made.refusal is None
                assert made.live is not None
                said = in_format(record, category, dialect)
                assert is_same({**made.live, **said}, made.live), (category, shape)
                changed = {**in_format(made.live, category, shape), "description": "As it is now."}
                again = runner.run(way.update(category, changed, str(record["name"])))
                assert again is not None, (category, shape)
                assert again.live is not None
                assert again.live["description"] == "As it is now."
                if category != "text_generation":  # the service derives tags, style and display name (8.6.2)
                    assert is_same({**made.live, "description": "As it is now."}, again.live)
