"""Direct messages about a person's own drafts, lost proposals, link and key, and about requests for changes."""

from datetime import timedelta

import pytest

from bot.reference.models import Operation
from bot.services.changes import CardState, MessageLink
from bot.services.notifications.deliveries import SendOutcome
from bot.services.notifications.news import (
    ChangeNews,
    DraftExpires,
    DraftsExpire,
    KeyDenied,
    LinkExpires,
    NeverQueued,
    News,
)
from bot.services.proposals.reconcile import ANSWER_WITHIN
from bot.services.retention import LINK_WARNING_PERIOD, WARNING_PERIOD
from tests.services.conftest import APPROVER, CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards, deliver_notices, due_notices, news_of, record
from tests.services.denied_keys import OWNER, ROLES, act_with_unknown_key
from tests.services.proposals.sending import RECORD, ROUTE, drafted, lost, refuse_name, resend
from tests.services.queue_moves import digest_of

TAKEN = "Model 'Pixel' already exists."
IDLE = timedelta(days=180)


@pytest.fixture(autouse=True)
def _alice(app: App) -> None:
    app.service.user_id = "101"


async def told(app: App, user_id: int = REQUESTOR) -> list[News]:
    """Return what a person is to be told now."""
    return [news_of(notice) for notice in await due_notices(app) if notice.delivery.user_id == user_id]


async def read(app: App) -> list[News]:
    """Deliver what is due, and return it."""
    return [news_of(notice) for notice in await deliver_notices(app)]


async def test_a_requestor_is_told_once_that_a_proposal_never_arrived(app: App) -> None:
    await lost(app)
    assert await read(app) == [NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=True)]
    await app.restart()
    await app.services.proposal_reconciler.reconcile()
    assert await read(app) == []


async def test_a_lost_proposal_whose_draft_was_discarded_offers_no_draft(app: App) -> None:
    draft = await lost(app)
    await app.services.draft_service.discard(REQUESTOR, draft.draft_id)
    assert await told(app) == [NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=False)]


async def test_a_refusal_that_was_not_shown_is_told_with_the_words_of_the_service(app: App) -> None:
    await refuse_name(app, await drafted(app))
    assert await told(app) == [], "the answer may be on its way"
    await app.restart()
    app.clock.move(seconds=ANSWER_WITHIN.total_seconds())
    refusal = NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=True, reason=TAKEN)
    assert await read(app) == [refusal]
    assert await read(app) == []


async def test_a_refusal_that_stood_in_the_answer_is_not_told_again(app: App) -> None:
    draft = await drafted(app)
    await refuse_name(app, draft)
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id)
    app.clock.move(minutes=5)
    assert await told(app) == []


async def test_only_the_last_refusal_of_a_draft_is_told(app: App) -> None:
    draft = await drafted(app)
    await refuse_name(app, draft)
    app.service.bodies[ROUTE] = (409, {"detail": "Another reason."})
    with pytest.raises(Exception, match="Another reason"):
        await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    app.clock.move(minutes=5)
    (news,) = await told(app)
    assert isinstance(news, NeverQueued)
    assert news.reason == "Another reason."


async def test_drafts_that_expire_together_are_one_message_the_first_to_go_first(app: App) -> None:
    later = await drafted(app, {**RECORD, "name": "Later"})
    await drafted(app, {**RECORD, "name": "Sooner"})
    app.clock.move(days=1)
    later = (await app.services.draft_service.revise(REQUESTOR, later.draft_id, "Still wanted.")).facts
    app.clock.move(days=26, hours=1)
    await app.services.draft_service.expire()
    (notice,) = await due_notices(app)
    assert notice.content == DraftsExpire(
        (
            DraftExpires(Operation.CREATE, "image_generation", "Sooner", app.clock() + WARNING_PERIOD),
            DraftExpires(Operation.CREATE, "image_generation", "Later", later.kept_until),
        )
    )
    await record(app, notice)
    assert await told(app) == []


async def test_a_draft_that_was_discarded_is_left_out_of_the_warning(app: App) -> None:
    gone = await drafted(app, {**RECORD, "name": "Gone"})
    kept = await drafted(app, {**RECORD, "name": "Kept"})
    app.clock.move(days=27, hours=1)
    await app.services.draft_service.expire()
    await app.services.draft_service.discard(REQUESTOR, gone.draft_id)
    until = max(kept.kept_until, app.clock() + WARNING_PERIOD)
    assert await told(app) == [DraftExpires(Operation.CREATE, "image_generation", "Kept", until)]


async def test_a_draft_that_was_sent_meanwhile_does_not_expire(app: App) -> None:
    draft = await drafted(app)
    app.clock.move(days=27, hours=1)
    await app.services.draft_service.expire()
    change = app.service.put(42, model_name="Pixel", payload=RECORD)
    app.service.bodies[ROUTE] = (202, change)
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert [news for news in await told(app) if isinstance(news, DraftExpires)] == []


async def test_an_idle_link_is_announced_with_the_time_that_its_owner_has(app: App) -> None:
    app.clock.move(seconds=(IDLE - LINK_WARNING_PERIOD).total_seconds() + 1)
    await app.services.link_expiry.expire()
    assert await told(app) == [LinkExpires("alice#101", app.clock() + LINK_WARNING_PERIOD)]
    assert await told(app, APPROVER) == [LinkExpires("bob#202", app.clock() + LINK_WARNING_PERIOD)]


async def test_who_used_their_link_meanwhile_is_not_warned(app: App) -> None:
    app.clock.move(seconds=IDLE.total_seconds())
    await app.services.link_expiry.expire()
    await app.services.accounts.refreshed(REQUESTOR)
    assert await told(app) == []


async def test_who_unlinked_is_not_warned(app: App) -> None:
    app.clock.move(seconds=IDLE.total_seconds())
    await app.services.link_expiry.expire()
    await app.services.accounts.unlink(REQUESTOR)
    assert await told(app) == []


async def test_the_owner_of_a_denied_key_is_told_once(app: App) -> None:
    await act_with_unknown_key(app)
    assert await read(app) == [KeyDenied("alice#101")]
    await act_with_unknown_key(app)
    assert await read(app) == []


async def test_a_key_that_was_replaced_and_denied_again_is_one_message(app: App) -> None:
    await act_with_unknown_key(app)
    del app.service.refusals[ROLES]
    app.service.bodies[OWNER] = (200, {"username": "alice#101", "id": 101})
    await app.services.accounts.link(REQUESTOR, "another-key-of-alice")
    assert await told(app) == []
    await act_with_unknown_key(app)
    assert await told(app) == [KeyDenied("alice#101")]


async def test_who_unlinked_a_denied_key_is_not_told_of_it(app: App) -> None:
    await act_with_unknown_key(app)
    await app.services.accounts.unlink(REQUESTOR)
    assert await told(app) == []


async def ask(app: App, words: str = "Please add a licence.") -> None:
    """Have bob ask alice for something."""
    app.service.user_id = "202"
    await app.services.revision_requests.ask(app.press(42), words)


async def test_a_request_for_changes_comes_with_the_card_and_a_way_to_revise(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await app.services.monitor.poll()
    await deliver_cards(app)
    await ask(app)
    (news,) = await read(app)
    assert isinstance(news, ChangeNews)
    assert (news.facts.change.change_id, news.facts.state) == (42, CardState.PENDING)
    assert news.card == MessageLink(GUILD, CHANNEL, 542)
    assert (news.revise, news.followed) == (digest_of(app), None)
    assert news.request is not None
    assert (news.request.words, news.request.horde_username) == ("Please add a licence.", "bob#202")
    assert await read(app) == [], "once"


async def test_only_the_last_of_an_approvers_requests_is_told(app: App) -> None:
    app.service.put(42)
    await ask(app)
    await ask(app, "Please add a licence and a homepage.")
    (news,) = await told(app)
    assert isinstance(news, ChangeNews)
    assert news.request is not None
    assert news.request.words == "Please add a licence and a homepage."


async def test_a_request_for_a_content_that_is_gone_is_not_told(app: App) -> None:
    app.service.put(42)
    await ask(app)
    app.service.put(42, payload={"name": "Model 42", "description": "Another."})
    assert await told(app) == []


async def test_a_request_about_a_change_that_is_gone_is_not_told(app: App) -> None:
    app.service.put(42)
    await ask(app)
    del app.service.changes[42]
    assert await told(app) == []


async def test_a_request_about_a_decided_change_is_not_told(app: App) -> None:
    app.service.put(42)
    await ask(app)
    app.service.put(42, status="approved", approved_by="303")
    assert await told(app) == []


async def test_a_request_about_a_change_that_was_replaced_is_not_told(app: App) -> None:
    app.service.put(42)
    await ask(app)
    await resend(app)
    assert [news for news in await told(app) if isinstance(news, ChangeNews) and news.request] == []


async def test_a_request_is_not_told_to_a_person_who_now_has_another_account(app: App) -> None:
    app.service.put(42)
    await ask(app)
    app.service.user_id = "404"
    app.service.bodies[OWNER] = (200, {"username": "dave#404", "id": 404})
    await app.services.accounts.link(REQUESTOR, "a-key-of-another-account")
    assert await told(app) == []


async def test_a_request_waits_while_the_service_is_away(app: App) -> None:
    app.service.put(42)
    await ask(app)
    app.service.is_away = True
    assert await told(app) == []
    app.service.is_away = False
    app.clock.move(seconds=5)
    assert len(await told(app)) == 1


async def test_a_request_that_met_closed_direct_messages_is_read_at_the_next_command(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await ask(app)
    (notice,) = await due_notices(app)
    await record(app, notice, SendOutcome.REFUSED)
    ((_, news),) = await app.services.undelivered.missed(REQUESTOR)
    assert isinstance(news, ChangeNews)
    assert news.request is not None
