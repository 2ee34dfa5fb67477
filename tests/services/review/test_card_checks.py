"""Host checks on cards: few changes a round, none of a delete, and each change's cards redrawn once."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.host_models import QUAY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.changes import CardState, ChangeFacts
from bot.services.hosts.host_checks import HostChecks
from bot.services.hosts.host_findings import HostVerdict
from bot.services.review import card_checks
from bot.services.review.card_checks import APPLIED_MAX, ASKED_AGAIN_EVERY, ASKED_EVERY, CHANGES_MAX, CardHostChecks
from bot.sources.hosts import open_hosts


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


@dataclass(slots=True)
class Queue:
    """Open changes, the moment, and the cards that were drawn again."""

    changes: dict[ChangeStatus, list[PendingChange]] = field(default_factory=dict)
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    redrawn: list[int] = field(default_factory=list)

    async def redraw(self, change_id: int) -> None:
        self.redrawn.append(change_id)


@pytest.fixture
def hosts() -> Iterator[HostsStandIn]:
    with HostsStandIn(slow_s=0.2) as stand_in:
        yield stand_in


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
async def checks(hosts: HostsStandIn, queue: Queue) -> AsyncIterator[CardHostChecks]:
    opening = open_hosts(hugging_face_url=hosts.url, civitai_url=hosts.url, civitai_token=None, user_agent="x")
    async with opening as opened:
        asked = HostChecks(opened, lambda: queue.now)
        yield CardHostChecks(asked, lambda status: queue.changes.get(status, []), queue.redraw)


def verdicts(checks: CardHostChecks, shown: PendingChange) -> list[HostVerdict]:
    return [finding.verdict for finding in checks.findings(shown)]


@pytest.mark.parametrize("is_legacy", [False, True])
async def test_a_round_asks_about_a_few_changes_and_redraws_their_cards(
    checks: CardHostChecks, queue: Queue, *, is_legacy: bool
) -> None:
    waiting = [change(9, Operation.DELETE), *(change(number, is_legacy=is_legacy) for number in (1, 2, 3, 4))]
    queue.changes[ChangeStatus.PENDING] = waiting
    assert await checks.ask_due() == CHANGES_MAX
    assert queue.redrawn == [2, 3, 4]
    assert await checks.ask_due() == 1
    assert await checks.ask_due() == 0
    assert queue.redrawn == [2, 3, 4, 1]
    assert verdicts(checks, waiting[1]) == [HostVerdict.SAME]


async def test_a_card_is_checked_again_after_an_hour(checks: CardHostChecks, hosts: HostsStandIn, queue: Queue) -> None:
    queue.changes[ChangeStatus.PENDING] = [change(1)]
    assert await checks.ask_due() == 1
    asked = len(hosts.asked)
    queue.now += ASKED_EVERY - timedelta(minutes=1)
    assert await checks.ask_due() == 0
    queue.now += timedelta(minutes=1)
    assert await checks.ask_due() == 1
    assert len(hosts.asked) == 2 * asked


async def test_a_press_shows_what_the_host_says_now_on_a_pending_change_alone(
    checks: CardHostChecks, queue: Queue
) -> None:
    pending = ChangeFacts(change(1), CardState.PENDING)
    assert checks.is_due(pending)
    shown = await checks.ask(pending)
    assert [finding.verdict for finding in shown.host_findings] == [HostVerdict.SAME]
    assert (await checks.ask(ChangeFacts(change(1), CardState.APPROVED))).host_findings == ()
    assert queue.redrawn == [1, 1]


async def test_a_press_asks_no_host_about_a_decided_change_or_within_half_a_minute(
    checks: CardHostChecks, hosts: HostsStandIn, queue: Queue
) -> None:
    pending = ChangeFacts(change(1), CardState.PENDING)
    await checks.ask(pending)
    asked = len(hosts.asked)
    queue.now += ASKED_AGAIN_EVERY - timedelta(seconds=1)
    assert not checks.is_due(pending, fresh_for=ASKED_AGAIN_EVERY)
    await checks.ask(pending, fresh_for=ASKED_AGAIN_EVERY)
    assert len(hosts.asked) == asked
    queue.now += timedelta(seconds=1)
    assert checks.is_due(pending, fresh_for=ASKED_AGAIN_EVERY)
    assert not checks.is_due(pending), "without a press, an answer is good for an hour"
    assert not checks.is_due(ChangeFacts(change(1), CardState.APPROVED), fresh_for=ASKED_AGAIN_EVERY)
    await checks.ask(pending, fresh_for=ASKED_AGAIN_EVERY)
    assert len(hosts.asked) == 2 * asked


async def test_an_apply_is_doubted_if_a_host_disagrees_with_one_of_its_changes(
    checks: CardHostChecks, queue: Queue
) -> None:
    queue.changes = {ChangeStatus.APPROVED: [change(1), change(2)], ChangeStatus.PENDING: [change(3)]}
    assert checks.is_due_before_apply([2])
    assert not checks.is_due_before_apply([3])
    assert not await checks.ask_before_apply([1, 3])
    assert not checks.is_due_before_apply([1])
    assert await checks.ask_before_apply([1, 2])
    assert [finding.verdict for finding in checks.doubts(change(2))] == [HostVerdict.GONE_OR_PRIVATE]
    assert checks.doubts(change(1)) == ()


async def test_an_answer_before_an_apply_is_good_for_an_hour(
    checks: CardHostChecks, hosts: HostsStandIn, queue: Queue
) -> None:
    queue.changes[ChangeStatus.APPROVED] = [change(1)]
    assert not await checks.ask_before_apply()
    asked = len(hosts.asked)
    queue.now += ASKED_EVERY - timedelta(minutes=1)
    assert not checks.is_due_before_apply()
    assert not await checks.ask_before_apply()
    assert len(hosts.asked) == asked
    queue.now += timedelta(minutes=1)
    assert checks.is_due_before_apply()
    assert not await checks.ask_before_apply()
    assert len(hosts.asked) == 2 * asked


async def test_before_an_apply_of_all_the_hosts_of_the_oldest_ten_are_asked(
    checks: CardHostChecks, queue: Queue
) -> None:
    good = [change(1).model_copy(update={"change_id": number}) for number in range(10, 10 + APPLIED_MAX)]
    queue.changes[ChangeStatus.APPROVED] = [*good, change(2)]
    assert not await checks.ask_before_apply()
    assert not checks.is_due_before_apply()


async def test_an_apply_does_not_wait_for_a_host_that_does_not_answer(
    checks: CardHostChecks, hosts: HostsStandIn, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_checks, "APPLY_WAITS", timedelta())
    queue.changes[ChangeStatus.APPROVED] = [change(2)]
    hosts.play(HostMood.SLOW)
    assert not await checks.ask_before_apply()
    assert verdicts(checks, change(2)) == [HostVerdict.NOT_ASKED]


async def test_a_text_model_is_checked_by_its_repository(checks: CardHostChecks) -> None:
    payload = {"name": "Quay", "url": QUAY, "parameters": 7_000_000_000}
    quay = change(1).model_copy(update={"category": "text_generation", "payload": payload})
    shown = await checks.ask(ChangeFacts(quay, CardState.PENDING))
    assert [finding.verdict for finding in shown.host_findings] == [HostVerdict.OPEN_REPOSITORY]
