"""Host checks on cards: few changes a round, none of a delete, and each change's cards redrawn once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.demo.host_models import TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostsStandIn
from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.changes import CardState, ChangeFacts
from bot.services.hosts.host_checks import HostChecks
from bot.services.hosts.host_findings import HostVerdict
from bot.services.review.card_checks import CHANGES_MAX, CardHostChecks
from bot.sources.hosts import open_hosts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def change(number: int, operation: Operation = Operation.CREATE, *, is_legacy: bool = False) -> PendingChange:
    url = f"{TIDE_TABLE}/resolve/main/tide-table-xl.safetensors?n={number}"
    entry = {"file_name": "tide.safetensors", "file_url": url if number == 1 else url.replace("xl", f"xl{number}")}
    config: dict[str, object] = {"download": [{**entry, "sha256sum": digest("tide table")}]}
    if is_legacy:
        config = {"download": [entry], "files": [{"path": "tide.safetensors", "sha256sum": digest("tide table")}]}
    return PendingChange(
        change_id=number,
        category="image_generation",
        model_name="Tide",
        operation=operation,
        requested_by="101",
        requested_at=0,
        status=ChangeStatus.PENDING,
        payload={"name": "Tide", "config": config},
    )


@pytest.fixture
def hosts() -> Iterator[HostsStandIn]:
    with HostsStandIn() as stand_in:
        yield stand_in


@pytest.mark.parametrize("is_legacy", [False, True])
async def test_a_round_asks_about_a_few_changes_and_redraws_their_cards(
    hosts: HostsStandIn, *, is_legacy: bool
) -> None:
    waiting = [change(9, Operation.DELETE), *(change(number, is_legacy=is_legacy) for number in (1, 2, 3, 4))]
    redrawn: list[int] = []

    async def redraw(change_id: int) -> None:
        redrawn.append(change_id)

    opening = open_hosts(hugging_face_url=hosts.url, civitai_url=hosts.url, civitai_token=None, user_agent="x")
    async with opening as opened:
        checks = CardHostChecks(HostChecks(opened, lambda: NOW), lambda _: waiting, redraw)
        assert await checks.ask_due() == CHANGES_MAX
        assert redrawn == [2, 3, 4]
        assert await checks.ask_due() == 1
        assert await checks.ask_due() == 0
        assert [finding.verdict for finding in checks.findings(waiting[1])] == [HostVerdict.SAME]
        facts = await checks.ask(ChangeFacts(waiting[1], CardState.APPROVED))
        assert facts.host_findings == ()
    assert redrawn == [2, 3, 4, 1, waiting[1].change_id]
