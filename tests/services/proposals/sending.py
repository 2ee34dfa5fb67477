"""Drafts of alice: sent, refused, lost on the way, and sent again."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.reference.errors import ConflictError
from bot.services.changes import Gone
from bot.services.proposals.outcomes import DraftFacts, Queued
from bot.services.proposals.reconcile import GIVE_UP_AFTER
from tests.services.conftest import GUILD, REQUESTOR, App
from tests.services.queue_moves import digest_of
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2

ROUTE = "/model_references/v2/image_generation"
RECORD: Mapping[str, Any] = {"name": "Pixel", "baseline": "stable_diffusion_xl", "nsfw": False, "config": CONFIG_V2}
"""A record that the service accepts."""
LEGACY_RECORD: Mapping[str, Any] = {**RECORD, "type": "ckpt", "config": CONFIG_LEGACY}
"""The same in the legacy format."""


async def drafted(app: App, record: Mapping[str, Any] = RECORD) -> DraftFacts:
    """Have alice upload a record as a draft."""
    data = json.dumps(record).encode()
    return await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, "image_generation", data)


async def sent(app: App, name: str = "Pixel") -> tuple[int, str]:
    """Have alice send a draft with a reason, as change 42; returns its number and digest."""
    app.service.user_id = "101"
    record = {**RECORD, "name": name}
    draft = await drafted(app, record)
    await app.services.draft_service.revise(REQUESTOR, draft.draft_id, "because it is good")
    change = app.service.put(42, model_name=name, payload={**record, "metadata": {"added": "by the service"}})

    app.service.bodies[ROUTE] = (202, change)
    outcome = await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    del app.service.bodies[ROUTE]
    assert isinstance(outcome, Queued)
    return 42, outcome.change.digest


async def lost(app: App) -> DraftFacts:
    """Send a proposal that never arrives, and wait until that is certain."""
    draft = await drafted(app)
    app.service.breaks_after.add(ROUTE)
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    app.service.breaks_after.clear()
    app.clock.move(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    assert await app.services.proposal_reconciler.reconcile() == []
    return draft


async def refuse_name(app: App, draft: DraftFacts) -> None:
    """Send the draft, and have the service refuse its name, which another user took first."""
    app.service.bodies[ROUTE] = (409, {"detail": "Model 'Pixel' already exists."})
    with pytest.raises(ConflictError):
        await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    del app.service.bodies[ROUTE]


async def begin(app: App, digest: str, user_id: int = REQUESTOR, change_id: int = 42) -> DraftFacts | Gone:
    """Open the draft that sends a change again."""
    return await app.services.resubmission.open_draft(user_id, None, change_id, digest)


async def resend(app: App) -> None:
    """Have alice send change 43 in place of change 42."""
    app.service.user_id = "101"
    draft = await begin(app, digest_of(app))
    assert isinstance(draft, DraftFacts)
    change = app.service.put(43, model_name="Model 42", payload=draft.record)
    app.service.bodies[ROUTE] = (202, change)
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    del app.service.bodies[ROUTE]


def become_legacy(app: App, models: dict[str, Any] | None = None) -> None:
    """Have the service take the legacy format from its next start on."""
    told = {"replicate_mode": "PRIMARY", "canonical_format": "legacy", "writable": True}
    app.service.bodies["/replicate_mode"] = (200, told)
    app.service.bodies["/model_references/v1/image_generation"] = (200, models or {})
