import json

import pytest
from pydantic import SecretStr

from bot.reference.errors import NotFoundError, ReadOnlyError
from bot.reference.generations import (
    ServiceDocument,
    detect_generation,
    display_version,
    generation_2,
    generation_3,
    generation_4,
    generation_8,
    read_document,
)
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.requests import QueueFilter, RequestBuilder, TimeLimits
from bot.reference.routes import RouteNames, v2_prefix

KEY = SecretStr("the-key-of-a-person")
QUEUE = f"{v2_prefix}/pending_queue"
OF_2 = frozenset({f"{v2_prefix}/{{model_category_name}}"})
OF_3 = OF_2 | {f"{QUEUE}/changes"}
OF_4 = OF_3 | {f"{QUEUE}/my_changes"}
OF_8 = OF_4 | {f"{v2_prefix}/licensing/licenses"}


@pytest.mark.parametrize(("paths", "number"), [(OF_2, 2), (OF_3, 3), (OF_4, 4), (OF_8, 8)])
def test_the_paths_decide_the_generation_and_not_the_version(paths: frozenset[str], number: int) -> None:
    assert detect_generation(ServiceDocument("0.1.0", paths)).number == number
    assert detect_generation(ServiceDocument("8.6.2", paths)).number == number


def test_a_service_that_lists_no_paths_counts_as_the_newest() -> None:
    assert detect_generation(ServiceDocument("2.1.5")).number == generation_8().number


@pytest.mark.parametrize(
    ("categories", "takes_them"), [(("lora", "ti"), False), (("lora", "ti", "controlnet_annotator"), True)]
)
def test_a_legacy_service_before_8_takes_v2_only_categories_if_its_document_has_the_newest_of_them(
    categories: tuple[str, ...], *, takes_them: bool
) -> None:
    queue = frozenset({f"{v2_prefix}/pending_queue/changes", f"{v2_prefix}/pending_queue/my_changes"})
    found = detect_generation(ServiceDocument("7.6.1", queue, {"MODEL_REFERENCE_CATEGORY": categories}))
    assert (found.number, found.takes_v2_in_legacy) == (4, takes_them)


@pytest.mark.parametrize(("version", "shown"), [("0.1.0", "3.x"), ("4.1.0", "4.1.0")])
def test_the_frameworks_version_is_not_shown_as_the_services(version: str, shown: str) -> None:
    assert display_version(ServiceDocument(version, OF_3)) == shown


def test_a_document_has_its_choices_without_duplicates() -> None:
    written = {
        "info": {"version": "8.6.2"},
        "paths": {"/heartbeat": {}},
        "components": {"schemas": {"STYLE": {"enum": ["b", "a", "b", None]}, "Record": {"type": "object"}}},
    }
    document = read_document(json.dumps(written))
    assert document.choices_of("STYLE") == ("b", "a")
    assert document.choices_of("Record") == document.choices_of("nothing") == ()


@pytest.mark.parametrize(
    ("operation", "category", "dialect", "path", "has_type"),
    [
        (Operation.CREATE, "image_generation", CanonicalFormat.V2, "v2/image_generation/create_model", False),
        (Operation.UPDATE, "controlnet", CanonicalFormat.V2, "v2/controlnet/update_model/A%20b", False),
        (Operation.CREATE, "clip", CanonicalFormat.V2, "v2/clip/add", True),
        (Operation.UPDATE, "clip", CanonicalFormat.V2, "v2/clip/A%20b", True),
        (Operation.DELETE, "text_generation", CanonicalFormat.V2, "v2/text_generation/A%20b", False),
        (Operation.CREATE, "clip", CanonicalFormat.LEGACY, "v1/clip", False),
        (Operation.DELETE, "clip", CanonicalFormat.LEGACY, "v1/clip/A%20b", False),
    ],
)
def test_a_proposal_to_generation_3_uses_its_routes(
    operation: Operation, category: str, dialect: CanonicalFormat, path: str, *, has_type: bool
) -> None:
    request = RequestBuilder(generation_3(), TimeLimits()).proposal(
        KEY, operation=operation, category=category, name="A b", record={"x": 1}, dialect=dialect
    )
    assert request.path == f"/model_references/{path}"
    assert request.role == "requestor"
    assert ("record_type" in (request.content or {})) is has_type


def test_reading_the_queue_needs_a_role_only_where_roles_are_concealed() -> None:
    for generation, role in ((generation_3(), "approver"), (generation_4(), None), (generation_8(), None)):
        requests = RequestBuilder(generation, TimeLimits())
        assert requests.queue(RouteNames.list_changes, KEY, QueueFilter()).role == role
        assert requests.change(RouteNames.get_change, KEY, 1).role == role


def test_a_missing_route_is_refused_as_the_service_would() -> None:
    requests = RequestBuilder(generation_3(), TimeLimits())
    for route in (RouteNames.list_my_changes, RouteNames.get_image_baselines, RouteNames.get_licenses):
        with pytest.raises(NotFoundError) as caught:
            requests.read(route)
        assert caught.value.is_route_missing


def test_nothing_is_written_to_a_service_without_a_queue() -> None:
    requests = RequestBuilder(generation_2(), TimeLimits())
    for dialect in CanonicalFormat:
        for operation in Operation:
            with pytest.raises(ReadOnlyError) as caught:
                requests.proposal(KEY, operation=operation, category="clip", name="A", record={}, dialect=dialect)
            assert caught.value.kind == "no_queue"
    for ask in (requests.decision, requests.apply):
        with pytest.raises(ReadOnlyError, match="no pending queue"):
            ask(KEY, {})
    assert requests.category("clip", CanonicalFormat.V2).path.endswith("/v2/clip")
