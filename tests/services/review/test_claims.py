"""Claims are shown to others, bound to the content that was shown, end by themselves, and lock nothing."""

import pytest

from bot.identity.errors import MissingRoleError, NotLinkedError
from bot.services.changes import Claim, MessageLink
from bot.services.review.claims import CLAIM_LIFETIME
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_cards, facts_of


@pytest.fixture
def waiting(app: App) -> App:
    app.service.put(42, requested_by="102", requested_username="erin#102")
    return app


async def claimed_by(app: App) -> str | None:
    """Return the name of the claimer on the card."""
    facts = await app.services.queue.facts_builder.build(await app.services.poller.read(42), GUILD)
    return facts.claim.horde_username if facts.claim else None


async def test_the_first_claim_holds_and_the_next_approver_sees_whose_it_is(waiting: App) -> None:
    mine = await waiting.services.claims.take(waiting.press(42))
    assert mine.outcome is Outcome.CLAIMED
    assert mine.claim is not None
    assert mine.claim.until == waiting.clock() + CLAIM_LIFETIME
    theirs = await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))
    assert theirs.outcome is Outcome.CLAIMED_BY_OTHER
    assert theirs.claim is not None
    assert theirs.claim.user_id == APPROVER
    assert await claimed_by(waiting) == "bob#202"
    assert waiting.service.writes == []


async def test_claiming_again_is_claiming_for_longer(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42))
    waiting.clock.move(hours=5)
    again = await waiting.services.claims.take(waiting.press(42))
    assert again.outcome is Outcome.CLAIMED
    assert again.claim is not None
    assert again.claim.until == waiting.clock() + CLAIM_LIFETIME


async def test_only_ones_own_claim_is_released(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42))
    others = await waiting.services.claims.release(waiting.press(42, user_id=REQUESTOR))
    assert others.outcome is Outcome.NOT_CLAIMED
    assert others.claim is not None
    assert (await waiting.services.claims.release(waiting.press(42))).outcome is Outcome.RELEASED
    assert await claimed_by(waiting) is None
    assert await waiting.services.claims.release(waiting.press(42)) == DecisionResult(42, "", Outcome.NOT_CLAIMED)


async def test_a_claim_is_over_after_a_day_and_its_card_is_drawn(waiting: App) -> None:
    await waiting.services.guild_setup.use_review_channel(GUILD, 78)
    await waiting.services.claims.take(waiting.press(42))
    waiting.clock.move(hours=24)
    assert await claimed_by(waiting) is None
    (card,) = await waiting.services.card_service.cards.cards_of(42)
    await waiting.services.claims.expire()
    (after,) = await waiting.services.card_service.cards.cards_of(42)
    assert after.revision > card.revision


async def test_a_claim_prevents_no_decision_and_ends_with_it(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))
    assert (await waiting.decide(waiting.press(42), DecisionVerb.APPROVE)).outcome is Outcome.DONE
    assert await claimed_by(waiting) is None
    await waiting.services.claims.expire()
    assert await waiting.services.claims.claims.all(waiting.services.claims.clock()) == {}


async def test_another_content_is_not_claimed(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42))
    waiting.service.put(42, payload={"name": "Another"})
    assert await claimed_by(waiting) is None
    assert (await waiting.services.claims.take(waiting.press(42, seen="0123456789"))).outcome is Outcome.CONTENT_CHANGED


async def test_what_is_decided_or_gone_cannot_be_claimed(waiting: App) -> None:
    waiting.service.put(42, status="approved", approved_by="303")
    assert (await waiting.services.claims.take(waiting.press(42))).outcome is Outcome.ALREADY_DECIDED
    del waiting.service.changes[42]
    assert await waiting.services.claims.take(waiting.press(42)) == DecisionResult(42, "", Outcome.NOT_FOUND)


async def test_only_approvers_claim(waiting: App) -> None:
    with pytest.raises(NotLinkedError):
        await waiting.services.claims.take(waiting.press(42, user_id=OTHER))
    waiting.service.roles = ["requestor"]
    waiting.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))


async def test_the_answer_to_a_release_links_the_card_and_names_the_claimer(waiting: App) -> None:
    await waiting.services.guild_setup.use_review_channel(GUILD - 1, 79)
    await waiting.services.guild_setup.use_review_channel(GUILD, 78)
    await waiting.services.monitor.poll()
    await deliver_cards(waiting)
    await waiting.services.claims.take(waiting.press(42))
    link, until = MessageLink(GUILD, 78, 542), waiting.clock() + CLAIM_LIFETIME
    others = await waiting.services.claims.release(waiting.press(42, user_id=REQUESTOR, seen="seen"))
    claim = Claim(APPROVER, "bob#202", until)
    assert others == DecisionResult(42, "seen", Outcome.NOT_CLAIMED, claim=claim, card=link)
    await deliver_cards(waiting)
    own = await waiting.services.claims.release(waiting.press(42, seen="seen"))
    assert own == DecisionResult(42, "seen", Outcome.RELEASED, card=link)
    assert len(await deliver_cards(waiting)) == 2, "both are drawn without the claim"


async def test_a_claim_that_has_ended_may_be_taken_over(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42))
    waiting.clock.move(hours=23)
    before = await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))
    assert before.outcome is Outcome.CLAIMED_BY_OTHER
    waiting.clock.move(hours=1)
    after = await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))
    assert after.outcome is Outcome.CLAIMED
    assert after.claim == Claim(REQUESTOR, "alice#101", waiting.clock() + CLAIM_LIFETIME)
    assert await claimed_by(waiting) == "alice#101"


async def test_a_claim_on_former_content_keeps_no_approver_from_the_present_one(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42))
    waiting.service.put(42, payload={"name": "Another"})
    assert (await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))).outcome is Outcome.CLAIMED
    assert await claimed_by(waiting) == "alice#101"


async def test_a_claim_is_drawn_on_the_card_and_so_is_its_extension(waiting: App) -> None:
    await waiting.services.guild_setup.use_review_channel(GUILD, 78)
    await waiting.services.monitor.poll()
    await deliver_cards(waiting)
    for _ in range(2):
        waiting.clock.move(hours=1)
        await waiting.services.claims.take(waiting.press(42))
        (card,) = await due_cards(waiting)
        assert facts_of(card).claim == Claim(APPROVER, "bob#202", waiting.clock() + CLAIM_LIFETIME)
        await deliver_cards(waiting)
    await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))
    assert await due_cards(waiting) == [], "the claim is as before"


async def test_an_ended_claim_is_not_named_to_a_person_who_has_none(waiting: App) -> None:
    await waiting.services.claims.take(waiting.press(42))
    waiting.clock.move(hours=24)
    others = await waiting.services.claims.release(waiting.press(42, user_id=REQUESTOR))
    assert (others.outcome, others.claim) == (Outcome.NOT_CLAIMED, None)


async def test_a_claim_that_runs_is_not_ended_with_others(waiting: App) -> None:
    waiting.service.put(43)
    await waiting.services.claims.take(waiting.press(42))
    waiting.clock.move(hours=12)
    await waiting.services.claims.take(waiting.press(43))
    waiting.clock.move(hours=12)
    await waiting.services.claims.expire()
    assert list(await waiting.services.claims.claims.all(waiting.clock())) == [43]


async def test_a_person_without_a_link_has_no_claim_to_release(waiting: App) -> None:
    with pytest.raises(NotLinkedError):
        await waiting.services.claims.release(waiting.press(42, user_id=OTHER))
