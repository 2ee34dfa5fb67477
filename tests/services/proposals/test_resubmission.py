"""Resubmission: permission for it, and the draft it starts from."""

import json
from typing import Any

import pytest

from bot.identity.errors import NotLinkedError
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.services.changes import CardState, Gone
from bot.services.checks import CheckCode, Verdict
from bot.services.errors import NotRevisableError, NotYourProposalError
from bot.services.proposals.outcomes import DraftFacts, Queued
from bot.services.proposals.resubmission import SENT_KEPT_FOR
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, House
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, SHA256

ROUTE = "/model_references/v2/image_generation"
RECORD: dict[str, Any] = {"name": "Pixel", "baseline": "stable_diffusion_xl", "nsfw": False, "config": CONFIG_V2}


def reject(house: House, change_id: int = 42, **changes: Any) -> str:
    """Have a change rejected; returns its digest."""
    told = house.service.put(
        change_id, status="rejected", rejected_by="303", rejected_username="carol#303", reject_reason="no", **changes
    )
    return PendingChange.model_validate(told).digest


async def begin(house: House, digest: str, user_id: int = REQUESTOR, change_id: int = 42) -> DraftFacts | Gone:
    return await house.services.resubmission.begin(user_id, None, change_id, digest)


async def sent(house: House, name: str = "Pixel") -> tuple[int, str]:
    """Alice sends a draft through the bot; returns the change's id and digest."""
    house.service.user_id = "101"
    record = {**RECORD, "name": name}
    data = json.dumps(record).encode()
    draft = await house.services.draft_sources.create_from_json(REQUESTOR, GUILD, "image_generation", data)
    await house.services.draft_service.revise(REQUESTOR, draft.draft_id, "because it is good")
    change = house.service.put(42, model_name=name, payload={**record, "metadata": {"added": "by the service"}})

    house.service.bodies[ROUTE] = (202, change)
    outcome = await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    del house.service.bodies[ROUTE]
    assert isinstance(outcome, Queued)
    return 42, outcome.change.digest


async def test_what_was_typed_comes_back_with_who_rejected_it_and_why(house: House) -> None:
    change_id, digest = await sent(house)
    reject(house)
    draft = await begin(house, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD, "as it was typed, not as the service keeps it"
    assert draft.why == "because it is good"
    assert draft.revised is not None
    assert (draft.revised.rejected_by, draft.revised.reason) == ("carol#303", "no")
    assert draft.operation is Operation.CREATE


async def test_a_proposal_of_the_web_page_is_taken_from_the_service(house: House) -> None:
    draft = await begin(house, reject(house))
    assert isinstance(draft, DraftFacts)
    assert draft.record == house.service.changes[42]["payload"]
    assert draft.why == ""


async def test_one_change_is_taken_up_in_one_draft_until_that_is_gone(house: House) -> None:
    digest = reject(house)
    first, second = [await begin(house, digest) for _ in range(2)]
    assert isinstance(first, DraftFacts)
    assert isinstance(second, DraftFacts)
    assert first.draft_id == second.draft_id
    house.service.is_away = True
    assert isinstance(await begin(house, digest), DraftFacts), "what is on disk needs no service"
    house.service.is_away = False
    await house.services.draft_service.discard(REQUESTOR, first.draft_id)
    third = await begin(house, digest)
    assert isinstance(third, DraftFacts)
    assert third.draft_id != first.draft_id


async def test_it_is_for_its_requestor_alone(house: House) -> None:
    digest = reject(house)
    with pytest.raises(NotYourProposalError):
        await begin(house, digest, APPROVER)
    with pytest.raises(NotLinkedError):
        await begin(house, digest, OTHER)
    assert await house.services.draft_service.of_user(APPROVER) == []


@pytest.mark.parametrize("status", ["approved", "applied"])
async def test_what_was_not_rejected_stays_as_it_is(house: House, status: str) -> None:
    change = PendingChange.model_validate(house.service.put(42, status=status))
    with pytest.raises(NotRevisableError) as refused:
        await begin(house, change.digest)
    assert refused.value.state is CardState(status)


async def test_a_pending_proposal_is_replaced_by_its_requestor_and_no_one_else(house: House) -> None:
    change_id, digest = await sent(house)
    with pytest.raises(NotYourProposalError):
        await begin(house, digest, APPROVER)
    draft = await begin(house, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD
    assert draft.revised is not None
    assert (draft.revised.was_open, draft.revised.state) == (True, CardState.PENDING)
    house.service.put(change_id, model_name="Pixel", payload=house.service.changes[42]["payload"], status="approved")
    await house.services.watch.poll()
    draft = await house.services.draft_service.show(REQUESTOR, draft.draft_id)
    assert draft.revised is not None
    assert draft.revised.state is CardState.APPROVED, "the card follows what was decided meanwhile"


async def test_a_replaced_change_names_the_newer_one_by_the_key_that_sent_it(house: House) -> None:
    change_id, digest = await sent(house)
    draft = await begin(house, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    newer = house.service.put(43, model_name="Pixel", payload={**RECORD, "description": "newer"})
    house.service.bodies[ROUTE] = (202, newer)
    outcome = await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    del house.service.bodies[ROUTE]
    assert isinstance(outcome, Queued)
    assert outcome.replaces is not None
    assert (outcome.replaces.former_id, outcome.replaces.was_open) == (change_id, True)
    former = await house.services.decisions.facts(change_id)
    assert not isinstance(former, Gone)
    assert former.resubmitted_as == 43
    resubmission = house.services.resubmission
    assert await resubmission.replacement_of(change_id, digest) == 43
    assert await resubmission.replacement_of(change_id, "0" * 10) is None
    assert await resubmission.sent.replacement_of(change_id, digest, "202") is None, "another account replaces nothing"


async def test_an_id_that_stands_for_something_else_now_opens_nothing(house: House) -> None:
    digest = reject(house)
    reject(house, payload={"name": "Another"}, model_name="Another")
    assert await begin(house, digest) == Gone(42)


async def test_a_purged_proposal_is_sent_again_from_what_was_kept(house: House) -> None:
    change_id, digest = await sent(house)
    del house.service.changes[change_id]
    await house.wait_until_gone()
    draft = await begin(house, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.record == RECORD
    assert draft.revised is not None
    assert draft.revised.reason is None


async def test_a_purged_proposal_of_the_web_page_is_gone(house: House) -> None:
    change = PendingChange.model_validate(house.service.put(42))
    await house.services.watch.poll()
    del house.service.changes[42]
    await house.wait_until_gone()
    assert await begin(house, change.digest) == Gone(42)


async def test_what_is_live_or_very_old_is_not_kept(house: House) -> None:
    await sent(house)
    kept = house.services.resubmission.sent
    house.service.put(42, status="applied", applied_by="202")
    await house.services.watch.poll()
    assert await kept.of_change(42) is None

    await sent_again(house)
    house.clock.move(days=SENT_KEPT_FOR.days + 1)
    assert await house.services.resubmission.expire() == 1


async def sent_again(house: House) -> None:
    house.service.changes.clear()
    await sent(house, "Pixel Two")
    assert await house.services.resubmission.sent.of_change(42) is not None


async def test_a_rejected_delete_begins_with_the_record_that_would_go(house: House) -> None:
    live = house.service.models["image_generation"]["Deliberate"]
    digest = reject(house, operation="delete", model_name="Deliberate", payload=live)
    house.service.bodies[f"{ROUTE}/model/Deliberate"] = (200, live)
    house.service.bodies[f"{ROUTE}/Deliberate"] = (200, live)
    draft = await begin(house, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.operation is Operation.DELETE
    assert draft.record == live


LEGACY_RECORD: dict[str, Any] = {**RECORD, "type": "ckpt", "config": CONFIG_LEGACY}


def become_legacy(house: House, models: dict[str, Any] | None = None) -> None:
    """Have the service take the legacy format from its next start on."""
    told = {"replicate_mode": "PRIMARY", "canonical_format": "legacy", "writable": True}
    house.service.bodies["/replicate_mode"] = (200, told)
    house.service.bodies["/model_references/v1/image_generation"] = (200, models or {})


async def after_the_change_of_format(house: House, digest: str) -> DraftFacts:
    await house.services.catalogue.current_deployment()
    draft = await begin(house, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.dialect is CanonicalFormat.LEGACY
    assert CheckCode.FORMAT not in {check.code for check in draft.checks}
    return draft


async def test_what_was_typed_comes_back_in_the_format_that_the_service_takes_now(house: House) -> None:
    _, digest = await sent(house)
    reject(house)
    become_legacy(house)
    draft = await after_the_change_of_format(house, digest)
    assert draft.record == LEGACY_RECORD
    assert draft.why == "because it is good"


async def test_a_proposal_of_the_web_page_is_converted_too(house: House) -> None:
    digest = reject(house, payload={**RECORD, "record_type": "image_generation"}, model_name="Pixel")
    become_legacy(house)
    assert (await after_the_change_of_format(house, digest)).record == LEGACY_RECORD


async def test_a_rejected_update_changes_only_its_own_fields_in_the_other_format(house: House) -> None:
    live = {**LEGACY_RECORD, "version": "2", "available": True}
    digest = reject(house, operation="update", model_name="Pixel", payload={**RECORD, "description": "Sharper."})
    become_legacy(house, {"Pixel": live})
    draft = await after_the_change_of_format(house, digest)
    assert draft.record == {**live, "description": "Sharper."}


async def test_a_record_that_says_two_things_is_kept_and_not_sent(house: House) -> None:
    download = [{**CONFIG_V2["download"][0], "sha256sum": SHA256[::-1]}]
    config: dict[str, Any] = {**CONFIG_LEGACY, "download": download}
    digest = reject(house, payload={**RECORD, "config": config}, model_name="Pixel")
    become_legacy(house)
    await house.services.catalogue.current_deployment()
    draft = await begin(house, digest)
    assert isinstance(draft, DraftFacts)
    assert CheckCode.FORMAT in {check.code for check in draft.checks if check.verdict is Verdict.FAIL}
    assert draft.record["config"] == config


async def test_the_card_names_what_was_changed_and_not_the_change_of_format(house: House) -> None:
    _, digest = await sent(house)
    reject(house)
    become_legacy(house)
    draft = await after_the_change_of_format(house, digest)
    record = {**draft.record, "description": "In soft light."}
    await house.services.draft_service.replace(REQUESTOR, draft.draft_id, record)
    change = house.service.put(43, model_name="Pixel", payload=record)
    house.service.bodies["/model_references/v1/image_generation"] = (202, change)
    outcome = await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    assert isinstance(outcome, Queued)
    assert outcome.replaces is not None
    assert outcome.replaces.fields == ("description",)
