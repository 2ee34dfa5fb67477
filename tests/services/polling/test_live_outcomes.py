"""The service's answer to an apply is compared with the live record, because it may be untrue both ways."""

from typing import Any

import httpx
import pytest

from bot.reference.models import Operation, PendingChange
from bot.services.changes import CardState, LiveDifference
from bot.services.polling.live_outcomes import unlike
from bot.services.review.outcomes import BatchResult, DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from bot.services.review.stored_results import facts_to_store, stored_batch
from tests.harness.scripted_service import harmless
from tests.services.conftest import App
from tests.ui.samples import change

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
    stored = stored_batch(facts_to_store(BatchResult(DecisionVerb.APPLY, (result,)))).single
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

    approved.service.meanwhile["/apply"] = writes
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


MODEL = "/model_references/v2/image_generation/model/Deliberate"


@pytest.fixture
def updated(app: App) -> App:
    """A change that carol approved, of the version of a live model."""
    app.service.models["image_generation"]["Deliberate"] = {**harmless("Deliberate"), "version": "1"}
    put_update(app, 42, version="2")
    return app


def put_update(app: App, change_id: int, status: str = "approved", **facts: Any) -> None:
    """Put an update of Deliberate into the queue; facts that are not the change's own are the record's."""
    own = {name: facts.pop(name) for name in ("applied_at", "resource_kind") if name in facts}
    payload = {**harmless("Deliberate"), **facts}
    app.service.put(
        change_id, operation="update", model_name="Deliberate", payload=payload, status=status, approved_by="303", **own
    )


async def difference(app: App, change_id: int = 42) -> LiveDifference | None:
    """Return the difference that the card shows."""
    change = await app.services.poller.read(change_id)
    return (await app.services.queue.facts_builder.build(change)).live_difference


@pytest.mark.parametrize("is_polled", [True, False], ids=["polled", "not polled yet"])
async def test_an_update_names_the_fields_that_are_not_live_and_reads_the_record_twice(
    updated: App, *, is_polled: bool
) -> None:
    if is_polled:
        await updated.services.monitor.poll()
    updated.service.keeps_live_records = True

    async def rewrites(_: httpx.Request) -> None:
        updated.service.models["image_generation"]["Deliberate"]["description"] = "The service rewrites it."

    updated.service.meanwhile["/apply"] = rewrites
    result = await apply(updated)
    assert result.live_difference == LiveDifference(("version",), updated.clock())
    assert updated.service.asked(MODEL) == 2, "before and after"
    assert not updated.services.decisions.sender.live_outcomes.is_applying(42)


async def test_an_update_on_the_web_page_is_compared_with_the_record_known_before(updated: App) -> None:
    await updated.services.catalogue.live_models("image_generation")
    await updated.services.monitor.poll()
    updated.service.keeps_live_records = True
    updated.service.models["image_generation"]["Deliberate"]["description"] = "The service rewrites it."
    put_update(updated, 42, "applied", version="2")
    await updated.services.monitor.poll()
    assert await difference(updated) == LiveDifference(("version",), updated.clock())
    updated.service.requests.clear()
    await updated.services.monitor.poll()
    assert updated.service.asked(MODEL) == 0, "it is compared once"


@pytest.mark.parametrize(("earlier", "later"), [(5, 9), (9, 9), (None, None), (None, 9)])
@pytest.mark.parametrize("is_last_first", [True, False])
async def test_of_several_updates_of_a_model_applied_at_once_the_last_is_compared(
    updated: App, earlier: int | None, later: int | None, *, is_last_first: bool
) -> None:
    is_last_first = is_last_first and earlier != later
    first, last = (43, 42) if is_last_first else (42, 43)
    put_update(updated, first, version="2")
    put_update(updated, last, version="3")
    await updated.services.monitor.poll()
    put_update(updated, first, "applied", version="2", applied_at=earlier)
    put_update(updated, last, "applied", version="3", applied_at=later)
    updated.service.models["image_generation"]["Deliberate"]["version"] = "3"
    await updated.services.monitor.poll()
    assert (await difference(updated, first), await difference(updated, last)) == (None, None)


async def test_a_later_change_of_another_kind_does_not_hide_a_record_that_is_not_live(updated: App) -> None:
    put_update(updated, 43, resource_kind="text_guidance")
    await updated.services.monitor.poll()
    updated.service.keeps_live_records = True
    put_update(updated, 42, "applied", version="2", applied_at=5)
    put_update(updated, 43, "applied", applied_at=9)
    await updated.services.monitor.poll()
    assert await difference(updated, 42) is not None
    assert await difference(updated, 43) is None


@pytest.mark.parametrize("fails", [False, True], ids=["applied", "failed"])
async def test_an_update_whose_live_record_cannot_be_read_says_nothing_of_it(updated: App, *, fails: bool) -> None:
    updated.service.refusals[MODEL] = (500, "Internal error")
    if fails:
        updated.service.bodies["/apply"] = (503, FAILED)
    result = await apply(updated)
    assert (result.outcome, result.live_difference) == (Outcome.FAILED if fails else Outcome.DONE, None)
    assert not result.is_written


async def test_a_record_that_cannot_be_read_after_the_apply_is_not_called_different(updated: App) -> None:
    await updated.services.monitor.poll()
    updated.service.refusals[MODEL] = (500, "Internal error")
    put_update(updated, 42, "applied", version="2")
    await updated.services.monitor.poll()
    assert await difference(updated) is None


@pytest.mark.parametrize(
    ("written", "is_written"),
    [
        ({"version": "2"}, True),
        ({"version": "2", "description": "The service rewrites it."}, True),
        ({"version": "1", "description": "Half of it."}, False),
    ],
    ids=["as approved", "as approved, and rewritten", "otherwise"],
)
async def test_a_failed_update_is_called_written_only_if_the_record_is_as_approved(
    updated: App, written: dict[str, str], *, is_written: bool
) -> None:
    updated.service.bodies["/apply"] = (503, FAILED)

    async def writes(_: httpx.Request) -> None:
        updated.service.models["image_generation"]["Deliberate"].update(written)

    updated.service.meanwhile["/apply"] = writes
    result = await apply(updated)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, is_written)


async def test_a_failed_update_that_removed_a_field_is_called_written(updated: App) -> None:
    put_update(updated, 42, version="1", description=None)
    updated.service.bodies["/apply"] = (503, FAILED)

    async def writes(_: httpx.Request) -> None:
        del updated.service.models["image_generation"]["Deliberate"]["description"]

    updated.service.meanwhile["/apply"] = writes
    result = await apply(updated)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, True)


async def test_a_failed_update_whose_record_cannot_be_read_afterwards_is_not_called_written(updated: App) -> None:
    updated.service.bodies["/apply"] = (503, FAILED)

    async def breaks(_: httpx.Request) -> None:
        updated.service.refusals[MODEL] = (500, "Internal error")

    updated.service.meanwhile["/apply"] = breaks
    result = await apply(updated)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, False)


async def test_a_failed_update_that_was_live_before_is_not_called_written(updated: App) -> None:
    updated.service.models["image_generation"]["Deliberate"]["version"] = "2"
    updated.service.bodies["/apply"] = (503, FAILED)
    result = await apply(updated)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, False)


async def test_a_failed_change_of_another_kind_is_not_called_written(updated: App) -> None:
    put_update(updated, 42, version="2", resource_kind="text_guidance")
    updated.service.bodies["/apply"] = (503, FAILED)

    async def writes(_: httpx.Request) -> None:
        updated.service.models["image_generation"]["Deliberate"]["version"] = "2"

    updated.service.meanwhile["/apply"] = writes
    result = await apply(updated)
    assert (result.outcome, result.is_written) == (Outcome.FAILED, False)


async def test_a_deleted_model_is_compared_too(updated: App) -> None:
    updated.service.put(42, operation="delete", payload={"name": "Deliberate"})
    updated.service.keeps_live_records = True
    assert (await apply(updated)).live_difference == LiveDifference((), updated.clock())


async def test_a_credential_in_a_download_address_is_no_difference(updated: App) -> None:
    download = {**harmless("Deliberate")["config"]["download"][0], "file_url": "https://example.com/x?token=abcdef"}
    put_update(updated, 42, config={"download": [download]})
    result = await apply(updated)
    assert updated.service.models["image_generation"]["Deliberate"]["config"]["download"] == [download]
    assert (result.outcome, result.live_difference) == (Outcome.DONE, None)


async def test_an_applied_change_that_a_restored_service_has_approved_again_shows_no_difference(updated: App) -> None:
    updated.service.keeps_live_records = True
    assert (await apply(updated)).live_difference is not None
    put_update(updated, 42, version="2")
    change = await updated.services.poller.read(42)
    facts = await updated.services.queue.facts_builder.build(change)
    assert (facts.state, facts.live_difference) == (CardState.APPROVED, None)


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


BEFORE: dict[str, object] = {
    "style": "chat",
    "tags": ["12B", "chat", "old"],
    "display_name": "Lumen",
    "settings": {"min": 1, "words": ["old"]},
    "note": "A text.",
}
SETTING_WORDS = ("settings.words",)
FILE = {"file_name": "a.gguf", "size_bytes": 5, "sha256sum": "", "more": {"words": []}}


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
        ({"parameters_count": 7}, {"parameters": 8}, ("parameters",)),
        ({"parameters_count": 7}, {}, ("parameters",)),
        ({"model_name": "Lumen-12B"}, {"model_name": "Lumen"}, None),
        ({"tags": ["new"]}, {"tags": ["new", "old"]}, ("tags",)),
        ({"tags": ["new"]}, {"tags": ["new", 5]}, ("tags",)),
        ({"tags": ["new"]}, {"tags": ["old"]}, ("tags",)),
        ({"tags": ["new", "newer"]}, {"tags": ["newer", "new"]}, None),
        ({"tags": ["new", "newer"]}, {"tags": ["new"]}, ("tags",)),
        ({"tags": ["new"]}, {"tags": "new"}, ("tags",)),
        ({"tags": "new"}, {"tags": ["new"]}, ("tags",)),
        ({"settings": {"min": 2, "words": ["old"]}}, {}, ("settings.min",)),
        ({"settings": {"min": 2, "words": ["old"]}}, {"settings": None}, ("settings",)),
        ({"settings": {"min": 1, "words": ["new"]}}, {"settings": {"min": 3, "words": ["new", "old"]}}, SETTING_WORDS),
        ({"settings": {"min": 1, "words": ["new"]}}, {"settings": {"min": 1, "words": ["new", "added"]}}, None),
        ({"note": {"words": ["new"]}}, {"note": {"words": ["new", "added"]}}, None),
        ({"config": {"a": 1, "b": {"c": 1}}}, {"config": {"a": 1, "b": {"c": 2}}}, ("config.b.c",)),
        ({"config": {"a": 1}}, {"config": []}, ("config",)),
        ({"downloads": [FILE]}, {"downloads": [{**FILE, "sha256sum": None, "kept": True}]}, None),
        ({"downloads": [FILE]}, {"downloads": [{**FILE, "more": {}}]}, None),
        ({"downloads": [FILE]}, {"downloads": [{**FILE, "more": None}]}, None),
        ({"downloads": [FILE]}, {"downloads": [{**FILE, "size_bytes": 6}]}, ("downloads",)),
        ({"downloads": [FILE]}, {"downloads": [{**FILE, "sha256sum": "aa"}]}, ("downloads",)),
        ({"downloads": [FILE]}, {"downloads": [["a.gguf"]]}, ("downloads",)),
    ],
)
def test_only_what_the_change_alters_is_compared(
    payload: dict[str, object], live: dict[str, object], fields: tuple[str, ...] | None
) -> None:
    assert unlike(update(**{**BEFORE, **payload}), {**BEFORE, **live}, BEFORE) == fields


def test_a_model_that_was_not_live_before_is_compared_as_a_whole() -> None:
    live = {"style": "story", "added": "by the service"}
    assert unlike(update(style="story", display_name="Lumen"), live, None) == ("display_name",)


def test_a_payload_without_its_name_is_that_of_the_model() -> None:
    named = change(42, Operation.UPDATE, "Lumen", {"style": "story"})
    assert unlike(named, {"name": "Lumen", "style": "story"}, None) is None


def test_an_updated_model_that_is_not_live_differs_as_a_whole() -> None:
    assert unlike(update(**BEFORE), None, BEFORE) == ()


def test_a_deleted_model_that_is_live_differs_as_a_whole() -> None:
    deleted = replace_operation(update())
    assert unlike(deleted, BEFORE, BEFORE) == ()
    assert unlike(deleted, None, BEFORE) is None


def replace_operation(one: PendingChange) -> PendingChange:
    return one.model_copy(update={"operation": Operation.DELETE})
