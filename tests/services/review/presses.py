"""Presses of approvers on several changes, what they send, and what comes of them."""

import json
from collections.abc import Sequence
from typing import Any

from bot.services.review.outcomes import ApplyProgress, BatchResult, DecisionResult, Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from storage.database import Transaction
from tests.services.conftest import APPROVER, GUILD, App

IDS = (42, 44, 47)


class Progress:
    """Collects what the person is shown on the way."""

    def __init__(self) -> None:
        self.shown: list[ApplyProgress] = []

    async def __call__(self, progress: ApplyProgress) -> None:
        self.shown.append(progress)


async def chosen(app: App, ids: Sequence[int] = IDS, *, user_id: int = APPROVER) -> ButtonPress:
    """Return a press on a button of a stored selection."""
    targets = [Target(change_id, (await app.services.poller.read(change_id)).digest) for change_id in ids]
    selection_id = await app.services.decisions.select(user_id, DecisionVerb.APPROVE, targets)
    return app.batch_press(selection_id, user_id=user_id)


async def apply(app: App, press: ButtonPress | None = None, progress: Progress | None = None) -> BatchResult:
    """Apply what was chosen, all three without a press."""
    press = press or await chosen(app)
    return await app.services.decisions.decide(press, DecisionVerb.APPLY, on_progress=progress)


async def approve(app: App, user_id: int = APPROVER, change_id: int = 42) -> DecisionResult:
    """Press Approve as a person; the service knows them by the key."""
    app.service.user_id = "202" if user_id == APPROVER else "101"
    return await app.decide(app.press(change_id, user_id=user_id), DecisionVerb.APPROVE)


def outcomes(result: BatchResult) -> dict[int, Outcome]:
    """Return the outcome of each change."""
    return {item.change_id: item.outcome for item in result.results}


def sent(app: App) -> list[dict[str, Any]]:
    """Return the bodies of all writes."""
    return [json.loads(write.content) for write in app.service.writes]


async def wants(app: App, *, approvals: int = 1, own: str = "warn", guild_id: int = GUILD) -> None:
    """Set what a server wants."""
    database = app.services.decisions.policy.guild_settings._database

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO guild (guild_id, approvals_required, self_approval) VALUES (?, ?, ?) "
            "ON CONFLICT (guild_id) DO UPDATE SET approvals_required = excluded.approvals_required, "
            "self_approval = excluded.self_approval",
            (guild_id, approvals, own),
        )

    await database.transaction(write)


async def goes_live(app: App, *, change_id: int = 57, name: str = "Model 44") -> None:
    """Another change of the model goes live a minute later, and a poll sees it."""
    app.clock.move(minutes=1)
    app.service.put(change_id, model_name=name, status="applied", applied_by="404", applied_username="dave#404")
    await app.services.recorder.note(await app.services.poller.read(change_id))
    app.clock.move(minutes=1)
