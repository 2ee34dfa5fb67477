"""Requestors and followers hear of what others decided, and each thread tells it once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.reference.models import PendingChange
from bot.services.changes import CardState, LiveDifference
from bot.services.polling.moves import Move
from bot.services.polling.notification_planner import thread_posts
from storage.cards import TrackedChange
from storage.notices import NoticeKey
from storage.subscriptions import SubscriptionKind, Topic
from storage.thread_posts import Opening
from tests.services.conftest import APPROVER, REQUESTOR, App

NOW = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
FOLLOWER = 4004
CATEGORY = Topic(SubscriptionKind.CATEGORY, "image_generation", "")
MODEL = Topic(SubscriptionKind.MODEL, "image_generation", "Deliberate")
OF_ALICE = Topic(SubscriptionKind.REQUESTOR, "", "101")


def row(status: str, digest: str = "d1") -> TrackedChange:
    return TrackedChange(
        42,
        "image_generation",
        "Deliberate",
        "update",
        "101",
        "alice#101",
        NOW,
        status,
        digest,
        is_missing=False,
        updated_at=NOW,
    )


def move(status: str, before: str | None = "pending", **facts: Any) -> Move:
    """Return a change of alice's that moved; of a purged one the service has nothing."""
    told = None if before is None else row(before)
    if status == "purged":
        return Move(row(status), told, None)
    change = PendingChange.model_validate(
        {
            "change_id": 42,
            "category": "image_generation",
            "model_name": "Deliberate",
            "operation": "update",
            "requested_by": "101",
            "requested_at": 0,
            "updated_at": 77,
            "status": "applying" if status == "stuck" else status,
            **facts,
        }
    )
    return Move(row(status), told, change)


async def notified(app: App, *moves: Move) -> list[NoticeKey]:
    return await app.services.recorder.planner.notices(moves)


async def follow(app: App, user_id: int, topic: Topic) -> None:
    await app.services.recorder.planner.subscriptions.add(user_id, topic, "", app.clock())


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        ("approved", {"approved_by": "202"}),
        ("rejected", {"rejected_by": "202"}),
        ("applied", {"applied_by": "202"}),
        ("applied", {"approved_by": "202"}),
        ("applied", {"applied_by": "202", "approved_by": "101"}),
        ("approved", {}),
        ("purged", {}),
    ],
)
async def test_a_requestor_hears_of_what_another_person_decided(app: App, status: str, facts: dict[str, str]) -> None:
    assert await notified(app, move(status, **facts)) == [NoticeKey(REQUESTOR, 42, status)]


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        ("approved", {"approved_by": "101"}),
        ("rejected", {"rejected_by": "101"}),
        ("applied", {"applied_by": "101"}),
        ("applied", {"approved_by": "101"}),
        ("pending", {}),
        ("applying", {}),
        ("stuck", {}),
    ],
)
async def test_a_requestor_does_not_hear_of_own_decisions_and_of_states_in_between(
    app: App, status: str, facts: dict[str, str]
) -> None:
    assert await notified(app, move(status, before="approving", **facts)) == []


async def test_a_requestor_without_a_link_hears_nothing(app: App) -> None:
    await app.services.accounts.unlink(REQUESTOR)
    assert await notified(app, move("approved", approved_by="202")) == []


async def test_what_is_no_news_is_not_sent(app: App) -> None:
    assert await notified(app, move("approved", before="approved", approved_by="202")) == []


@pytest.mark.parametrize("topic", [CATEGORY, MODEL, OF_ALICE], ids=lambda topic: topic.kind.value)
async def test_a_follower_hears_of_new_and_moved_changes_of_the_topic(app: App, topic: Topic) -> None:
    await follow(app, FOLLOWER, topic)
    assert await notified(app, move("pending", before=None)) == [NoticeKey(FOLLOWER, 42, "pending")]
    assert set(await notified(app, move("rejected", rejected_by="202"))) == {
        NoticeKey(FOLLOWER, 42, "rejected"),
        NoticeKey(REQUESTOR, 42, "rejected"),
    }
    assert await notified(app, move("applying")) == []


async def test_a_follower_of_other_topics_hears_nothing(app: App) -> None:
    await follow(app, FOLLOWER, Topic(SubscriptionKind.CATEGORY, "blip", ""))
    await follow(app, FOLLOWER, Topic(SubscriptionKind.MODEL, "image_generation", "Another"))
    await follow(app, FOLLOWER, Topic(SubscriptionKind.REQUESTOR, "", "202"))
    assert await notified(app, move("pending", before=None)) == []


async def test_no_person_hears_of_their_own_act_although_they_follow_it(app: App) -> None:
    for user_id in (REQUESTOR, APPROVER):
        await follow(app, user_id, CATEGORY)
    assert await notified(app, move("pending", before=None)) == [NoticeKey(APPROVER, 42, "pending")]
    assert await notified(app, move("rejected", rejected_by="202")) == [NoticeKey(REQUESTOR, 42, "rejected")]


async def test_a_person_who_follows_a_change_twice_gets_one_message(app: App) -> None:
    for topic in (CATEGORY, MODEL):
        await follow(app, FOLLOWER, topic)
    assert await notified(app, move("pending", before=None), move("pending", before=None)) == [
        NoticeKey(FOLLOWER, 42, "pending")
    ]


async def test_thousands_of_new_changes_are_planned_in_order(app: App) -> None:
    await follow(app, FOLLOWER, CATEGORY)
    new = move("pending", before=None)
    moves = [replace(new, row=replace(new.row, change_id=number)) for number in range(1, 251)]
    assert [notice.about_id for notice in await notified(app, *moves)] == list(range(1, 251))


@pytest.mark.parametrize(
    ("status", "facts", "by", "at"),
    [
        ("approved", {"approved_by": "202", "approved_username": "bob#202", "approved_at": 5}, "bob#202", 5),
        ("approved", {"approved_by": "202", "approved_at": 5}, "202", 5),
        ("rejected", {"rejected_by": "202", "rejected_username": "bob#202", "rejected_at": 6}, "bob#202", 6),
        ("rejected", {"rejected_by": "202"}, "202", int(NOW.timestamp())),
        ("applied", {"applied_by": "202", "applied_username": "bob#202", "applied_at": 7}, "bob#202", 7),
        ("applied", {"applied_by": "202", "applied_at": 7}, "202", 7),
        ("pending", {"approved_by": "202"}, None, 77),
        ("stuck", {"approved_by": "202"}, None, 77),
        ("purged", {}, None, int(NOW.timestamp())),
    ],
)
def test_a_post_in_a_thread_says_what_happened_by_whom_and_when(
    status: str, facts: dict[str, Any], by: str | None, at: int
) -> None:
    (post,) = thread_posts([move(status, before="approved" if status == "pending" else "pending", **facts)])
    assert (post.change_id, post.subject, post.user_id, post.guild_id) == (42, f"42:d1:{status}", None, None)
    assert post.facts == {
        "status": status,
        "digest": "d1",
        "operation": "update",
        "category": "image_generation",
        "name": "Deliberate",
        "requested_by": "101",
        "requestor": "alice#101",
        "by": by,
        "at": at,
        "reason": None,
    }


def test_a_rejection_opens_a_thread_with_its_reason() -> None:
    (post,) = thread_posts([move("rejected", rejected_by="202", reject_reason="No licence.")])
    assert (post.opening, post.facts["reason"], post.is_announced) == (Opening.WANTED, "No licence.", False)


def test_a_former_reason_is_not_told_after_an_approval() -> None:
    (post,) = thread_posts([move("approved", approved_by="202", reject_reason="No licence.")])
    assert (post.opening, post.facts["reason"]) == (Opening.NEVER, None)


def test_only_what_is_live_as_approved_is_announced() -> None:
    applied = move("applied", before="approved", applied_by="202")
    (post,) = thread_posts([applied])
    assert (post.is_announced, post.opening) == (True, Opening.NEVER)
    assert "differs" not in post.facts
    (post,) = thread_posts([replace(applied, live_difference=LiveDifference(("nsfw",), NOW))])
    assert (post.is_announced, post.opening, post.facts["differs"]) == (False, Opening.WANTED, ["nsfw"])
    assert not [post for post in thread_posts([move("approved"), move("purged")]) if post.is_announced]


@pytest.mark.parametrize(
    "quiet",
    [
        move("pending", before=None),
        replace(move("pending"), before=row("pending", "another content")),
        move("applying", before="approved"),
        move("approved", before="approved"),
    ],
    ids=["new", "new content", "applying", "no news"],
)
def test_a_thread_tells_nothing_that_its_card_begins_with(quiet: Move) -> None:
    assert list(thread_posts([quiet])) == []


def test_a_change_that_was_decided_before_the_bot_saw_it_is_posted() -> None:
    assert [post.facts["status"] for post in thread_posts([move("approved", before=None)])] == ["approved"]


def test_a_move_knows_its_state_and_whether_it_is_news() -> None:
    assert move("approved").state is CardState.APPROVED
    assert move("approved").is_news
    assert move("pending", before=None).is_news
    assert not move("pending").is_news
    assert replace(move("pending"), before=row("pending", "another content")).is_news
