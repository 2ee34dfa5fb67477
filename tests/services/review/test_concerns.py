"""Concerns in the question before several changes are decided: claims, usage, and doubts of file hosts."""

import pytest

from bot.services.changes import Claim
from bot.services.hosts.host_findings import HostVerdict
from bot.services.review.claims import CLAIM_LIFETIME
from bot.services.review.outcomes import Concerns, DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb
from bot.services.usage import UsageFacts
from tests.services.conftest import REQUESTOR, App
from tests.services.review.presses import chosen

STATISTICS = "/model_references/statistics/image_generation/deletion-risk"


@pytest.fixture
def waiting(app: App) -> App:
    """Two changes of erin's that wait."""
    for change_id in (42, 44):
        app.service.put(change_id, requested_by="102", requested_username="erin#102")
    return app


async def asked(app: App) -> DecisionResult:
    """Return the first change of a question about both."""
    return (await app.services.decisions.ask(await chosen(app, (42, 44)), DecisionVerb.APPROVE)).results[0]


async def concerns(app: App) -> Concerns:
    found = (await asked(app)).concerns
    assert found is not None
    return found


async def test_the_question_names_the_claim_of_another_approver_while_the_content_is_the_claimed_one(
    waiting: App,
) -> None:
    assert (await concerns(waiting)).claim is None
    await waiting.services.claims.take(waiting.press(42, user_id=REQUESTOR))
    claim = Claim(REQUESTOR, "alice#101", waiting.clock() + CLAIM_LIFETIME)
    assert (await concerns(waiting)).claim == claim
    waiting.service.put(42, payload={"name": "Another"})
    assert (await concerns(waiting)).claim is None


@pytest.mark.parametrize("operation", ["update", "delete"])
async def test_the_question_names_the_usage_of_a_model_that_is_deleted(waiting: App, operation: str) -> None:
    usage = {"models": [{"name": "Deliberate", "worker_count": 3, "usage_month": 9000}]}
    waiting.service.bodies[STATISTICS] = (200, usage)
    waiting.service.put(42, operation=operation, model_name="Deliberate")
    assert (await concerns(waiting)).usage == (UsageFacts(1, 1, 9000, 3) if operation == "delete" else None)


async def test_a_change_whose_file_its_host_does_not_have_is_left_out_of_several(waiting: App) -> None:
    waiting.settings = waiting.settings.model_copy(update={"ask_file_hosts": True})
    await waiting.restart()
    await waiting.services.monitor.poll()
    await waiting.services.card_checks.ask_due()
    result = await asked(waiting)
    assert result.outcome is Outcome.ALONE
    assert result.concerns is not None
    assert [doubt.verdict for doubt in result.concerns.doubts] == [HostVerdict.GONE]
