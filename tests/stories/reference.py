"""Reads and writes of live records beside the bot, as another user makes them."""

from typing import Any

from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from tests.harness.http import CLIENT, openapi

_QUEUE = "model_references/v2/pending_queue"


def live(service: ReferenceService, name: str, category: str = "image_generation") -> dict[str, Any] | None:
    """A live record in the deployment's own vocabulary; None when there is none of this name."""
    answer = CLIENT.get(f"{service.url}/{_prefix(service)}/{category}")
    record = answer.json().get(name)
    return None if record is None else dict(record)


def live_record(service: ReferenceService, name: str, category: str = "image_generation") -> dict[str, Any]:
    """As `live`, for a model that is there."""
    record = live(service, name, category)
    assert record is not None, name
    return record


def change_live(service: ReferenceService, name: str, **fields: Any) -> None:
    """Propose, approve and apply another user's update beside the bot."""
    record = {**live_record(service, name), **fields}
    record.pop("record_type", None)
    record.pop("model_classification", None)
    base = f"{_prefix(service)}/image_generation"
    path = base if "/v1/" in base else f"{base}/{_update_segment(service)}/{name}"
    change = _send(service, "PUT", path, record)
    _send(service, "POST", f"{_QUEUE}/batches", {"batch_title": "web", "approved_ids": [change["change_id"]]})
    _send(service, "POST", f"{_QUEUE}/changes/{change['change_id']}/apply", {})


def _prefix(service: ReferenceService) -> str:
    told = CLIENT.get(f"{service.url}/replicate_mode").json()
    return f"model_references/{'v2' if told['canonical_format'] == 'v2' else 'v1'}"


def _update_segment(service: ReferenceService) -> str:
    """Return the label before the name of an updated model: another word in older generations."""
    paths = openapi(service)["paths"]
    is_older = "/model_references/v2/image_generation/update_model/{model_name}" in paths
    return "update_model" if is_older else "model"


def _send(service: ReferenceService, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    key = {"apikey": ABE.key}
    answer = CLIENT.request(method, f"{service.url}/{path}", json=body, headers=key)
    return dict(answer.raise_for_status().json())
