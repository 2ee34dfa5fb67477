"""Screens of deciding several changes at once, of claims and of counted approvals, by the name of their picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.services.review.applying import Waiting
from bot.services.review.bulk_items import (
    ApplyProgress,
    BulkItem,
    BulkOutcome,
    BulkQuestion,
    BulkVerb,
    Fate,
)

from bot.services.changes import CardState, ChangeFacts, Claim
from bot.services.notifications.channel_posts import DuePost, PostKind
from bot.services.review.outcomes import Claimed, Counted, Faster, NotClaimed, Released, TakenBefore
from bot.ui.components import Markup
from bot.ui.glyphs import Theme
from bot.ui.review.batches import apply_progress, bulk_outcome, bulk_question, outcome_post, waiting_list
from bot.ui.review.claims import claim_outcome
from bot.ui.review.decisions import decision_outcome
from storage.posts import Post
from tests.ui.samples import CARD, CAROL, HOSTILE_NAME, NOW, STUCK, UPDATE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_PARAMETERS = "magnum-v4-12b: 'parameters' field is required"


def item(change_id: int, operation: str, name: str, by: str, at: datetime) -> BulkItem:
    """One of several that are approved."""
    digest = "1f0c9a7be2"
    return BulkItem(change_id, digest, Fate.FRESH, operation, name, "approved", "erin#102", NOW - DAY, by, at)


FOUR = (
    item(42, "update", "Deliberate", "carol#303", NOW - 4 * MINUTE),
    item(44, "create", "Nova Anime XL", "bob#202", NOW - 2 * HOUR),
    item(47, "create", "magnum-v4-12b", "bob#202", NOW - 2 * HOUR),
    item(51, "delete", "Babes", "dave#404", NOW - DAY),
)
THREE = tuple(replace(one, status="pending", decided_by="", decided_at=None) for one in FOUR[:3])
MANY = tuple(item(100 + n, "update", f"{HOSTILE_NAME}{n}", "carol#303", NOW - DAY) for n in range(25))


def fated(*fates: Fate, items: tuple[BulkItem, ...] = FOUR) -> tuple[BulkItem, ...]:
    """Items with these fates."""
    words = {Fate.FAILED: NO_PARAMETERS, Fate.REFUSED: "Auth service timed out", Fate.COUNTED: "1 of 2"}
    return tuple(one.now(fate, words.get(fate, "")) for one, fate in zip(items, fates, strict=True))


def applied(*fates: Fate, took: int = 11, following: int | None = None) -> BulkOutcome:
    """What became of an apply of four."""
    return BulkOutcome(BulkVerb.APPLY, fated(*fates), timedelta(seconds=took), following)


DONE, FAILED, LEFT, UNSURE = Fate.DONE, Fate.FAILED, Fate.NOT_TRIED, Fate.UNSURE
COUNTED = ChangeFacts(UPDATE, CardState.PENDING, approvals=("bob#202",), approvals_required=2)
CLAIM = Claim(CAROL, "carol#303", NOW + DAY)
POST = Post(
    1, 4001, 2001, PostKind.OUTCOME, "7", {
        "verb": "apply",
        "items": [one.as_json() for one in fated(DONE, DONE, LEFT, LEFT)],
    }, 1, None, 0, "n", CAROL,
)  # fmt: skip

DECISION_SCREENS: Mapping[str, Callable[[Theme], Markup]] = {
    "09c-apply-confirm": lambda theme: bulk_question(
        BulkQuestion(7, BulkVerb.APPLY, FOUR, timedelta(seconds=10), "dave#404"), theme
    ),
    "09c2-apply-confirm-one-stale": lambda theme: bulk_question(
        BulkQuestion(7, BulkVerb.APPLY, (FOUR[0], replace(FOUR[1], fate=Fate.FASTER, status="applied"))), theme
    ),
    "09c3-apply-nothing": lambda theme: bulk_question(
        BulkQuestion(7, BulkVerb.APPLY, (FOUR[0].now(Fate.MOVED), BulkItem(99, "", Fate.GONE))), theme
    ),
    "09c4-apply-many": lambda theme: bulk_question(BulkQuestion(7, BulkVerb.APPLY, MANY), theme),
    "09c5-apply-list": lambda theme: waiting_list(Waiting(FOUR, 4), theme),
    "09c6-apply-list-many": lambda theme: waiting_list(Waiting(MANY, 31), theme),
    "09c7-apply-list-empty": lambda theme: waiting_list(Waiting((), 0), theme),
    "09d-apply-running": lambda theme: apply_progress(
        ApplyProgress(fated(DONE, Fate.RUNNING, Fate.FRESH, Fate.FRESH)), theme
    ),
    "09e-apply-outcome": lambda theme: bulk_outcome(applied(DONE, DONE, FAILED, LEFT, following=8), theme),
    "09e2-apply-all": lambda theme: bulk_outcome(applied(DONE, DONE, DONE, DONE), theme),
    "09e3-apply-nothing": lambda theme: bulk_outcome(applied(FAILED, LEFT, LEFT, LEFT, following=8), theme),
    "09e4-apply-unsure": lambda theme: bulk_outcome(applied(DONE, UNSURE, LEFT, LEFT, took=190, following=8), theme),
    "09e4b-apply-refused": lambda theme: bulk_outcome(applied(DONE, Fate.REFUSED, LEFT, LEFT, following=8), theme),
    "09e5-apply-told-in-channel": lambda theme: outcome_post(_due(POST), theme),
    "09e6-approved-several": lambda theme: bulk_outcome(
        BulkOutcome(BulkVerb.APPROVE, fated(DONE, Fate.MOVED, DONE, items=THREE), None, 9), theme
    ),
    "09e7-approvals-counted": lambda theme: bulk_outcome(
        BulkOutcome(BulkVerb.APPROVE, fated(Fate.COUNTED, Fate.OWN, Fate.COUNTED, items=THREE)), theme
    ),
    "09e8-rejected-several": lambda theme: bulk_outcome(
        BulkOutcome(BulkVerb.REJECT, fated(DONE, DONE, DONE, items=THREE)), theme
    ),
    "09e9-rejected-none": lambda theme: bulk_outcome(
        BulkOutcome(BulkVerb.REJECT, fated(Fate.GONE, Fate.FASTER, Fate.MOVED, items=THREE)), theme
    ),
    "09f2-stuck": lambda theme: decision_outcome(Faster(ChangeFacts(STUCK, CardState.STUCK), CARD), theme),
    "09j-counted": lambda theme: decision_outcome(
        Counted(
            ChangeFacts(UPDATE, CardState.PENDING, approvals=("bob#202",), approvals_required=2),
            is_first=True,
            card=CARD,
        ),
        theme,
    ),
    "09j2-counted-before": lambda theme: decision_outcome(
        Counted(ChangeFacts(UPDATE, CardState.PENDING, approvals=("bob#202",), approvals_required=3), is_first=False),
        theme,
    ),
    "09k-claimed": lambda theme: claim_outcome(Claimed(UPDATE, CLAIM, CARD), theme),
    "09k2-claimed-before": lambda theme: claim_outcome(TakenBefore(UPDATE, CLAIM, CARD), theme),
    "09k3-released": lambda theme: claim_outcome(Released(42, CARD), theme),
    "09k4-not-yours": lambda theme: claim_outcome(NotClaimed(42, CLAIM, CARD), theme),
    "09k5-not-claimed": lambda theme: claim_outcome(NotClaimed(42), theme),
    "11b-queue-chosen": lambda theme: bulk_question(BulkQuestion(7, BulkVerb.APPROVE, THREE), theme),
    "11b2-queue-chosen-stale": lambda theme: bulk_question(
        BulkQuestion(7, BulkVerb.APPROVE, (THREE[0], replace(THREE[1], fate=Fate.FASTER, status="rejected"))), theme
    ),
    "11b3-queue-chosen-all-stale": lambda theme: bulk_question(
        BulkQuestion(7, BulkVerb.APPROVE, (BulkItem(42, "", Fate.GONE),)), theme
    ),
}


def _due(post: Post) -> DuePost:
    return post
