"""Lookup of models: lists from memory, a model from the service, and from memory during an outage."""

from datetime import datetime

import pytest

from bot.reference.errors import UnavailableError
from bot.services.errors import UnknownModelError
from bot.services.models.lookup import MODELS_PER_PAGE, ModelFacts, ModelLookup, ModelPage
from bot.services.pages import ListFilter
from bot.ui.models import option_value
from tests.services.conftest import GUILD, House

LONG = "A name of more than a hundred characters " * 5


@pytest.fixture(autouse=True)
def models(house: House) -> None:
    house.service.models = {
        "image_generation": {name: {"name": name} for name in ("Deliberate", "Twin", LONG, "name:odd")},
        "lora": {name: {"name": name} for name in ("Twin", *(f"Lora {number}" for number in range(20)))},
    }


def lookup_of(house: House) -> ModelLookup:
    return house.services.model_lookup


async def shown(house: House, typed: str, category: str | None = None) -> ModelFacts:
    found = await lookup_of(house).find(typed, category, GUILD)
    assert isinstance(found, ModelFacts)
    return found


async def test_a_model_is_read_again_each_time(house: House) -> None:
    assert (await shown(house, "deliberate")).record == {"name": "Deliberate"}
    house.service.models["image_generation"]["Deliberate"] = {"name": "Deliberate", "version": "2"}
    again = await shown(house, "Deliberate", "image_generation")
    assert again.record["version"] == "2"
    assert (again.is_from_memory, again.read_at) == (False, house.clock())


async def test_during_an_outage_a_model_is_shown_as_last_read(house: House) -> None:
    await shown(house, "Deliberate")
    then = house.clock()
    house.clock.move(minutes=9)
    house.service.is_away = True
    again = await shown(house, "Deliberate")
    assert (again.is_from_memory, again.read_at, again.usage) == (True, then, None)


async def test_with_nothing_in_memory_an_outage_is_raised(house: House) -> None:
    house.service.is_away = True
    with pytest.raises(UnavailableError):
        await lookup_of(house).find("Deliberate", None, GUILD)
    with pytest.raises(UnavailableError):
        await lookup_of(house).page(ListFilter())


async def test_a_name_in_two_categories_returns_a_list(house: House) -> None:
    found = await lookup_of(house).find("twin", None, GUILD)
    assert isinstance(found, ModelPage)
    assert [(item.category, item.name) for item in found.entries] == [("image_generation", "Twin"), ("lora", "Twin")]
    assert (await shown(house, "twin", "lora")).category == "lora"


@pytest.mark.parametrize("name", ["Deliberate", LONG, "name:odd"])
async def test_an_option_leads_to_its_model(house: House, name: str) -> None:
    value = option_value("image_generation", name)
    assert len(value) <= 100
    assert (await lookup_of(house).chosen(value, GUILD)).name == name


async def test_a_model_that_was_deleted_meanwhile_is_unknown(house: House) -> None:
    await shown(house, "Deliberate")
    del house.service.models["image_generation"]["Deliberate"]
    with pytest.raises(UnknownModelError) as gone:
        await lookup_of(house).chosen("image_generation:Deliberate", GUILD)
    assert gone.value.name == "Deliberate"
    assert "Deliberate" not in house.services.catalogue.best_names("", None)


async def test_pages_end_where_the_models_end(house: House) -> None:
    wanted = ListFilter(model="lora", categories=("lora",))
    first = await lookup_of(house).page(wanted)
    assert (first.total, first.pages, len(first.entries)) == (20, 2, MODELS_PER_PAGE)
    last = await lookup_of(house).page(wanted, 99)
    assert (last.number, len(last.entries)) == (1, 5)
    assert await house.services.queue.stored_filter(first.list_id) == wanted
    assert first.list_id == last.list_id


async def test_a_model_deleted_while_the_page_is_built_breaks_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = lookup_of(house)
    keep = lookup.filters.keep

    async def meanwhile(content: str, now: datetime) -> int:
        del house.service.models["image_generation"]["Deliberate"]
        await house.services.catalogue.live_record("image_generation", "Deliberate")
        return await keep(content, now)

    monkeypatch.setattr(lookup.filters, "keep", meanwhile)
    assert [item.name for item in (await lookup.page(ListFilter(model="delib"))).entries] == ["Deliberate"]


async def test_open_changes_are_counted_and_listed(house: House) -> None:
    house.service.put(1, model_name="Deliberate", operation="update")
    house.service.put(2, model_name="Deliberate", operation="delete", status="approved")
    house.service.put(3, model_name="Deliberate", status="rejected")
    await house.services.watch.poll()
    assert [change.change_id for change in (await shown(house, "Deliberate")).changes] == [1, 2]
    page = await lookup_of(house).page(ListFilter(model="delib"))
    assert [item.changes for item in page.entries] == [2]


async def test_a_search_reads_nothing_again(house: House) -> None:
    await lookup_of(house).page(ListFilter())
    house.service.requests.clear()
    await lookup_of(house).page(ListFilter(model="x"))
    assert house.service.requests == []


async def test_the_most_used_models_come_first_and_keep_their_places_when_the_figures_fail(house: House) -> None:
    models = house.service.models["image_generation"] = {name: {"name": name} for name in ("Rare", "Often", "Daily")}
    figures = [{"name": name, "usage_month": month} for name, month in (("Often", 90), ("Daily", 4000))]
    path = "/model_references/statistics/image_generation/deletion-risk"
    house.service.bodies[path] = (200, {"models": figures})
    await house.services.catalogue.live_models("image_generation")
    await house.services.catalogue.usages.refresh()
    wanted = ListFilter(categories=("image_generation",))
    page = await lookup_of(house).page(wanted)
    assert [(item.name, item.month) for item in page.entries] == [("Daily", 4000), ("Often", 90), ("Rare", None)]
    house.service.bodies[path] = (503, {"detail": "busy"})
    house.clock.move(minutes=11)
    await house.services.catalogue.usages.refresh()
    assert house.services.catalogue.best_names("", None, "image_generation") == ["Daily", "Often", "Rare"]
    assert set(models) == {"Daily", "Often", "Rare"}


async def test_models_are_filtered_by_baseline_and_style_that_live_models_have(house: House) -> None:
    records = {
        "One": {"baseline": "flux_1", "style": "anime"},
        "Two": {"baseline": "stable_diffusion_xl", "style": "anime"},
        "Three": {"baseline": "stable_diffusion_xl"},
        "Odd": {"baseline": ["no text"], "style": "x" * 101},
    }
    house.service.models = {"image_generation": records}
    lookup = lookup_of(house)
    every = await lookup.page(ListFilter())
    assert (every.baselines, every.styles) == (("stable_diffusion_xl", "flux_1"), ("anime",))
    anime = await lookup.page(ListFilter(styles=("anime",), baselines=("stable_diffusion_xl",)))
    assert [item.name for item in anime.entries] == ["Two"]
    assert await house.services.queue.stored_filter(anime.list_id) == anime.wanted
    assert lookup.values("baseline") == ("stable_diffusion_xl", "flux_1")
    none = await lookup.page(ListFilter(baselines=("gone",)))
    assert (none.total, none.baselines[0]) == (0, "gone")
