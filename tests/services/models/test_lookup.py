"""Lookup of models: lists from memory, a model from the service, and from memory during an outage."""

from datetime import datetime

import pytest

from bot.reference.client import ReferenceClient
from bot.reference.errors import UnavailableError
from bot.services.errors import UnknownModelError
from bot.services.models.lookup import MODELS_PER_PAGE, ModelFacts, ModelLookup, ModelPage
from bot.services.pages import ListFilter
from bot.ui.models import option_value
from tests.services.conftest import GUILD, App

LONG = "A name of more than a hundred characters " * 5


@pytest.fixture(autouse=True)
def models(app: App) -> None:
    app.service.models = {
        "image_generation": {name: {"name": name} for name in ("Deliberate", "Twin", LONG, "name:odd")},
        "lora": {name: {"name": name} for name in ("Twin", *(f"Lora {number}" for number in range(20)))},
    }


def lookup_of(app: App) -> ModelLookup:
    return app.services.model_lookup


async def shown(app: App, typed: str, category: str | None = None) -> ModelFacts:
    found = await lookup_of(app).find(typed, category, GUILD)
    assert isinstance(found, ModelFacts)
    return found


async def test_a_model_is_read_again_each_time(app: App) -> None:
    assert (await shown(app, "deliberate")).record == {"name": "Deliberate"}
    app.service.models["image_generation"]["Deliberate"] = {"name": "Deliberate", "version": "2"}
    again = await shown(app, "Deliberate", "image_generation")
    assert again.record["version"] == "2"
    assert (again.is_from_memory, again.read_at) == (False, app.clock())


async def test_during_an_outage_a_model_is_shown_as_last_read(app: App) -> None:
    await shown(app, "Deliberate")
    then = app.clock()
    app.clock.move(minutes=9)
    app.service.is_away = True
    again = await shown(app, "Deliberate")
    assert (again.is_from_memory, again.read_at, again.usage) == (True, then, None)


async def test_with_nothing_in_memory_an_outage_is_raised(app: App) -> None:
    app.service.is_away = True
    with pytest.raises(UnavailableError):
        await lookup_of(app).find("Deliberate", None, GUILD)
    with pytest.raises(UnavailableError):
        await lookup_of(app).page(ListFilter())


async def test_a_name_in_two_categories_returns_a_list(app: App) -> None:
    found = await lookup_of(app).find("twin", None, GUILD)
    assert isinstance(found, ModelPage)
    assert [(item.category, item.name) for item in found.entries] == [("image_generation", "Twin"), ("lora", "Twin")]
    assert (await shown(app, "twin", "lora")).category == "lora"


@pytest.mark.parametrize("name", ["Deliberate", LONG, "name:odd"])
async def test_an_option_leads_to_its_model(app: App, name: str) -> None:
    value = option_value("image_generation", name)
    assert len(value) <= 100
    assert (await lookup_of(app).chosen(value, GUILD)).name == name


async def test_a_model_that_was_deleted_meanwhile_is_unknown(app: App) -> None:
    await shown(app, "Deliberate")
    del app.service.models["image_generation"]["Deliberate"]
    with pytest.raises(UnknownModelError) as gone:
        await lookup_of(app).chosen("image_generation:Deliberate", GUILD)
    assert gone.value.name == "Deliberate"
    assert "Deliberate" not in app.services.catalogue.best_names("", None)


async def test_pages_end_where_the_models_end(app: App) -> None:
    wanted = ListFilter(model="lora", categories=("lora",))
    first = await lookup_of(app).page(wanted)
    assert (first.total, first.pages, len(first.entries)) == (20, 2, MODELS_PER_PAGE)
    last = await lookup_of(app).page(wanted, 99)
    assert (last.number, len(last.entries)) == (1, 5)
    assert await app.services.queue.stored_filter(first.list_id) == wanted
    assert first.list_id == last.list_id


async def test_a_model_deleted_while_the_page_is_built_breaks_nothing(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = lookup_of(app)
    keep = lookup.filters.keep

    async def meanwhile(content: str, now: datetime) -> int:
        del app.service.models["image_generation"]["Deliberate"]
        await app.services.catalogue.live_record("image_generation", "Deliberate")
        return await keep(content, now)

    monkeypatch.setattr(lookup.filters, "keep", meanwhile)
    assert [item.name for item in (await lookup.page(ListFilter(model="delib"))).entries] == ["Deliberate"]


async def test_open_changes_are_counted_and_listed(app: App) -> None:
    app.service.put(1, model_name="Deliberate", operation="update")
    app.service.put(2, model_name="Deliberate", operation="delete", status="approved")
    app.service.put(3, model_name="Deliberate", status="rejected")
    await app.services.monitor.poll()
    assert [change.change_id for change in (await shown(app, "Deliberate")).changes] == [1, 2]
    page = await lookup_of(app).page(ListFilter(model="delib"))
    assert [item.changes for item in page.entries] == [2]


async def test_open_changes_of_a_queue_for_approvers_only_are_not_shown_with_a_model(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.service.put(1, model_name="Deliberate")
    await app.services.monitor.poll()
    monkeypatch.setattr(ReferenceClient, "may_conceal_queue", True)
    assert (await shown(app, "Deliberate")).changes == ()
    page = await lookup_of(app).page(ListFilter(model="Deliberate"))
    assert [item.changes for item in page.entries] == [0]


async def test_a_search_reads_nothing_again(app: App) -> None:
    await lookup_of(app).page(ListFilter())
    app.service.requests.clear()
    await lookup_of(app).page(ListFilter(model="x"))
    assert app.service.requests == []


async def test_the_most_used_models_come_first_and_keep_their_places_when_the_figures_fail(app: App) -> None:
    models = app.service.models["image_generation"] = {name: {"name": name} for name in ("Rare", "Often", "Daily")}
    figures = [{"name": name, "usage_month": month} for name, month in (("Often", 90), ("Daily", 4000))]
    path = "/model_references/statistics/image_generation/deletion-risk"
    app.service.bodies[path] = (200, {"models": figures})
    await app.services.catalogue.live_models("image_generation")
    await app.services.catalogue.usages.refresh()
    wanted = ListFilter(categories=("image_generation",))
    page = await lookup_of(app).page(wanted)
    assert [(item.name, item.month) for item in page.entries] == [("Daily", 4000), ("Often", 90), ("Rare", None)]
    app.service.bodies[path] = (503, {"detail": "busy"})
    app.clock.move(minutes=11)
    await app.services.catalogue.usages.refresh()
    assert app.services.catalogue.best_names("", None, "image_generation") == ["Daily", "Often", "Rare"]
    assert set(models) == {"Daily", "Often", "Rare"}


async def test_models_are_filtered_by_baseline_and_style_that_live_models_have(app: App) -> None:
    records = {
        "One": {"baseline": "flux_1", "style": "anime"},
        "Two": {"baseline": "stable_diffusion_xl", "style": "anime"},
        "Three": {"baseline": "stable_diffusion_xl"},
        "Odd": {"baseline": ["no text"], "style": "x" * 101},
    }
    app.service.models = {"image_generation": records}
    lookup = lookup_of(app)
    every = await lookup.page(ListFilter())
    assert (every.baselines, every.styles) == (("stable_diffusion_xl", "flux_1"), ("anime",))
    anime = await lookup.page(ListFilter(styles=("anime",), baselines=("stable_diffusion_xl",)))
    assert [item.name for item in anime.entries] == ["Two"]
    assert await app.services.queue.stored_filter(anime.list_id) == anime.wanted
    assert lookup.values("baseline") == ("stable_diffusion_xl", "flux_1")
    none = await lookup.page(ListFilter(baselines=("gone",)))
    assert (none.total, none.baselines[0]) == (0, "gone")
