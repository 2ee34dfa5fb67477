"""A draft's card: what the service refused, what it would not store, and the changes that its owner may see."""

import json
from typing import Any

import pytest

from bot.reference.client import ReferenceClient
from bot.reference.errors import InvalidRequestError
from bot.reference.routes import schema_paths, v2_prefix
from bot.services.changes import CardState
from bot.services.checks import CheckCode, Section, Verdict
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.outcomes import DraftFacts
from tests.harness.scripted_service import harmless
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, App
from tests.services.proposals.sending import ROUTE, begin, drafted, sent
from tests.services.queue_moves import decided

IMAGE = "image_generation"


async def show(app: App, draft: DraftFacts) -> DraftFacts:
    return await app.services.draft_service.show(REQUESTOR, draft.draft_id)


async def test_what_the_service_refused_of_a_field_is_a_fail_until_the_draft_is_edited(app: App) -> None:
    app.service.user_id = "101"
    draft = await drafted(app)
    wrong = {"loc": ["body", "baseline"], "msg": "Value error, Unknown baseline 'x'", "type": "value_error"}
    app.service.bodies[ROUTE] = (422, {"detail": [wrong]})
    app.clock.move(minutes=1)
    with pytest.raises(InvalidRequestError):
        await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    (check,) = [each for each in (await show(app, draft)).checks if each.code is CheckCode.REFUSED]
    assert (check.verdict, check.section) == (Verdict.FAIL, Section.BASICS)
    assert check.facts == {"field": "baseline", "said": "Unknown baseline 'x'"}
    app.clock.move(minutes=1)
    answers = SectionAnswers(IMAGE, {"version": "2"})
    edited = (await app.services.draft_service.revise(REQUESTOR, draft.draft_id, answers)).facts
    assert CheckCode.REFUSED not in {each.code for each in edited.checks}


async def test_a_proposal_that_arrived_nowhere_left_no_refusal_on_its_draft(app: App) -> None:
    draft = await drafted(app)
    app.service.breaks_after = {ROUTE}
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert CheckCode.REFUSED not in {each.code for each in (await show(app, draft)).checks}


def describes(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a service's description that takes anything, and stores these fields."""
    body = {"content": {"application/json": {"schema": {"properties": fields}}}}
    return {"paths": {schema_paths(IMAGE, v2_prefix)[0]: {"post": {"requestBody": body}}}}


async def test_a_field_that_the_service_would_drop_is_named_unless_it_is_live_already(app: App) -> None:
    app.service.models[IMAGE] = {"Deliberate": {**harmless("Deliberate"), "config": {"extra": 1, "download": []}}}
    known: dict[str, Any] = {name: {} for name in ("name", "baseline", "nsfw", "description", "extra")}
    app.services.catalogue.document = describes({**known, "config": {"properties": {"download": {}}}})
    draft = await drafted(app, {**harmless("Pixel"), "config": {"extra": 1}})
    dropped = [each.facts["places"] for each in draft.checks if each.code is CheckCode.NOT_KEPT]
    assert dropped == ["config.extra"]
    data = json.dumps({"description": "New."}).encode()
    sources = app.services.draft_sources
    update = await sources.update_from_json(REQUESTOR, GUILD, IMAGE, data, "Deliberate")
    assert CheckCode.NOT_KEPT not in {each.code for each in update.checks}


async def named(app: App, user_id: int) -> list[int]:
    """Return the changes that a draft of this person is warned of."""
    data = json.dumps(harmless("Pixel")).encode()
    draft = await app.services.draft_sources.create_from_json(user_id, GUILD, IMAGE, data)
    return sorted(int(each.facts["change_id"]) for each in draft.checks if "change_id" in each.facts)


async def test_a_draft_names_others_changes_only_to_people_who_may_see_the_queue(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.service.put(42, model_name="Pixel", requested_by="101")
    app.service.put(43, model_name="Pixel", requested_by="404")
    await app.services.monitor.poll()
    assert await named(app, OTHER) == [42, 43]
    monkeypatch.setattr(ReferenceClient, "may_conceal_queue", True)
    assert await named(app, OTHER) == []
    assert await named(app, REQUESTOR) == [42, 43], "alice is an approver"
    app.service.roles = ["requestor"]
    app.clock.move(hours=1)
    await app.services.accounts.refresh(REQUESTOR)
    assert await named(app, REQUESTOR) == [42]
    assert await named(app, APPROVER) == [42, 43]


@pytest.mark.parametrize(("status", "state"), [("approved", CardState.APPROVED), ("applied", None), ("rejected", None)])
async def test_a_draft_names_the_state_of_the_change_that_it_replaces_while_that_is_open(
    app: App, status: str, state: CardState | None
) -> None:
    change_id, digest = await sent(app)
    draft = await begin(app, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    await decided(app, status, change_id)
    revised = (await show(app, draft)).revised
    assert revised is not None
    assert (revised.change_id, revised.was_open, revised.state) == (change_id, True, state)


async def test_a_draft_names_no_state_of_a_change_with_other_content(app: App) -> None:
    change_id, digest = await sent(app)
    draft = await begin(app, digest, change_id=change_id)
    assert isinstance(draft, DraftFacts)
    app.service.put(change_id, payload=harmless("Pixel"))
    await app.services.monitor.poll()
    revised = (await show(app, draft)).revised
    assert revised is not None
    assert revised.state is None
