"""Looks into the service's queue beside the bot, as its web page would."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx

from bot.demo.people import ABE, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.reference.deployment import CATEGORIES, LEGACY_CATEGORIES
from tests.harness.http import CLIENT, openapi
from tests.harness.scripted_service import harmless

QUEUE = "model_references/v2/pending_queue"


def change_of(service: ReferenceService, change_id: int, person: Person = ABE) -> dict[str, Any]:
    """A change as the service has it."""
    return _get(service, f"{QUEUE}/changes/{change_id}", person)


def changes_in(service: ReferenceService, person: Person = ABE) -> list[dict[str, Any]]:
    """The whole queue, oldest first."""
    items: list[dict[str, Any]] = _get(service, f"{QUEUE}/changes?limit=500", person)["items"]
    return items


def live_model(service: ReferenceService, name: str, category: str = "image_generation") -> dict[str, Any] | None:
    """A live record; None when there is none of this name."""
    record = live_models(service, category).get(name)
    return None if record is None else dict(record)


def live_models(service: ReferenceService, category: str = "image_generation") -> dict[str, Any]:
    """All live records of a category by name."""
    for version in ("v2", "v1"):  # an older service does not convert what it keeps as legacy
        answer = CLIENT.get(f"{service.url}/model_references/{version}/{category}")
        if answer.is_success:
            return dict(answer.json())
    return {}


def categories_taken(service: ReferenceService) -> tuple[str, ...]:
    """Categories in which a model can be proposed: older generations have fewer, fewest where legacy is canonical."""
    known = openapi(service)["components"]["schemas"]["MODEL_REFERENCE_CATEGORY"]["enum"]
    takes_v2_in_legacy = "controlnet_annotator" in known  # both came with 7.x
    offered = CATEGORIES if takes_v2_in_legacy or service.mode is not Mode.LEGACY else LEGACY_CATEGORIES
    return tuple(category for category in offered if category in known)


def has_licences(service: ReferenceService) -> bool:
    """Return whether this generation's records have a licence."""
    return CLIENT.get(f"{service.url}/model_references/v2/licensing/licenses").is_success


def counts_use(service: ReferenceService) -> bool:
    """Return whether this service publishes how much its models are used."""
    return CLIENT.get(f"{service.url}/model_references/statistics/image_generation/deletion-risk").is_success


def hides_queue(service: ReferenceService) -> bool:
    """Return whether this generation shows its queue to approvers alone (3.0.0)."""
    paths = openapi(service)["paths"]
    return f"/{QUEUE}/changes" in paths and f"/{QUEUE}/my_changes" not in paths


def propose_beside(service: ReferenceService, name: str, person: Person = RITA, **fields: Any) -> int:
    """Propose an image model beside the bot; returns the change's id."""
    paths = openapi(service)["paths"]
    prefix = "model_references/v1" if service.mode is Mode.LEGACY else "model_references/v2"
    path = f"{prefix}/image_generation"
    if service.mode is not Mode.LEGACY and f"/{path}/create_model" in paths:
        path += "/create_model"
    record = {"name": name, "baseline": "stable_diffusion_xl", "nsfw": False, **fields}
    return int(_post(service, path, record, person)["change_id"])


def propose_harmless(service: ReferenceService, name: str, person: Person = RITA, **fields: Any) -> int:
    """Propose an image model on which every check passes; returns the change's id."""
    record = harmless(name)
    (download,) = record["config"]["download"]
    if service.mode is Mode.LEGACY:
        sha256 = download.pop("sha256sum")
        files = [{"path": download["file_name"], "sha256sum": sha256}]
        record["config"] = {"download": [{**download, "file_path": ""}], "files": files}
    del record["name"]
    return propose_beside(service, name, person, **{**record, **fields})


def delete_beside(service: ReferenceService, name: str) -> int:
    """Propose to delete a live model beside the bot; returns the change's id."""
    prefix = "model_references/v1" if service.mode is Mode.LEGACY else "model_references/v2"
    for place in (f"model/{quote(name)}", quote(name)):  # generation 3 has no part of its own for models
        path = f"{service.url}/{prefix}/image_generation/{place}"
        answer = CLIENT.delete(path, headers={"apikey": RITA.key})
        if answer.status_code != httpx.codes.NOT_FOUND:
            break
    answer.raise_for_status()
    return int(answer.json()["change_id"])


def decide_beside(
    service: ReferenceService,
    *,
    approve: Sequence[int] = (),
    reject: Sequence[int] = (),
    reason: str = "No.",
    person: Person = ABE,
) -> int:
    """Approve and reject beside the bot; returns the id of the batch of approvals, 0 without one."""
    content = {"batch_title": "web", "approved_ids": list(approve), "rejected_ids": list(reject)}
    answer = _post(service, f"{QUEUE}/batches", {**content, **({"reject_reason": reason} if reject else {})}, person)
    return int(answer["batch_id"] or 0)


def apply_beside(service: ReferenceService, *change_ids: int, person: Person = ABE) -> None:
    """Apply beside the bot."""
    _post(service, f"{QUEUE}/apply", {"change_ids": list(change_ids), "allow_mixed_batch": True}, person)


def _post(service: ReferenceService, path: str, content: dict[str, Any], person: Person) -> dict[str, Any]:
    answer = CLIENT.post(f"{service.url}/{path}", json=content, headers={"apikey": person.key})
    answer.raise_for_status()
    return dict(answer.json())


def has_file_sizes(service: ReferenceService) -> bool:
    """Return whether records have file facts besides the URL: in v2, slow ones and (since 8) sizes."""
    return service.mode is Mode.V2


def _get(service: ReferenceService, path: str, person: Person) -> dict[str, Any]:
    answer = CLIENT.get(f"{service.url}/{path}", headers={"apikey": person.key})
    answer.raise_for_status()
    return dict(answer.json())
