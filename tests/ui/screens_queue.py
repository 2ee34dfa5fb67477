"""Screens of the lists of the queue, own proposals, history and purge, by the name of their picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.reference.audit import AuditBatchDetail, AuditChange
from bot.reference.models import ChangeStatus, Operation
from bot.services.changes import CardState, Gone
from bot.services.pages import ListFilter
from bot.services.queue import history
from bot.services.queue.history import BatchDetail, ModelHistoryPage, NoSuchBatch
from bot.services.queue.listing import WAITING, ListedChange, QueuePage, Remark, RemarkKind
from bot.services.queue.own_proposals import OwnPage
from bot.services.queue.purge import NothingToPurge, PurgeAlreadySent, Purged, PurgeQuestion, PurgeUnconfirmed
from bot.ui.components import Markup
from bot.ui.glyphs import Theme
from bot.ui.queue.history import batch_view, model_history, timeline
from bot.ui.queue.own_list import own_list
from bot.ui.queue.purge import purge_outcome
from bot.ui.queue.queue_list import queue_list
from bot.ui.review.absent_changes import no_change, nothing_to_decide
from tests.ui.samples import FAILING, HOSTILE_NAME, NOW, PIXEL, ago, change, draft

CONSENSUS, OVERDUE = Remark(RemarkKind.CONSENSUS), Remark(RemarkKind.OVERDUE, 7)
CREATE, UPDATE, DELETE = Operation.CREATE, Operation.UPDATE, Operation.DELETE


def listed(
    change_id: int,
    operation: Operation,
    name: str,
    at: int,
    by: str = "erin#102",
    remark: Remark | None = None,
    **more: Any,
) -> ListedChange:
    """A change in a list."""
    about = {"requested_at": at, "requested_by": by.partition("#")[2], "requested_username": by, **more}
    one = change(change_id, operation, name, {}, **about)
    return ListedChange(one, CardState.of(one.status), remark)


EIGHT = (
    listed(63, UPDATE, "Flux.1-Schnell fp8 (Compact)", ago(minutes=26), remark=Remark(RemarkKind.WARNINGS, 1)),
    listed(61, DELETE, "ICBINP XL", ago(minutes=50), remark=CONSENSUS),
    listed(58, CREATE, "Pixel Illustrious", ago(hours=3), "alice#101", Remark(RemarkKind.FAILS, 2)),
    listed(57, UPDATE, "Deliberate", ago(days=1), remark=Remark(RemarkKind.CLAIMED, who="carol#303")),
    listed(55, CREATE, "anthracite-org/magnum-v4-72b", ago(days=2), "frank#120", category="text_generation"),
    listed(42, UPDATE, "Deliberate", ago(days=2), "alice#101", Remark(RemarkKind.APPROVALS, 1, 2)),
    listed(40, CREATE, "control_lineart_anime", ago(days=4), "dana#131", category="controlnet"),
    listed(33, UPDATE, "Babes", ago(days=8), remark=OVERDUE),
)
DECIDED: dict[str, Any] = {"approved_by": "303", "approved_username": "carol#303", "approved_at": ago(minutes=4)}
BY_BOB: dict[str, Any] = {"approved_by": "202", "approved_username": "bob#202", "approved_at": ago(days=15)}
REFUSED: dict[str, Any] = {
    "rejected_by": "202",
    "rejected_username": "bob#202",
    "rejected_at": ago(days=5),
    "reject_reason": "The sha256 is missing or wrong. It has 63 digits.",
}
APPLIED: dict[str, Any] = {**BY_BOB, "applied_by": "202", "applied_username": "bob#202", "applied_at": ago(days=14)}
OWN = (
    listed(58, CREATE, "Pixel Illustrious", ago(hours=3), "alice#101"),
    listed(42, UPDATE, "Deliberate", ago(days=2), "alice#101", status=ChangeStatus.APPROVED, **DECIDED),
    listed(36, CREATE, "Hidden Canvas", ago(days=6), "alice#101", status=ChangeStatus.REJECTED, **REFUSED),
    listed(29, UPDATE, "Nova Anime XL", ago(days=16), "alice#101", status=ChangeStatus.APPLIED, **APPLIED),
)
WILD = tuple(
    listed(
        10**9 + number,
        CREATE,
        HOSTILE_NAME,
        ago(days=8),
        f"{HOSTILE_NAME[:60]}#{number}",
        Remark(RemarkKind.CLAIMED, who=HOSTILE_NAME),
    )
    for number in range(8)
)
NARROWED = ListFilter(tuple(ChangeStatus), ("image_generation", "lora"), HOSTILE_NAME[:200], "102")
BATCH_TITLED = AuditBatchDetail(
    batch_id=11,
    batch_title="The anime ones of November",
    approved_by="202",
    approved_at=ago(days=2),
    applied_at=ago(days=1),
    approved_change_count=4,
    rejected_change_count=1,
    applied_change_count=4,
)
NAMES = {"303": "carol#303", "202": "bob#202", "101": "alice#101"}
BATCH = BatchDetail(
    BATCH_TITLED,
    (
        AuditChange(
            change_id=42, status=ChangeStatus.APPLIED, operation=UPDATE, category="image_generation",
            model_name="Deliberate", requested_by="101", applied_by="202", applied_at=ago(days=1),
        ),
        AuditChange(
            change_id=44, status=ChangeStatus.APPLIED, operation=CREATE, category="image_generation",
            model_name="Nova Anime XL", requested_by="102", applied_by="202", applied_at=ago(days=1),
        ),
        AuditChange(
            change_id=47, status=ChangeStatus.REJECTED, operation=CREATE, category="text_generation",
            model_name=HOSTILE_NAME, requested_by="102", rejected_by="303", rejected_at=ago(days=2),
        ),
        *(AuditChange(change_id=100 + number, status=ChangeStatus.PENDING) for number in range(60)),
    ),
    NAMES,
)  # fmt: skip
NAMELESS = replace(draft({"name": ""}), draft_id=8)
MANY = tuple(range(31, 231))

EVERYTHING = ListFilter()
QUEUE = QueuePage(wanted=WAITING, list_id=1, entries=EIGHT, total=14, may_decide=True)
NARROWED_QUEUE = QueuePage(
    wanted=NARROWED, list_id=10**18 - 1, entries=OWN, number=1542, total=12345, may_decide=True,
    requestor_name="erin#102",
)  # fmt: skip
OWN_LIST = OwnPage(
    wanted=EVERYTHING, list_id=1, entries=(draft(FAILING), *OWN), total=5, horde_username="alice#101", draft_count=1,
    open_count=2,
)  # fmt: skip
OWN_DRAFTS = replace(
    OWN_LIST, entries=(draft(PIXEL, is_outcome_unknown=True), NAMELESS, *WILD[:6]), number=1, total=30, draft_count=2,
    open_count=10,
)  # fmt: skip
TIMELINE = QueuePage(wanted=history.DECIDED, list_id=1, entries=OWN, total=12)
HISTORY = ModelHistoryPage(
    wanted=ListFilter(model="Deliberate"), list_id=1, entries=OWN, total=12, searched=100, matching=240
)

QUEUE_SCREENS: Mapping[str, Callable[[Theme], Markup]] = {
    "11a-queue-list": lambda theme: queue_list(QUEUE, theme),
    "11a2-queue-last-page": lambda theme: queue_list(
        QueuePage(wanted=WAITING, list_id=1, entries=EIGHT[:1], number=1, total=9), theme
    ),
    "11a3-queue-narrowed": lambda theme: queue_list(NARROWED_QUEUE, theme),
    "11a4-queue-hostile": lambda theme: queue_list(
        replace(NARROWED_QUEUE, entries=WILD, requestor_name=HOSTILE_NAME), theme
    ),
    "11a5-queue-empty": lambda theme: queue_list(
        QueuePage(wanted=WAITING, list_id=1, last_decision_at=NOW - timedelta(hours=5)), theme
    ),
    "11a6-queue-nothing-here": lambda theme: queue_list(QueuePage(wanted=NARROWED, list_id=1), theme),
    "11c-queue-mine": lambda theme: own_list(OWN_LIST, theme),
    "11c2-queue-mine-drafts": lambda theme: own_list(OWN_DRAFTS, theme),
    "11c3-queue-mine-empty": lambda theme: own_list(
        OwnPage(wanted=EVERYTHING, list_id=1, horde_username="alice#101"), theme
    ),
    "11d-nothing-to-decide": nothing_to_decide,
    "11d2-no-such-change": lambda theme: no_change(Gone(999, 42), theme),
    "11e-history": lambda theme: timeline(TIMELINE, theme),
    "11e2-history-empty": lambda theme: timeline(QueuePage(wanted=history.DECIDED, list_id=1), theme),
    "11f-batch": lambda theme: batch_view(BATCH, theme),
    "11f2-no-batch": lambda theme: batch_view(NoSuchBatch(99), theme),
    "11g-history-of-model": lambda theme: model_history(HISTORY, theme),
    "11g2-history-of-no-model": lambda theme: model_history(
        ModelHistoryPage(wanted=ListFilter(model=HOSTILE_NAME), list_id=1), theme
    ),
    "11h-purge": lambda theme: purge_outcome(PurgeQuestion(7, WAITING, (33, 42, 57), EIGHT[3:8:2]), theme),
    "11h2-purge-many": lambda theme: purge_outcome(PurgeQuestion(7, NARROWED, MANY, WILD), theme),
    "11h3-purge-moved": lambda theme: purge_outcome(PurgeQuestion(8, WAITING, (33,), EIGHT[7:], has_moved=True), theme),
    "11i-purged": lambda theme: purge_outcome(Purged((31, 38, 47)), theme),
    "11i2-purged-more": lambda theme: purge_outcome(Purged(MANY, (512,)), theme),
    "11i3-purge-unsure": lambda theme: purge_outcome(PurgeUnconfirmed((31, 38)), theme),
    "11i4-purge-sent-before": lambda theme: purge_outcome(PurgeAlreadySent((31, 38)), theme),
    "11i5-nothing-to-purge": lambda theme: purge_outcome(NothingToPurge(NARROWED), theme),
}
"""By the name of the picture that the design has of it, or of one beside it."""
