"""The service's answer to an apply is compared with the live record, because it may be untrue both ways."""

import httpx
import pytest

from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.services.polling.live_outcomes import unlike
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from tests.harness.scripted_service import harmless
from tests.services.conftest import App
from tests.services.review.test_decisions import happens_during
from tests.ui.samples import change

LEGACY = CanonicalFormat.LEGACY
FAILED = {"applied": [], "failed_change_id": 42, "failed_error": "Internal error", "failed_error_type": "TypeError"}


@pytest.fixture
def approved(app: App) -> App:
    """A change that carol approved."""
    app.service.put(42, status="approved", approved_by="303", approved_username="carol#303")
    return app


async def apply(app: App) -> DecisionResult:
    return await app.decide(app.press(42), DecisionVerb.APPLY)


@pytest.mark.parametrize("is_polled", [True, False], ids=["polled", "not polled yet"])
async def test_an_applied_change_that_is_not_live_is_noticed(approved: App, *, is_polled: bool) -> None:
    if is_polled:
        await approved.services.monitor.poll()
    approved.service.keeps_live_records = True
    result = await apply(approved)
    assert result.outcome is Outcome.DONE
    assert result.live_difference is not None
    facts = await approved.services.queue.facts_builder.build(await approved.services.poller.read(42))
    assert facts.live_difference == result.live_difference
    stored = DecisionResult.from_json(result.as_json())
    assert stored.live_difference is not None


async def test_a_new_model_is_looked_up_once_after_its_apply(approved: App) -> None:
    await approved.services.monitor.poll()
    await apply(approved)
    assert approved.service.asked("/image_generation/model/") == 1


async def test_a_failed_apply_that_wrote_the_record_is_not_called_nothing(approved: App) -> None:
    """A legacy apply of 8.0.1 may answer an error after it wrote."""
    approved.service.bodies["/apply"] = (503, FAILED)

    async def writes(_: httpx.Request) -> None:
        approved.service.models["image_generation"]["Model 42"] = harmless("Model 42")

    happens_during(approved, "/apply", writes)
    result = await apply(approved)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, True)


async def test_a_failed_apply_that_wrote_nothing_is_called_nothing(approved: App) -> None:
    approved.service.bodies["/apply"] = (503, FAILED)
    result = await apply(approved)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, False)


async def test_an_apply_whose_live_record_cannot_be_read_is_done(approved: App) -> None:
    approved.service.refusals["/model_references/v2/image_generation/model/Model 42"] = (500, "Internal error")
    result = await apply(approved)
    assert (result.outcome, result.live_difference) == (Outcome.DONE, None)


async def test_a_baseline_that_was_applied_is_known_at_once(app: App) -> None:
    await app.services.catalogue.refresh()
    app.service.put(42, status="approved", resource_kind="image_baseline", model_name="baseline:1", approved_by="303")
    await app.services.monitor.poll()
    baselines = {"items": [{"name": "stable_diffusion_xl"}, {"name": "new_baseline"}]}
    app.service.bodies["/model_references/v2/image_generation/baselines/"] = (200, baselines)
    app.service.put(42, status="applied", applied_by="303")
    await app.services.monitor.poll()
    assert "new_baseline" in app.services.catalogue.baselines


def update(**payload: object) -> PendingChange:
    return change(42, Operation.UPDATE, "Org/Lumen-12B", {"name": "Org/Lumen-12B", **payload})


BEFORE: dict[str, object] = {"style": "chat", "tags": ["12B", "chat", "old"], "display_name": "Lumen"}


@pytest.mark.parametrize(
    ("payload", "live", "fields"),
    [
        ({"style": "story"}, {"style": "story"}, None),
        ({"style": "story"}, {}, ("style",)),
        ({"style": "story"}, {"style": "story", "display_name": None}, None),
        ({"display_name": None}, {}, ("display_name",)),
        ({"description": " Calm. "}, {"description": "Calm."}, None),
        ({"tags": ["new"]}, {"tags": ["new", "12B", "chat"]}, None),
        ({"tags": ["12B"]}, {}, ("tags",)),
        ({"config": {"files": [], "download": []}}, {}, None),
        ({"parameters_count": 7}, {"parameters": 7}, None),
    ],
)
def test_only_what_the_change_alters_is_compared(
    payload: dict[str, object], live: dict[str, object], fields: tuple[str, ...] | None
) -> None:
    assert unlike(update(**{**BEFORE, **payload}), {**BEFORE, **live}, BEFORE, LEGACY) == fields


def test_an_updated_model_that_is_not_live_differs_as_a_whole() -> None:
    assert unlike(update(**BEFORE), None, BEFORE, LEGACY) == ()


def test_a_deleted_model_that_is_live_differs_as_a_whole() -> None:
    deleted = replace_operation(update())
    assert unlike(deleted, BEFORE, BEFORE, LEGACY) == ()
    assert unlike(deleted, None, BEFORE, LEGACY) is None


def replace_operation(one: PendingChange) -> PendingChange:
    return one.model_copy(update={"operation": Operation.DELETE})
