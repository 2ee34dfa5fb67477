"""The client on an older service: the features and the refusals of the newest."""

import pytest
from pydantic import SecretStr

from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.reference.client import ReferenceClient
from bot.reference.deployment import LEGACY_CATEGORIES, V2_ONLY_CATEGORIES
from bot.reference.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    ReadOnlyError,
    UnauthorizedError,
)
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange
from bot.reference.records import Record, new_record
from tests.compat.conftest import Connect
from tests.harness.queue import categories_taken
from tests.stories.payloads import LEGACY, V2

RITAS, ABES, DAVES = (SecretStr(person.key) for person in (RITA, ABE, DAVE))
UNKNOWN = SecretStr("a-key-without-an-owner")


def dialect_of(service: ReferenceService, category: str) -> CanonicalFormat:
    is_legacy = service.mode is Mode.LEGACY and category in LEGACY_CATEGORIES
    return CanonicalFormat.LEGACY if is_legacy else CanonicalFormat.V2


def record_of(category: str, name: str, dialect: CanonicalFormat) -> Record:
    fields = LEGACY if dialect is CanonicalFormat.LEGACY else V2
    return {**new_record(category, name, dialect), **fields[category], "description": "As first proposed."}


async def published(client: ReferenceClient, change: PendingChange) -> str | None:
    """Approve and apply; return the service's error text, None on success."""
    await client.decide(ABES, approve=[change.change_id], title="Compat")
    result = await client.apply(ABES, [change.change_id], job_id="compat")
    return result.failed_error


async def test_a_model_of_each_category_lives_from_proposal_to_deletion(
    primary_service: ReferenceService, connect: Connect
) -> None:
    client = connect(primary_service)
    for category in categories_taken(primary_service):
        dialect, name = dialect_of(primary_service, category), f"Compat {category}"
        if category == "text_generation" and dialect is CanonicalFormat.V2:
            continue  # no generation can apply one of these where v2 is canonical
        record = record_of(category, name, dialect)
        created = await client.propose(
            RITAS, operation=Operation.CREATE, category=category, name=name, record=record, dialect=dialect
        )
        assert await published(client, created) is None, category
        live = await client.model(category, name, dialect=dialect)
        assert live is not None, category
        if dialect is CanonicalFormat.V2:
            assert live["record_type"] == category
        assert live["description"] == "As first proposed."
        changed = {**live, "description": "As it is now."}
        updated = await client.propose(
            RITAS, operation=Operation.UPDATE, category=category, name=name, record=changed, dialect=dialect
        )
        assert (await client.diff(ABES, updated.change_id)).operation is Operation.UPDATE
        assert await published(client, updated) is None, category
        live = await client.model(category, name, dialect=dialect)
        assert live is not None
        assert live["description"] == "As it is now."
        deleted = await client.propose(
            RITAS, operation=Operation.DELETE, category=category, name=name, record={}, dialect=dialect
        )
        assert await published(client, deleted) is None, category
        assert await client.model(category, name, dialect=dialect) is None


async def test_a_change_has_the_same_digest_in_every_answer(
    primary_service: ReferenceService, connect: Connect
) -> None:
    client = connect(primary_service)
    dialect = dialect_of(primary_service, "image_generation")
    record = record_of("image_generation", "Compat Digest", dialect)
    sent = await client.propose(
        RITAS,
        operation=Operation.CREATE,
        category="image_generation",
        name="Compat Digest",
        record=record,
        dialect=dialect,
    )
    read = await client.change(ABES, sent.change_id)
    (listed,) = (await client.changes(ABES, statuses=[ChangeStatus.PENDING])).items
    (decided,) = (await client.decide(ABES, reject=[sent.change_id], title="Compat", reject_reason="No.")).rejected
    assert len({change.digest for change in (sent, read, listed, decided)}) == 1
    assert sent.resource_kind == "model_reference"


async def test_a_missing_role_is_not_called_a_bad_key(primary_service: ReferenceService, connect: Connect) -> None:
    client = connect(primary_service)
    dialect = dialect_of(primary_service, "image_generation")
    record = record_of("image_generation", "Compat Role", dialect)

    async def propose(key: SecretStr) -> PendingChange:
        return await client.propose(
            key,
            operation=Operation.CREATE,
            category="image_generation",
            name="Compat Role",
            record=record,
            dialect=dialect,
        )

    with pytest.raises(ForbiddenError):
        await propose(DAVES)
    with pytest.raises(UnauthorizedError):
        await propose(UNKNOWN)
    change = await propose(RITAS)
    with pytest.raises(ForbiddenError):
        await client.decide(RITAS, approve=[change.change_id], title="Compat")
    with pytest.raises(ForbiddenError):
        await client.apply(RITAS, [change.change_id], job_id="compat")
    with pytest.raises(UnauthorizedError):
        await client.changes(UNKNOWN)


async def test_the_queue_is_read_with_the_key_that_it_takes(
    v2_service: ReferenceService, connect: Connect, version: str
) -> None:
    client = connect(v2_service)
    assert (await client.changes(ABES)).total == 0
    if version.startswith("3."):
        with pytest.raises(ForbiddenError):
            await client.changes(SecretStr("0000000000"))
        with pytest.raises(NotFoundError) as caught:
            await client.my_changes(RITAS)
        assert caught.value.is_route_missing
    else:
        assert (await client.changes(SecretStr("0000000000"))).total == 0
        assert (await client.my_changes(RITAS)).total == 0


async def test_what_older_services_do_not_have_is_refused_before_it_is_sent(
    v2_service: ReferenceService, legacy_service: ReferenceService, connect: Connect
) -> None:
    for category in sorted(V2_ONLY_CATEGORIES - set(categories_taken(v2_service))):
        assert await connect(v2_service).models(category) == {}
        new = connect(v2_service).propose(
            RITAS,
            operation=Operation.CREATE,
            category=category,
            name="Compat Annotator",
            record={},
            dialect=CanonicalFormat.V2,
        )
        with pytest.raises(InvalidRequestError, match=f"no category '{category}'"):
            await new
    for category in sorted(V2_ONLY_CATEGORIES - {"controlnet_annotator"} - set(categories_taken(legacy_service))):
        v2_only = connect(legacy_service).propose(
            RITAS,
            operation=Operation.CREATE,
            category=category,
            name="Compat Only",
            record=V2[category],
            dialect=CanonicalFormat.V2,
        )
        with pytest.raises(ReadOnlyError) as caught:
            await v2_only
        assert caught.value.kind == "format"


async def test_baselines_are_those_that_the_service_knows(v2_service: ReferenceService, connect: Connect) -> None:
    client = connect(v2_service)
    assert {"stable_diffusion_1", "stable_diffusion_xl", "flux_1"} <= set(await client.baselines())
    assert await client.licenses() == ()
