"""Screens of posts and direct messages."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from bot.reference.models import (
    Operation,
    PendingChange,
)
from bot.services.changes import CardState, ChangeFacts, LiveState
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
from bot.services.reader_key import ReaderProblem
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from bot.ui.notices.digest import digest
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
from bot.ui.subscriptions import subscription_added, subscription_list, subscription_removed
from tests.ui.samples import (
    ALICE,
    APPLIED,
    APPROVED,
    BOB,
    CARD,
    CHANNEL,
    CREATE,
    DELIBERATE_DIFF,
    NOW,
    REASON,
    REJECTED,
    ROLE,
    UPDATE,
    WEB,
    WHY,
    pending,
)
from tests.ui.statistics_samples import DIGEST, LONG_DIGEST, LONG_REMINDER, REMINDER, picture


def _blind(problem: str, _: Theme) -> Markup:
    return unreadable_queue_notice(NOW, problem)


def stuck(one: PendingChange, *, is_changed: bool) -> ChangeFacts:
    """A change whose apply never ended, and what the live record said of it."""
    live = LiveState(is_changed, NOW - timedelta(seconds=30))
    return ChangeFacts(one, CardState.STUCK, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB, live=live)


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


MESSAGE_SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    **{f"13d2-notice-blind-{problem}": partial(_blind, problem) for problem in (*ReaderProblem, "unreadable")},
    "13e3-notice-over": lambda _: past_outage_notice(NOW - timedelta(hours=1), NOW, is_blind=False),
    "13e2-notice-seeing": lambda _: readable_queue_notice(NOW - timedelta(hours=1), NOW, 2),
    "13d-notice-away": lambda _theme: outage_notice(NOW),
    "13d2-notice-read-only": lambda _theme: read_only_notice(NOW),
    "13e-notice-back": lambda _theme: outage_end_notice(NOW - timedelta(minutes=19), NOW, 2),
    "13f2-notice-refused": lambda theme: refused_channel_notice(2001, theme),
    "13f3-notice-quiet": lambda theme: quiet_hours_notice(3, ROLE, theme),
    "13f-notice-flood": lambda theme: burst_notice(500, 10, theme, has_come_in=True),
    "14a-digest": lambda _theme: digest(DIGEST, picture()),
    "14a2-digest-long": lambda _theme: digest(LONG_DIGEST, picture()),
    "14b-reminder": lambda theme: reminder(REMINDER, theme),
    "14b2-reminder-long": lambda theme: reminder(LONG_REMINDER, theme),
    "15a-dm-approved": lambda theme: news_notice(ChangeNews(ChangeFacts(APPROVED, CardState.APPROVED), CARD), theme),
    "15b-dm-rejected": lambda theme: news_notice(
        ChangeNews(ChangeFacts(REJECTED, CardState.REJECTED), CARD, revise=REJECTED.digest), theme
    ),
    "15c-dm-applied": lambda theme: news_notice(ChangeNews(ChangeFacts(APPLIED, CardState.APPLIED), CARD), theme),
    "15d-dm-found": lambda theme: news_notice(ChangeNews(pending(CREATE), CARD), theme),
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
}
