"""Detection of older services by their OpenAPI documents."""

import json
import re

import pytest
from pydantic import SecretStr

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.reference.deployment import V2_ONLY_CATEGORIES
from bot.reference.errors import ApiError
from bot.reference.generations import detect_generation, read_document
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.routes import v1_prefix
from tests.compat.conftest import Connect
from tests.harness.http import CLIENT

LEGACY_WRITES = re.compile(rf"(POST|PUT|DELETE) {v1_prefix}/.*")
GENERATIONS = (2, 3, 4, 8)
METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE", "decide": "POST", "apply": "POST", "purge": "POST"}


def document_of(service: ReferenceService) -> bytes:
    return CLIENT.get(f"{service.url}/openapi.json").content


def test_the_paths_decide_the_generation(primary_service: ReferenceService, version: str) -> None:
    found = detect_generation(read_document(document_of(primary_service)))
    major = int(version.partition(".")[0])
    assert found.number == max(known for known in GENERATIONS if known <= major)


async def test_a_deployment_takes_the_categories_that_it_is_said_to_take_and_no_other(
    primary_service: ReferenceService, connect: Connect
) -> None:
    client = connect(primary_service)
    deployment = await client.deployment()
    for category in V2_ONLY_CATEGORIES - {"controlnet_annotator"}:
        name = f"compat {category}"
        proposing = client.propose(
            SecretStr(RITA.key),
            operation=Operation.CREATE,
            category=category,
            name=name,
            record={"name": name, "description": "A model."},
            dialect=CanonicalFormat.V2,
        )
        if category in deployment.categories:
            assert (await proposing).model_name == name
        else:
            with pytest.raises(ApiError):
                await proposing


async def test_the_deployment_says_what_it_is(
    primary_service: ReferenceService, connect: Connect, version: str
) -> None:
    deployment = await connect(primary_service).deployment()
    is_legacy = primary_service.mode is Mode.LEGACY
    assert deployment.canonical_format is (CanonicalFormat.LEGACY if is_legacy else CanonicalFormat.V2)
    assert deployment.takes_writes
    assert deployment.version in {version, f"{version.partition('.')[0]}.x"}


def test_every_registered_route_exists(primary_service: ReferenceService) -> None:
    document = document_of(primary_service)
    paths: dict[str, dict[str, object]] = json.loads(document)["paths"]
    there = {f"{method.upper()} {_shape(path)}" for path, methods in paths.items() for method in methods}
    registry = detect_generation(read_document(document)).routes
    for (prefix, route), path in registry._paths.items():
        is_typed_write = route.value.endswith("_model") and route.value.split("_")[0] not in {"get", "update", "delete"}
        method = next((m for verb, m in METHODS.items() if route.value.startswith(verb)), "GET")
        method = "POST" if is_typed_write and route.value != "get_single_model" else method
        wanted = f"{method} {_shape(path)}"
        if route.value == "get_openapi_document":
            continue
        if primary_service.mode is Mode.V2 and LEGACY_WRITES.fullmatch(wanted):
            continue
        assert any(_fits(wanted, one) for one in there), (prefix, route, wanted)


def _shape(path: str) -> str:
    """Return a path without the names of its variables."""
    return re.sub(r"\{\w+\}", "{}", path)


def _fits(wanted: str, there: str) -> bool:
    """Return whether a path of the service serves a path of ours; a category's own path serves the variable one."""
    return re.fullmatch(re.escape(there).replace(r"\{\}", "[^/]+"), wanted) is not None or (
        re.fullmatch(re.escape(wanted).replace(r"\{\}", "[^/]+"), there) is not None
    )


@pytest.mark.parametrize("name", ["KNOWN_IMAGE_GENERATION_BASELINE", "MODEL_STYLE", "CONTROLNET_STYLE"])
def test_choices_are_in_the_services_own_document(v2_service: ReferenceService, name: str) -> None:
    assert read_document(document_of(v2_service)).choices_of(name)
