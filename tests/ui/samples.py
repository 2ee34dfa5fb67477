"""Changes, drafts and people like those in the design: what its screens are drawn from."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.identity.standing import HordeUserContext, Role, Standing
from bot.reference.models import (
    CanonicalFormat,
    ChangeStatus,
    Diff,
    FieldDiff,
    Operation,
    PendingChange,
)
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.checks import CheckedRecord
from bot.services.checks.run import run_checks
from bot.services.proposals.outcomes import DraftFacts
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from bot.services.review.questions import Question
from bot.services.status import StatusReport
from bot.services.usage import UsageFacts
from bot.ui.components import Markup
from bot.ui.error_messages.attempts import Attempt
from bot.ui.error_messages.table import explain
from bot.ui.glyphs import Theme

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
TEXT_MODEL: dict[str, Any] = {
    "name": "Org/Harbour-7B",
    "parameters": 7_240_000_000,
    "display_name": "Harbour 7B",
    "tags": ["roleplay", "7B"],
    "instruct_format": "ChatML",
    "context_window": {"maximum_tokens": 8192},
    "settings": {"temperature": 0.7, "top_k": 40, "stop_sequence": ["###", "User:"]},
    "interaction_modes": {"chat": {"status": "supported"}},
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
    record: Mapping[str, Any],
    operation: Operation,
    name: str,
    others: tuple[PendingChange, ...] = (),
    usage: UsageFacts | None = None,
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
            usage=usage,
        )
    )


def field_diff(path: str, old: Any, new: Any) -> FieldDiff:
    """One field of a diff."""
    return FieldDiff(field_path=path, old_value=old, new_value=new)


DELIBERATE_DIFF = Diff(
    change_id=42,
    category="image_generation",
    model_name="Deliberate",
    operation=Operation.UPDATE,
    current_state=DELIBERATE_OLD,
    proposed_state=DELIBERATE_NEW,
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
    field_diffs=(
        *FORTY,
        field_diff("baseline", "flux_1", "flux_schnell"),
        field_diff("licensing.license_expression", None, "Apache-2.0"),
    ),
)

TOP_USE = UsageFacts(6, 161, 18402, 14)
ERIN = change(57, Operation.UPDATE, "Deliberate", {}, requested_by="102", requested_username="erin#102")
CREATE = change(58, Operation.CREATE, "Pixel Illustrious", PIXEL)
UPDATE = change(42, Operation.UPDATE, "Deliberate", DELIBERATE_NEW, requested_at=ago(days=2))
DELETE = change(61, Operation.DELETE, "ICBINP XL", ICBINP, requested_username="erin#102", requested_by="102")
WILD = change(64, Operation.CREATE, HOSTILE_NAME, HOSTILE, requested_username="mal\u202elory#666 @here")
GUIDANCE = change(
    71,
    Operation.UPDATE,
    "guidance:5f6d",
    {
        "title": "ChatML for the Harbour family",
        "profile_changes": [
            {"operation": "add", "profile_id": "chatml-harbour", "content": {"template": "<|im_start|>{role}"}},
            {"operation": "retire", "profile_id": "old_chatml"},
        ],
        "assignment_changes": [{"model_name": f"Org/Harbour-{n}B", "profile_id": "chatml-harbour"} for n in range(9)],
    },
    category="text_generation",
    resource_kind="text_guidance",
)
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


def decision(one: PendingChange, outcome: Outcome, **more: Any) -> DecisionResult:
    """Return the result of a decision on one change, with its card."""
    return replace(DecisionResult.of(one, outcome, NOW), **{"card": CARD, **more})


def asked(facts: ChangeFacts, *, is_own: bool = False) -> Question:
    """Return the question before the approval of one change."""
    result = DecisionResult.of(facts.change, Outcome.READY, NOW)
    return Question(DecisionVerb.APPROVE, (result,), facts=facts, is_own=is_own)


def pending(one: PendingChange, diff: Diff | None = None, **more: Any) -> ChangeFacts:
    """A change that waits."""
    others = (ERIN,) if one.model_name == "Deliberate" else ()
    checks = checks_of(one.payload, one.operation, one.model_name, others, more.get("usage"))
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
    last_poll_at=NOW - timedelta(seconds=8),
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
REPLICA_TEXT = (
    "This instance is in REPLICA mode and does not support write operations. Only PRIMARY instances can modify data."
)


def member(user_id: int, name: str, *roles: Role, is_visible: bool = True) -> Standing:
    """A linked member."""
    return replace(
        STANDING,
        user_id=user_id,
        horde=HordeUserContext(name.partition("#")[2], name),
        roles=frozenset(roles),
        roles_read_at=NOW - timedelta(seconds=40),
        linked_at=NOW - timedelta(days=42),
        is_visible=is_visible,
    )


def report(**changed: Any) -> StatusReport:
    """The status, with some of it otherwise."""
    values = {name: getattr(STATUS, name) for name in StatusReport.__slots__}
    return StatusReport(**{**values, **changed})


def refusal(error: Exception, attempt: Attempt, theme: Theme) -> Markup:
    """A refusal, drawn."""
    explanation = explain(error, attempt, theme)
    assert explanation is not None
    return explanation.view
