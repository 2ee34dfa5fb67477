"""The client on both kinds of PRIMARY, in each one's dialect: every test runs on the real service twice."""

import itertools
from typing import Any

import pytest
from pydantic import SecretStr

from bot.demo.people import ABE, CORA, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    UnauthorizedError,
)
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange, ReplicateMode
from bot.reference.names import InvalidModelNameError, UnaddressableNameError
from tests.reference.conftest import Connect

RITAS, ABES, CORAS, DAVES = (SecretStr(person.key) for person in (RITA, ABE, CORA, DAVE))
_numbers = itertools.count(1)


@pytest.fixture
def client(primary_service: ReferenceService, connect: Connect) -> ReferenceClient:
    return connect(primary_service.url)


@pytest.fixture
def dialect(primary_service: ReferenceService) -> CanonicalFormat:
    return CanonicalFormat(primary_service.mode.value)


@pytest.fixture
def name(primary_service: ReferenceService) -> str:
    return f"Primary {next(_numbers)}"


async def propose(client: ReferenceClient, dialect: CanonicalFormat, name: str, **record: Any) -> PendingChange:
    return await client.propose(
        RITAS, operation=Operation.CREATE, category="blip", name=name, record=record, dialect=dialect
    )


async def publish(client: ReferenceClient, change: PendingChange) -> None:
    await client.decide(ABES, approve=[change.change_id], title="publish")
    result = await client.apply(ABES, [change.change_id], job_id="publish")
    assert result.failed_change_id is None


async def test_the_deployment_says_what_it_is(client: ReferenceClient, dialect: CanonicalFormat) -> None:
    found = await client.deployment()
    assert found.mode is ReplicateMode.PRIMARY
    assert found.canonical_format is dialect
    assert found.takes_writes
    assert found.version == "8.6.2"


async def test_the_service_is_up(client: ReferenceClient) -> None:
    beat = await client.heartbeat()
    assert beat.status == "ok"


@pytest.mark.parametrize(
    ("key", "user_id", "username", "roles"),
    [
        (RITAS, "101", "alice#101", {"requestor"}),
        (ABES, "202", "bob#202", {"approver", "requestor"}),
        (DAVES, "404", "dave#404", set()),
    ],
)
async def test_each_key_has_its_owner_and_roles(
    client: ReferenceClient, key: SecretStr, user_id: str, username: str, roles: set[str]
) -> None:
    mine = await client.my_roles(key)
    assert (mine.user_id, mine.username, mine.roles) == (user_id, username, frozenset(roles))


async def test_the_baselines_are_listed_by_name(client: ReferenceClient) -> None:
    names = await client.baselines()
    assert "stable_diffusion_xl" in names
    assert len(names) == len(set(names)) == 13


async def test_a_model_lives_from_proposal_to_deletion(
    client: ReferenceClient, dialect: CanonicalFormat, name: str
) -> None:
    change = await propose(client, dialect, name, description="first")
    assert change.status is ChangeStatus.PENDING
    assert (change.requested_by, change.requested_username) == ("101", "alice#101")

    batch = await client.decide(ABES, approve=[change.change_id], title="a title")
    assert [entry.status for entry in batch.approved] == [ChangeStatus.APPROVED]
    assert batch.batch_id is not None
    result = await client.apply(CORAS, [change.change_id], job_id="d:1")
    assert [entry.status for entry in result.applied] == [ChangeStatus.APPLIED]
    assert result.applied[0].applied_job_id == "d:1"
    assert result.applied[0].applied_by == "303"

    record = await client.model("blip", name, dialect=dialect)
    assert record is not None
    assert record["description"] == "first"
    update = await client.propose(
        RITAS,
        operation=Operation.UPDATE,
        category="blip",
        name=name,
        record=record | {"description": "second"},
        dialect=dialect,
    )
    difference = await client.diff(DAVES, update.change_id)
    assert ("description", "first", "second") in {
        (field.field_path, field.old_value, field.new_value)
        for field in difference.field_diffs
        if field.field_path == "description"
    }
    await publish(client, update)
    changed = await client.model("blip", name, dialect=dialect)
    assert changed is not None
    assert changed["description"] == "second"

    delete = await client.propose(
        RITAS, operation=Operation.DELETE, category="blip", name=name, record={}, dialect=dialect
    )
    assert delete.payload["description"] == "second"
    assert (await client.diff(RITAS, delete.change_id)).field_diffs == ()
    await publish(client, delete)
    assert await client.model("blip", name, dialect=dialect) is None


@pytest.mark.parametrize("extra", [{}, {"description": None}, {"zz": [{"a": None, "b": [None, 1]}, None]}])
async def test_a_change_has_the_same_digest_in_every_answer(
    client: ReferenceClient, dialect: CanonicalFormat, name: str, extra: dict[str, Any]
) -> None:
    proposed = await propose(client, dialect, name, **extra)
    ids = [proposed.change_id]
    listed = (await client.changes(DAVES)).items[-1]
    mine = (await client.my_changes(RITAS)).items[-1]
    got = await client.change(DAVES, proposed.change_id)
    approved = (await client.decide(ABES, approve=ids, title="t")).approved[0]
    applied = (await client.apply(ABES, ids, job_id="j")).applied[0]
    afterwards = await client.change(DAVES, proposed.change_id)
    seen = [proposed, listed, mine, got, approved, applied, afterwards]
    assert {entry.change_id for entry in seen} == {proposed.change_id}
    assert len({entry.digest for entry in seen}) == 1
    assert len(proposed.digest) == 10


async def test_a_rejection_carries_its_reason(client: ReferenceClient, dialect: CanonicalFormat, name: str) -> None:
    change = await propose(client, dialect, name)
    batch = await client.decide(CORAS, reject=[change.change_id], title="t", reject_reason="no licence")
    assert batch.batch_id is None
    assert batch.rejected[0].reject_reason == "no licence"
    assert batch.rejected[0].rejected_username == "carol#303"
    assert batch.rejected[0].digest == change.digest
    assert not batch.rejected[0].status.is_open


async def test_the_queue_is_paged_and_filtered(client: ReferenceClient, dialect: CanonicalFormat, name: str) -> None:
    first = await propose(client, dialect, f"{name} one")
    second = await propose(client, dialect, f"{name} TWO")
    await client.decide(ABES, reject=[first.change_id], title="t", reject_reason="r")
    page = await client.changes(DAVES, limit=1)
    assert page.total == 2
    assert [entry.change_id for entry in page.items] == [first.change_id]
    assert [e.change_id for e in (await client.changes(DAVES, offset=1)).items] == [second.change_id]
    pending = await client.changes(DAVES, statuses=[ChangeStatus.PENDING, ChangeStatus.APPLYING])
    assert [entry.change_id for entry in pending.items] == [second.change_id]
    assert (await client.changes(DAVES, model_name="two")).total == 1
    assert (await client.changes(DAVES, model_name="x" * 300)).total == 0
    assert (await client.changes(DAVES, categories=["clip", "esrgan"])).total == 0
    assert (await client.changes(DAVES, categories=["blip"], requested_by=["101"])).total == 2
    assert (await client.changes(DAVES, requested_by=["202", "303"])).total == 0
    assert (await client.my_changes(RITAS, statuses=[ChangeStatus.REJECTED])).total == 1
    assert (await client.my_changes(ABES, categories=["blip"], offset=0, limit=5)).total == 0


async def test_the_second_of_two_approvers_gets_the_current_state(
    client: ReferenceClient, dialect: CanonicalFormat, name: str
) -> None:
    change = await propose(client, dialect, name)
    await client.decide(ABES, approve=[change.change_id], title="t")
    with pytest.raises(InvalidRequestError) as caught:
        await client.decide(CORAS, approve=[change.change_id], title="t")
    assert caught.value.detail == f"Change {change.change_id} is not pending (status=approved)."
    assert caught.value.status == 400


async def test_applying_what_is_not_approved_is_refused(
    client: ReferenceClient, dialect: CanonicalFormat, name: str
) -> None:
    change = await propose(client, dialect, name)
    result = await client.apply(ABES, [change.change_id], job_id="j")
    assert result.applied == ()
    assert result.failed_error == f"Change {change.change_id} is not approved (status=pending)."
    missing = await client.apply(ABES, [99999], job_id="j")
    assert (missing.failed_change_id, missing.failed_error) == (99999, "Change 99999 not found.")


async def test_an_apply_that_fails_midway_is_a_result(
    client: ReferenceClient, dialect: CanonicalFormat, name: str
) -> None:
    await publish(client, await propose(client, dialect, name))
    deletes = [
        await client.propose(RITAS, operation=Operation.DELETE, category="blip", name=name, record={}, dialect=dialect)
        for _ in range(2)
    ]
    ids = [entry.change_id for entry in deletes]
    await client.decide(ABES, approve=ids, title="twice")
    result = await client.apply(ABES, ids, job_id="j")
    assert [entry.change_id for entry in result.applied] == ids[:1]
    assert result.failed_change_id == ids[1]
    assert result.failed_error
    assert (await client.change(DAVES, ids[1])).status is ChangeStatus.APPROVED


async def test_without_the_role_nothing_is_queued(client: ReferenceClient, dialect: CanonicalFormat, name: str) -> None:
    with pytest.raises(ForbiddenError) as caught:
        await client.propose(DAVES, operation=Operation.CREATE, category="blip", name=name, record={}, dialect=dialect)
    assert caught.value.detail == "You are not on the pending queue requestor list."
    change = await propose(client, dialect, name)
    with pytest.raises(ForbiddenError) as caught:
        await client.decide(RITAS, approve=[change.change_id], title="t")
    assert caught.value.detail == "You are not on the pending queue approver list."
    with pytest.raises(ForbiddenError):
        await client.my_changes(DAVES)


async def test_an_unknown_key_is_unconfirmed(client: ReferenceClient, dialect: CanonicalFormat) -> None:
    with pytest.raises(UnauthorizedError) as caught:
        await client.my_roles(SecretStr("a-key-without-an-owner"))
    assert (caught.value.detail, caught.value.status) == ("Invalid API key", 401)


async def test_a_name_that_exists_is_a_conflict(client: ReferenceClient, dialect: CanonicalFormat, name: str) -> None:
    await publish(client, await propose(client, dialect, name))
    with pytest.raises(ConflictError, match="already exists in category 'blip'"):
        await propose(client, dialect, name)


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE])
async def test_a_model_that_is_not_there_cannot_be_changed(
    client: ReferenceClient, dialect: CanonicalFormat, operation: Operation
) -> None:
    with pytest.raises(NotFoundError) as caught:
        await client.propose(RITAS, operation=operation, category="blip", name="nope", record={}, dialect=dialect)
    assert "'nope'" in caught.value.detail
    assert not caught.value.is_route_missing


async def test_a_wrong_field_is_named_without_what_was_sent(
    client: ReferenceClient, dialect: CanonicalFormat, name: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await client.propose(
            RITAS,
            operation=Operation.CREATE,
            category="image_generation",
            name=name,
            record={"nsfw": False, "description": "canary-in-the-body"},
            dialect=dialect,
        )
    assert caught.value.status == 422
    assert [(field.loc, field.type) for field in caught.value.fields] == [(("body", "baseline"), "missing")]
    assert "canary-in-the-body" not in caught.value.detail


ODD_NAMES = ["a b #?%&+;:'\"", "x%2Fy", "new\nline", "\u202egnp.exe", "@everyone", "\U0001f600" * 40, "n" * 300]


@pytest.mark.parametrize("odd", ODD_NAMES)
async def test_unusual_names_survive_the_round_trip(
    client: ReferenceClient, dialect: CanonicalFormat, name: str, odd: str
) -> None:
    named = f"{odd} {name}"
    await publish(client, await propose(client, dialect, named))
    assert await client.model("blip", named) is not None
    assert await client.model("blip", named, dialect=dialect) is not None


async def test_a_name_with_a_slash_is_read_through_its_category(
    client: ReferenceClient, dialect: CanonicalFormat, name: str
) -> None:
    named = f"Org/{name}"
    await publish(client, await propose(client, dialect, named))
    found = await client.model("blip", named)
    assert found is not None
    assert found["name"] == named
    with pytest.raises(UnaddressableNameError):
        await client.propose(RITAS, operation=Operation.DELETE, category="blip", name=named, record={}, dialect=dialect)


@pytest.mark.parametrize("bad", ["", "  ", "a\\b", "\udc00"])
async def test_a_name_that_the_service_refuses_is_not_sent(
    client: ReferenceClient, dialect: CanonicalFormat, bad: str
) -> None:
    with pytest.raises(InvalidModelNameError):
        await propose(client, dialect, bad)
    assert (await client.changes(DAVES)).total == 0


async def test_an_unknown_category_is_not_sent(client: ReferenceClient, dialect: CanonicalFormat) -> None:
    with pytest.raises(InvalidRequestError, match="no category 'nonsense'"):
        await client.propose(
            RITAS, operation=Operation.CREATE, category="nonsense", name="x", record={}, dialect=dialect
        )


async def test_a_missing_model_is_none_and_a_missing_change_is_an_error(client: ReferenceClient) -> None:
    assert await client.model("blip", "nope") is None
    assert await client.model("blip", "Org/nope") is None
    with pytest.raises(NotFoundError, match="Change not found"):
        await client.change(DAVES, 99999)
    with pytest.raises(NotFoundError, match="Change not found"):
        await client.diff(DAVES, 99999)
