"""Six changes for the demo, pending and decided, sent by its people to the service."""

import asyncio
from typing import Any, Final

import httpx
import structlog

from bot.demo import simcord_seams as seams
from bot.demo.host_models import HARBOUR_SHA256, OLD_TIDE_TABLE, digest
from bot.demo.people import ABE, CORA, RITA, Person
from bot.demo.world import World
from bot.tls import tls_context

V2: Final = "model_references/v2"
HUB: Final = "https://huggingface.co"
LINKED: Final = (RITA, ABE, CORA)
"""People whose keys are linked from the start."""
CARDS_TIMEOUT_S: Final = 20.0
BEAT_S: Final = 0.1

_log = structlog.stdlib.get_logger(__name__)


def _image(name: str, path: str, sha256: str, description: str, **more: Any) -> dict[str, Any]:
    file = {"file_name": path.rpartition("/")[2], "file_url": f"{HUB}/{path}", "sha256sum": sha256}
    return {
        "name": name,
        "baseline": "stable_diffusion_xl",
        "nsfw": False,
        "style": "generalist",
        "description": description,
        "config": {"download": [file]},
        **more,
    }


CREATED: Final = (
    _image(
        "Tide Table XL",
        "lantern-lab/tide-table-xl/resolve/main/tide-table-xl.safetensors",
        OLD_TIDE_TABLE,
        "Painted coasts at low and high water.",
        size_on_disk_bytes=6_938_040_288,
    ),
    _image(
        "Rope and Tar",
        "example/harbour/resolve/main/quay_fog.safetensors",
        HARBOUR_SHA256,
        "Close views of ropes, nets and tarred wood.",
        size_on_disk_bytes=6_938_040_706,
    ),
    _image(
        "Quiet Ferries",
        "lantern-lab/mirror/resolve/main/lantern_bay_xl_v2.safetensors",
        digest("lantern bay v2 pruned"),
        "Ferries on still water, seen from the quay.",
        size_on_disk_bytes=6_938_041_850,
    ),
    _image(
        "Granite Photo Two",
        "lantern-lab/mirror/resolve/main/granite_photo_1.safetensors",
        digest("granite photo"),
        "Plain photographs of stone.",
        baseline="stable_diffusion_1",
        size_on_disk_bytes=2_132_625_894,
    ),
)
UPDATED: Final = (
    "Paper Crane",
    {"description": "Ink and watercolour: birds, paper and thin lines.", "style": "artistic"},
)
DELETED: Final = "Velvet Night"
REASON: Final = "Duplicate of a model we have. Granite Photo draws the same."


async def fill_queue(world: World, service_url: str) -> None:
    """Propose four models, an update and a deletion; then approve two, apply one and reject one.

    They come in two parts, because the bot takes six at once for a flood. Decisions wait until each change has its
    card, so that the bot reports them like any other.

    Args:
        world: The running simulation; its pump must run.
        service_url: Base URL of the service, ending in `/api`.

    Raises:
        httpx.HTTPError: The service refused a request, or is away.
    """
    async with httpx.AsyncClient(base_url=f"{service_url}/{V2}/", trust_env=False, verify=tls_context()) as client:
        _, rope, ferries = [await _create(client, record) for record in CREATED[:3]]
        await _wait_for_cards(world, 3)
        granite = await _create(client, CREATED[3])
        await _update(client, *UPDATED)
        await _send(client, "DELETE", f"image_generation/model/{DELETED}", RITA, None)
        await _wait_for_cards(world, 6)
        await _decide(client, CORA, approved_ids=[rope, ferries])
        await _decide(client, ABE, rejected_ids=[granite], reject_reason=REASON)
        await _send(client, "POST", f"pending_queue/changes/{ferries}/apply", ABE, {})


async def _create(client: httpx.AsyncClient, record: dict[str, Any]) -> int:
    """Queue a new model as the requestor; return the change's number."""
    return int((await _send(client, "POST", "image_generation", RITA, record))["change_id"])


async def _update(client: httpx.AsyncClient, name: str, changed: dict[str, Any]) -> None:
    path = f"image_generation/model/{name}"
    live = (await client.get(path)).raise_for_status().json()
    await _send(client, "PUT", path, RITA, {**live, **changed})


async def _decide(client: httpx.AsyncClient, approver: Person, **decision: Any) -> None:
    await _send(client, "POST", "pending_queue/batches", approver, {"batch_title": "Week 12", **decision})


async def _send(client: httpx.AsyncClient, method: str, path: str, person: Person, body: Any) -> Any:
    answer = await client.request(method, path, headers={"apikey": person.key}, json=body)
    return answer.raise_for_status().json()


async def _wait_for_cards(world: World, count: int) -> None:
    """Wait until the bot posted a card for each change; give up after `CARDS_TIMEOUT_S`."""
    before = 1  # the channel's welcome
    try:
        async with asyncio.timeout(CARDS_TIMEOUT_S):
            while seams.message_count(world.env, world.review.id) < before + count:  # noqa: ASYNC110 - simcord has no event for it
                await asyncio.sleep(BEAT_S)
    except TimeoutError:
        _log.warning("demo_cards_missing", expected=count)
