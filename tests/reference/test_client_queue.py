"""Purges and the audit log on the real service, and pages that are too large to be read at once."""

from pathlib import Path
from typing import override

import httpx
import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    NotFoundError,
    ReadOnlyError,
    UnavailableError,
)
from bot.reference.generations import generation_8
from bot.reference.listing import Listing
from bot.reference.models import ChangeStatus
from bot.reference.paging import PARTS_MAX, read_pages
from bot.reference.requests import QueueFilter
from bot.reference.transport import Transport, make_http_client
from tests.harness.queue import apply_beside, changes_in, decide_beside, propose_beside
from tests.reference.conftest import Connect

RITAS, ABES, DAVES = (SecretStr(person.key) for person in (RITA, ABE, DAVE))
PENDING = QueueFilter(statuses=(ChangeStatus.PENDING,))


@pytest.fixture
def client(primary_service: ReferenceService, connect: Connect) -> ReferenceClient:
    return connect(primary_service.url)


async def test_a_dry_run_lists_the_changes_of_a_purge_and_removes_none(
    client: ReferenceClient, primary_service: ReferenceService
) -> None:
    ids = [propose_beside(primary_service, f"Trial {number}") for number in range(3)]
    decide_beside(primary_service, reject=ids[:1])
    tried = await client.purge(ABES, PENDING, dry_run=True)
    assert tried.dry_run
    assert sorted(tried.removed_change_ids) == ids[1:]
    assert len(changes_in(primary_service)) == 3
    named = QueueFilter(statuses=PENDING.statuses, model_name="TRIAL 2", requested_by=("101",), categories=("blip",))
    assert (await client.purge(ABES, named, dry_run=True)).removed_change_ids == ()
    done = await client.purge(ABES, PENDING, dry_run=False)
    assert sorted(done.removed_change_ids) == ids[1:]
    assert [change["change_id"] for change in changes_in(primary_service)] == ids[:1]


async def test_only_approvers_purge_and_never_everything(
    client: ReferenceClient, primary_service: ReferenceService
) -> None:
    propose_beside(primary_service, "Kept")
    for key in (RITAS, DAVES):
        with pytest.raises(ForbiddenError):
            await client.purge(key, PENDING, dry_run=False)
    with pytest.raises(InvalidRequestError, match="at least one filter"):
        await client.purge(ABES, QueueFilter(), dry_run=False)
    assert len(changes_in(primary_service)) == 1


async def test_a_batch_of_approvals_has_its_changes(client: ReferenceClient, primary_service: ReferenceService) -> None:
    ids = [propose_beside(primary_service, f"Logged {number}") for number in range(2)]
    batch_id = decide_beside(primary_service, approve=ids[:1], reject=ids[1:])
    apply_beside(primary_service, ids[0])
    batch = await client.batch(DAVES, batch_id)
    assert batch.approved_by == ABE.horde_user_id
    assert {change.change_id: change.status for change in batch.changes} == {
        ids[0]: ChangeStatus.APPLIED,
        ids[1]: ChangeStatus.REJECTED,
    }
    with pytest.raises(NotFoundError):
        await client.batch(DAVES, 10**6)


@pytest.mark.service
async def test_a_service_without_an_audit_log_refuses_permanently(
    tmp_path: Path, horde: HordeStandIn, connect: Connect
) -> None:
    disabled = {"HORDE_MODEL_REFERENCE_AUDIT__ENABLED": "false"}
    with ReferenceService(tmp_path, ai_horde_url=horde.url, extra_environment=disabled) as service:
        with pytest.raises(ReadOnlyError) as caught:
            await connect(service.url).batch(ABES, 1)
        assert caught.value.kind == "audit_disabled"


ALL = 100
LEVELS = 300
"""More than the parser of replies takes."""


def nested(levels: int) -> object:
    value: object = "x"
    for _ in range(levels):
        value = [value]
    return value


class LargePages(httpx.AsyncBaseTransport):
    """A service whose larger pages, and one change, pass the size limit; another change is nested deeply."""

    def __init__(self, largest: int, huge: int | None = None, deep: int | None = None) -> None:
        self.largest = largest
        self.huge = huge
        self.deep = deep
        self.asked: list[tuple[int, int]] = []

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        self.asked.append((offset, limit))
        if (limit > self.largest and offset < ALL) or (self.huge is not None and offset <= self.huge < offset + limit):
            return httpx.Response(200, stream=httpx.ByteStream(b" " * (8 * 1024 * 1024 + 1)))
        items = [
            {
                "change_id": number, "category": "blip", "model_name": "x", "operation": "create",
                "requested_by": "101", "requested_at": 1, "status": "pending",
            }
            for number in range(offset, min(offset + limit, ALL))
        ]  # fmt: skip
        for item in items:
            item["payload"] = {"settings": nested(LEVELS if item["change_id"] == self.deep else 1)}
        return httpx.Response(
            200, stream=httpx.ByteStream(httpx.Response(200, json={"items": items, "total": ALL}).content)
        )


async def test_a_page_of_megabytes_is_read_in_parts() -> None:
    way = LargePages(largest=3)
    async with make_http_client("http://service.example/api", transport=way) as http:
        page = await ReferenceClient(Transport(http), generation_8()).changes(ABES, offset=10, limit=8)
    assert [change.change_id for change in page.items] == list(range(10, 18))
    assert page.total == 100
    assert len(way.asked) == 7


async def test_one_change_that_is_too_large_by_itself_hides_no_other() -> None:
    way = LargePages(largest=500, huge=13)
    async with make_http_client("http://service.example/api", transport=way) as http:
        client = ReferenceClient(Transport(http), generation_8())
        page = await client.changes(ABES, limit=500)
        dates = await client.milestones(ABES)
        alone = await client.listing(ABES, offset=13)
    others = [number for number in range(ALL) if number != 13]
    assert [change.change_id for change in page.items] == [change.change_id for change in dates.items] == others
    assert page.total == dates.total == alone.total == ALL
    assert (alone.entries, alone.unreadable, alone.length) == ((), (0,), 1)


async def test_one_change_that_is_nested_too_deeply_hides_no_other() -> None:
    way = LargePages(largest=500, deep=13)
    async with make_http_client("http://service.example/api", transport=way) as http:
        client = ReferenceClient(Transport(http), generation_8())
        page = await client.changes(ABES, limit=500)

        async def read(offset: int) -> Listing:
            return await client.listing(ABES, offset=offset)

        listings = [listing async for listing in read_pages(read)]
    others = [number for number in range(ALL) if number != 13]
    assert [change.change_id for change in page.items] == others
    assert [entry["change_id"] for one in listings for entry in one.entries or ()] == others
    assert [number for one in listings for number in one.unreadable] == [13]


async def test_reading_a_page_ends_when_every_change_is_too_large() -> None:
    way = LargePages(largest=0)
    async with make_http_client("http://service.example/api", transport=way) as http:
        page = await ReferenceClient(Transport(http), generation_8()).changes(ABES, limit=8)
    assert (page.items, page.total) == ((), ALL)
    assert page.left_out == 8
    assert len(way.asked) == 15 + 1, "each part once, and one count"


async def test_a_page_of_changes_that_are_all_too_large_ends_early() -> None:
    way = LargePages(largest=0)
    async with make_http_client("http://service.example/api", transport=way) as http:
        page = await ReferenceClient(Transport(http), generation_8()).changes(ABES, limit=ALL)
    assert (page.items, page.left_out) == ((), ALL)
    assert len(way.asked) == PARTS_MAX + 1


async def test_a_dry_run_without_an_answer_has_certainly_done_nothing() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    async with make_http_client("http://service.example/api", transport=httpx.MockTransport(fail)) as http:
        client = ReferenceClient(Transport(http), generation_8())
        with pytest.raises(UnavailableError):
            await client.purge(ABES, PENDING, dry_run=True)
        with pytest.raises(IndeterminateError):
            await client.purge(ABES, PENDING, dry_run=False)


async def test_a_change_too_large_to_be_read_is_known_by_its_number(
    client: ReferenceClient, primary_service: ReferenceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, large, last = (
        propose_beside(primary_service, name, description=text)
        for name, text in (("Small Before", ""), ("Large", "x" * 20_000), ("Small After", ""))
    )
    monkeypatch.setattr("bot.reference.transport.MAX_BODY_BYTES", 15_000)

    async def read(offset: int) -> Listing:
        return await client.listing(ABES, statuses=[ChangeStatus.PENDING], offset=offset)

    pages = [page async for page in read_pages(read)]
    assert [number for page in pages for number in page.unreadable] == [large]
    shown = [entry["change_id"] for page in pages for entry in page.entries or ()]
    assert {first, last} <= set(shown)
    assert large not in shown
