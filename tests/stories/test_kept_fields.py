"""Fields that a service does not keep: no form asks for them, and a draft that has them names them."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.reference.deployment import LEGACY_CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.forms.fields_table import fields_of
from bot.services.records.field_support import dropped_paths, unsupported_fields
from tests.harness.http import openapi
from tests.harness.messages import answer_of, text_of
from tests.harness.queue import categories_taken, change_of, has_licences
from tests.harness.simulation import Simulation
from tests.stories.attachments import json_file
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, LEGACY, V2
from tests.stories.people import change_id_in, link, sections_of

A_WHILE_S = 10
"""Between two proposals: a user takes at most ten actions a minute."""

LICENSING = {
    "license_expression": "Apache-2.0",
    "license_ids": ["Apache-2.0"],
    "commercial_use": "allowed",
    "redistribution": "allowed",
}
EXTRA: dict[str, Any] = {
    "description": "Draws boats.",
    "version": "2",
    "finetune_series": {"name": "Boats"},
    "size_on_disk_bytes": 7,
    "licensing": LICENSING,
    "min_bridge_version": 11,
    "name_schema_exception": "It was here before.",
    "mooring": {"at": "the pier"},
}
"""Fields that some generation keeps in some category, and one that none knows."""


@pytest.fixture(params=list(CanonicalFormat), ids=str)
def dialect(request: pytest.FixtureRequest) -> CanonicalFormat:
    chosen: CanonicalFormat = request.param
    return chosen


@pytest.fixture
def service(dialect: CanonicalFormat, request: pytest.FixtureRequest) -> ReferenceService:
    chosen: ReferenceService = request.getfixturevalue(f"{dialect.value}_service")
    return chosen


def document_of(service: ReferenceService) -> dict[str, Any]:
    return openapi(service)


def record_for(category: str, dialect: CanonicalFormat) -> tuple[dict[str, Any], CanonicalFormat]:
    """A record that says more than any service keeps, and the vocabulary it is in."""
    is_legacy = dialect is CanonicalFormat.LEGACY and category in LEGACY_CATEGORIES
    config = CONFIG_LEGACY if is_legacy else CONFIG_V2
    download = [{**config["download"][0], "size_bytes": 5, "known_slow_download": True}]
    record = {**(LEGACY if is_legacy else V2)[category], **EXTRA, "config": {**config, "download": download}}
    return record, CanonicalFormat.LEGACY if is_legacy else CanonicalFormat.V2


def gone(said: Mapping[str, Any], stored: Mapping[str, Any], path: str = "") -> set[str]:
    """Places of a record that are not in another, those of all list entries as one."""
    found = set()
    for key, value in said.items():
        where = f"{path}.{key}" if path else key
        if key not in stored:
            found.add(where)
        elif isinstance(value, Mapping):
            found |= gone(value, stored[key], where)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            found |= gone(value[0], stored[key][0], where)
    return found


async def test_what_a_draft_names_is_what_the_service_drops(
    simulation: Simulation, world: World, service: ReferenceService, dialect: CanonicalFormat
) -> None:
    await simulation.bot.services.catalogue.refresh()
    await link(world, RITA)
    rita = world.member(RITA)
    for category in categories_taken(service):
        record, own = record_for(category, dialect)
        lost = dropped_paths(record, category, own, document_of(service))
        said = {"name": f"Story Kept {category} {dialect}", **record}
        drafted = await rita.slash(world.public, "propose-model create", category=category, record=json_file(said))
        card = text_of(drafted).replace("\\", "")
        assert ("**This service does not store:**" in card) is bool(lost)
        assert all(f"`{place}`" in card for place in lost[:6]), category
        if (category, dialect) == ("text_generation", CanonicalFormat.V2):
            continue  # no generation can apply one of these where v2 is canonical
        await rita.click(answer_of(drafted), label="Submit")
        change = change_of(service, change_id_in(text_of(answer_of(drafted))), ABE)
        dropped = gone(record, change["payload"])
        if category == "text_generation":
            # v2 renames one field (8.6.2); the rows of legacy drop theirs when it is applied
            assert dropped - {"parameters"} <= set(lost)
        else:
            assert dropped == set(lost), category
        await simulation.env.advance_time(A_WHILE_S)


async def test_a_licence_that_is_not_kept_is_not_asked_for_and_named_where_it_is_there(
    simulation: Simulation, world: World, service: ReferenceService, dialect: CanonicalFormat
) -> None:
    await simulation.bot.services.catalogue.refresh()
    await link(world, RITA)
    record = {"name": f"Story Licence {dialect}", "baseline": "stable_diffusion_xl", "nsfw": False}
    record |= {"licensing": LICENSING}
    drafted = await world.member(RITA).slash(
        world.public, "propose-model create", category="image_generation", record=json_file(record)
    )
    is_kept = has_licences(service)
    assert ("Licensing" in sections_of(answer_of(drafted))) is is_kept
    assert ("**This service does not store:** `licensing`." in text_of(drafted)) is not is_kept


async def test_a_category_that_a_service_is_too_old_for_is_refused_before_anything_is_typed(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await simulation.bot.services.catalogue.refresh()
    await link(world, RITA)
    rita = world.member(RITA)
    taken = categories_taken(service)
    for category in ("lora", "controlnet_annotator", "clip"):
        opened = await rita.slash(world.public, "propose-model create", category=category)
        assert (opened.modal is not None) is (category in taken), category
        if category not in taken:
            assert "takes no models of this category" in text_of(opened)
            assert "Image model" in text_of(opened)


def test_forms_leave_out_what_is_not_kept_and_never_what_is_required(
    service: ReferenceService, dialect: CanonicalFormat
) -> None:
    document = document_of(service)
    for category in categories_taken(service):
        _, own = record_for(category, dialect)
        left_out = unsupported_fields(category, own, document)
        assert not left_out & {one.key for one in fields_of(category, own) if one.is_required}
        assert not (left_out and has_licences(service)), "the newest generation keeps all of it"
    image = unsupported_fields("image_generation", dialect, document)
    assert ("licensing.license_expression" in image) is not has_licences(service)
