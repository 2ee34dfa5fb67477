"""Lost answers of the real service, and faults of AI-Horde behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn, Mood
from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    ForbiddenError,
    IndeterminateError,
    ReadOnlyError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange
from tests.reference.conftest import Connect
from tests.reference.faulty import Exchange, FaultyServer, after_the_service, drip, silence

type Fault = Callable[[Exchange, bytes], Awaitable[None]]

RITAS, ABES, DAVES = (SecretStr(person.key) for person in (RITA, ABE, DAVE))


async def propose(client: ReferenceClient, name: str) -> PendingChange:
    return await client.propose(
        RITAS,
        operation=Operation.CREATE,
        category="blip",
        name=name,
        record={"description": "sent"},
        dialect=CanonicalFormat.V2,
    )


async def reset(exchange: Exchange, answer: bytes) -> None:
    exchange.reset()


async def half(exchange: Exchange, answer: bytes) -> None:
    await exchange.send(answer[: len(answer) // 2])
    exchange.hang_up()


async def garbage(exchange: Exchange, answer: bytes) -> None:
    await exchange.answer(202, b"<html>done</html>")


async def another_schema(exchange: Exchange, answer: bytes) -> None:
    await exchange.answer(202, b'{"queued": true}')


async def hold_back(exchange: Exchange, answer: bytes) -> None:
    await silence(exchange)


async def dribble(exchange: Exchange, answer: bytes) -> None:
    await drip(exchange)


@pytest.mark.parametrize("fault", [reset, half, garbage, another_schema, hold_back, dribble])
async def test_a_proposal_whose_answer_is_lost_is_queued_exactly_once(
    v2_service: ReferenceService, connect: Connect, lapse: Callable[[], None], fault: Fault
) -> None:
    straight, answered = connect(v2_service.url), asyncio.Event()

    async def then_fail(exchange: Exchange, answer: bytes) -> None:
        answered.set()
        if fault in {hold_back, dribble}:
            asyncio.get_running_loop().call_later(0.03, lapse)
        await fault(exchange, answer)

    async with FaultyServer(after_the_service(v2_service.url, then_fail)) as between:
        with pytest.raises(IndeterminateError):
            await propose(connect(between.url), "lost")
        await answered.wait()
        assert len(between.exchanges) == 1
    mine = (await straight.my_changes(RITAS, statuses=[ChangeStatus.PENDING], categories=["blip"])).items
    assert [change.model_name for change in mine] == ["lost"]
    assert mine[0].payload["description"] == "sent"


@pytest.mark.parametrize("fault", [reset, half, garbage])
async def test_a_decision_and_an_apply_whose_answers_are_lost_can_be_read_afterwards(
    v2_service: ReferenceService, connect: Connect, fault: Fault
) -> None:
    straight = connect(v2_service.url)
    change = await propose(straight, f"lost decision {fault}")
    async with FaultyServer(after_the_service(v2_service.url, fault)) as between:
        crooked = connect(between.url)
        with pytest.raises(IndeterminateError):
            await crooked.decide(ABES, approve=[change.change_id], title="t")
        approved = await straight.change(DAVES, change.change_id)
        assert (approved.status, approved.approved_by) == (ChangeStatus.APPROVED, "202")
        with pytest.raises(IndeterminateError):
            await crooked.apply(ABES, [change.change_id], job_id="d:42")
    applied = await straight.change(DAVES, change.change_id)
    assert (applied.status, applied.applied_job_id) == (ChangeStatus.APPLIED, "d:42")


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.UNKNOWN])
async def test_without_an_answer_of_ai_horde_the_key_is_unconfirmed_and_nothing_is_queued(
    v2_service: ReferenceService, horde: HordeStandIn, connect: Connect, mood: Mood
) -> None:
    client = connect(v2_service.url)
    horde.play(mood)
    before = horde.calls
    with pytest.raises(UnauthorizedError):
        await propose(client, "unconfirmed")
    assert horde.calls == before + 2
    with pytest.raises(UnauthorizedError):
        await client.my_roles(RITAS)
    assert horde.calls == before + 3
    horde.play(Mood.WELL)
    assert (await client.changes(DAVES)).total == 0


async def test_a_malformed_answer_of_ai_horde_does_not_outlast_it(
    v2_service: ReferenceService, horde: HordeStandIn, connect: Connect
) -> None:
    client = connect(v2_service.url)
    horde.play(Mood.GARBAGE)
    with pytest.raises(UnavailableError) as read:
        await client.changes(DAVES)
    assert read.value.status == 500
    for _ in range(3):
        with pytest.raises(IndeterminateError) as written:
            await propose(client, "nonsense")
        assert written.value.status == 500
    horde.play(Mood.WELL)
    assert (await client.changes(DAVES)).total == 0


async def test_a_removed_role_is_refused_at_the_next_write(
    v2_service: ReferenceService, horde: HordeStandIn, connect: Connect
) -> None:
    client = connect(v2_service.url)
    await propose(client, "with the role")
    horde.know(RITA.key, "alice#999")
    with pytest.raises(ForbiddenError):
        await propose(client, "without")


@pytest.fixture
def without_ai_horde(tmp_path: Path, documents: Path) -> Iterator[ReferenceService]:
    service = ReferenceService(tmp_path, ai_horde_url="http://127.0.0.1:9/api/", documents=documents)
    with service:
        yield service


@pytest.mark.service
async def test_without_ai_horde_only_the_public_reference_can_be_read(
    without_ai_horde: ReferenceService, connect: Connect
) -> None:
    client = connect(without_ai_horde.url)
    with pytest.raises(UnavailableError) as caught:
        await propose(client, "x")
    assert (caught.value.detail, caught.value.status) == ("Auth service unavailable", 503)
    with pytest.raises(UnavailableError):
        await client.changes(DAVES)
    assert await client.models("image_generation")
    assert (await client.heartbeat()).status == "ok"


@pytest.fixture
def without_queue(tmp_path: Path, horde: HordeStandIn) -> Iterator[ReferenceService]:
    disabled = {"HORDE_MODEL_REFERENCE_PENDING_QUEUE__ENABLED": "false"}
    service = ReferenceService(tmp_path, ai_horde_url=horde.url, extra_environment=disabled)
    with service:
        yield service


@pytest.mark.service
async def test_a_disabled_queue_is_refused_permanently(without_queue: ReferenceService, connect: Connect) -> None:
    client = connect(without_queue.url)
    for refused in (propose(client, "x"), client.changes(DAVES), client.change(DAVES, 1)):
        with pytest.raises(ReadOnlyError) as caught:
            await refused
        assert caught.value.kind == "queue_disabled"


async def test_a_service_that_restarts_between_two_calls_is_reached_again(
    fresh_v2_service: ReferenceService, connect: Connect
) -> None:
    client = connect(fresh_v2_service.url)
    change = await propose(client, "survives")
    fresh_v2_service.restart()
    assert (await client.change(DAVES, change.change_id)).digest == change.digest
