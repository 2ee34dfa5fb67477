"""A draft shows what it would change of the live record, what others changed, and what depends on the model."""

from typing import Any

import pytest

from bot.services.checks import CheckCode
from bot.services.forms.forms_input import RecordEdit
from bot.services.proposals import live_comparison
from bot.services.proposals.outcomes import DraftFacts, LiveFacts
from bot.services.usage import UsageFacts
from tests.harness.scripted_service import harmless
from tests.services.conftest import GUILD, REQUESTOR, App

IMAGE, TEXT = "image_generation", "text_generation"
LIVE = {**harmless("Deliberate"), "version": "1"}
STATISTICS = "/model_references/statistics/{}/deletion-risk"


@pytest.fixture(autouse=True)
def _live(app: App) -> None:
    app.service.models[IMAGE] = {"Deliberate": dict(LIVE)}


async def update(app: App, **fields: Any) -> DraftFacts:
    live = await app.services.draft_sources.live(IMAGE, "Deliberate")
    return await app.services.draft_sources.update(REQUESTOR, GUILD, live, RecordEdit(fields))


async def delete(app: App, name: str = "Deliberate", category: str = IMAGE) -> LiveFacts:
    live = await app.services.draft_sources.live(category, name)
    facts = await app.services.draft_sources.delete(REQUESTOR, GUILD, live, "It is gone.")
    assert facts.live is not None
    return facts.live


async def shown(app: App, draft: DraftFacts) -> DraftFacts:
    """Return the draft as it is shown after the live models were read again."""
    app.clock.move(minutes=30)
    return await app.services.draft_service.show(REQUESTOR, draft.draft_id)


def changed(draft: DraftFacts) -> list[tuple[str, Any, Any]]:
    assert draft.live is not None
    assert draft.live.diff is not None
    return [(one.field_path, one.old_value, one.new_value) for one in draft.live.diff.field_diffs]


def moved(draft: DraftFacts) -> tuple[str, ...]:
    assert draft.live is not None
    return draft.live.moved


async def test_an_update_shows_its_changes_and_those_of_others_since_it_began(app: App) -> None:
    draft = await update(app, description="New.")
    assert (changed(draft), moved(draft)) == ([("description", LIVE["description"], "New.")], ())
    assert draft.live is not None
    assert draft.live.diff is not None
    assert (draft.live.diff.model_name, draft.live.diff.category) == ("Deliberate", IMAGE)
    app.service.models[IMAGE]["Deliberate"]["version"] = "2"
    later = await shown(app, draft)
    assert moved(later) == ("version",)
    assert ("version", "2", "1") in changed(later)


async def test_a_new_model_is_compared_with_no_live_one(app: App) -> None:
    data = b'{"name": "Deliberate", "version": "2"}'
    assert (await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, IMAGE, data)).live is None


@pytest.mark.parametrize("is_away", [True, False])
async def test_an_update_of_a_model_that_is_gone_or_unreadable_is_compared_with_the_record_that_it_began_with(
    app: App, *, is_away: bool
) -> None:
    draft = await update(app, description="New.")
    app.service.is_away = is_away
    del app.service.models[IMAGE]["Deliberate"]
    later = await shown(app, draft)
    assert (changed(later), moved(later)) == ([("description", LIVE["description"], "New.")], ())


async def test_a_delete_names_the_usage_and_the_models_that_refer_to_the_model(app: App) -> None:
    usage = {"models": [{"name": "Deliberate", "worker_count": 3, "usage_month": 9000}]}
    app.service.bodies[STATISTICS.format(IMAGE)] = (200, usage)
    app.service.models[IMAGE] |= {
        "By tag": {"name": "By tag", "tags": ["Deliberate"], "description": "Deliberate"},
        "Inpainting": {"name": "Inpainting", "parts": [{"of": "Deliberate"}], "version": 2},
        "Deliberately": {"name": "Deliberately", "of": "Deliberately"},
    }
    app.service.models["lora"] = {"Deliberate": {"name": "Deliberate", "of": "Deliberate"}}
    for category in (IMAGE, "lora"):
        await app.services.catalogue.live_models(category)
    live = await delete(app)
    assert (live.diff, live.moved, live.usage) == (None, (), UsageFacts(1, 1, 9000, 3))
    assert sorted(live.dependents) == [(IMAGE, "Inpainting"), ("lora", "Deliberate")]


@pytest.mark.parametrize(("models", "named"), [(3, 3), (4, 3)])
async def test_a_delete_names_a_limited_number_of_models(
    app: App, monkeypatch: pytest.MonkeyPatch, models: int, named: int
) -> None:
    monkeypatch.setattr(live_comparison, "DEPENDENTS_MAX", 3)
    app.service.models[IMAGE] |= {f"{number}": {"name": f"{number}", "of": "Deliberate"} for number in range(models)}
    await app.services.catalogue.live_models(IMAGE)
    assert len((await delete(app)).dependents) == named


async def test_a_delete_of_a_text_model_names_the_copies_of_its_backends(app: App) -> None:
    names = ("Org/Harbor-7B", "aphrodite/Org/Harbor-7B", "koboldcpp/Harbor-7B", "Org/Harbor-70B", "koboldcpp/Harbor")
    app.service.models[TEXT] = {name: {"name": name} for name in names}
    app.service.models[IMAGE]["koboldcpp/Harbor-7B"] = {"name": "koboldcpp/Harbor-7B"}
    for category in (IMAGE, TEXT):
        await app.services.catalogue.live_models(category)
    expected = [(TEXT, "aphrodite/Org/Harbor-7B"), (TEXT, "koboldcpp/Harbor-7B")]
    assert sorted((await delete(app, "Org/Harbor-7B", TEXT)).dependents) == expected


@pytest.mark.parametrize("is_update", [True, False])
async def test_a_change_of_a_most_used_model_is_warned_of_and_a_new_model_is_not(app: App, *, is_update: bool) -> None:
    usage = {"models": [{"name": "Deliberate", "worker_count": 3, "usage_month": 9000}]}
    app.service.bodies[STATISTICS.format(IMAGE)] = (200, usage)
    if is_update:
        draft = await update(app, description="New.")
    else:
        data = b'{"name": "Deliberate", "version": "2"}'
        draft = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, IMAGE, data)
    assert (CheckCode.CONSENSUS in {check.code for check in draft.checks}) is is_update
