"""Everyone can search and show live models, also on a replica."""

import json

import pytest

from bot.demo.people import DAVE
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import accent_of, answer_of, answers_of, enabled_buttons_of, menu_of, menus_of, text_of
from tests.harness.queue import apply_beside, counts_use, decide_beside, live_models, propose_harmless
from tests.harness.simulation import Simulation
from tests.stories.reference import live, live_record


@pytest.fixture(params=[Mode.V2, Mode.LEGACY, Mode.REPLICA], ids=str)
def service(request: pytest.FixtureRequest) -> ReferenceService:
    chosen: ReferenceService = request.getfixturevalue(f"{request.param.value}_service")
    return chosen


async def test_everyone_sees_a_model_with_its_record(world: World, service: ReferenceService) -> None:
    dave = world.member(DAVE)  # not linked
    shown = answer_of(await dave.slash(world.public, "model show", model="tin robot"))
    text = text_of(shown)
    assert "-# Image model" in text
    assert "## Tin Robot" in text
    assert "**Live** · read" in text
    assert "**Baseline**" in text
    assert "1 file" in text
    assert accent_of(shown) == "#35C98E"
    (file,) = shown.attachments
    assert file.filename == "record.json"
    if service.mode is not Mode.REPLICA:
        assert json.loads(await file.read())["Tin Robot"] == live(service, "Tin Robot")


async def test_models_are_found_by_a_part_of_their_name_and_open(world: World, service: ReferenceService) -> None:
    dave = world.member(DAVE)
    found = answer_of(await dave.slash(world.public, "model search", name="robot"))
    assert "1 live model · name contains robot" in text_of(found)
    assert "**Tin Robot**" in text_of(found)
    menu = menus_of(found)[0]
    opened = answers_of(await dave.select(found, values=menu.values[:1], custom_id=menu.custom_id))[-1]
    assert "## Tin Robot" in text_of(opened)
    assert "## Models" in text_of(found)


async def test_all_models_have_pages_and_a_filter_also_after_a_restart(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    dave = world.member(DAVE)
    if service.mode is Mode.LEGACY:  # its sample fills exactly one page
        one_more = propose_harmless(service, "One More Model")
        decide_beside(service, approve=[one_more])
        apply_beside(service, one_more)
        await simulation.restart()
    listed = answer_of(await dave.slash(world.public, "model search"))
    assert "page 1 of" in text_of(listed)
    assert enabled_buttons_of(listed) == ["Next"]
    first = text_of(listed)
    await simulation.restart()
    await dave.click(listed, label="Next")
    assert "page 2 of" in text_of(listed)
    assert first != text_of(listed)
    await dave.click(listed, label="Previous")
    assert text_of(listed) == first
    await dave.select(listed, values=["image_generation"], custom_id=menus_of(listed)[1].custom_id)
    assert f"{len(live_models(service))} live models" in text_of(listed)
    await dave.select(listed, values=["lora", "ti"], custom_id=menus_of(listed)[1].custom_id)
    assert "live model" in text_of(listed) or "No models are live here." in text_of(listed)


async def test_models_are_filtered_by_baseline_and_style_the_most_used_first(
    world: World, service: ReferenceService
) -> None:
    dave = world.member(DAVE)
    listed = answer_of(await dave.slash(world.public, "model search", category="image_generation"))
    names = [line for line in text_of(listed).splitlines() if line.startswith("**")]
    if counts_use(service):
        assert names[0].startswith("**Lantern Dusk** · SDXL")
        assert "18,402 images a month" in names[0]
        assert names[1].startswith("**Paper Crane**")
    baseline = menu_of(listed, ":baseline:").custom_id
    value = str(live_record(service, "Lantern Dusk")["baseline"])
    await dave.select(listed, values=[value], custom_id=baseline)
    alike = [record for record in live_models(service).values() if record["baseline"] == value]
    assert f"{len(alike)} live model" in text_of(listed)
    typed = await dave.slash(world.public, "model search", baseline=value, style="no such style")
    assert "No live model matches." in text_of(typed)
    offered = await dave.autocomplete(world.public, "model search", "baseline", "SDXL")
    assert [choice["value"] for choice in offered] == [value]


async def test_names_of_the_whole_reference_are_offered(world: World, service: ReferenceService) -> None:
    dave = world.member(DAVE)
    offered = await dave.autocomplete(world.public, "model show", "model", "robot")
    assert [choice["value"] for choice in offered] == ["Tin Robot"]
    everything = await dave.autocomplete(world.public, "model show", "model", "")
    assert 5 < len(everything) <= 25
    text = await dave.autocomplete(world.public, "model show", "model", "harbor")
    assert not any(choice["value"].startswith("koboldcpp/") for choice in text)


async def test_a_text_model_whose_name_no_path_carries_is_shown(world: World, service: ReferenceService) -> None:
    shown = await world.member(DAVE).slash(world.public, "model show", model="Sample-Org/Harbor-7B")
    assert "Sample\\-Org\\/Harbor\\-7B" in text_of(shown)
    assert "**Parameters**" in text_of(shown)


async def test_an_unknown_name_is_answered_with_similar_ones(world: World, service: ReferenceService) -> None:
    dave = world.member(DAVE)
    shown = await dave.slash(world.public, "model show", model="Tin Robbot")
    assert "Not shown: no live model has this name" in text_of(shown)
    assert "Similar: Tin Robot" in text_of(shown)
    found = await dave.slash(world.public, "model search", name="Tin Robbot")
    assert "No live model's name contains Tin Robbot. Similar: Tin Robot" in text_of(found)
