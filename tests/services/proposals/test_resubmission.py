"""Resubmission: permission for it, and the draft it starts from."""

from typing import Any

import pytest

from bot.identity.errors import NotLinkedError
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.services.changes import CardState, Gone
from bot.services.checks import CheckCode, Verdict
from bot.services.errors import NotRevisableError, NotYourProposalError
from bot.services.proposals.outcomes import DraftFacts, Queued
from bot.services.proposals.resubmission import REJECTED_SHOWN_FOR, SENT_KEPT_FOR
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App
from tests.services.proposals.sending import LEGACY_RECORD, RECORD, ROUTE, become_legacy, begin, sent
from tests.services.queue_moves import decided, reject, rejected, seen
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, SHA256


async def test_what_was_typed_comes_back_with_who_rejected_it_and_why(app: App) -> None:
    change_id, digest = await sent(app)
    reject(app)
    draft = await begin(app, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD, "as it was typed, not as the service keeps it"
    assert draft.why == "because it is good"
    assert draft.revised is not None
    assert (draft.revised.rejected_by, draft.revised.reason) == ("carol#303", "no")
    assert draft.operation is Operation.CREATE


async def test_a_proposal_of_the_web_page_is_taken_from_the_service(app: App) -> None:
    draft = await begin(app, reject(app))
    assert isinstance(draft, DraftFacts)
    assert draft.record == app.service.changes[42]["payload"]
    assert draft.why == ""


async def test_one_change_is_taken_up_in_one_draft_until_that_is_gone(app: App) -> None:
    digest = reject(app)
    first, second = [await begin(app, digest) for _ in range(2)]
    assert isinstance(first, DraftFacts)
    assert isinstance(second, DraftFacts)
    assert first.draft_id == second.draft_id
    app.service.is_away = True
    assert isinstance(await begin(app, digest), DraftFacts), "what is on disk needs no service"
    app.service.is_away = False
    await app.services.draft_service.discard(REQUESTOR, first.draft_id)
    third = await begin(app, digest)
    assert isinstance(third, DraftFacts)
    assert third.draft_id != first.draft_id


async def test_it_is_for_its_requestor_alone(app: App) -> None:
    digest = reject(app)
    with pytest.raises(NotYourProposalError):
        await begin(app, digest, APPROVER)
    with pytest.raises(NotLinkedError):
        await begin(app, digest, OTHER)
    assert await app.services.draft_service.of_user(APPROVER) == []


@pytest.mark.parametrize("status", ["approved", "applied"])
async def test_what_was_not_rejected_stays_as_it_is(app: App, status: str) -> None:
    change = PendingChange.model_validate(app.service.put(42, status=status))
    with pytest.raises(NotRevisableError) as refused:
        await begin(app, change.digest)
    assert (refused.value.change_id, refused.value.state) == (42, CardState(status))


async def test_a_pending_proposal_is_replaced_by_its_requestor_and_no_one_else(app: App) -> None:
    change_id, digest = await sent(app)
    with pytest.raises(NotYourProposalError):
        await begin(app, digest, APPROVER)
    draft = await begin(app, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD
    assert draft.revised is not None
    assert (draft.revised.was_open, draft.revised.state) == (True, CardState.PENDING)
    assert CheckCode.OTHER_CHANGE not in {check.code for check in draft.checks}, "it is named already"
    app.service.put(change_id, model_name="Pixel", payload=app.service.changes[42]["payload"], status="approved")
    await app.services.monitor.poll()
    draft = await app.services.draft_service.show(REQUESTOR, draft.draft_id)
    assert draft.revised is not None
    assert draft.revised.state is CardState.APPROVED, "the card follows what was decided meanwhile"


async def test_a_draft_in_place_of_a_pending_proposal_says_what_an_approver_asked_for(app: App) -> None:
    change_id, digest = await sent(app)
    app.service.user_id = "202"
    await app.services.revision_requests.ask(app.press(change_id), "Please add a licence.")
    draft = await begin(app, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD
    assert draft.revised is not None
    assert (draft.revised.was_open, draft.revised.rejected_by, draft.revised.reason) == (
        True,
        "bob#202",
        "Please add a licence.",
    )


async def test_the_form_of_an_own_proposal_is_filled_without_a_request(app: App) -> None:
    change_id, digest = await sent(app)
    known, asked = app.services.resubmission.known, len(app.service.requests)
    found = await known(REQUESTOR, change_id, digest)
    assert found is not None
    assert (found.record, found.why) == (RECORD, "because it is good")
    assert await known(APPROVER, change_id, digest) is None
    assert await known(REQUESTOR, change_id, "0123456789") is None
    assert await known(REQUESTOR, 43, digest) is None
    assert len(app.service.requests) == asked
    await begin(app, digest, change_id=change_id)
    assert await known(REQUESTOR, change_id, digest) is None, "its draft is shown instead"


@pytest.mark.parametrize(("status", "is_known"), [("rejected", True), ("approved", False)])
async def test_a_form_is_filled_only_of_a_proposal_that_can_be_replaced(
    app: App, status: str, *, is_known: bool
) -> None:
    change_id, digest = await sent(app)
    await decided(app, status, change_id)
    assert (await app.services.resubmission.known(REQUESTOR, change_id, digest) is not None) is is_known


async def test_no_form_is_filled_in_another_format_than_the_service_takes_now(app: App) -> None:
    change_id, digest = await sent(app)
    become_legacy(app)
    await app.services.catalogue.refresh_deployment()
    assert await app.services.resubmission.known(REQUESTOR, change_id, digest) is None


async def test_a_delete_has_no_form_to_fill(app: App) -> None:
    live = await app.services.draft_sources.live("image_generation", "Deliberate")
    draft = await app.services.draft_sources.delete(REQUESTOR, None, live, "It is gone.")
    change = app.service.put(42, model_name="Deliberate", operation="delete", payload={})
    app.service.user_id = "101"
    app.service.bodies[f"DELETE {ROUTE}/model/Deliberate"] = (202, change)
    outcome = await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin(), confirmation="Deliberate")
    assert isinstance(outcome, Queued)
    assert await app.services.resubmission.known(REQUESTOR, 42, outcome.change.digest) is None


async def test_a_rejected_proposal_waits_for_its_requestor_for_a_month(app: App) -> None:
    await seen(app, 42, 43)
    await rejected(app)
    waiting = app.services.resubmission.waiting
    assert [each.change_id for each in await waiting("101")] == [42]
    assert await waiting("202") == []
    app.clock.move(days=REJECTED_SHOWN_FOR.days - 1)
    assert [each.change_id for each in await waiting("101")] == [42]
    app.clock.move(days=2)
    assert await waiting("101") == []


async def test_a_replaced_change_names_the_newer_one_by_the_key_that_sent_it(app: App) -> None:
    change_id, digest = await sent(app)
    draft = await begin(app, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    newer = app.service.put(43, model_name="Pixel", payload={**RECORD, "description": "newer"})
    app.service.bodies[ROUTE] = (202, newer)
    outcome = await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    del app.service.bodies[ROUTE]
    assert isinstance(outcome, Queued)
    assert outcome.replaces is not None
    assert (outcome.replaces.former_id, outcome.replaces.was_open) == (change_id, True)
    card = await app.services.decisions.facts(43)
    assert not isinstance(card, Gone)
    assert card.replaces == outcome.replaces
    former = await app.services.decisions.facts(change_id)
    assert not isinstance(former, Gone)
    assert former.resubmitted_as == 43
    resubmission = app.services.resubmission
    assert await resubmission.replacement_of(change_id, digest) == 43
    assert await resubmission.replacement_of(change_id, "0" * 10) is None
    assert await resubmission.sent.replacement_of(change_id, digest, "202") is None, "another account replaces nothing"
    app.clock.move(days=SENT_KEPT_FOR.days + 1)
    await resubmission.expire()
    card = await app.services.decisions.facts(43)
    assert not isinstance(card, Gone)
    assert card.replaces is not None
    assert (card.replaces.former_id, card.replaces.fields) == (change_id, None), "no longer stored"


async def test_an_id_that_stands_for_something_else_now_opens_nothing(app: App) -> None:
    digest = reject(app)
    reject(app, payload={"name": "Another"}, model_name="Another")
    assert await begin(app, digest) == Gone(42)


async def test_a_purged_proposal_is_sent_again_from_what_was_kept(app: App) -> None:
    change_id, digest = await sent(app)
    del app.service.changes[change_id]
    await app.wait_until_gone()
    rows = await app.services.recorder.cards.changes([change_id])
    assert (await app.services.queue.facts_builder.of_purged(rows[change_id])).is_kept
    draft = await begin(app, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD
    assert draft.revised is not None
    assert draft.revised.reason is None


async def test_a_purged_proposal_of_the_web_page_is_gone(app: App) -> None:
    change = PendingChange.model_validate(app.service.put(42))
    await app.services.monitor.poll()
    del app.service.changes[42]
    await app.wait_until_gone()
    assert await begin(app, change.digest) == Gone(42)


async def test_what_is_live_or_very_old_is_not_kept(app: App) -> None:
    await sent(app)
    kept = app.services.resubmission.sent
    app.service.put(42, status="applied", applied_by="202")
    await app.services.monitor.poll()
    assert await kept.of_change(42) is None

    await sent_again(app)
    app.clock.move(days=SENT_KEPT_FOR.days + 1)
    assert await app.services.resubmission.expire() == 1


async def sent_again(app: App) -> None:
    app.service.changes.clear()
    await sent(app, "Pixel Two")
    assert await app.services.resubmission.sent.of_change(42) is not None


async def test_a_rejected_delete_begins_with_the_record_that_would_go(app: App) -> None:
    live = app.service.models["image_generation"]["Deliberate"]
    digest = reject(app, operation="delete", model_name="Deliberate", payload=live)
    app.service.bodies[f"{ROUTE}/model/Deliberate"] = (200, live)
    app.service.bodies[f"{ROUTE}/Deliberate"] = (200, live)
    draft = await begin(app, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.operation is Operation.DELETE
    assert draft.record == live


async def test_a_rejected_update_begins_with_its_own_changes_of_the_record_that_is_live_now(app: App) -> None:
    live = {**RECORD, "name": "Deliberate", "version": "1"}
    app.service.models["image_generation"]["Deliberate"] = live
    sources, route = app.services.draft_sources, f"PUT {ROUTE}/model/Deliberate"
    data = b'{"description": "Sharper."}'
    draft = await sources.update_from_json(REQUESTOR, None, "image_generation", data, "Deliberate")
    app.service.user_id = "101"
    change = app.service.put(42, operation="update", model_name="Deliberate", payload=draft.record)
    app.service.bodies[route] = (202, change)
    assert isinstance(await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin()), Queued)
    newer = {**live, "version": "2"}
    app.service.models["image_generation"]["Deliberate"] = newer
    again = await begin(app, reject(app))
    assert isinstance(again, DraftFacts)
    assert again.record == {**newer, "description": "Sharper."}
    assert (await app.services.draft_service.get(REQUESTOR, again.draft_id)).base == newer


async def after_the_change_of_format(app: App, digest: str) -> DraftFacts:
    await app.services.catalogue.refresh_deployment()
    draft = await begin(app, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.dialect is CanonicalFormat.LEGACY
    assert CheckCode.FORMAT not in {check.code for check in draft.checks}
    return draft


async def test_what_was_typed_comes_back_in_the_format_that_the_service_takes_now(app: App) -> None:
    _, digest = await sent(app)
    reject(app)
    become_legacy(app)
    draft = await after_the_change_of_format(app, digest)
    assert draft.record == LEGACY_RECORD
    assert draft.why == "because it is good"


async def test_a_proposal_of_the_web_page_is_converted_too(app: App) -> None:
    digest = reject(app, payload={**RECORD, "record_type": "image_generation"}, model_name="Pixel")
    become_legacy(app)
    assert (await after_the_change_of_format(app, digest)).record == LEGACY_RECORD


async def test_a_rejected_update_changes_only_its_own_fields_in_the_other_format(app: App) -> None:
    live = {**LEGACY_RECORD, "version": "2", "available": True}
    digest = reject(app, operation="update", model_name="Pixel", payload={**RECORD, "description": "Sharper."})
    become_legacy(app, {"Pixel": live})
    draft = await after_the_change_of_format(app, digest)
    assert draft.record == {**live, "description": "Sharper."}


async def test_a_record_that_says_two_things_is_kept_and_not_sent(app: App) -> None:
    download = [{**CONFIG_V2["download"][0], "sha256sum": SHA256[::-1]}]
    config: dict[str, Any] = {**CONFIG_LEGACY, "download": download}
    digest = reject(app, payload={**RECORD, "config": config}, model_name="Pixel")
    become_legacy(app)
    await app.services.catalogue.refresh_deployment()
    draft = await begin(app, digest)
    assert isinstance(draft, DraftFacts)
    assert CheckCode.FORMAT in {check.code for check in draft.checks if check.verdict is Verdict.FAIL}
    assert draft.record["config"] == config


async def test_the_card_names_what_was_changed_and_not_the_change_of_format(app: App) -> None:
    _, digest = await sent(app)
    reject(app)
    become_legacy(app)
    draft = await after_the_change_of_format(app, digest)
    record = {**draft.record, "description": "In soft light."}
    await app.services.draft_service.replace(REQUESTOR, draft.draft_id, record)
    change = app.service.put(43, model_name="Pixel", payload=record)
    app.service.bodies["/model_references/v1/image_generation"] = (202, change)
    outcome = await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert isinstance(outcome, Queued)
    assert outcome.replaces is not None
    assert outcome.replaces.fields == ("description",)
    former = await app.services.decisions.facts(42)
    assert not isinstance(former, Gone)
    assert former.resubmitted_as == 43
