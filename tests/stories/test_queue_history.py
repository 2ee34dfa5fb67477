"""History: batches of approvals, the effect of one on the reference, and the proposals for one model."""

import pytest

from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, enabled_buttons_of, nodes_of, text_of
from tests.harness.queue import apply_beside, decide_beside, propose_beside
from tests.stories.people import link, onlooker

SELECT = 3


@pytest.fixture
def service(request: pytest.FixtureRequest) -> ReferenceService:
    """Service of its own, so that its batches are those of the test."""
    chosen: ReferenceService = request.getfixturevalue(f"fresh_{getattr(request, 'param', Mode.V2)}_service")
    return chosen


@pytest.mark.parametrize("service", [Mode.V2, Mode.LEGACY], indirect=True, ids=str)
async def test_a_batch_opens_from_the_list_and_names_the_people(world: World, service: ReferenceService) -> None:
    ids = [propose_beside(service, f"Past {number}") for number in range(3)]
    decide_beside(service, approve=ids[:2], reject=ids[2:])
    apply_beside(service, *ids[:2])
    await link(world, ABE)
    viewer = await onlooker(world, service)
    batches = answer_of(await viewer.slash(world.public, "queue history"))
    text = text_of(batches)
    assert "## History" in text
    assert "**Batch 1** · 1 approved, 1 rejected, 1 applied" in text
    assert "approved by bob\\#202" in text
    assert "“web”" in text
    (menu,) = [node for node in nodes_of(batches) if node["type"] == SELECT]
    assert [option["value"] for option in menu["options"]] == ["2", "1"]
    opened = text_of(answer_of(await viewer.select(batches, values=["1"])))
    assert f"**#{ids[0]}** CREATE · **Past 0**" in opened
    assert "applied by bob\\#202" in opened
    assert "proposed by \\#101" in opened, "without a link only the id is known"
    assert f"**#{ids[2]}** CREATE · **Past 2**" in opened
    second = text_of(answer_of(await viewer.slash(world.public, "queue history", batch=2, model="Past 1")))
    assert "**Past 1** added" in second
    assert "No batch 99" in text_of(await viewer.slash(world.public, "queue history", batch=99))


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
    (menu,) = [node for node in nodes_of(past) if node["type"] == SELECT]
    opened = await viewer.select(past, values=[menu["options"][-1]["value"]])
    assert "Applied" in text_of(opened)
    assert "There is no proposal for a model of exactly this name." in text_of(
        await viewer.slash(world.public, "queue history", model="Past")
    )


async def test_before_anything_was_approved_there_is_no_batch(world: World, service: ReferenceService) -> None:
    assert "Nothing was approved yet." in text_of(
        await (await onlooker(world, service)).slash(world.public, "queue history")
    )
