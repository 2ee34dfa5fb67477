"""Screens of one change: its card, and the questions before it is approved."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.reference.models import (
    ChangeStatus,
    Operation,
    PendingChange,
)
from bot.services.changes import CardState, ChangeFacts, Claim, LiveState, NotifiedBy, Replaced
from bot.services.usage import UsageFacts
from bot.ui.cards.change_card import change_card
from bot.ui.cards.full_view import full_answer
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from bot.ui.review.absent_changes import gone
from bot.ui.review.approve_question import approve_question
from bot.ui.review.decisions import cancelled
from tests.ui.samples import (
    ALICE,
    APPLIED,
    APPROVED,
    BOB,
    CARD,
    CAROL,
    CREATE,
    DELETE,
    DELIBERATE_DIFF,
    ERIN,
    FORTY_DIFF,
    GUIDANCE,
    NOW,
    REJECTED,
    ROLE,
    STUCK,
    TOP_USE,
    UPDATE,
    WEB,
    WHY,
    WILD,
    ago,
    asked,
    change,
    pending,
)

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


def stuck(one: PendingChange, *, is_changed: bool) -> ChangeFacts:
    """A change whose apply never ended, and what the live record said of it."""
    live = LiveState(is_changed, NOW - timedelta(seconds=30))
    return ChangeFacts(one, CardState.STUCK, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB, live=live)


CARD_SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
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
    "09a-approve-confirm": lambda theme: approve_question(asked(pending(UPDATE, DELIBERATE_DIFF)), theme),
    "09a2-approve-own-create": lambda theme: approve_question(asked(pending(CREATE), is_own=True), theme),
    "09h-gone": lambda _theme: gone(42),
    "09i-cancelled": lambda _theme: cancelled(),
}
