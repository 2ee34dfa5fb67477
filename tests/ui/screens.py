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
    no_queue_error,
)
from bot.reference.models import (
    ChangeStatus,
    Diff,
    ErrorDetail,
    Operation,
    PendingChange,
)
from bot.services.changes import CardState, ChangeFacts, Claim, LiveState, NotifiedBy, Replaced
from bot.services.guilds.guild_setup import (
    ChannelPurpose,
    ChannelTest,
    GuildSetupFacts,
    RoleProblem,
    RolePurpose,
    RoleTest,
    SelfApproval,
    Setting,
)
from bot.services.notifications.following import Followed, Follows
from bot.services.notifications.news import (
    BriefNews,
    ChangeNews,
    DraftExpires,
    DraftsExpire,
    DraftWaits,
    KeyDenied,
    NeverQueued,
    SeveralNews,
)
from bot.services.proposals.outcomes import (
    DraftFacts,
    InProgress,
    LiveFacts,
    LiveMoved,
    Queued,
    Revised,
    SubmissionUnknown,
    Unchanged,
    Unconfirmed,
)
from bot.services.reader_key import ReaderKeyError, ReaderProblem
from bot.services.usage import UsageFacts
from bot.ui.account import account_status, linked, unlink_question, unlinked, visibility_set
from bot.ui.cards.change_card import change_card
from bot.ui.cards.full_view import full_answer
from bot.ui.components import Card, Markup
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.table import fault
from bot.ui.glyphs import Theme
from bot.ui.help import SECTIONS, HelpReader, ProposalToRevise, all_commands, help_view
from bot.ui.models import model_list, model_view
from bot.ui.notices.digest import digest, statistics_answer
from bot.ui.notices.direct_messages import news_notice
from bot.ui.notices.notices import (
    burst_notice,
    outage_end_notice,
    outage_notice,
    past_outage_notice,
    quiet_hours_notice,
    read_only_notice,
    readable_queue_notice,
    refused_channel_notice,
    reminder,
    unreadable_queue_notice,
)
from bot.ui.notices.thread_posts import announcement, announcements, thread_post
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.live_changes import raw_draft
from bot.ui.proposals.outcomes import draft_discarded, submit_outcome
from bot.ui.review.absent_changes import gone
from bot.ui.review.approve_question import approve_question
from bot.ui.review.decisions import cancelled
from bot.ui.roles import not_linked, roles_list, roles_of_member
from bot.ui.setup import setup_view
from bot.ui.setup_controls import SettingChange
from bot.ui.status import status_view
from bot.ui.subscriptions import subscription_added, subscription_list, subscription_removed
from storage.guild_settings import GuildSetting
from tests.ui.model_samples import HOSTILE_MODEL, HOSTILE_MODELS, MODEL, MODELS, NO_MODELS, WAITING_MODEL
from tests.ui.samples import (
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
    HOSTILE_NAME,
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
    asked,
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
CHANNELS_GOOD = {ChannelPurpose.REVIEW: ChannelTest(CHANNEL)}
NEWS_SILENT = ChannelTest(2002, ("send_messages",))
ROLES_GOOD = {
    RolePurpose.PING: RoleTest(ROLE),
    RolePurpose.REQUESTOR: RoleTest(3002),
    RolePurpose.APPROVER: RoleTest(ROLE),
}

VERSION_DIFF = DELIBERATE_DIFF.model_copy(update={"field_diffs": DELIBERATE_DIFF.field_diffs[3:4]})
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


def _reader_status(problem: ReaderProblem, theme: Theme) -> Markup:
    return status_view(report(reader_problem=problem, last_poll_at=None, pending=None, approved=None), theme)


def _blind(problem: str, _: Theme) -> Markup:
    return unreadable_queue_notice(NOW, problem)


def stuck(one: PendingChange, *, is_changed: bool) -> ChangeFacts:
    """A change whose apply never ended, and what the live record said of it."""
    live = LiveState(is_changed, NOW - timedelta(seconds=30))
    return ChangeFacts(one, CardState.STUCK, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB, live=live)


def live_draft(diff: Diff | None, *, operation: Operation = Operation.UPDATE, **live: Any) -> DraftFacts:
    """A draft that changes a live model."""
    return replace(draft(PIXEL, WHY), operation=operation, live=LiveFacts(diff, **live))


def _errors() -> dict[str, Callable[[Theme], Card | Markup]]:
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
        "10a3-refused-no-queue": (no_queue_error(), QUEUE),
        **{f"10a4-refused-{problem}": (ReaderKeyError(problem), QUEUE) for problem in ReaderProblem},
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

COMMANDS = frozenset(line.command for _, lines in SECTIONS for line in lines)
REQUESTOR_READER = HelpReader(
    "alice#101",
    frozenset({"requestor"}),
    is_admin=False,
    drafts=2,
    to_revise=3,
    newest_to_revise=ProposalToRevise(58, "a" * 10, HOSTILE_NAME, is_rejected=True),
)
APPROVER_READER = replace(
    REQUESTOR_READER,
    horde_name="carol#303",
    roles=frozenset({"requestor", "approver"}),
    is_admin=True,
    oldest=CREATE,
    approved=3,
)

SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    "01-card-create": lambda theme: change_card(pending(CREATE, why=WHY), theme, new_for_role_id=ROLE),
    "02-card-update": lambda theme: change_card(UPDATE_FACTS, theme),
    "01b-card-replaced": lambda theme: change_card(replace(pending(CREATE, why=WHY), resubmitted_as=57), theme),
    "01c-card-replaces": lambda theme: change_card(
        replace(pending(CREATE), replaces=Replaced(41, fields=("description",), was_open=True)), theme
    ),
    "01d-card-own": lambda theme: change_card(pending(CREATE, why=WHY), theme, is_own=True, may_decide=False),
    "09a3-approve-replaced": lambda theme: approve_question(asked(replace(pending(CREATE), resubmitted_as=57)), theme),
    "02d-card-update-first": lambda theme: change_card(
        replace(UPDATE_FACTS, claim=None, approvals=(), rival_cards={}), theme
    ),
    "02b-full-diff": lambda _theme: full_answer(pending(UPDATE, DELIBERATE_DIFF), read_at=NOW),
    "02c-full-record": lambda _theme: full_answer(pending(CREATE), read_at=NOW),
    "03-card-delete": lambda theme: change_card(
        pending(DELETE, why="Superseded by ICBINP XL v7; the author asked for v6 to be taken down.", usage=TOP_USE),
        theme,
    ),
    "03b-card-delete-little-used": lambda theme: change_card(
        pending(DELETE, usage=UsageFacts(40, 161, 1402, 1)),
        theme,
    ),
    "03c-card-raw": lambda theme: change_card(ChangeFacts(GUIDANCE, CardState.PENDING, requestor_id=ALICE), theme),
    "03d-card-raw-approved": lambda theme: change_card(
        ChangeFacts(GUIDANCE, CardState.APPROVED, requestor_id=ALICE), theme
    ),
    "04a-card-approved": lambda theme: change_card(
        ChangeFacts(APPROVED, CardState.APPROVED, diff=DELIBERATE_DIFF, decider_id=CAROL, web_url=WEB), theme
    ),
    "04a3-card-approved-rival": lambda theme: change_card(
        replace(UPDATE_FACTS, change=APPROVED, state=CardState.APPROVED), theme
    ),
    "04a4-card-applying-rival-deletes": lambda theme: change_card(
        replace(
            UPDATE_FACTS,
            change=APPROVED,
            state=CardState.APPLYING,
            diff=VERSION_DIFF,
            rivals=(ERIN.model_copy(update={"operation": Operation.DELETE}),),
        ),
        theme,
    ),
    "04a2-card-approved-create": lambda theme: change_card(
        ChangeFacts(
            CREATE.model_copy(update={"status": ChangeStatus.APPROVED, "approved_by": "303", "approved_at": ago()}),
            CardState.APPROVED,
        ),
        theme,
    ),
    "04a4-card-approved-elsewhere": lambda theme: change_card(
        ChangeFacts(
            APPROVED,
            CardState.APPROVED,
            diff=DELIBERATE_DIFF,
            decider_id=BOB,
            approvals=("carol#303",),
            approvals_required=3,
        ),
        theme,
    ),
    "04b-card-applied": lambda theme: change_card(
        ChangeFacts(APPLIED, CardState.APPLIED, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB), theme
    ),
    "04c-card-rejected": lambda theme: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, web_url=WEB, notified_by=NotifiedBy.DIRECT_MESSAGE),
        theme,
    ),
    "04c2-card-rejected-thread": lambda theme: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, notified_by=NotifiedBy.THREAD), theme
    ),
    "04c3-card-rejected-unreached": lambda theme: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, notified_by=NotifiedBy.NONE), theme
    ),
    "04d-card-purged": lambda theme: change_card(
        ChangeFacts(UPDATE, CardState.PURGED, noticed_at=NOW - timedelta(minutes=12)), theme
    ),
    "04d2-card-purged-kept": lambda theme: change_card(
        ChangeFacts(UPDATE, CardState.PURGED, noticed_at=NOW - timedelta(minutes=12), is_kept=True), theme
    ),
    "04e4-card-stuck-kept": lambda theme: change_card(replace(stuck(STUCK, is_changed=False), is_kept=True), theme),
    "04e-card-stuck": lambda theme: change_card(stuck(STUCK, is_changed=False), theme),
    "04e2-card-stuck-done": lambda theme: change_card(stuck(STUCK, is_changed=True), theme),
    "04e3-card-stuck-unread": lambda theme: change_card(ChangeFacts(STUCK, CardState.STUCK, decider_id=BOB), theme),
    "05-card-40-fields": lambda theme: change_card(
        pending(
            change(63, Operation.UPDATE, "Flux.1-Schnell fp8 (Compact)", {}),
            FORTY_DIFF,
            why="First full record for Flux: limits, hashes of the embedded parts, licence and showcases in one go.",
        ),
        theme,
    ),
    "06-card-hostile": lambda theme: change_card(
        pending(WILD, why="</approve:1> click [here](https://evil.example) __now__ ```js\nalert(1)``` <#1> <:x:1>"),
        theme,
    ),
    "07a-draft-fails": lambda theme: draft_card(draft(FAILING), theme),
    "07b-draft-ready": lambda theme: draft_card(draft(PIXEL, WHY), theme),
    "07c-queued": lambda theme: submit_outcome(Queued(pending(CREATE).change, CARD), theme),
    "07d-no-answer": lambda theme: submit_outcome(SubmissionUnknown(draft(PIXEL), NOW + timedelta(minutes=15)), theme),
    "07d-no-answer-hidden-queue": lambda theme: submit_outcome(SubmissionUnknown(draft(PIXEL), None), theme),
    "07e-not-confirmed": lambda theme: submit_outcome(SubmissionUnknown(draft(PIXEL), NOW, 42), theme),
    "07e-in-progress": lambda theme: submit_outcome(InProgress(draft(PIXEL)), theme),
    "07f-unsure-draft": lambda theme: draft_card(draft(PIXEL, is_outcome_unknown=True), theme),
    "07g-empty-draft": lambda theme: draft_card(draft({"name": ""}), theme),
    "07h-raw": lambda _theme: raw_draft(draft(PIXEL)),
    "07j-draft-update": lambda theme: draft_card(live_draft(DELIBERATE_DIFF, moved=("version",)), theme),
    "07k-draft-update-40-fields": lambda theme: draft_card(live_draft(FORTY_DIFF), theme),
    "07l-draft-moved": lambda theme: submit_outcome(
        LiveMoved(live_draft(DELIBERATE_DIFF), ("version", "licensing.notes"), ("description",)), theme
    ),
    "07s-deletion-not-confirmed": lambda theme: submit_outcome(Unconfirmed(7, "Deliberate 3", "Deliberate"), theme),
    "07m-nothing-changes": lambda theme: submit_outcome(Unchanged(live_draft(None)), theme),
    "07n-draft-delete": lambda theme: draft_card(
        live_draft(
            None,
            operation=Operation.DELETE,
            usage=UsageFacts(6, 161, 18402, 14),
            dependents=(("text_generation", "koboldcpp/Deliberate"), ("lora", "[x](https://evil.example)")),
        ),
        theme,
    ),
    "07o-raw-update": lambda _theme: raw_draft(live_draft(DELIBERATE_DIFF)),
    "07p-draft-revised": lambda theme: draft_card(
        replace(draft(PIXEL, WHY), revised=Revised(42, "carol#303", NOW - timedelta(hours=5), REASON)), theme
    ),
    **{
        f"07p{number}-draft-replaces": partial(
            draft_card, replace(draft(PIXEL, WHY), revised=Revised(42, None, None, None, was_open=True, state=state))
        )
        for number, state in enumerate((CardState.PENDING, CardState.APPROVED, None), start=2)
    },
    "07i-discarded": lambda _theme: draft_discarded(7, "Pixel Illustrious", NOW + timedelta(days=1)),
    "09a-approve-confirm": lambda theme: approve_question(asked(pending(UPDATE, DELIBERATE_DIFF)), theme),
    "09a2-approve-own-create": lambda theme: approve_question(asked(pending(CREATE), is_own=True), theme),
    **DECISION_SCREENS,
    **QUEUE_SCREENS,
    "09h-gone": lambda _theme: gone(42),
    "09i-cancelled": lambda _theme: cancelled(),
    **_errors(),
    "10e-fault": lambda theme: fault("7f3a-91c2", APPROVE, theme),
    "12a-roles-list": lambda theme: roles_list(
        (
            member(BOB, "bob#202", Role.APPROVER, Role.REQUESTOR),
            member(CAROL, "carol#303", Role.APPROVER),
            member(ALICE, "alice#101", Role.REQUESTOR),
            member(DAVE, "dave#404", is_visible=False),
        ),
        "AI Horde",
        theme,
    ),
    "12b-roles-member": lambda _theme: roles_of_member(member(CAROL, "carol#303", Role.APPROVER)),
    "12b2-roles-none": lambda _theme: roles_of_member(member(DAVE, "dave#404")),
    "12c-roles-not-linked": lambda _theme: not_linked(DAVE),
    "12d-linked": lambda theme: linked(STANDING, theme),
    "12e-account-status": lambda theme: account_status(STANDING, theme),
    "12e2-account-none": lambda theme: account_status(None, theme),
    "12f-unlink": lambda _theme: unlink_question(STANDING),
    "12g-unlinked": lambda theme: unlinked(was_linked=True, theme=theme),
    "12g2-not-unlinked": lambda theme: unlinked(was_linked=False, theme=theme),
    "12h-visible": lambda theme: visibility_set(is_visible=True, theme=theme),
    "12h2-hidden": lambda theme: visibility_set(is_visible=False, theme=theme),
    "13a-status-ok": lambda theme: status_view(STATUS, theme),
    "13b-status-readonly": lambda theme: status_view(report(mode="REPLICA", is_writable=False), theme),
    "13b2-status-no-queue": lambda theme: status_view(report(has_queue=False, is_writable=False), theme),
    "13b4-status-contradicted": lambda theme: status_view(report(is_contradicted=True), theme),
    "13b5-status-unreadable": lambda theme: status_view(report(oversized=(42, 57, 0)), theme),
    **{f"13b3-status-{problem}": partial(_reader_status, problem) for problem in ReaderProblem},
    "13b6-status-unreadable-queue": lambda theme: status_view(report(poll_problem="HTTP status 500."), theme),
    "13b7-status-late": lambda theme: status_view(report(is_poll_late=True), theme),
    **{f"13d2-notice-blind-{problem}": partial(_blind, problem) for problem in (*ReaderProblem, "unreadable")},
    "13e3-notice-over": lambda _: past_outage_notice(NOW - timedelta(hours=1), NOW, is_blind=False),
    "13e2-notice-seeing": lambda _: readable_queue_notice(NOW - timedelta(hours=1), NOW, 2),
    "13c-status-away": lambda theme: status_view(
        report(
            service_problem="The service cannot be reached.",
            away_since=NOW - timedelta(minutes=19),
            next_try_at=NOW + timedelta(seconds=40),
        ),
        theme,
    ),
    "13c2-status-horde-away": lambda theme: status_view(report(ai_horde_ms=None), theme),
    "13d-notice-away": lambda _theme: outage_notice(NOW),
    "13d2-notice-read-only": lambda _theme: read_only_notice(NOW),
    "13e-notice-back": lambda _theme: outage_end_notice(NOW - timedelta(minutes=19), NOW, 2),
    "13f2-notice-refused": lambda theme: refused_channel_notice(2001, theme),
    "13b5-status-left-alone": lambda theme: status_view(report(left_alone=(2001, 2002)), theme),
    "13f3-notice-quiet": lambda theme: quiet_hours_notice(3, ROLE, theme),
    "13f-notice-flood": lambda theme: burst_notice(500, 10, theme, has_come_in=True),
    "14a-digest": lambda _theme: digest(DIGEST, picture()),
    "14a2-digest-long": lambda _theme: digest(LONG_DIGEST, picture()),
    "14b-reminder": lambda theme: reminder(REMINDER, theme),
    "14b2-reminder-long": lambda theme: reminder(LONG_REMINDER, theme),
    "14d-stats": lambda _theme: statistics_answer(STATISTICS, picture()),
    "15a-dm-approved": lambda theme: news_notice(ChangeNews(ChangeFacts(APPROVED, CardState.APPROVED), CARD), theme),
    "15b-dm-rejected": lambda theme: news_notice(
        ChangeNews(ChangeFacts(REJECTED, CardState.REJECTED), CARD, revise=REJECTED.digest), theme
    ),
    "15c-dm-applied": lambda theme: news_notice(ChangeNews(ChangeFacts(APPLIED, CardState.APPLIED), CARD), theme),
    "15d-dm-found": lambda theme: news_notice(ChangeNews(pending(CREATE), CARD), theme),
    "19a-model": lambda theme: model_view(MODEL, theme),
    "19a2-model-waits": lambda theme: model_view(WAITING_MODEL, theme),
    "19a3-model-hostile": lambda theme: model_view(HOSTILE_MODEL, theme),
    "19b-models": lambda theme: model_list(MODELS, theme),
    "19b2-models-hostile": lambda theme: model_list(HOSTILE_MODELS, theme),
    "19b3-models-none": lambda theme: model_list(NO_MODELS, theme),
    "15e-dm-never-queued": lambda theme: news_notice(
        NeverQueued(Operation.CREATE, "image_generation", "Pixel Illustrious", is_kept=True), theme
    ),
    "15e2-dm-never-queued-discarded": lambda theme: news_notice(
        NeverQueued(Operation.DELETE, "image_generation", "Pixel Illustrious", is_kept=False), theme
    ),
    "15e3-dm-refused": lambda theme: news_notice(
        NeverQueued(
            Operation.UPDATE,
            "image_generation",
            "Pixel Illustrious",
            is_kept=True,
            reason="Unknown baseline 'sd99'. Publish it through *another* route before submitting models that use it.",
        ),
        theme,
    ),
    "15g-dm-key-denied": lambda theme: news_notice(KeyDenied("bob#202"), theme),
    "15f-dm-draft-expires": lambda theme: news_notice(
        DraftExpires(Operation.CREATE, "image_generation", " ", NOW + timedelta(days=3)), theme
    ),
    "15i-dm-purged": lambda theme: news_notice(
        ChangeNews(ChangeFacts(CREATE, CardState.PURGED, noticed_at=NOW), CARD, revise=CREATE.digest), theme
    ),
    "15i2-dm-draft-waits": lambda theme: news_notice(
        DraftWaits(7, Operation.UPDATE, "image_generation", "Deliberate"), theme
    ),
    "07q-draft-read-only": lambda theme: draft_card(replace(draft(PIXEL, WHY), is_read_only=True), theme),
    "15j-dm-followed": lambda theme: news_notice(ChangeNews(pending(CREATE), CARD, FOLLOWED[0]), theme),
    "15k-dm-followed-rejected": lambda theme: news_notice(
        ChangeNews(ChangeFacts(REJECTED, CardState.REJECTED), CARD, FOLLOWED[1]), theme
    ),
    "15l-dm-several": lambda theme: news_notice(
        SeveralNews(
            tuple(
                BriefNews(60 - number, state, Operation.UPDATE, "Deliberate", CARD if number % 2 else None)
                for number, state in enumerate((CardState.PENDING, CardState.APPROVED, CardState.APPLIED) * 3)
            ),
            23,
        ),
        theme,
    ),
    "15m-followed": lambda theme: subscription_added(Follows(FOLLOWED[1], is_new=True, count=3), theme),
    "15n-followed-list": lambda theme: subscription_list(FOLLOWED, theme),
    "15o-followed-nothing": lambda theme: subscription_list((), theme),
    "15p-muted": lambda theme: subscription_removed(FOLLOWED[2], theme),
    "15q-thread-why": lambda theme: thread_post({"status": "why", "why": WHY}, theme),
    "15r-thread-rejected": lambda theme: thread_post({**SAID, "status": "rejected", "reason": REASON}, theme),
    "15s-thread-told": lambda theme: thread_post(
        {"status": "told", "about": "rejected", "requested_by": "101", "requestor": "alice#101", "ping": ALICE}, theme
    ),
    "15t-thread-stuck": lambda theme: thread_post({**SAID, "status": "stuck", "by": None}, theme),
    "15u-announcement": lambda theme: announcement({**SAID, "status": "applied", "card": [CHANNEL, 5001]}, 4001, theme),
    "15u2-announcements": lambda theme: announcements(
        [{**SAID, "status": "applied", "card": [CHANNEL, 5001]}, {**SAID, "status": "applied"}], 4001, theme
    ),
    "15v-dm-drafts-expire": lambda theme: news_notice(
        DraftsExpire((DraftExpires(Operation.CREATE, "image_generation", "Pixel", NOW + timedelta(days=3)),) * 12),
        theme,
    ),
    "15w-dm-several-reasons": lambda theme: news_notice(
        SeveralNews(
            tuple(
                BriefNews(number, CardState.REJECTED, Operation.UPDATE, "Deliberate", CARD, REASON * 20, "0123456789")
                for number in range(1, 6)
            ),
            5,
        ),
        theme,
    ),
    "15g-dm-found": lambda theme: news_notice(ChangeNews(pending(CREATE), CARD), theme),
    "15h-dm-applied": lambda theme: news_notice(ChangeNews(ChangeFacts(APPLIED, CardState.APPLIED), CARD), theme),
    "17a-help-new": lambda theme: help_view(
        HelpReader(None, frozenset(), is_admin=True, is_unset=True), theme, COMMANDS
    ),
    "17b-help-requestor": lambda theme: help_view(REQUESTOR_READER, theme, COMMANDS),
    "17c-help-approver": lambda theme: help_view(APPROVER_READER, theme, COMMANDS),
    "17d-help-all": lambda theme: all_commands(APPROVER_READER, theme, COMMANDS),
    "16-setup": lambda theme: setup_view(
        GuildSetupFacts(
            SETTING,
            2,
            {**CHANNELS_GOOD, ChannelPurpose.ANNOUNCEMENTS: NEWS_SILENT},
            ROLES_GOOD,
        ),
        "AI Horde",
        theme,
    ),
    "16b-setup-good": lambda theme: setup_view(
        GuildSetupFacts(
            GuildSetting(4001, CHANNEL),
            2,
            CHANNELS_GOOD,
        ),
        "AI Horde",
        theme,
    ),
    "16b2-setup-left-alone": lambda theme: setup_view(
        GuildSetupFacts(
            GuildSetting(4001, 2001), channels={ChannelPurpose.REVIEW: ChannelTest(2001)}, left_alone={2001: 3}
        ),
        "AI Horde",
        theme,
    ),
    "16e-setup-all-at-once": lambda theme: setup_view(
        GuildSetupFacts(
            replace(SETTING, quiet_from=21, quiet_until=8),
            2,
            CHANNELS_GOOD,
            ROLES_GOOD,
            reader_problem=ReaderProblem.UNKNOWN_KEY,
        ),
        "AI Horde",
        theme,
        SettingChange(Setting.QUIET_FROM, "22to7"),
    ),
    "16c-setup-unset": lambda theme: setup_view(GuildSetupFacts(GuildSetting(4001, None)), "AI Horde", theme),
    "16d-setup-all-wrong": lambda theme: setup_view(
        GuildSetupFacts(
            replace(SETTING, approvals_required=5, self_approval=SelfApproval.BLOCK),
            1,
            {
                ChannelPurpose.REVIEW: ChannelTest(CHANNEL, ("send_messages", "create_public_threads")),
                ChannelPurpose.ANNOUNCEMENTS: ChannelTest(2002, is_gone=True),
            },
            {
                RolePurpose.PING: RoleTest(ROLE, RoleProblem.NOT_MENTIONABLE),
                RolePurpose.REQUESTOR: RoleTest(3002, RoleProblem.NO_PERMISSION),
                RolePurpose.APPROVER: RoleTest(3003, RoleProblem.TOO_HIGH),
            },
        ),
        "AI Horde",
        theme,
    ),
}
"""By the name of the picture that the design has of it, or of one beside it."""


def card_of(drawn: Card | Markup) -> Card:
    """A card, whichever a function returns."""
    return drawn if isinstance(drawn, Card) else Card(drawn)
