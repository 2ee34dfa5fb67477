"""Records to check: a good proposal, and what stands beside it."""

from typing import Any

from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange
from bot.services.checks import CheckCode, CheckedRecord
from bot.services.checks.run import run_checks

SHA = "9aba26abf0d3f1e8c7b65a4d3c2b1a09f8e7d6c5b4a3928170615243f4e5d6c7"
URL = "https://huggingface.co/pixel/resolve/main/pixel.safetensors"
BASELINES = ("stable_diffusion_1", "stable_diffusion_xl")
IMAGE: dict[str, Any] = {
    "name": "Pixel",
    "baseline": "stable_diffusion_xl",
    "nsfw": False,
    "description": "Pixel art in clear colours.",
}
V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY


def file(**changes: Any) -> dict[str, Any]:
    entry = {"file_name": "pixel.safetensors", "file_url": URL, "sha256sum": SHA}
    return {"config": {"download": [{**entry, **changes}]}}


def subject(record: dict[str, Any] | None = None, **changes: Any) -> CheckedRecord:
    values: dict[str, Any] = {
        "operation": Operation.CREATE,
        "category": "image_generation",
        "name": "Pixel",
        "record": {**IMAGE, **file()} if record is None else record,
        "dialect": V2,
        "live_names": frozenset({"Deliberate"}),
        "baselines": BASELINES,
    }
    return CheckedRecord(**{**values, **changes})


def rival(**changes: Any) -> PendingChange:
    values: dict[str, Any] = {
        "change_id": 41,
        "category": "image_generation",
        "model_name": "Pixel",
        "operation": Operation.CREATE,
        "requested_by": "303",
        "requested_username": "carol#303",
        "requested_at": 1_700_000_000,
        "status": ChangeStatus.PENDING,
    }
    return PendingChange(**{**values, **changes})


def codes(looked_at: CheckedRecord) -> set[CheckCode]:
    return {check.code for check in run_checks(looked_at)}
