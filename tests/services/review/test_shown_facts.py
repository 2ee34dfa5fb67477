"""Facts that an approver sees: what would change, how much it is used, the checks, and what is left after a purge."""

from typing import Any

import pytest

from bot.services.changes import CardState, ChangeFacts
from bot.services.checks import Check, CheckCode, CheckedRecord, Verdict
from bot.services.checks.run import run_checks
from bot.services.review import change_checks
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.services.usage import UsageFacts
from tests.harness.scripted_service import harmless
from tests.services.conftest import APPROVER, CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import due_cards, facts_of
from tests.services.proposals.sending import LEGACY_RECORD, become_legacy

STATISTICS = "/model_references/statistics/image_generation/deletion-risk"


async def built(app: App, change_id: int = 42) -> ChangeFacts:
    return await app.services.queue.facts_builder.build(await app.services.poller.read(change_id), GUILD)


@pytest.mark.parametrize(("status", "is_asked"), [("approved", 1), ("applying", 0), ("applied", 0), ("rejected", 0)])
async def test_a_diff_is_asked_for_while_it_helps_a_decision(app: App, status: str, is_asked: int) -> None:
    app.service.put(
        42, operation="update", model_name="Deliberate", status=status, updated_at=int(app.clock().timestamp())
    )
    await built(app)
    assert app.service.asked("/diff") == is_asked


@pytest.mark.parametrize("is_live", [True, False])
async def test_the_bot_compares_where_the_service_finds_no_live_record(app: App, *, is_live: bool) -> None:
    app.service.models["image_generation"] = {"Deliberate": {"version": "1", "nsfw": False}} if is_live else {}
    app.service.put(42, operation="update", model_name="Deliberate", payload={"version": "2", "nsfw": False})
    added = {"field_path": "version", "old_value": None, "new_value": "2"}
    said = {
        "change_id": 42,
        "category": "image_generation",
        "model_name": "Deliberate",
        "operation": "update",
        "current_state": None,
        "field_diffs": [added],
    }
    app.service.bodies["/changes/42/diff"] = (200, said)
    diff = (await built(app)).diff
    assert diff is not None
    (field,) = diff.field_diffs
    assert (diff.change_id, diff.category, diff.model_name) == (42, "image_generation", "Deliberate")
    assert (field.field_path, field.old_value, field.new_value) == ("version", "1" if is_live else None, "2")


async def test_a_diff_of_the_service_is_shown_as_it_is(app: App) -> None:
    app.service.put(42, operation="update", model_name="Deliberate", payload={"name": "Deliberate", "version": "2"})
    said = {
        "change_id": 42,
        "category": "image_generation",
        "model_name": "Deliberate",
        "operation": "update",
        "current_state": {"version": "0"},
        "field_diffs": [{"field_path": "version", "old_value": "0", "new_value": "2"}],
    }
    app.service.bodies["/changes/42/diff"] = (200, said)
    diff = (await built(app)).diff
    assert diff is not None
    assert [field.old_value for field in diff.field_diffs] == ["0"]


@pytest.mark.parametrize(
    ("operation", "status", "is_shown"),
    [
        ("update", "pending", True),
        ("delete", "approved", True),
        ("create", "pending", False),
        ("delete", "applied", False),
    ],
)
async def test_the_usage_of_a_model_that_would_change_is_shown(
    app: App, operation: str, status: str, *, is_shown: bool
) -> None:
    usage = {"models": [{"name": "Deliberate", "worker_count": 3, "usage_month": 9000}]}
    app.service.bodies[STATISTICS] = (200, usage)
    app.service.put(42, operation=operation, model_name="Deliberate", status=status)
    facts = await built(app)
    assert facts.usage == (UsageFacts(1, 1, 9000, 3) if is_shown else None)
    assert (CheckCode.CONSENSUS in {check.code for check in facts.checks}) is is_shown


async def test_open_changes_of_the_model_and_of_its_files_are_named_once_each(app: App) -> None:
    app.service.put(42)
    app.service.put(43, payload=harmless("Model 42"))
    app.service.put(44, payload=harmless("Model 42"), model_name="Model 42")
    await app.services.monitor.poll()
    checks = {check.code: check.facts for check in (await built(app)).checks}
    assert checks[CheckCode.FILE_PROPOSED]["changes"] == "#43"
    assert checks[CheckCode.OTHER_CHANGE]["change_id"] == 44


async def test_the_card_of_a_delete_says_that_no_other_change_is_open_once_the_queue_was_polled(app: App) -> None:
    app.service.put(42, operation="delete", model_name="Deliberate")
    assert CheckCode.NO_OTHER_CHANGE not in {check.code for check in (await built(app)).checks}
    await app.services.monitor.poll()
    assert CheckCode.NO_OTHER_CHANGE in {check.code for check in (await built(app)).checks}


async def asked_of_both(app: App) -> tuple[Check, ...]:
    """Return the warnings about #42 in the question before several changes are approved."""
    press = ButtonPress(APPROVER, app.origin(), (Target(42, ""), Target(50, "")))
    concerns = (await app.services.decisions.ask(press, DecisionVerb.APPROVE)).results[0].concerns
    assert concerns is not None
    return concerns.checks


@pytest.mark.parametrize("operation", ["create", "update"])
async def test_the_question_about_several_changes_has_the_warnings_of_each_card(app: App, operation: str) -> None:
    usage = {"models": [{"name": "Deliberate", "worker_count": 3, "usage_month": 9000}]}
    app.service.bodies[STATISTICS] = (200, usage)
    app.service.models["image_generation"]["Deliberate"] = harmless("Deliberate")
    app.service.put(42, operation=operation, model_name="Deliberate", payload=harmless("Deliberate"))
    app.service.put(44, model_name="Deliberate")
    app.service.put(50)
    await app.services.monitor.poll()
    card = await built(app)
    asked = await asked_of_both(app)
    assert asked == tuple(check for check in card.checks if check.verdict is not Verdict.PASS)
    grave = CheckCode.NAME_TAKEN if operation == "create" else CheckCode.CONSENSUS
    assert {check.code for check in asked} >= {grave, CheckCode.OTHER_CHANGE}
    assert [check.facts["change_id"] for check in asked if check.code is CheckCode.OTHER_CHANGE] == [44]


async def test_before_the_live_models_are_known_a_question_claims_nothing_about_them(app: App) -> None:
    app.service.put(42, operation="update", model_name="Unheard of")
    app.service.put(50)
    assert CheckCode.NAME_UNKNOWN not in {check.code for check in await asked_of_both(app)}
    await app.services.catalogue.live_models("image_generation")
    assert CheckCode.NAME_UNKNOWN in {check.code for check in await asked_of_both(app)}


@pytest.mark.parametrize(
    ("category", "record"), [("image_generation", LEGACY_RECORD), ("lora", harmless("Pixel"))], ids=["both", "v2 only"]
)
async def test_a_record_of_a_legacy_service_is_checked_in_the_format_of_its_category(
    app: App, category: str, record: dict[str, Any]
) -> None:
    become_legacy(app)
    await app.services.catalogue.refresh_deployment()
    app.service.put(42, category=category, model_name="Pixel", payload=record)
    assert CheckCode.FORMAT not in {check.code for check in (await built(app)).checks}


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the records whose checks ran, in order."""
    names: list[str] = []

    def counted(subject: CheckedRecord) -> tuple[Check, ...]:
        names.append(subject.name)
        return run_checks(subject)

    monkeypatch.setattr(change_checks, "run_checks", counted)
    return names


async def test_checks_in_memory_are_of_the_changes_that_were_read_last(
    app: App, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_checks, "CHECKED_MAX", 2)
    for change_id in (1, 2, 3):
        app.service.put(change_id)
    await app.services.catalogue.live_models("image_generation")
    for change_id in (1, 2, 1, 3, 1, 2):
        await built(app, change_id)
    assert checked == ["Model 1", "Model 2", "Model 3", "Model 2"]


async def test_checks_of_another_category_stay_in_memory(app: App, checked: list[str]) -> None:
    app.service.models["lora"] = {"Live": {"name": "Live"}}
    app.service.put(1)
    app.service.put(2, category="lora")
    for category in ("image_generation", "lora"):
        await app.services.catalogue.live_models(category)
    for change_id in (1, 2, 1, 2):
        await built(app, change_id)
    assert checked == ["Model 1", "Model 2"]


async def test_a_purged_change_is_shown_from_what_is_stored_of_it(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.memberships.record(GUILD, REQUESTOR, is_member=True)
    app.service.put(42, operation="update", model_name="Deliberate")
    await app.services.monitor.poll()
    before = (await built(app)).change
    del app.service.changes[42]
    await app.wait_until_gone()
    (card,) = await due_cards(app)
    purged = facts_of(card)
    assert (purged.state, purged.requestor_id, purged.noticed_at) == (CardState.PURGED, REQUESTOR, app.clock())
    assert purged.change == before.model_copy(update={"payload": {}})
    assert not purged.is_kept
