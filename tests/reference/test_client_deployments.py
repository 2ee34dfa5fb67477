"""Every category in each dialect, and the refusals of each deployment, on the real service."""

from collections.abc import Awaitable
from typing import Any

import pytest
from pydantic import SecretStr

from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.client import ReferenceClient
from bot.reference.deployment import (
    CATEGORIES,
    LEGACY_CATEGORIES,
    V2_ONLY_CATEGORIES,
    assert_canonical_write_enabled,
    assert_pending_queue_write_enabled,
)
from bot.reference.errors import ReadOnlyError
from bot.reference.models import CanonicalFormat, Operation, PendingChange, ReplicateMode
from bot.reference.records import FileEntry, files_of, new_record, with_files
from tests.reference.conftest import Connect
from tests.reference.payloads import FULLER_LEGACY, FULLER_V2, MINIMAL_LEGACY, MINIMAL_V2

RITAS, ABES, DAVES = (SecretStr(person.key) for person in (RITA, ABE, DAVE))
V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY

ALL_V2 = [*MINIMAL_V2.items(), *FULLER_V2.items()]
ALL_LEGACY = [*MINIMAL_LEGACY.items(), *FULLER_LEGACY.items()]


def ids_of(table: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [f"{category}-{len(record)}-fields" for category, record in table]


async def create(
    client: ReferenceClient, category: str, record: dict[str, Any], dialect: CanonicalFormat
) -> PendingChange:
    return await client.propose(
        RITAS,
        operation=Operation.CREATE,
        category=category,
        name=record["name"],
        record=record,
        dialect=dialect,
    )


def contains(stored: Any, sent: Any) -> bool:
    """Return whether the stored value contains all that was sent; the service adds fields."""
    if isinstance(sent, dict):
        return isinstance(stored, dict) and all(
            key in stored and contains(stored[key], item) for key, item in sent.items()
        )
    if isinstance(sent, list):
        return len(stored) == len(sent) and all(map(contains, stored, sent))
    return bool(stored == sent)


def test_the_tables_cover_every_category() -> None:
    assert set(MINIMAL_V2) == set(CATEGORIES)
    assert set(MINIMAL_LEGACY) == set(LEGACY_CATEGORIES)


@pytest.mark.parametrize(("category", "record"), ALL_V2, ids=ids_of(ALL_V2))
async def test_every_category_can_be_proposed_in_v2(
    v2_service: ReferenceService, connect: Connect, category: str, record: dict[str, Any]
) -> None:
    change = await create(connect(v2_service.url), category, record, V2)
    assert (change.category, change.model_name, change.operation) == (
        category,
        record["name"],
        Operation.CREATE,
    )
    expected = {key: item for key, item in record.items() if key != "parameters"}
    assert contains(change.payload, expected)


@pytest.mark.parametrize(("category", "record"), ALL_LEGACY, ids=ids_of(ALL_LEGACY))
async def test_every_legacy_category_can_be_proposed_in_legacy(
    legacy_service: ReferenceService, connect: Connect, category: str, record: dict[str, Any]
) -> None:
    change = await create(connect(legacy_service.url), category, record, LEGACY)
    assert (change.category, change.model_name) == (category, record["name"])
    assert contains(change.payload, record)


@pytest.mark.parametrize("category", sorted(V2_ONLY_CATEGORIES))
async def test_a_legacy_deployment_takes_the_categories_that_have_no_legacy_form(
    legacy_service: ReferenceService, connect: Connect, category: str
) -> None:
    client = connect(legacy_service.url)
    dialect = (await client.deployment()).dialect_for(category)
    change = await create(client, category, MINIMAL_V2[category], dialect)
    assert change.category == category


@pytest.mark.parametrize("category", LEGACY_CATEGORIES)
async def test_a_new_legacy_record_has_the_type_that_the_service_fixes(
    legacy_service: ReferenceService, connect: Connect, category: str
) -> None:
    needed = {key: item for key, item in MINIMAL_LEGACY[category].items() if key in {"baseline", "parameters"}}
    style = {"type": "control_canny"} if category == "controlnet" else {}
    record = new_record(category, "Fresh", LEGACY) | style | needed
    change = await create(connect(legacy_service.url), category, record, LEGACY)
    assert change.payload.get("type") == record.get("type", change.payload.get("type"))
    if category != "text_generation":
        assert record["type"]


@pytest.mark.parametrize("dialect", [V2, LEGACY])
async def test_proposed_files_are_the_files_of_the_published_model(
    v2_service: ReferenceService, legacy_service: ReferenceService, connect: Connect, dialect: CanonicalFormat
) -> None:
    client = connect((v2_service if dialect is V2 else legacy_service).url)
    files = (
        FileEntry("a.safetensors", "https://models.example.org/a", sha256="a" * 64),
        FileEntry("b.safetensors", "https://models.example.org/b"),
    )
    started = new_record("esrgan", f"With files {dialect}", dialect)
    change = await create(client, "esrgan", with_files(started, files, dialect), dialect)
    assert files_of(change.payload, dialect) == files
    await client.decide(ABES, approve=[change.change_id], title="t")
    result = await client.apply(ABES, [change.change_id], job_id="j")
    assert result.failed_error is None
    for read_as in {dialect, V2}:
        record = await client.model("esrgan", change.model_name, dialect=read_as)
        assert record is not None
        assert files_of(record, read_as) == files


async def test_a_v2_deployment_has_no_legacy_writes(v2_service: ReferenceService, connect: Connect) -> None:
    client = connect(v2_service.url)
    with pytest.raises(ReadOnlyError) as caught:
        await create(client, "blip", {"name": "x"}, LEGACY)
    assert (caught.value.kind, caught.value.status) == ("format", 405)
    with pytest.raises(ReadOnlyError) as caught:
        await client.propose(RITAS, operation=Operation.DELETE, category="blip", name="x", record={}, dialect=LEGACY)
    assert (caught.value.kind, caught.value.status) == ("format", 404)
    assert (await client.changes(DAVES)).total == 0


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.DELETE])
async def test_a_legacy_deployment_refuses_v2_writes_with_the_text_that_the_client_predicts(
    legacy_service: ReferenceService, connect: Connect, operation: Operation
) -> None:
    client = connect(legacy_service.url)
    known = next(iter(await client.models("blip")), "nope")
    name = known if operation is Operation.DELETE else "x"
    with pytest.raises(ReadOnlyError) as said:
        await client.propose(RITAS, operation=operation, category="blip", name=name, record={}, dialect=V2)
    with pytest.raises(ReadOnlyError) as foreseen:
        assert_canonical_write_enabled(V2, deployment=await client.deployment())
    assert said.value.detail == foreseen.value.detail
    assert said.value.kind == foreseen.value.kind == "format"


async def test_a_legacy_category_is_read_in_both_dialects(legacy_service: ReferenceService, connect: Connect) -> None:
    client = connect(legacy_service.url)
    modern, old = await client.models("clip"), await client.models("clip", dialect=LEGACY)
    assert modern.keys() == old.keys()
    name = next(iter(modern))
    assert "record_type" in modern[name]
    assert old[name]["type"] == "clip"


async def test_a_v2_deployment_shows_nothing_in_legacy(v2_service: ReferenceService, connect: Connect) -> None:
    client = connect(v2_service.url)
    assert await client.models("image_generation", dialect=LEGACY) == {}
    assert await client.model("image_generation", "Lantern Dusk", dialect=LEGACY) is None
    assert await client.model("image_generation", "Lantern Dusk") is not None


async def test_a_text_model_with_a_slash_can_be_updated_in_legacy(
    legacy_service: ReferenceService, connect: Connect
) -> None:
    client = connect(legacy_service.url)
    name = next(name for name in await client.models("text_generation") if "/" in name)
    record = await client.model("text_generation", name, dialect=LEGACY)
    assert record is not None
    change = await client.propose(
        RITAS,
        operation=Operation.UPDATE,
        category="text_generation",
        name=name,
        record={"parameters": record["parameters"], "description": "new"},
        dialect=LEGACY,
    )
    assert change.operation is Operation.UPDATE


async def test_a_replica_says_so_and_still_shows_the_reference(
    replica_service: ReferenceService, connect: Connect
) -> None:
    client = connect(replica_service.url)
    found = await client.deployment()
    assert (found.mode, found.writable, found.takes_writes) == (ReplicateMode.REPLICA, False, False)
    assert await client.models("image_generation")
    assert (await client.my_roles(RITAS)).roles == {"requestor"}


async def test_a_replica_refuses_proposals_with_the_text_that_the_client_predicts(
    replica_service: ReferenceService, connect: Connect
) -> None:
    client = connect(replica_service.url)
    with pytest.raises(ReadOnlyError) as said:
        await create(client, "blip", {"name": "x"}, V2)
    with pytest.raises(ReadOnlyError) as foreseen:
        assert_canonical_write_enabled(V2, deployment=await client.deployment())
    assert (said.value.detail, said.value.kind) == (foreseen.value.detail, "replica")
    with pytest.raises(ReadOnlyError):
        await create(client, "blip", {"name": "x"}, LEGACY)


async def test_a_replica_refuses_its_queue_with_the_text_that_the_client_predicts(
    replica_service: ReferenceService, connect: Connect
) -> None:
    client = connect(replica_service.url)
    with pytest.raises(ReadOnlyError) as foreseen:
        assert_pending_queue_write_enabled(await client.deployment())
    several: list[Awaitable[Any]] = [
        client.changes(DAVES),
        client.my_changes(RITAS),
        client.decide(ABES, approve=[1], title="t"),
        client.apply(ABES, [1], job_id="j"),
    ]
    for refused in several:
        with pytest.raises(ReadOnlyError) as said:
            await refused
        assert (said.value.detail, said.value.kind) == (foreseen.value.detail, "replica")
    single: list[Awaitable[Any]] = [client.change(DAVES, 1), client.diff(DAVES, 1)]
    for refused in single:
        with pytest.raises(ReadOnlyError) as said:
            await refused
        assert said.value.kind == "queue_disabled"
