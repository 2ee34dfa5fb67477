"""The memory of live models: brought up to date by one small question, believed only as long as it may be."""

from typing import Any

from bot.services.forms.forms_input import RecordEdit
from bot.services.proposals.outcomes import LiveMoved, Unchanged
from tests.services.conftest import APPROVER, App

V2 = "/model_references/v2"
SIGN = f"{V2}/metadata/last_updated"
RISK = "/model_references/statistics/image_generation/deletion-risk"
IMAGES = f"{V2}/image_generation"


def lists(app: App, **records: Any) -> None:
    app.service.models["image_generation"] = {name: {"name": name, **record} for name, record in records.items()}


async def test_models_are_read_again_only_when_the_reference_moved(app: App) -> None:
    catalogue = app.services.catalogue
    app.service.bodies[SIGN] = (200, {"last_updated": 1})
    await catalogue.refresh()
    assert catalogue.known_names("image_generation") == ("Deliberate",)
    asked = app.service.asked(IMAGES)
    await catalogue.refresh()
    assert app.service.asked(IMAGES) == asked
    lists(app, Other={})
    app.service.bodies[SIGN] = (200, {"last_updated": 2})
    await catalogue.refresh()
    assert catalogue.known_names("image_generation") == ("Other",)


async def test_a_service_without_the_sign_is_asked_now_and_then(app: App) -> None:
    catalogue = app.services.catalogue
    await catalogue.refresh()
    lists(app, Other={})
    app.clock.move(minutes=5)
    await catalogue.refresh()
    assert catalogue.known_names("image_generation") == ("Deliberate",)
    app.clock.move(minutes=6)
    await catalogue.refresh()
    assert catalogue.known_names("image_generation") == ("Other",)


async def test_what_was_known_stays_known_while_the_service_is_away(app: App) -> None:
    catalogue = app.services.catalogue
    await catalogue.refresh()
    app.service.is_away = True
    app.clock.move(hours=1)
    await catalogue.refresh()
    assert catalogue.known_names("image_generation") == ("Deliberate",)


async def test_a_clock_that_is_set_back_keeps_nothing_fresh(app: App) -> None:
    catalogue = app.services.catalogue
    await catalogue.live_models("image_generation")
    app.service.models["image_generation"]["New"] = {"name": "New"}
    app.clock.move(hours=-1)
    assert "New" in await catalogue.live_models("image_generation")


async def test_what_a_person_types_for_a_category_is_not_kept(app: App) -> None:
    catalogue = app.services.catalogue
    await catalogue.refresh()
    assert catalogue.best_names("", None, "no such category") == []
    assert "no such category" not in catalogue._indices


async def test_copies_for_backends_are_not_offered(app: App) -> None:
    app.service.models["text_generation"] = {name: {} for name in ("Org/A-7B", "koboldcpp/A-7B", "aphrodite/Org/A-7B")}
    await app.services.catalogue.refresh()
    assert app.services.catalogue.known_names("text_generation") == ("Org/A-7B",)


async def test_a_delete_knows_use_and_who_names_the_model(app: App) -> None:
    lists(app, Deliberate={}, Second={"requirements": {"needs": "Deliberate"}})
    used = [
        {"name": "Deliberate", "usage_month": 1200, "worker_count": 3},
        {"name": "Second", "usage_month": 9000, "worker_count": 5},
    ]
    app.service.bodies[RISK] = (200, {"models": used})
    app.service.bodies[f"{IMAGES}/model/Deliberate"] = (200, {"name": "Deliberate"})
    await app.services.catalogue.refresh()
    for_rankings = app.service.asked(RISK)
    live = await app.services.draft_sources.live("image_generation", "deliberate")
    draft = await app.services.draft_sources.delete(APPROVER, None, live, "Old.")
    assert draft.live is not None
    assert draft.live.usage is not None
    assert (draft.live.usage.rank, draft.live.usage.total, draft.live.usage.month) == (2, 2, 1200)
    assert draft.live.dependents == (("image_generation", "Second"),)
    assert draft.why == "Old."
    assert app.service.asked(RISK) == for_rankings


async def test_an_update_that_says_nothing_new_is_not_sent(app: App) -> None:
    app.service.bodies[f"{IMAGES}/model/Deliberate"] = (200, {"name": "Deliberate", "baseline": "x", "nsfw": False})
    app.service.models["image_generation"]["Deliberate"] = {"name": "Deliberate", "baseline": "x", "nsfw": False}
    app.service.bodies[f"{V2}/image_generation/baselines/"] = (200, {"items": [{"name": "x"}]})
    await app.services.catalogue.refresh()
    live = await app.services.draft_sources.live("image_generation", "Deliberate")
    draft = await app.services.draft_sources.update(APPROVER, None, live)
    outcome = await app.services.submission.submit(APPROVER, draft.draft_id, app.origin())
    assert isinstance(outcome, Unchanged)
    changed = {"name": "Deliberate", "baseline": "x", "nsfw": False, "version": "2"}
    app.service.bodies[f"{IMAGES}/model/Deliberate"] = (200, changed)
    draft = await app.services.draft_sources.update(APPROVER, None, live, RecordEdit(fields={"description": "New."}))
    outcome = await app.services.submission.submit(APPROVER, draft.draft_id, app.origin())
    assert isinstance(outcome, LiveMoved)
    assert outcome.taken == ("version",)
    assert outcome.draft.record == {**changed, "description": "New."}
    assert app.service.writes == []
