"""Requests for changes reach the requestor, and a proposal that is sent again is linked with the former one."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from storage.cards import Cards, TrackedChange
from storage.database import Database
from storage.deliveries import Deliveries
from storage.drafts import Draft, Drafts, Revises
from storage.guild_settings import GuildSettings
from storage.intents import Intents, IntentState, NewIntent
from storage.live_differences import LiveDifference, LiveDifferences
from storage.notices import About, NoticeKey
from storage.revision_requests import ASKED, RevisionRequest, RevisionRequests
from storage.sent_proposals import Replacement, SentProposal, SentProposals
from storage.thread_posts import Opening, ThreadPost
from tests.storage.changes import tracked_change

GUILD, CHANNEL, RITA = 77, 770, 1111
DAY = timedelta(days=1)

type MakeDraft = Callable[..., Awaitable[Draft]]


async def see(database: Database, *changes: TrackedChange) -> None:
    await Cards(database).record_poll(seen=changes, now=changes[0].updated_at)


def request(now: datetime, name: str = "bob#202", words: str = "Add a licence.", digest: str = "d1") -> RevisionRequest:
    return RevisionRequest(42, digest, int(name[-3:]), name[-3:], name, words, now)


POST = ThreadPost(42, "42:asked", {"status": "asked"}, opening=Opening.ALWAYS)


async def ask(database: Database, asked: RevisionRequest, recipient: int | None = RITA) -> None:
    await RevisionRequests(database).add(asked, POST, recipient)


async def send(database: Database, draft: Draft, change_id: int, now: datetime, horde_user_id: str = "101") -> None:
    """Have a draft sent and queued as a change."""
    new = NewIntent(
        interaction_id=change_id,
        user_id=draft.user_id,
        horde_user_id=horde_user_id,
        kind="propose",
        draft_id=draft.draft_id,
    )
    intent = await Intents(database).prepare(new, now)
    assert intent is not None
    await Intents(database).resolve(intent.intent_id, IntentState.QUEUED, now=now, change_id=change_id)


async def test_a_request_for_changes_is_sent_directly_and_posted_in_the_thread(
    database: Database, now: datetime
) -> None:
    await GuildSettings(database).set_review_channel(GUILD, CHANNEL)
    await see(database, tracked_change(now))
    await ask(database, request(now))
    (stored,) = await RevisionRequests(database).of(42, "d1")
    assert stored == RevisionRequest(42, "d1", 202, "202", "bob#202", "Add a licence.", now, stored.request_id)
    assert await RevisionRequests(database).get(stored.request_id) == stored
    (notice,) = await Deliveries(database).due_notices(now)
    assert NoticeKey.of(notice) == NoticeKey(RITA, stored.request_id, ASKED, About.REQUEST)
    assert await Deliveries(database).due_notices(now - timedelta(microseconds=1)) == []
    rows = await database.read("SELECT subject, next_at FROM delivery WHERE kind = 'thread'")
    assert [row["subject"] for row in rows] == ["42:asked"]


async def test_an_approver_has_one_request_for_each_change_and_others_have_theirs(
    database: Database, now: datetime
) -> None:
    await see(database, tracked_change(now))
    requests = RevisionRequests(database)
    await ask(database, request(now), recipient=None)
    assert await Deliveries(database).due_notices(now) == []
    (first,) = await requests.of(42, "d1")
    await ask(database, request(now, "carol#303", "And a name."))
    await ask(database, request(now, words="Add a licence, please."))
    assert [each.words for each in await requests.of(42, "d1")] == ["Add a licence, please.", "And a name."]
    assert await requests.get(first.request_id) is None
    assert await requests.of(42, "d2") == []
    assert await requests.of(43, "d1") == []


@pytest.mark.parametrize(
    ("status", "digest", "kept"), [("pending", "d1", 1), ("approved", "d1", 0), ("pending", "d2", 0)]
)
async def test_a_request_ends_with_the_decision_or_another_content(
    database: Database, now: datetime, status: str, digest: str, kept: int
) -> None:
    await see(database, tracked_change(now))
    await ask(database, request(now))
    await see(database, tracked_change(now, status=status, digest=digest))
    await RevisionRequests(database).drop_ended()
    assert len(await RevisionRequests(database).of(42, "d1")) == kept


async def test_a_sent_proposal_is_kept_as_it_was_sent_until_its_change_is_live(
    database: Database, make_draft: MakeDraft, now: datetime
) -> None:
    sent = SentProposals(database)
    draft = await make_draft(
        operation="update", dialect="legacy", base={"name": "old"}, record={"name": "new"}, why="It is good."
    )
    await send(database, draft, 42, now)
    kept = await sent.of_change(42)
    assert kept == SentProposal(
        RITA,
        42,
        "update",
        "image_generation",
        draft.model_name,
        "legacy",
        {"name": "new"},
        {"name": "old"},
        "It is good.",
    )
    assert kept.is_for("update", "image_generation", draft.model_name)
    assert not kept.is_for("delete", "image_generation", draft.model_name), "the id was used again"
    assert await Drafts(database).get(draft.draft_id, RITA) is None
    other = await make_draft()
    await send(database, other, 43, now)
    await see(database, tracked_change(now, 42, "rejected"), tracked_change(now, 43, "applied"))
    assert await sent.of_change(42) == kept
    assert await sent.of_change(43) is None, "it is live"
    assert await sent.expire(now) == 0
    assert await sent.expire(now + DAY) == 1
    assert await sent.of_change(42) is None


async def test_an_id_that_is_used_again_has_the_later_proposal(
    database: Database, make_draft: MakeDraft, now: datetime
) -> None:
    first, second = await make_draft(), await make_draft()
    await send(database, first, 42, now)
    new = NewIntent(interaction_id=99, user_id=RITA, horde_user_id="101", kind="propose", draft_id=second.draft_id)
    intent = await Intents(database).prepare(new, now)
    assert intent is not None
    await Intents(database).resolve(intent.intent_id, IntentState.QUEUED, now=now, change_id=42)
    kept = await SentProposals(database).of_change(42)
    assert kept is not None
    assert kept.model_name == second.model_name


async def test_a_change_that_replaces_another_is_linked_with_it_on_both_cards(
    database: Database, make_draft: MakeDraft, now: datetime
) -> None:
    await GuildSettings(database).set_review_channel(GUILD, CHANNEL)
    await see(database, tracked_change(now, 41, "pending"), tracked_change(now, 40, "pending", "d0"))
    for card in await Deliveries(database).due_cards(now):
        await Deliveries(database).mark_delivered([card], 5)
    sent = SentProposals(database)
    revises = Revises(41, "d1", rejected_by="bob#202", ended_at=now, reason="No licence.", is_open=True)
    await send(database, await make_draft(revises=revises), 45, now)
    assert await sent.replaced_by(45) == Replacement(41, "bob#202", "No licence.", was_open=True)
    assert await sent.replaced_by(41) is None
    assert await sent.replacement_of(41, "d1") == 45
    assert await sent.replacement_of(41, "d1", "101") == 45
    assert await sent.replacement_of(41, "d1", "202") is None, "another account sent it"
    assert await sent.replacement_of(41, "d2") is None
    assert [card.change_id for card in await Deliveries(database).due_cards(now)] == [41], "the former card names it"
    await send(database, await make_draft(revises=Revises(41, "d1")), 46, now)
    assert await sent.replacement_of(41, "d1") == 46, "the newest"
    assert await sent.replaced_by(46) == Replacement(41, None, None)


async def test_changes_that_wait_for_their_requestor_are_offered_newest_first(
    database: Database, make_draft: MakeDraft, now: datetime
) -> None:
    cards = Cards(database)
    rejected = [tracked_change(now, number, "rejected") for number in (30, 31, 32, 33)]
    others = [
        tracked_change(now, 34, "rejected", by="202"),
        tracked_change(now - DAY, 35, "rejected"),
        tracked_change(now, 36, "applied"),
    ]
    await see(database, tracked_change(now), tracked_change(now, 43), *rejected, *others)
    since = now - timedelta(hours=1)
    assert [each.change_id for each in await cards.to_revise("101", since)] == [33, 32, 31, 30]
    assert await cards.to_revise("101", now) == [], "rejected after that moment"
    await ask(database, request(now))
    assert [each.change_id for each in await cards.to_revise("101", since)] == [42, 33, 32, 31, 30]
    await make_draft(revises=Revises(31, "d1"))
    await send(database, await make_draft(revises=Revises(32, "d1")), 45, now)
    await make_draft(revises=Revises(33, "another content"))
    assert [each.change_id for each in await cards.to_revise("101", since)] == [42, 33, 30]


async def test_a_difference_from_the_live_record_belongs_to_one_content(database: Database, now: datetime) -> None:
    differences = LiveDifferences(database)
    assert await differences.of(42, "d1") is None
    await differences.put(42, "d1", LiveDifference(("nsfw", "config.download"), now))
    assert await differences.of(42, "d1") == LiveDifference(("nsfw", "config.download"), now)
    assert await differences.of(42, "d2") is None
    await differences.put(42, "d1", LiveDifference((), now + DAY))
    assert await differences.of(42, "d1") == LiveDifference((), now + DAY)
