"""Every screen of the design by the name of its picture: what the tests measure and the gallery draws."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.identity.standing import Role
from bot.reference.errors import (
    ConflictError,
    IndeterminateError,
    InvalidRequestError,
    ReadOnlyError,
    ServiceAwayError,
    UnavailableError,
    no_queue,
)
from bot.reference.models import (
    ChangeStatus,
    Diff,
    ErrorDetail,
    Operation,
    PendingChange,
)
from bot.services.changes import CardState, ChangeFacts, Claim, LiveRecord, Told
from bot.services.community.guild_setup import (
    ChannelTest,
    GuildSetupFacts,
    Part,
    Place,
    RoleProblem,
    RoleTest,
    SelfApproval,
)
from bot.services.messages.following import Followed, Follows
from bot.services.messages.news import BriefNews, ChangeNews, DraftExpires, KeyDenied, NeverQueued, SeveralNews
from bot.services.proposing.outcomes import (
    DraftFacts,
    InProgress,
    LiveFacts,
    LiveMoved,
    Queued,
    Revised,
    Unchanged,
    Unsure,
)
from bot.services.reader import ReaderKeyError
from bot.services.reviewing.outcomes import ApplyFailed, Confirm, Decided, Faster, Moved, Undecided
from bot.services.usage import UsageFacts
from bot.ui.account import account_status, linked, unlink_question, unlinked, visibility_set
from bot.ui.cards.change_card import change_card
from bot.ui.cards.full_view import full_answer
from bot.ui.components import Card, Markup
from bot.ui.deciding.decisions import apply_outcome, approve_question, cancelled, decision_outcome, gone
from bot.ui.drafts.draft_card import draft_card, draft_discarded, submit_outcome
from bot.ui.drafts.live_draft import raw_draft
from bot.ui.followed import followed_list, follows_now, no_longer_followed
from bot.ui.glyphs import Look
from bot.ui.lists.models import model_list, model_view
from bot.ui.notices.digest import digest, statistics_answer
from bot.ui.notices.direct_messages import news_notice
from bot.ui.notices.notices import away_notice, back_notice, flood_notice, read_only_notice, refused_notice
from bot.ui.notices.reminder import reminder
from bot.ui.notices.thread_posts import announcement, thread_post
from bot.ui.roles import not_linked, roles_list, roles_of_member
from bot.ui.setup import setup_view
from bot.ui.status import status_view
from bot.ui.words.errors import Attempt, Verb, fault
from storage.guild_settings import GuildSetting
from tests.ui.model_samples import HOSTILE_MODEL, HOSTILE_MODELS, MODEL, MODELS, NO_MODELS, WAITING_MODEL
from tests.ui.samples import (
    ACCOUNT,
    ALICE,
    APPLIED,
    APPROVED,
    BOB,
    CARD,
    CAROL,
    CHANNEL,
    CREATE,
    DAVE,
    DELETE,
    DELIBERATE_DIFF,
    ERIN,
    FAILING,
    FORTY_DIFF,
    GUIDANCE,
    NOW,
    PIXEL,
    REASON,
    REJECTED,
    REPLICA_TEXT,
    ROLE,
    STANDING,
    STATUS,
    STUCK,
    TOP_USE,
    UPDATE,
    WEB,
    WHY,
    WILD,
    ago,
    change,
    draft,
    member,
    pending,
    refusal,
    report,
)
from tests.ui.screens_decisions import DECISION_SCREENS
from tests.ui.screens_queue import QUEUE_SCREENS
from tests.ui.statistics_samples import DIGEST, LONG_DIGEST, LONG_REMINDER, REMINDER, STATISTICS, picture

QUEUE = Attempt(
    Verb.QUEUE,
    user_id=ALICE,
    horde_name="alice#101",
    operation="create",
    category="image_generation",
    name="Pixel Illustrious",
    draft_kept=True,
)
APPROVE = Attempt(Verb.APPROVE, user_id=ALICE, horde_name="alice#101", change_id=42, ask_channel_id=CHANNEL)


SETTING = GuildSetting(
    4001,
    CHANNEL,
    announcement_channel_id=2002,
    ping_role_id=ROLE,
    requestor_role_id=3002,
    approver_role_id=ROLE,
    approvals_required=2,
    has_digest=True,
    has_threads=True,
)
CHANNELS_GOOD = {Place.REVIEW: ChannelTest(CHANNEL)}
NEWS_SILENT = ChannelTest(2002, ("send_messages",))
ROLES_GOOD = {Part.PING: RoleTest(ROLE), Part.REQUESTOR: RoleTest(3002), Part.APPROVER: RoleTest(ROLE)}

UPDATE_FACTS = pending(
    UPDATE,
    DELIBERATE_DIFF,
    why="The .ckpt is no longer hosted and v6 is what the author maintains.",
    usage=TOP_USE,
    rivals=(ERIN,),
    rival_cards={57: CARD},
    claim=Claim(CAROL, "carol#303", NOW + timedelta(minutes=30)),
    approvals=("dave#404",),
    approvals_required=2,
)


def stuck(one: PendingChange, *, is_changed: bool) -> ChangeFacts:
    """A change whose apply never ended, and what the live record said of it."""
    live = LiveRecord(is_changed, NOW - timedelta(seconds=30))
    return ChangeFacts(one, CardState.STUCK, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB, live=live)


def live_draft(diff: Diff | None, *, operation: Operation = Operation.UPDATE, **live: Any) -> DraftFacts:
    """A draft that changes a live model."""
    return replace(draft(PIXEL, WHY), operation=operation, live=LiveFacts(diff, **live))


def _errors() -> dict[str, Callable[[Look], Card | Markup]]:
    from bot.identity.errors import (  # noqa: PLC0415 - beside what it serves
        AccountTakenError,
        HordeUnavailableError,
        MissingRoleError,
        NotLinkedError,
        SharedKeyError,
        UnknownKeyError,
    )

    fields = (
        ErrorDetail(loc=("body", "baseline"), msg="Field required"),
        ErrorDetail(loc=("body", "nsfw"), msg="Field required"),
    )
    link = Attempt(Verb.LINK, user_id=ALICE)
    cases: dict[str, tuple[Exception, Attempt]] = {
        "10a-refused-public": (ReadOnlyError(REPLICA_TEXT, kind="replica", status=503), QUEUE),
        "10a2-refused-format": (ReadOnlyError(REPLICA_TEXT, kind="format", status=503), QUEUE),
        "10a3-refused-no-queue": (no_queue(), QUEUE),
        "10a4-refused-hidden": (ReaderKeyError(), QUEUE),
        "10b-refused-role": (MissingRoleError(Role.APPROVER, STANDING), APPROVE),
        "10c-not-linked": (NotLinkedError(ALICE), APPROVE),
        "10d-not-confirmed": (HordeUnavailableError(), APPROVE),
        "10f-away": (UnavailableError("connection refused"), QUEUE),
        "10f2-away-longer": (
            ServiceAwayError("The service cannot be reached.", next_try_at=NOW + timedelta(seconds=40)),
            QUEUE,
        ),
        "10g-taken": (ConflictError("Model already exists"), QUEUE),
        "10h-fields": (InvalidRequestError("Field required", status=422, fields=fields), QUEUE),
        "10i-shared": (SharedKeyError("alice#101 (Shared Key: x)"), link),
        "10j-account-taken": (AccountTakenError("alice#101"), link),
        "10k-unknown-key": (UnknownKeyError(), APPROVE),
        "10l-unclear": (IndeterminateError("timed out"), APPROVE),
    }
    return {name: partial(refusal, error, attempt) for name, (error, attempt) in cases.items()}


FOLLOWED = (
    Followed(1, "category", "image_generation", "", NOW - timedelta(days=3)),
    Followed(2, "model", "image_generation", "Deliberate", NOW - timedelta(days=2)),
    Followed(3, "requestor", "", "alice#101", NOW - timedelta(hours=2)),
)
SAID: Mapping[str, Any] = {
    "change_id": 42,
    "digest": UPDATE.digest,
    "operation": "update",
    "category": "image_generation",
    "name": "Deliberate",
    "requested_by": "101",
    "requestor": "alice#101",
    "by": "carol#303",
    "at": int(NOW.timestamp()) - 300,
    "reason": None,
}

SCREENS: Mapping[str, Callable[[Look], Card | Markup]] = {
    "01-card-create": lambda look: change_card(pending(CREATE, why=WHY), look, new_for_role_id=ROLE),
    "02-card-update": lambda look: change_card(UPDATE_FACTS, look),
    "02d-card-update-first": lambda look: change_card(
        replace(UPDATE_FACTS, claim=None, approvals=(), rival_cards={}), look
    ),
    "02b-full-diff": lambda _look: full_answer(pending(UPDATE, DELIBERATE_DIFF), read_at=NOW),
    "02c-full-record": lambda _look: full_answer(pending(CREATE), read_at=NOW),
    "03-card-delete": lambda look: change_card(
        pending(DELETE, why="Superseded by ICBINP XL v7; the author asked for v6 to be taken down.", usage=TOP_USE),
        look,
    ),
    "03b-card-delete-little-used": lambda look: change_card(
        pending(DELETE, usage=UsageFacts(40, 161, 1402, 1)),
        look,
    ),
    "03c-card-raw": lambda look: change_card(ChangeFacts(GUIDANCE, CardState.PENDING, requestor_id=ALICE), look),
    "03d-card-raw-approved": lambda look: change_card(
        ChangeFacts(GUIDANCE, CardState.APPROVED, requestor_id=ALICE), look
    ),
    "04a-card-approved": lambda look: change_card(
        ChangeFacts(APPROVED, CardState.APPROVED, diff=DELIBERATE_DIFF, decider_id=CAROL, web_url=WEB), look
    ),
    "04a3-card-approved-rival": lambda look: change_card(
        replace(UPDATE_FACTS, change=APPROVED, state=CardState.APPROVED), look
    ),
    "04a2-card-approved-create": lambda look: change_card(
        ChangeFacts(
            CREATE.model_copy(update={"status": ChangeStatus.APPROVED, "approved_by": "303", "approved_at": ago()}),
            CardState.APPROVED,
        ),
        look,
    ),
    "04a4-card-approved-elsewhere": lambda look: change_card(
        ChangeFacts(
            APPROVED,
            CardState.APPROVED,
            diff=DELIBERATE_DIFF,
            decider_id=BOB,
            approvals=("carol#303",),
            approvals_required=3,
        ),
        look,
    ),
    "04b-card-applied": lambda look: change_card(
        ChangeFacts(APPLIED, CardState.APPLIED, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB), look
    ),
    "04c-card-rejected": lambda look: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, web_url=WEB, told=Told.DIRECT), look
    ),
    "04c2-card-rejected-thread": lambda look: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, told=Told.THREAD), look
    ),
    "04c3-card-rejected-nobody": lambda look: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, told=Told.NOBODY), look
    ),
    "04d-card-purged": lambda look: change_card(
        ChangeFacts(UPDATE, CardState.PURGED, noticed_at=NOW - timedelta(minutes=12)), look
    ),
    "04d2-card-purged-kept": lambda look: change_card(
        ChangeFacts(UPDATE, CardState.PURGED, noticed_at=NOW - timedelta(minutes=12), is_kept=True), look
    ),
    "04e4-card-stuck-kept": lambda look: change_card(replace(stuck(STUCK, is_changed=False), is_kept=True), look),
    "04e-card-stuck": lambda look: change_card(stuck(STUCK, is_changed=False), look),
    "04e2-card-stuck-done": lambda look: change_card(stuck(STUCK, is_changed=True), look),
    "04e3-card-stuck-unread": lambda look: change_card(ChangeFacts(STUCK, CardState.STUCK, decider_id=BOB), look),
    "05-card-40-fields": lambda look: change_card(
        pending(
            change(63, Operation.UPDATE, "Flux.1-Schnell fp8 (Compact)", {}),
            FORTY_DIFF,
            why="First full record for Flux: limits, hashes of the embedded parts, licence and showcases in one go.",
        ),
        look,
    ),
    "06-card-hostile": lambda look: change_card(
        pending(WILD, why="</approve:1> click [here](https://evil.example) __now__ ```js\nalert(1)``` <#1> <:x:1>"),
        look,
    ),
    "07a-draft-fails": lambda look: draft_card(draft(FAILING), look),
    "07b-draft-ready": lambda look: draft_card(draft(PIXEL, WHY), look),
    "07c-queued": lambda look: submit_outcome(Queued(pending(CREATE), CARD), look),
    "07d-no-answer": lambda look: submit_outcome(Unsure(draft(PIXEL), NOW + timedelta(minutes=15)), look),
    "07d-no-answer-hidden-queue": lambda look: submit_outcome(Unsure(draft(PIXEL), None), look),
    "07e-not-confirmed": lambda look: submit_outcome(Unsure(draft(PIXEL), NOW, 42), look),
    "07e-in-progress": lambda look: submit_outcome(InProgress(draft(PIXEL)), look),
    "07f-unsure-draft": lambda look: draft_card(draft(PIXEL, is_unsure=True), look),
    "07g-empty-draft": lambda look: draft_card(draft({"name": ""}), look),
    "07h-raw": lambda _look: raw_draft(draft(PIXEL)),
    "07j-draft-update": lambda look: draft_card(live_draft(DELIBERATE_DIFF, moved=("version",)), look),
    "07k-draft-update-40-fields": lambda look: draft_card(live_draft(FORTY_DIFF), look),
    "07l-draft-moved": lambda look: submit_outcome(
        LiveMoved(live_draft(DELIBERATE_DIFF), ("version", "licensing.notes"), ("description",)), look
    ),
    "07m-nothing-changes": lambda look: submit_outcome(Unchanged(live_draft(None)), look),
    "07n-draft-delete": lambda look: draft_card(
        live_draft(
            None,
            operation=Operation.DELETE,
            usage=UsageFacts(6, 161, 18402, 14),
            dependents=(("text_generation", "koboldcpp/Deliberate"), ("lora", "[x](https://evil.example)")),
        ),
        look,
    ),
    "07o-raw-update": lambda _look: raw_draft(live_draft(DELIBERATE_DIFF)),
    "07p-draft-revised": lambda look: draft_card(
        replace(draft(PIXEL, WHY), revised=Revised(42, "carol#303", NOW - timedelta(hours=5), REASON)), look
    ),
    "07i-discarded": lambda _look: draft_discarded("Pixel Illustrious"),
    "09a-approve-confirm": lambda look: approve_question(Confirm(pending(UPDATE, DELIBERATE_DIFF), is_own=False), look),
    "09a2-approve-own-create": lambda look: approve_question(Confirm(pending(CREATE), is_own=True), look),
    "09b-approve-moved": lambda look: approve_question(Moved(pending(UPDATE), CARD, APPLIED), look),
    "09b2-approve-other": lambda look: approve_question(Moved(pending(UPDATE), CARD), look),
    "09d-approved": lambda look: decision_outcome(Decided(ChangeFacts(APPROVED, CardState.APPROVED), CARD), look),
    "09d2-rejected": lambda look: decision_outcome(Decided(ChangeFacts(REJECTED, CardState.REJECTED), CARD), look),
    "09d3-applied": lambda look: apply_outcome(Decided(ChangeFacts(APPLIED, CardState.APPLIED), CARD), look),
    "09e-apply-failed": lambda look: apply_outcome(
        ApplyFailed(ChangeFacts(APPROVED, CardState.APPROVED), "magnum-v4-12b: 'parameters' field is required", CARD),
        look,
    ),
    "09f-faster": lambda look: decision_outcome(Faster(ChangeFacts(APPROVED, CardState.APPROVED), CARD), look),
    "09g-undecided": lambda look: decision_outcome(Undecided(pending(UPDATE), CARD), look),
    **DECISION_SCREENS,
    **QUEUE_SCREENS,
    "09h-gone": lambda _look: gone(42),
    "09i-cancelled": lambda _look: cancelled(),
    **_errors(),
    "10e-fault": lambda look: fault("7f3a-91c2", APPROVE, look),
    "12a-roles-list": lambda look: roles_list(
        (
            member(BOB, "bob#202", Role.APPROVER, Role.REQUESTOR),
            member(CAROL, "carol#303", Role.APPROVER),
            member(ALICE, "alice#101", Role.REQUESTOR),
        ),
        "AI Horde",
        look,
        hidden=1,
        read_at=NOW - timedelta(seconds=40),
    ),
    "12b-roles-member": lambda _look: roles_of_member(member(CAROL, "carol#303", Role.APPROVER)),
    "12b2-roles-none": lambda _look: roles_of_member(member(DAVE, "dave#404")),
    "12c-roles-not-linked": lambda _look: not_linked(DAVE),
    "12d-linked": lambda look: linked(ACCOUNT, look),
    "12e-account-status": lambda look: account_status(ACCOUNT, look),
    "12e2-account-none": lambda look: account_status(None, look),
    "12f-unlink": lambda _look: unlink_question(ACCOUNT),
    "12g-unlinked": lambda look: unlinked(was_linked=True, look=look),
    "12g2-not-unlinked": lambda look: unlinked(was_linked=False, look=look),
    "12h-visible": lambda look: visibility_set(is_visible=True, look=look),
    "12h2-hidden": lambda look: visibility_set(is_visible=False, look=look),
    "13a-status-ok": lambda look: status_view(STATUS, look),
    "13b-status-readonly": lambda look: status_view(report(mode="REPLICA", is_writable=False), look),
    "13b2-status-no-queue": lambda look: status_view(report(has_queue=False, is_writable=False), look),
    "13b4-status-divided": lambda look: status_view(report(is_divided=True), look),
    "13b5-status-unreadable": lambda look: status_view(report(oversized=(42, 57, 0)), look),
    "13b3-status-hidden": lambda look: status_view(report(is_queue_hidden=True, pending=None, approved=None), look),
    "13c-status-away": lambda look: status_view(
        report(
            service_problem="The service cannot be reached.",
            away_since=NOW - timedelta(minutes=19),
            next_try_at=NOW + timedelta(seconds=40),
        ),
        look,
    ),
    "13c2-status-horde-away": lambda look: status_view(report(ai_horde_ms=None), look),
    "13d-notice-away": lambda _look: away_notice(NOW),
    "13d2-notice-read-only": lambda _look: read_only_notice(NOW),
    "13e-notice-back": lambda _look: back_notice(NOW - timedelta(minutes=19), NOW, 2),
    "13f2-notice-refused": lambda look: refused_notice(2001, look),
    "13b5-status-left-alone": lambda look: status_view(report(left_alone=(2001, 2002)), look),
    "13f-notice-flood": lambda look: flood_notice(500, 10, look, has_come_in=True),
    "14a-digest": lambda _look: digest(DIGEST, picture()),
    "14a2-digest-long": lambda _look: digest(LONG_DIGEST, picture()),
    "14b-reminder": lambda look: reminder(REMINDER, look),
    "14b2-reminder-long": lambda look: reminder(LONG_REMINDER, look),
    "14d-stats": lambda _look: statistics_answer(STATISTICS, picture()),
    "15a-dm-approved": lambda look: news_notice(ChangeNews(ChangeFacts(APPROVED, CardState.APPROVED), CARD), look),
    "15b-dm-rejected": lambda look: news_notice(
        ChangeNews(ChangeFacts(REJECTED, CardState.REJECTED), CARD, revise=REJECTED.digest), look
    ),
    "15c-dm-applied": lambda look: news_notice(ChangeNews(ChangeFacts(APPLIED, CardState.APPLIED), CARD), look),
    "15d-dm-found": lambda look: news_notice(ChangeNews(pending(CREATE), CARD), look),
    "19a-model": lambda look: model_view(MODEL, look),
    "19a2-model-waits": lambda look: model_view(WAITING_MODEL, look),
    "19a3-model-hostile": lambda look: model_view(HOSTILE_MODEL, look),
    "19b-models": lambda look: model_list(MODELS, look),
    "19b2-models-hostile": lambda look: model_list(HOSTILE_MODELS, look),
    "19b3-models-none": lambda look: model_list(NO_MODELS, look),
    "15e-dm-never-queued": lambda look: news_notice(
        NeverQueued(Operation.CREATE, "image_generation", "Pixel Illustrious", is_kept=True), look
    ),
    "15e2-dm-never-queued-discarded": lambda look: news_notice(
        NeverQueued(Operation.DELETE, "image_generation", "Pixel Illustrious", is_kept=False), look
    ),
    "15e3-dm-refused": lambda look: news_notice(
        NeverQueued(
            Operation.UPDATE,
            "image_generation",
            "Pixel Illustrious",
            is_kept=True,
            reason="Unknown baseline 'sd99'. Publish it through *another* route before submitting models that use it.",
        ),
        look,
    ),
    "15g-dm-key-denied": lambda look: news_notice(KeyDenied("bob#202"), look),
    "15f-dm-draft-expires": lambda look: news_notice(
        DraftExpires(Operation.CREATE, "image_generation", " ", NOW + timedelta(days=3)), look
    ),
    "15i-dm-purged": lambda look: news_notice(
        ChangeNews(ChangeFacts(CREATE, CardState.PURGED, noticed_at=NOW), CARD, revise=CREATE.digest), look
    ),
    "15j-dm-followed": lambda look: news_notice(ChangeNews(pending(CREATE), CARD, FOLLOWED[0]), look),
    "15k-dm-followed-rejected": lambda look: news_notice(
        ChangeNews(ChangeFacts(REJECTED, CardState.REJECTED), CARD, FOLLOWED[1]), look
    ),
    "15l-dm-several": lambda look: news_notice(
        SeveralNews(
            tuple(
                BriefNews(60 - number, state, Operation.UPDATE, "Deliberate", CARD if number % 2 else None)
                for number, state in enumerate((CardState.PENDING, CardState.APPROVED, CardState.APPLIED) * 3)
            ),
            23,
        ),
        look,
    ),
    "15m-followed": lambda look: follows_now(Follows(FOLLOWED[1], is_new=True, count=3), look),
    "15n-followed-list": lambda look: followed_list(FOLLOWED, look),
    "15o-followed-nothing": lambda look: followed_list((), look),
    "15p-muted": lambda look: no_longer_followed(FOLLOWED[2], look),
    "15q-thread-why": lambda look: thread_post({"status": "why", "why": WHY}, look),
    "15r-thread-rejected": lambda look: thread_post({**SAID, "status": "rejected", "reason": REASON}, look),
    "15s-thread-told": lambda look: thread_post(
        {"status": "told", "about": "rejected", "requested_by": "101", "requestor": "alice#101", "ping": ALICE}, look
    ),
    "15t-thread-stuck": lambda look: thread_post({**SAID, "status": "stuck", "by": None}, look),
    "15u-announcement": lambda look: announcement({**SAID, "status": "applied", "card": [CHANNEL, 5001]}, 4001, look),
    "15g-dm-found": lambda look: news_notice(ChangeNews(pending(CREATE), CARD), look),
    "15h-dm-applied": lambda look: news_notice(ChangeNews(ChangeFacts(APPLIED, CardState.APPLIED), CARD), look),
    "16-setup": lambda look: setup_view(
        GuildSetupFacts(SETTING, 2, {**CHANNELS_GOOD, Place.ANNOUNCEMENTS: NEWS_SILENT}, ROLES_GOOD), "AI Horde", look
    ),
    "16b-setup-good": lambda look: setup_view(
        GuildSetupFacts(GuildSetting(4001, CHANNEL), 2, CHANNELS_GOOD), "AI Horde", look
    ),
    "16b2-setup-left-alone": lambda look: setup_view(
        GuildSetupFacts(GuildSetting(4001, 2001), channels={Place.REVIEW: ChannelTest(2001)}, left_alone={2001: 3}),
        "AI Horde",
        look,
    ),
    "16c-setup-unset": lambda look: setup_view(GuildSetupFacts(GuildSetting(4001, None)), "AI Horde", look),
    "16d-setup-all-wrong": lambda look: setup_view(
        GuildSetupFacts(
            replace(SETTING, approvals_required=5, self_approval=SelfApproval.BLOCK),
            1,
            {
                Place.REVIEW: ChannelTest(CHANNEL, ("send_messages", "create_public_threads")),
                Place.ANNOUNCEMENTS: ChannelTest(2002, is_gone=True),
            },
            {
                Part.PING: RoleTest(ROLE, RoleProblem.NOT_MENTIONABLE),
                Part.REQUESTOR: RoleTest(3002, RoleProblem.NO_PERMISSION),
                Part.APPROVER: RoleTest(3003, RoleProblem.TOO_HIGH),
            },
        ),
        "AI Horde",
        look,
    ),
}
"""By the name of the picture that the design has of it, or of one beside it."""


def card_of(drawn: Card | Markup) -> Card:
    """A card, whichever a function returns."""
    return drawn if isinstance(drawn, Card) else Card(drawn)
