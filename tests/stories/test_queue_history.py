"""History: the decided changes, one batch of approvals, and the proposals for one model."""

import pytest

from bot.demo.people import ABE, CORA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, enabled_buttons_of, menu_of, text_of
from tests.harness.queue import apply_beside, decide_beside, propose_beside
from tests.stories.people import link, onlooker


@pytest.fixture
def service(request: pytest.FixtureRequest) -> ReferenceService:
    """Service with an empty queue, in the test's format."""
    chosen: ReferenceService = request.getfixturevalue(f"{getattr(request, 'param', 'v2')}_service")
    return chosen


@pytest.mark.parametrize("service", [Mode.V2, Mode.LEGACY], indirect=True, ids=str)
async def test_the_history_is_a_timeline_of_changes_with_rejections(world: World, service: ReferenceService) -> None:
    ids = [propose_beside(service, f"Past {number}") for number in range(4)]
    decide_beside(service, approve=ids[:2], reject=ids[2:3])
    apply_beside(service, ids[0], person=CORA)
    await link(world, ABE)
    viewer = await onlooker(world, service)
    history = answer_of(await viewer.slash(world.public, "queue history"))
    text = text_of(history)
    assert "3 decided · newest first" in text
    assert f"**#{ids[0]}** CREATE · **Past 0**" in text
    assert "applied by carol\\#303" in text
    assert "approved by bob\\#202" in text
    assert "rejected by bob\\#202" in text
    assert "proposed by alice\\#101" in text
    assert "Past 3" not in text, "it waits"
    assert "atch" not in text
    menu = menu_of(history)
    assert len(menu.values) == 3
    opened = await viewer.select(history, values=[menu.values[-1]])
    assert "Past" in text_of(opened)


@pytest.mark.parametrize("service", ["fresh_v2"], indirect=True)
async def test_a_batch_is_a_detail_and_names_the_people(world: World, service: ReferenceService) -> None:
    """A new service's first batch is number 1."""
    ids = [propose_beside(service, f"Batched {number}") for number in range(3)]
    decide_beside(service, approve=ids[:2], reject=ids[2:])
    apply_beside(service, *ids[:2])
    await link(world, ABE)
    viewer = await onlooker(world, service)
    opened = text_of(await viewer.slash(world.public, "queue history", batch=1))
    assert f"**#{ids[0]}** CREATE · **Batched 0**" in opened
    assert "applied by bob\\#202" in opened
    assert f"**#{ids[2]}** CREATE · **Batched 2**" in opened
    assert "No batch 99" in text_of(await viewer.slash(world.public, "queue history", batch=99))


async def test_a_number_that_never_was_is_not_called_gone(world: World, service: ReferenceService) -> None:
    change_id = propose_beside(service, "Past Only One")
    viewer = await onlooker(world, service)
    await world.env.advance_time(21)
    text = text_of(await viewer.slash(world.public, "queue show", change=999))
    assert "There is no #999" in text
    assert f"The newest change is #{change_id}." in text
    assert "gone" not in text


@pytest.mark.parametrize("service", [Mode.V2, Mode.LEGACY], indirect=True, ids=str)
async def test_the_history_of_a_model_has_only_its_exact_name(world: World, service: ReferenceService) -> None:
    ids = [propose_beside(service, "Past Model") for _ in range(10)]
    propose_beside(service, "Past Model Two")
    decide_beside(service, approve=ids[:1], reject=ids[1:3])
    apply_beside(service, ids[0])
    viewer = await onlooker(world, service)
    past = answer_of(await viewer.slash(world.public, "queue history", model="Past Model"))
    assert "10 changes · newest first · page 1 of 2" in text_of(past)
    assert "Past Model Two" not in text_of(past)
    assert enabled_buttons_of(past) == ["Older"]
    await viewer.click(past, label="Older")
    text = text_of(past)
    assert [one for one in ids if f"**#{one}**" in text] == ids[:2]
    assert "applied by bob\\#202" in text
    assert "rejected by bob\\#202" in text
    menu = menu_of(past)
    opened = await viewer.select(past, values=[menu.values[-1]])
    assert "Applied" in text_of(opened)
    assert "There is no proposal for a model of exactly this name." in text_of(
        await viewer.slash(world.public, "queue history", model="Past")
    )


async def test_before_anything_was_decided_the_history_is_empty(world: World, service: ReferenceService) -> None:
    assert "Nothing was decided yet." in text_of(
        await (await onlooker(world, service)).slash(world.public, "queue history")
    )
