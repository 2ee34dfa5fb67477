"""The screens of the design with the values behind them: what the tests measure and the gallery draws."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.identity.standing import HordeUserContext, Role, Standing
from bot.reference.errors import (
    ConflictError,
    IndeterminateError,
    InvalidRequestError,
    ReadOnlyError,
    UnavailableError,
)
from bot.reference.models import (
    CanonicalFormat,
    ChangeStatus,
    Diff,
    ErrorDetail,
    FieldDiff,
    Operation,
    PendingChange,
)
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.checks import CheckedRecord, run_checks
from bot.services.guild_setup import GuildSetupFacts
from bot.services.outcomes import (
    ApplyFailed,
    Confirm,
    Decided,
    DraftFacts,
    Faster,
    InProgress,
    Moved,
    Queued,
    StatusReport,
    Undecided,
    Unsure,
)
from bot.ui.account import AccountFacts, account_status, linked, unlink_question, unlinked
from bot.ui.change_card import change_card
from bot.ui.components import Card, Markup
from bot.ui.decisions import apply_outcome, approve_question, cancelled, decision_outcome, gone
from bot.ui.draft_card import draft_card, draft_discarded, draft_raw, submit_outcome
from bot.ui.errors import Attempt, Verb, explain, fault
from bot.ui.full_view import full_answer
from bot.ui.glyphs import Look
from bot.ui.notices import away_notice, back_notice, decision_notice, queued_notice, read_only_notice
from bot.ui.roles import MemberRoles, not_linked, roles_list, roles_of_member
from bot.ui.setup import setup_view
from bot.ui.status import status_view

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ALICE, BOB, CAROL, DAVE, CHANNEL, ROLE = 1001, 1002, 1003, 1004, 2001, 3001
CARD = MessageLink(4001, CHANNEL, 5001)
WEB = "https://models.example.net/review/42"
WHY = (
    "Asked for by 14 people since September. All our pixel-art models are Stable Diffusion 1, and this one follows "
    "prompts."
)
OLD_PROSE = (
    "This model provides you the ability to create anything you want. The more power of prompt knowledges you have, "
    "the better results you'll get. It basically means that you'll never get a perfect result with just a few words. "
    "You have to fill out your prompt line extremely detailed"
)
NEW_PROSE = (
    "Version 6 lets you create anything you want. The more prompt knowledge you have, "
    "the better results you'll get. It basically means that you'll never get a perfect result with just a few words. "
    "You have to fill out your prompt line in detail."
)
OLD_SHA = "b4391b7978d973427a4a2a3ed0e67b18ebe34e213904575043d6c9faec75c22d"
NEW_SHA = "9aba26abf0d3e1c55a2f7c0b6d4e8f9102a3b4c5d6e7f80911223344556677aa"
REASON = (
    "The sha256 is missing or wrong. The file behind the link hashes to 1c0f77e2, not 9aba26ab. Please download it "
    "once and correct the sum."
)
HOSTILE_NAME = (
    "@everyone **Free Nitro** [huggingface.co](https://evil.example/x) \u202egpj.exe\u202c <@123> " + "very long " * 40
)


def ago(**span: float) -> int:
    """Unix seconds, so long before the pictures' moment."""
    return int((NOW - timedelta(**span)).timestamp())


def download(name: str, url: str, sha256: str | None, size: int | None = None) -> dict[str, Any]:
    """A file as a v2 record lists it."""
    entry: dict[str, Any] = {"file_name": name, "file_url": url}
    if sha256 is not None:
        entry["sha256sum"] = sha256
    if size is not None:
        entry["size_bytes"] = size
    return entry


PIXEL: dict[str, Any] = {
    "name": "Pixel Illustrious",
    "baseline": "stable_diffusion_xl",
    "style": "anime",
    "nsfw": True,
    "version": "2.0",
    "description": "Pixel Illustrious is a checkpoint that generates vivid and expressive pixel art in retro anime and "
    "cyber-fantasy styles. It's ideal for creating striking female characters with eye-catching hairstyles. " * 3,
    "homepage": "https://civitai.com/models/1234",
    "config": {
        "download": [
            download(
                "pixelIllustrious_v20.safetensors",
                "https://civitai.com/api/download/models/2281791?type=Model",
                "b5e5ab32e752a6d63f8844fc98c7da1b1b734aa0b7a8cb3ce08d4f21fd0e1135",
                6_938_040_682,
            ),
            download(
                "sdxl_vae_fp16.safetensors",
                "https://cdn.pixelvault.net/vae/sdxl_vae_fp16.safetensors",
                "235745af8d86bf4a4c1b5b4f529868b37019a10f7c0b2e79ad0abca3a22bc6e1",
                334_641_162,
            ),
        ]
    },
    "metadata": {"schema_version": "2.1.0"},
    "licensing": {"license_expression": "NOASSERTION", "commercial_use": "unknown"},
}
DELIBERATE_OLD: dict[str, Any] = {
    "name": "Deliberate",
    "baseline": "stable_diffusion_1",
    "nsfw": True,
    "version": "2",
    "description": OLD_PROSE,
    "size_on_disk_bytes": 2132780730,
    "config": {
        "download": [
            download(
                "Deliberate.ckpt",
                "https://huggingface.co/mirroring/horde_models/resolve/main/Deliberate.ckpt?download=true",
                OLD_SHA,
            )
        ]
    },
}
DELIBERATE_NEW: dict[str, Any] = {
    **DELIBERATE_OLD,
    "version": "6",
    "description": NEW_PROSE,
    "size_on_disk_bytes": 4265380512,
    "licensing": {"license_expression": "OpenRAIL-M", "commercial_use": "unknown"},
    "config": {
        "download": [
            download("Deliberate_v6.safetensors", "https://civitai.com/api/download/models/1234?type=Model", NEW_SHA)
        ]
    },
}
ICBINP: dict[str, Any] = {
    "name": "ICBINP XL",
    "baseline": "stable_diffusion_xl",
    "style": "realistic",
    "nsfw": False,
    "version": "6",
    "description": "The SDXL follow up to ICBINP, now with higher resolution and better realism",
    "config": {
        "download": [
            download(
                "icbinp.safetensors",
                "https://huggingface.co/x/icbinp.safetensors",
                "b54e38a6bdaf" + "0" * 52,
                6_780_000_000,
            )
        ]
    },
}
HOSTILE: dict[str, Any] = {
    "name": HOSTILE_NAME,
    "baseline": "stable_diffusion_xl",
    "nsfw": False,
    "description": "<@&99> ||x|| ~~x~~ *y* " + "lorem ipsum " * 400,
    "homepage": "javascript:alert(1)",
    "config": {
        "download": [download("a`b` @here.exe", "https://huggingface.co.evil.example/x y(z)", "not a sha at all")]
    },
}


def change(change_id: int, operation: Operation, name: str, payload: Mapping[str, Any], **more: Any) -> PendingChange:
    """A queue entry of alice's."""
    return PendingChange.model_validate(
        {
            "change_id": change_id,
            "category": "image_generation",
            "operation": operation,
            "model_name": name,
            "payload": payload,
            "requested_by": "101",
            "requested_username": "alice#101",
            "requested_at": ago(hours=3),
            "status": ChangeStatus.PENDING,
            **more,
        }
    )


def checks_of(
    record: Mapping[str, Any], operation: Operation, name: str, others: tuple[PendingChange, ...] = ()
) -> Any:
    """The checks that the services would hand over."""
    return run_checks(
        CheckedRecord(
            operation=operation,
            category="image_generation",
            name=name,
            record=record,
            dialect=CanonicalFormat.V2,
            live_names=frozenset({"Deliberate", "ICBINP XL"}),
            baselines=("stable_diffusion_1", "stable_diffusion_xl"),
            open_changes=others,
        )
    )


def field_diff(path: str, old: Any, new: Any) -> FieldDiff:
    """One field of a diff."""
    kind = "added" if old is None else "removed" if new is None else "modified"
    return FieldDiff(field_path=path, old_value=old, new_value=new, change_type=kind)


DELIBERATE_DIFF = Diff(
    change_id=42,
    category="image_generation",
    model_name="Deliberate",
    operation=Operation.UPDATE,
    current_state=DELIBERATE_OLD,
    proposed_state=DELIBERATE_NEW,
    net_operation="modified",
    is_critical=True,
    field_diffs=(
        field_diff("config.download", DELIBERATE_OLD["config"]["download"], DELIBERATE_NEW["config"]["download"]),
        field_diff("licensing", None, DELIBERATE_NEW["licensing"]),
        field_diff("metadata.updated_at", 1, None),
        field_diff("version", "2", "6"),
        field_diff("size_on_disk_bytes", 2132780730, 4265380512),
        field_diff("description", OLD_PROSE, NEW_PROSE),
    ),
)
FORTY = [
    *(field_diff(f"embedded_component_hashes.part_{n}", None, f"{n:064x}") for n in range(11)),
    *(field_diff(f"licensing.files.f{n}", None, "Apache-2.0 see the file") for n in range(9)),
    *(field_diff(f"requirements.limit_{n}", n, n + 1) for n in range(7)),
    *(field_diff(f"showcases.{n}", None, f"https://example.net/{n}.png") for n in range(10)),
]
FORTY_DIFF = Diff(
    change_id=63,
    category="image_generation",
    model_name="Flux.1-Schnell fp8 (Compact)",
    operation=Operation.UPDATE,
    net_operation="modified",
    field_diffs=(
        *FORTY,
        field_diff("baseline", "flux_1", "flux_schnell"),
        field_diff("licensing.license_expression", None, "Apache-2.0"),
    ),
)

ERIN = change(57, Operation.UPDATE, "Deliberate", {}, requested_by="102", requested_username="erin#102")
CREATE = change(58, Operation.CREATE, "Pixel Illustrious", PIXEL)
UPDATE = change(42, Operation.UPDATE, "Deliberate", DELIBERATE_NEW, requested_at=ago(days=2))
DELETE = change(61, Operation.DELETE, "ICBINP XL", ICBINP, requested_username="erin#102", requested_by="102")
WILD = change(64, Operation.CREATE, HOSTILE_NAME, HOSTILE, requested_username="mal\u202elory#666 @here")
APPROVED = UPDATE.model_copy(
    update={
        "status": ChangeStatus.APPROVED,
        "approved_by": "303",
        "approved_username": "carol#303",
        "approved_at": ago(minutes=4),
    }
)
APPLIED = APPROVED.model_copy(
    update={
        "status": ChangeStatus.APPLIED,
        "approved_by": "202",
        "approved_username": "bob#202",
        "applied_by": "303",
        "applied_username": "carol#303",
        "applied_at": ago(minutes=1),
    }
)
REJECTED = UPDATE.model_copy(
    update={
        "status": ChangeStatus.REJECTED,
        "rejected_by": "303",
        "rejected_username": "carol#303",
        "rejected_at": ago(minutes=10),
        "reject_reason": REASON,
    }
)
STUCK = APPROVED.model_copy(update={"status": ChangeStatus.APPLYING, "updated_at": ago(minutes=14)})


def pending(one: PendingChange, diff: Diff | None = None, **more: Any) -> ChangeFacts:
    """A change that waits."""
    others = (ERIN,) if one.model_name == "Deliberate" else ()
    checks = checks_of(one.payload, one.operation, one.model_name, others)
    return ChangeFacts(one, CardState.PENDING, diff=diff, checks=checks, requestor_id=ALICE, web_url=WEB, **more)


def draft(record: Mapping[str, Any], why: str = "", **more: Any) -> DraftFacts:
    """A draft of alice's."""
    name = str(record.get("name", ""))
    return DraftFacts(
        draft_id=7,
        operation=Operation.CREATE,
        category="image_generation",
        name=name,
        record=dict(record),
        dialect=CanonicalFormat.V2,
        why=why,
        checks=checks_of(record, Operation.CREATE, name),
        saved_at=NOW - timedelta(seconds=40),
        kept_until=NOW + timedelta(days=30),
        **more,
    )


FAILING: dict[str, Any] = {
    **PIXEL,
    "config": {
        "download": [
            PIXEL["config"]["download"][0],
            download(
                "sdxl_vae_fp16.safetensors",
                "https://cdn.pixelvault.net/vae/sdxl_vae_fp16.safetensors",
                None,
                334_641_162,
            ),
        ]
    },
}
STATUS = StatusReport(
    service_host="models.aihorde.net",
    mode="PRIMARY",
    canonical_format="v2",
    version="8.6.2",
    is_writable=True,
    service_problem=None,
    ai_horde_host="aihorde.net",
    ai_horde_ms=210,
    poll_interval_s=20,
    last_look_at=NOW - timedelta(seconds=8),
    pending=14,
    approved=3,
    oldest_pending=(31, NOW - timedelta(days=8)),
    version_of_bot="1.0.0",
)
STANDING = Standing(
    ALICE,
    HordeUserContext("101", "alice#101"),
    frozenset({Role.REQUESTOR}),
    NOW,
    NOW - timedelta(days=40),
    is_visible=True,
    generation=1,
)
ACCOUNT = AccountFacts("alice#101", frozenset({Role.REQUESTOR}), NOW - timedelta(days=40), NOW)
REPLICA_TEXT = (
    "This instance is in REPLICA mode and does not support write operations. Only PRIMARY instances can modify data."
)


def member(user_id: int, name: str, *roles: Role) -> MemberRoles:
    """A linked member."""
    return MemberRoles(user_id, name, frozenset(roles), NOW - timedelta(days=42), NOW - timedelta(seconds=20))


def report(**changed: Any) -> StatusReport:
    """The status, with some of it otherwise."""
    values = {name: getattr(STATUS, name) for name in StatusReport.__slots__}
    return StatusReport(**{**values, **changed})


def refusal(error: Exception, attempt: Attempt, look: Look) -> Markup:
    """A refusal, drawn."""
    explanation = explain(error, attempt, look)
    assert explanation is not None
    return explanation.view


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
        "10b-refused-role": (MissingRoleError(Role.APPROVER, STANDING), APPROVE),
        "10c-not-linked": (NotLinkedError(ALICE), APPROVE),
        "10d-not-confirmed": (HordeUnavailableError(), APPROVE),
        "10f-away": (UnavailableError("connection refused"), QUEUE),
        "10g-taken": (ConflictError("Model already exists"), QUEUE),
        "10h-fields": (InvalidRequestError("Field required", status=422, fields=fields), QUEUE),
        "10i-shared": (SharedKeyError("alice#101 (Shared Key: x)"), link),
        "10j-account-taken": (AccountTakenError("alice#101"), link),
        "10k-unknown-key": (UnknownKeyError(), APPROVE),
        "10l-unclear": (IndeterminateError("timed out"), APPROVE),
    }
    return {name: partial(refusal, error, attempt) for name, (error, attempt) in cases.items()}


SCREENS: Mapping[str, Callable[[Look], Card | Markup]] = {
    "01-card-create": lambda look: change_card(pending(CREATE, why=WHY), look, new_for_role_id=ROLE),
    "02-card-update": lambda look: change_card(
        pending(UPDATE, DELIBERATE_DIFF, why="The .ckpt is no longer hosted and v6 is what the author maintains."),
        look,
    ),
    "02b-full-diff": lambda _look: full_answer(pending(UPDATE, DELIBERATE_DIFF), read_at=NOW),
    "02c-full-record": lambda _look: full_answer(pending(CREATE), read_at=NOW),
    "03-card-delete": lambda look: change_card(
        pending(DELETE, why="Superseded by ICBINP XL v7; the author asked for v6 to be taken down."), look
    ),
    "04a-card-approved": lambda look: change_card(
        ChangeFacts(APPROVED, CardState.APPROVED, diff=DELIBERATE_DIFF, decider_id=CAROL, web_url=WEB), look
    ),
    "04a2-card-approved-create": lambda look: change_card(
        ChangeFacts(
            CREATE.model_copy(update={"status": ChangeStatus.APPROVED, "approved_by": "303", "approved_at": ago()}),
            CardState.APPROVED,
        ),
        look,
    ),
    "04b-card-applied": lambda look: change_card(
        ChangeFacts(APPLIED, CardState.APPLIED, diff=DELIBERATE_DIFF, decider_id=BOB, web_url=WEB), look
    ),
    "04c-card-rejected": lambda look: change_card(
        ChangeFacts(REJECTED, CardState.REJECTED, decider_id=CAROL, web_url=WEB), look
    ),
    "04d-card-purged": lambda look: change_card(
        ChangeFacts(UPDATE, CardState.PURGED, noticed_at=NOW - timedelta(minutes=12)), look
    ),
    "04e-card-stuck": lambda look: change_card(ChangeFacts(STUCK, CardState.STUCK, decider_id=BOB, web_url=WEB), look),
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
    "07e-in-progress": lambda look: submit_outcome(InProgress(draft(PIXEL)), look),
    "07f-unsure-draft": lambda look: draft_card(draft(PIXEL, is_unsure=True), look),
    "07g-empty-draft": lambda look: draft_card(draft({"name": ""}), look),
    "07h-raw": lambda _look: draft_raw(draft(PIXEL)),
    "07i-discarded": lambda _look: draft_discarded("Pixel Illustrious"),
    "09a-approve-confirm": lambda look: approve_question(Confirm(pending(UPDATE, DELIBERATE_DIFF), is_own=False), look),
    "09a2-approve-own-create": lambda look: approve_question(Confirm(pending(CREATE), is_own=True), look),
    "09b-approve-moved": lambda look: approve_question(Moved(pending(UPDATE), CARD), look),
    "09d-approved": lambda look: decision_outcome(Decided(ChangeFacts(APPROVED, CardState.APPROVED), CARD), look),
    "09d2-rejected": lambda look: decision_outcome(Decided(ChangeFacts(REJECTED, CardState.REJECTED), CARD), look),
    "09d3-applied": lambda look: apply_outcome(Decided(ChangeFacts(APPLIED, CardState.APPLIED), CARD), look),
    "09e-apply-failed": lambda look: apply_outcome(
        ApplyFailed(ChangeFacts(APPROVED, CardState.APPROVED), "magnum-v4-12b: 'parameters' field is required", CARD),
        look,
    ),
    "09f-faster": lambda look: decision_outcome(Faster(ChangeFacts(APPROVED, CardState.APPROVED), CARD), look),
    "09g-undecided": lambda look: decision_outcome(Undecided(pending(UPDATE), CARD), look),
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
    "13a-status-ok": lambda look: status_view(STATUS, look),
    "13b-status-readonly": lambda look: status_view(report(mode="REPLICA", is_writable=False), look),
    "13c-status-away": lambda look: status_view(
        report(service_problem="connection refused", away_since=NOW - timedelta(minutes=19)), look
    ),
    "13c2-status-horde-away": lambda look: status_view(report(ai_horde_ms=None), look),
    "13d-notice-away": lambda _look: away_notice(NOW),
    "13d2-notice-read-only": lambda _look: read_only_notice(NOW),
    "13e-notice-back": lambda _look: back_notice(NOW - timedelta(minutes=19), NOW, 2),
    "15a-dm-approved": lambda look: decision_notice(ChangeFacts(APPROVED, CardState.APPROVED), look, CARD),
    "15b-dm-rejected": lambda look: decision_notice(ChangeFacts(REJECTED, CardState.REJECTED), look, CARD),
    "15c-dm-applied": lambda look: decision_notice(ChangeFacts(APPLIED, CardState.APPLIED), look, CARD),
    "15d-dm-found": lambda look: queued_notice(pending(CREATE), look, CARD),
    "16-setup": lambda look: setup_view(
        GuildSetupFacts(4001, CHANNEL, ("Send Messages", "Embed Links")), "AI Horde", look
    ),
    "16b-setup-good": lambda look: setup_view(GuildSetupFacts(4001, CHANNEL), "AI Horde", look),
    "16c-setup-unset": lambda look: setup_view(GuildSetupFacts(4001, None), "AI Horde", look),
}
"""By the name of the picture that the design has of it, or of one beside it."""


def card_of(drawn: Card | Markup) -> Card:
    """A card, whichever a function returns."""
    return drawn if isinstance(drawn, Card) else Card(drawn)
