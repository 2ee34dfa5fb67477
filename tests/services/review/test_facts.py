"""Facts of a change: as many as can be read, and none invented."""

import gc
from datetime import UTC, datetime, timedelta

import pytest

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import STUCK_AFTER, CardState, LiveState, MessageLink, state_of
from bot.services.checks import Check, CheckCode, CheckedRecord
from bot.services.checks.live_index import LiveIndex
from bot.services.checks.run import run_checks
from bot.services.queue.listing import WAITING
from bot.services.queue.queue_service import Viewer
from bot.services.review import change_checks
from tests.harness.scripted_service import harmless
from tests.services.conftest import APPROVER, CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import due_cards, record

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = int((NOW - timedelta(days=30)).timestamp())


def applying(**times: int) -> PendingChange:
    return PendingChange.model_validate(
        {
            "change_id": 1,
            "category": "blip",
            "model_name": "x",
            "operation": "create",
            "requested_by": "101",
            "requested_at": 0,
            "status": "applying",
            **times,
        }
    )


@pytest.mark.parametrize("field", ["updated_at", "approved_at", "requested_at"])
def test_an_apply_is_stuck_after_ten_minutes_by_the_newest_time_there_is(field: str) -> None:
    change = applying(**{field: int(NOW.timestamp())})
    assert state_of(change, NOW + STUCK_AFTER) is CardState.APPLYING
    assert state_of(change, NOW + STUCK_AFTER + timedelta(seconds=1)) is CardState.STUCK


@pytest.mark.parametrize("status", [status for status in ChangeStatus if status is not ChangeStatus.APPLYING])
def test_every_other_status_is_what_it_is_however_old(status: ChangeStatus) -> None:
    old = applying().model_copy(update={"status": status})
    assert state_of(old, NOW) is CardState.of(status)
    assert CardState.of(status).is_final is not status.is_open


async def test_people_are_named_by_their_discord_account_only_in_servers_that_they_are_in(app: App) -> None:
    app.service.put(42, status="approved", approved_by="202")
    for user_id in (REQUESTOR, APPROVER):
        await app.services.memberships.record(GUILD, user_id, is_member=True)
    change = await app.services.poller.read(42)
    facts = await app.services.queue.facts_builder.build(change, GUILD)
    assert (facts.requestor_id, facts.decider_id) == (REQUESTOR, APPROVER)
    for elsewhere in (GUILD + 1, None):
        facts = await app.services.queue.facts_builder.build(change, elsewhere)
        assert (facts.requestor_id, facts.decider_id) == (None, None)
    await app.services.memberships.record(GUILD, REQUESTOR, is_member=False)
    assert (await app.services.queue.facts_builder.build(change, GUILD)).requestor_id is None
    app.service.put(42, requested_by="404", approved_by="505")
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42), GUILD)
    assert (facts.requestor_id, facts.decider_id) == (None, None)


async def test_a_hidden_member_is_not_named(app: App) -> None:
    await app.services.memberships.record(GUILD, REQUESTOR, is_member=True)
    await app.services.recorder.planner.links.set_visible(REQUESTOR, is_visible=False)
    app.service.put(42)
    assert (
        await app.services.queue.facts_builder.build(await app.services.poller.read(42), GUILD)
    ).requestor_id is None


async def test_a_diff_is_asked_for_updates_only_and_may_be_missing(app: App) -> None:
    app.service.put(42, operation="update")
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert facts.diff is None, "the service answered 404"
    assert app.service.asked("/diff") == 1
    app.service.put(42, operation="create")
    await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert app.service.asked("/diff") == 1


async def test_an_unchanged_change_is_checked_once_and_again_when_the_live_models_moved(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[CheckedRecord] = []

    def counted(subject: CheckedRecord) -> tuple[Check, ...]:
        checked.append(subject)
        return run_checks(subject)

    monkeypatch.setattr(change_checks, "run_checks", counted)
    app.service.put(42)
    build = app.services.queue.facts_builder.build
    await app.services.catalogue.live_models("image_generation")
    before = (await build(await app.services.poller.read(42))).checks
    assert (await build(await app.services.poller.read(42))).checks == before
    assert len(checked) == 1
    app.service.models["image_generation"]["Model 42"] = harmless("Model 42")
    await app.services.catalogue.live_record("image_generation", "Model 42")
    after = (await build(await app.services.poller.read(42))).checks
    assert CheckCode.NAME_TAKEN in {check.code for check in after}
    assert len(checked) == 2


async def test_a_fault_in_the_check_of_one_record_hides_no_change_of_the_queue(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(subject: CheckedRecord) -> tuple[Check, ...]:
        if subject.name == "Model 42":
            raise ZeroDivisionError
        return run_checks(subject)

    monkeypatch.setattr(change_checks, "run_checks", faulty)
    app.service.put(42)
    app.service.put(43)
    await app.services.monitor.poll()
    page = await app.services.queue.page(Viewer(APPROVER, GUILD), WAITING)
    assert [item.change.change_id for item in page.entries] == [43, 42]
    built = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert [check.code for check in built.checks] == [CheckCode.CHECK_FAILED]


async def test_only_the_newest_index_of_live_models_is_kept_in_memory(app: App) -> None:
    for change_id in (42, 43, 44):
        app.service.put(change_id)
        app.service.models["image_generation"][f"Live {change_id}"] = harmless(f"Live {change_id}")
        await app.services.catalogue.live_record("image_generation", f"Live {change_id}")
        await app.services.queue.facts_builder.build(await app.services.poller.read(change_id))
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, LiveIndex) and "live 42" in each.text_names]
    assert len(kept) == 1


async def test_other_kinds_of_changes_have_no_checks_and_no_diff(app: App) -> None:
    app.service.put(42, resource_kind="text_guidance", operation="update")
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert (facts.checks, facts.diff) == ((), None)
    assert app.service.asked("/diff") == 0


async def test_a_pending_change_is_checked_against_what_is_live_and_what_else_is_open(app: App) -> None:
    app.service.put(42, model_name="Deliberate")
    app.service.put(43, model_name="Deliberate")
    await app.services.monitor.poll()
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    codes = {check.code: check for check in facts.checks}
    assert CheckCode.NAME_TAKEN in codes
    assert codes[CheckCode.OTHER_CHANGE].facts["change_id"] == 43
    app.service.put(42, status="approved", approved_by="202")
    approved = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert CheckCode.NAME_TAKEN in {check.code for check in approved.checks}, "it is decided once more: applied or not"
    app.service.put(42, status="rejected", rejected_by="202")
    assert (await app.services.queue.facts_builder.build(await app.services.poller.read(42))).checks == ()


async def test_before_the_deployment_is_known_a_record_is_read_as_v2(app: App) -> None:
    assert app.services.catalogue.deployment is None
    app.service.put(42, payload={"name": "Model 42"})
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert CheckCode.NSFW in {check.code for check in facts.checks}


async def test_other_open_changes_of_the_model_are_linked_to_their_cards_in_the_same_server(app: App) -> None:
    for change_id in (42, 43):
        app.service.put(change_id, model_name="Deliberate")
    monitor = app.services.monitor
    await app.services.recorder.cards._database.transaction(
        lambda t: t.execute("INSERT INTO guild (guild_id, review_channel_id) VALUES (?, ?)", (GUILD, CHANNEL))
    )
    await monitor.poll()
    change, rival = await app.services.poller.read(42), await app.services.poller.read(43)
    assert (await app.services.queue.facts_builder.build(change, GUILD)).rival_cards == {}, "its card is not posted yet"
    for card in await due_cards(app, 43):
        await record(app, card, message_id=5)
    facts = await app.services.queue.facts_builder.build(change, GUILD)
    assert facts.rivals == (rival,)
    assert facts.rival_cards == {43: MessageLink(GUILD, CHANNEL, 5)}
    assert (await app.services.queue.facts_builder.build(change, GUILD + 1)).rival_cards == {}


@pytest.mark.parametrize(
    ("operation", "live", "is_changed"),
    [
        ("create", {}, False),
        ("create", {"Deliberate": {"name": "Deliberate"}}, True),
        ("delete", {}, True),
        ("delete", {"Deliberate": {"name": "Deliberate"}}, False),
    ],
)
async def test_the_live_reference_tells_whether_an_apply_that_never_ended_did_its_work(
    app: App, operation: str, live: dict[str, object], *, is_changed: bool
) -> None:
    app.service.models["image_generation"] = live
    app.service.put(42, model_name="Deliberate", operation=operation, status="applying", updated_at=LONG_AGO)
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert facts.state is CardState.STUCK
    assert facts.live == LiveState(is_changed, app.clock())


@pytest.mark.parametrize(
    ("current", "is_changed"),
    [
        ({"name": "Deliberate", "version": "2"}, False),
        ({"name": "Deliberate", "version": "6", "metadata": {"updated_at": 7}}, True),
        (None, False),
    ],
)
async def test_a_stuck_update_is_done_when_the_live_record_says_what_was_proposed(
    app: App, current: dict[str, object] | None, *, is_changed: bool
) -> None:
    proposed = {"name": "Deliberate", "version": "6"}
    app.service.put(42, model_name="Deliberate", operation="update", status="applying", updated_at=LONG_AGO)
    app.service.put(42, payload=proposed)
    said = {
        "change_id": 42,
        "category": "image_generation",
        "model_name": "Deliberate",
        "operation": "update",
        "current_state": current,
        "proposed_state": proposed,
        "net_operation": "modified",
    }
    app.service.bodies["/changes/42/diff"] = (200, said)
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42))
    assert facts.live == LiveState(is_changed, app.clock())


async def test_an_unreadable_live_reference_is_left_out(app: App) -> None:
    app.service.put(42, operation="update", status="applying", updated_at=LONG_AGO)
    assert (await app.services.queue.facts_builder.build(await app.services.poller.read(42))).live is None
    app.service.put(43, status="applying", updated_at=LONG_AGO, resource_kind="image_baseline")
    assert (await app.services.queue.facts_builder.build(await app.services.poller.read(43))).live is None
