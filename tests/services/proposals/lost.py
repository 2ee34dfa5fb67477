"""A proposal of bob whose answer was lost: before it is sent, while it is on its way, and looked for."""

from datetime import timedelta

from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.outcomes import SubmissionUnknown, SubmitOutcome
from tests.services.conftest import APPROVER, App

ROUTE = "/model_references/v2/lora"


def queue_it(app: App, change_id: int = 42) -> None:
    """Queue the change, as the service does while its answer is lost."""
    app.service.put(
        change_id,
        category="lora",
        model_name="Pixel",
        payload={"name": "Pixel", "description": "Pixels."},
        requested_by="202",
        requested_at=int(app.clock().timestamp()),
    )


async def begun(app: App, description: str = "Pixels.") -> int:
    """A draft that is ready; returns its number."""
    answers = SectionAnswers("lora", {"name": "Pixel", "description": description})
    saved = await app.services.draft_service.create_from_form(APPROVER, None, answers)
    return saved.facts.draft_id


async def lost(app: App, description: str = "Pixels.") -> int:
    """A draft that was sent, and whose answer was lost; returns its number."""
    draft_id = await begun(app, description)
    app.service.breaks_after = {ROUTE}
    outcome = await app.services.submission.submit(APPROVER, draft_id, app.origin())
    assert isinstance(outcome, SubmissionUnknown)
    assert outcome.notified_by == app.clock() + timedelta(minutes=15)
    return draft_id


async def look(app: App, draft_id: int) -> SubmitOutcome:
    """Have bob look whether it was queued."""
    return await app.services.submission.reconcile(APPROVER, draft_id)
