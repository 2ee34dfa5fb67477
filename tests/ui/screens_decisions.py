"""Screens of deciding several changes at once, of claims and of counted approvals, by the name of their picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.changes import Claim, LiveDifference, RevisionRequest
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.notifications.news import ChangeNews
from bot.services.review.outcomes import ApplyProgress, BatchResult, Concerns, CountedApprovals, DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from bot.services.review.questions import ApprovedList, Question
from bot.services.review.revision_requests import RevisionAsked
from bot.services.review.stored_results import facts_to_store
from bot.ui.cards.change_card import change_card
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from bot.ui.notices.direct_messages import news_notice
from bot.ui.notices.thread_posts import thread_post
from bot.ui.review.approve_question import approve_question
from bot.ui.review.batches import apply_progress, approved_list, batch_question, batch_result, outcome_post
from bot.ui.review.claims import claim_result, revision_requested
from bot.ui.review.decisions import decision_result
from tests.ui.samples import (
    APPLIED,
    APPROVED,
    CARD,
    CAROL,
    CREATE,
    HOSTILE_NAME,
    NOW,
    REJECTED,
    STUCK,
    UPDATE,
    ago,
    asked,
    change,
    decision,
    pending,
)

NO_PARAMETERS = "magnum-v4-12b: 'parameters' field is required"
MESSAGES = {Outcome.FAILED: NO_PARAMETERS, Outcome.REFUSED: "Auth service timed out"}
COUNTED = CountedApprovals(("bob#202",), 2)


def approved(change_id: int, operation: Operation, name: str, by: str, at: int) -> PendingChange:
    """Return an approved change of erin's."""
    return change(
        change_id,
        operation,
        name,
        {},
        status=ChangeStatus.APPROVED,
        requested_username="erin#102",
        requested_at=ago(days=1),
        approved_by="303",
        approved_username=by,
        approved_at=at,
    )


FOUR = (
    approved(42, Operation.UPDATE, "Deliberate", "carol#303", ago(minutes=4)),
    approved(44, Operation.CREATE, "Nova Anime XL", "bob#202", ago(hours=2)),
    approved(47, Operation.CREATE, "magnum-v4-12b", "bob#202", ago(hours=2)),
    approved(51, Operation.DELETE, "Babes", "dave#404", ago(days=1)),
)
NOT_APPROVED = {"approved_by": None, "approved_username": None, "approved_at": None}
THREE = tuple(one.model_copy(update={"status": ChangeStatus.PENDING, **NOT_APPROVED}) for one in FOUR[:3])
MANY = tuple(approved(100 + n, Operation.UPDATE, f"{HOSTILE_NAME}{n}", "carol#303", ago(days=1)) for n in range(25))


def results(*outcomes: Outcome, of: tuple[PendingChange, ...] = FOUR) -> tuple[DecisionResult, ...]:
    """Return results with these outcomes; all READY without any."""
    outcomes = outcomes or (Outcome.READY,) * len(of)
    return tuple(
        replace(DecisionResult.of(one, outcome, NOW), service_message=MESSAGES.get(outcome, ""), counted=COUNTED)
        for one, outcome in zip(of, outcomes, strict=True)
    )


def applied(*outcomes: Outcome, took: int = 11, following: int | None = None) -> BatchResult:
    """Return the result of an apply of four."""
    return BatchResult(DecisionVerb.APPLY, results(*outcomes), timedelta(seconds=took), following)


def stale(one: PendingChange, status: ChangeStatus) -> DecisionResult:
    """Return the result for a change that another approver moved."""
    return DecisionResult.of(one.model_copy(update={"status": status}), Outcome.ALREADY_DECIDED, NOW)


DONE, FAILED, LEFT, UNKNOWN = Outcome.DONE, Outcome.FAILED, Outcome.NOT_TRIED, Outcome.UNKNOWN
APPROVE, APPLY = DecisionVerb.APPROVE, DecisionVerb.APPLY
READY, MOVED, GONE = Outcome.READY, Outcome.CONTENT_CHANGED, DecisionResult(99, "", Outcome.NOT_FOUND)
DIFFERS = LiveDifference(("style", "description"), NOW)
CLAIM = Claim(CAROL, "carol#303", NOW + timedelta(days=1))
POST = Delivery(
    delivery_id=1,
    kind=DeliveryKind.OUTCOME,
    subject="7",
    guild_id=4001,
    channel_id=2001,
    next_at=NOW,
    nonce="n",
    user_id=CAROL,
    facts=facts_to_store(BatchResult(DecisionVerb.APPLY, results(DONE, DONE, LEFT, LEFT))),
)

ASKED = RevisionRequest(42, CREATE.digest, 1, "303", "carol#303", "Please name the licence.", NOW - timedelta(hours=2))
NEEDS_CHANGES = pending(
    CREATE, requests=(ASKED, *(replace(ASKED, horde_username=HOSTILE_NAME, words=HOSTILE_NAME * 9) for _ in range(4)))
)

DECISION_SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    "01e-card-needs-changes": lambda theme: change_card(NEEDS_CHANGES, theme),
    "01f-asked": lambda theme: revision_requested(
        RevisionAsked(decision(CREATE, Outcome.ASKED), is_linked=True), theme
    ),
    "01g-asked-unlinked": lambda theme: revision_requested(RevisionAsked(decision(CREATE, Outcome.ASKED)), theme),
    "01h-asked-late": lambda theme: revision_requested(
        RevisionAsked(decision(APPROVED, Outcome.ALREADY_DECIDED)), theme
    ),
    "01i-dm-needs-changes": lambda theme: news_notice(
        ChangeNews(pending(CREATE), CARD, revise=CREATE.digest, request=NEEDS_CHANGES.requests[1]), theme
    ),
    "01j-thread-needs-changes": lambda theme: thread_post(
        {
            "status": "asked",
            "change_id": 42,
            "digest": CREATE.digest,
            "requested_by": "101",
            "requestor": HOSTILE_NAME,
            "by": HOSTILE_NAME,
            "at": ago(hours=2),
            "reason": HOSTILE_NAME * 9,
        },
        theme,
    ),
    "09a4-approve-needs-changes": lambda theme: approve_question(asked(NEEDS_CHANGES), theme),
    "09a5-approve-several-needs-changes": lambda theme: batch_question(
        Question(
            DecisionVerb.APPROVE,
            (
                decision(CREATE, Outcome.ALONE, concerns=Concerns(requests=NEEDS_CHANGES.requests)),
                decision(UPDATE, Outcome.ALONE, concerns=Concerns(replaced_by=57)),
            ),
            7,
            reject_selection_id=8,
        ),
        theme,
    ),
    "09b-approve-superseded": lambda theme: approve_question(
        Question(APPROVE, (decision(UPDATE, Outcome.SUPERSEDED, conflict=APPLIED),)), theme
    ),
    "09b2-approve-content-changed": lambda theme: approve_question(
        Question(APPROVE, (decision(UPDATE, MOVED),)), theme
    ),
    "09b3-approved-not-as-shown": lambda theme: decision_result(decision(APPROVED, MOVED, is_recorded=True), theme),
    "09c-apply-confirm": lambda theme: batch_question(
        Question(APPLY, results(), 7, timedelta(seconds=10), "dave#404"), theme
    ),
    "09c2-apply-confirm-one-stale": lambda theme: batch_question(
        Question(APPLY, (results()[0], stale(FOUR[1], ChangeStatus.APPLIED)), 7), theme
    ),
    "09c3-apply-nothing": lambda theme: batch_question(
        Question(APPLY, (results()[0].with_outcome(MOVED), results()[1].with_outcome(Outcome.SUPERSEDED), GONE), 7),
        theme,
    ),
    "09c4-apply-many": lambda theme: batch_question(Question(APPLY, results(of=MANY), 7), theme),
    "09c5-apply-list": lambda theme: approved_list(ApprovedList(results(), 4), theme),
    "09c6-apply-list-many": lambda theme: approved_list(ApprovedList(results(of=MANY), 31), theme),
    "09c7-apply-list-empty": lambda theme: approved_list(ApprovedList((), 0), theme),
    "09d-approved": lambda theme: decision_result(decision(APPROVED, DONE), theme),
    "09d2-rejected": lambda theme: decision_result(decision(REJECTED, DONE), theme),
    "09d3-applied": lambda theme: decision_result(decision(APPLIED, DONE), theme),
    "09d3b-applied-not-live": lambda theme: decision_result(decision(APPLIED, DONE, live_difference=DIFFERS), theme),
    "09d3c-applied-several-not-live": lambda theme: batch_result(
        BatchResult(APPLY, (decision(APPLIED, DONE, live_difference=DIFFERS), *results()[1:2])), theme
    ),
    "09d3d-failed-but-live": lambda theme: decision_result(
        decision(APPROVED, FAILED, service_message="Error", is_written=True), theme
    ),
    "09d4-apply-running": lambda theme: apply_progress(
        ApplyProgress(results(DONE, Outcome.RUNNING, READY, READY)), theme
    ),
    "09e-apply-failed": lambda theme: decision_result(decision(APPROVED, FAILED, service_message=NO_PARAMETERS), theme),
    "09e-apply-result": lambda theme: batch_result(applied(DONE, DONE, FAILED, LEFT, following=8), theme),
    "09e2-apply-all": lambda theme: batch_result(applied(DONE, DONE, DONE, DONE), theme),
    "09e3-apply-nothing": lambda theme: batch_result(applied(FAILED, LEFT, LEFT, LEFT, following=8), theme),
    "09e4-apply-unknown": lambda theme: batch_result(applied(DONE, UNKNOWN, LEFT, LEFT, took=190, following=8), theme),
    "09e4b-apply-refused": lambda theme: batch_result(applied(DONE, Outcome.REFUSED, LEFT, LEFT, following=8), theme),
    "09e5-apply-posted": lambda theme: outcome_post(POST, theme),
    "09e6-approved-several": lambda theme: batch_result(
        BatchResult(APPROVE, results(DONE, MOVED, DONE, of=THREE), None, 9), theme
    ),
    "09e7-approvals-counted": lambda theme: batch_result(
        BatchResult(APPROVE, results(Outcome.COUNTED, Outcome.OWN_CHANGE, Outcome.COUNTED, of=THREE)), theme
    ),
    "09e8-rejected-several": lambda theme: batch_result(
        BatchResult(DecisionVerb.REJECT, results(DONE, DONE, DONE, of=THREE)), theme
    ),
    "09e9-rejected-none": lambda theme: batch_result(
        BatchResult(
            DecisionVerb.REJECT, (GONE, stale(THREE[1], ChangeStatus.REJECTED), results()[2].with_outcome(MOVED))
        ),
        theme,
    ),
    "09e10-approved-not-as-shown": lambda theme: batch_result(
        BatchResult(APPROVE, (decision(APPROVED, MOVED, is_recorded=True),)), theme
    ),
    "09f-already-decided": lambda theme: decision_result(decision(APPROVED, Outcome.ALREADY_DECIDED), theme),
    "09f3-already-deleted": lambda theme: decision_result(
        decision(APPLIED.model_copy(update={"operation": Operation.DELETE}), Outcome.ALREADY_DECIDED), theme
    ),
    "09f2-stuck": lambda theme: decision_result(decision(STUCK, Outcome.ALREADY_DECIDED), theme),
    "09g-unknown": lambda theme: decision_result(decision(UPDATE, UNKNOWN), theme),
    "09j-counted": lambda theme: decision_result(decision(UPDATE, Outcome.COUNTED, counted=COUNTED), theme),
    "09j2-counted-before": lambda theme: decision_result(
        decision(UPDATE, Outcome.COUNTED, counted=CountedApprovals(("bob#202",), 3, is_first=False)), theme
    ),
    "09k-claimed": lambda theme: claim_result(decision(UPDATE, Outcome.CLAIMED, claim=CLAIM), theme),
    "09k2-claimed-by-other": lambda theme: claim_result(decision(UPDATE, Outcome.CLAIMED_BY_OTHER, claim=CLAIM), theme),
    "09k3-released": lambda theme: claim_result(DecisionResult(42, "", Outcome.RELEASED, card=CARD), theme),
    "09k4-not-yours": lambda theme: claim_result(
        DecisionResult(42, "", Outcome.NOT_CLAIMED, claim=CLAIM, card=CARD), theme
    ),
    "09k5-not-claimed": lambda theme: claim_result(DecisionResult(42, "", Outcome.NOT_CLAIMED), theme),
    "11b-queue-chosen": lambda theme: batch_question(Question(APPROVE, results(of=THREE), 7), theme),
    "11b2-queue-chosen-stale": lambda theme: batch_question(
        Question(APPROVE, (results(of=THREE)[0], stale(THREE[1], ChangeStatus.REJECTED)), 7), theme
    ),
    "11b3-queue-chosen-all-stale": lambda theme: batch_question(Question(APPROVE, (GONE,), 7), theme),
}
