"""Resubmission: permission for it, and the draft it starts from."""

import json
from typing import Any

import pytest

from bot.identity.errors import NotLinkedError
from bot.reference.models import Operation, PendingChange
from bot.services.changes import CardState, Gone
from bot.services.errors import NotRejectedError, NotYourProposalError
from bot.services.proposals.outcomes import DraftFacts, Queued
from bot.services.proposals.resubmission import SENT_KEPT_FOR
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, House
from tests.stories.payloads import CONFIG_V2

ROUTE = "/model_references/v2/image_generation"
RECORD = {"name": "Pixel", "baseline": "stable_diffusion_xl", "nsfw": False, "config": CONFIG_V2}


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


@pytest.mark.parametrize("status", ["pending", "approved", "applied"])
async def test_what_was_not_rejected_stays_as_it_is(house: House, status: str) -> None:
    change = PendingChange.model_validate(house.service.put(42, status=status))
    with pytest.raises(NotRejectedError) as refused:
        await begin(house, change.digest)
    assert refused.value.state is CardState(status)


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
