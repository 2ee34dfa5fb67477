"""Requests for changes are stored for one content, told to the requestor, and end with the change."""

import pytest

from bot.identity.errors import MissingRoleError
from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts, Gone
from bot.services.notifications.news import ChangeNews
from bot.services.proposals.outcomes import DraftFacts
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.services.review.revision_requests import RevisionAsked
from tests.services.conftest import APPROVER, GUILD, REQUESTOR, App

KEY = "Sharper; see https://huggingface.co/x/resolve/main/a.safetensors?token=hf_0123456789abcdef"


async def ask(app: App, words: str = "Please add a licence.", user_id: int = APPROVER) -> RevisionAsked:
    return await app.services.revision_requests.ask(app.press(42, user_id=user_id), words)


async def facts_of(app: App) -> ChangeFacts:
    facts = await app.services.decisions.facts(42, GUILD)
    assert not isinstance(facts, Gone)
    return facts


async def news_to(app: App, user_id: int) -> list[ChangeNews]:
    direct = app.services.deliveries.direct_messages
    due = [batch for batch in await direct.due() if batch[0].user_id == user_id]
    return [news for batch in due if isinstance(news := await direct.news_of(batch), ChangeNews)]


async def test_a_request_is_on_the_card_and_told_and_nothing_is_sent_to_the_service(app: App) -> None:
    app.service.put(42)
    asked = await ask(app)
    assert (asked.result.outcome, asked.is_linked) == (Outcome.ASKED, True)
    assert app.service.writes == []
    (request,) = (await facts_of(app)).requests
    assert (request.horde_username, request.words, request.asked_at) == (
        "bob#202",
        "Please add a licence.",
        app.clock(),
    )
    (news,) = await news_to(app, REQUESTOR)
    assert news.request == request
    assert news.revise == PendingChange.model_validate(app.service.changes[42]).digest


async def test_a_second_request_of_the_same_approver_replaces_the_first(app: App) -> None:
    app.service.put(42)
    for words in ("First.", "Second."):
        await ask(app, words)
    assert [request.words for request in (await facts_of(app)).requests] == ["Second."]
    assert [news.request.words for news in await news_to(app, REQUESTOR) if news.request] == ["Second."]


async def test_credentials_in_a_request_are_not_stored(app: App) -> None:
    app.service.put(42)
    await ask(app, KEY)
    (request,) = (await facts_of(app)).requests
    assert "hf_0123456789abcdef" not in request.words


async def test_only_an_approver_asks(app: App) -> None:
    app.service.put(42)
    app.service.roles = ["requestor"]
    app.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await ask(app, user_id=REQUESTOR)
    assert (await facts_of(app)).requests == ()


@pytest.mark.parametrize("status", ["approved", "rejected"])
async def test_a_decided_change_is_not_asked_about_and_forgets_its_requests(app: App, status: str) -> None:
    app.service.put(42)
    await ask(app)
    app.service.put(42, status=status, approved_by="202", rejected_by="202", reject_reason="no")
    assert (await ask(app)).result.outcome is Outcome.ALREADY_DECIDED
    assert (await facts_of(app)).requests == ()
    assert [news for news in await news_to(app, REQUESTOR) if news.request] == []
    await app.services.revision_requests.expire()
    digest = PendingChange.model_validate(app.service.changes[42]).digest
    assert await app.services.revision_requests.requests.of(42, digest) == []


async def test_a_change_that_needs_changes_is_not_approved_with_others(app: App) -> None:
    for change_id in (42, 43):
        app.service.put(change_id, model_name=f"Model {change_id}", payload={"name": f"Model {change_id}"})
    await ask(app)
    targets = tuple(Target(change_id, "") for change_id in (42, 43))
    press = ButtonPress(APPROVER, app.origin(), targets)
    question = await app.services.decisions.ask(press, DecisionVerb.APPROVE)
    by_id = {result.change_id: result for result in question.results}
    assert by_id[42].outcome is Outcome.ALONE
    assert by_id[42].concerns is not None
    assert [request.words for request in by_id[42].concerns.requests] == ["Please add a licence."]


async def test_the_draft_that_replaces_it_begins_with_the_request(app: App) -> None:
    app.service.put(42)
    await ask(app)
    digest = PendingChange.model_validate(app.service.changes[42]).digest
    draft = await app.services.resubmission.open_draft(REQUESTOR, GUILD, 42, digest)
    assert isinstance(draft, DraftFacts)
    assert draft.revised is not None
    assert (draft.revised.rejected_by, draft.revised.reason) == ("bob#202", "Please add a licence.")
    assert draft.revised.state is CardState.PENDING


async def test_a_deleted_approver_leaves_no_words(app: App) -> None:
    app.service.put(42)
    await ask(app)
    assert "revision_request" in (await app.services.privacy.export(APPROVER)).rows
    await app.services.privacy.forget(APPROVER)
    assert (await facts_of(app)).requests == ()
