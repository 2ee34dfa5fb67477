import pytest
from pydantic import SecretStr

from bot.reference.document import ServiceDocument, read_document
from bot.reference.errors import NotFoundError, ReadOnlyError
from bot.reference.generations import (
    generation_2,
    generation_3,
    generation_4,
    generation_8,
    generation_of,
    version_told,
)
from bot.reference.limits import TimeLimits
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.requests import QueueFilter, Requests
from bot.reference.routes import RouteNames, v2_prefix

KEY = SecretStr("a-key-of-somebody")
QUEUE = f"{v2_prefix}/pending_queue"
OF_2 = frozenset({f"{v2_prefix}/{{model_category_name}}"})
OF_3 = OF_2 | {f"{QUEUE}/changes"}
OF_4 = OF_3 | {f"{QUEUE}/my_changes"}
OF_8 = OF_4 | {f"{v2_prefix}/licensing/licenses"}


@pytest.mark.parametrize(("paths", "number"), [(OF_2, 2), (OF_3, 3), (OF_4, 4), (OF_8, 8)])
def test_a_generation_is_told_by_its_paths_whatever_version_it_gives(paths: frozenset[str], number: int) -> None:
    assert generation_of(ServiceDocument("0.1.0", paths)).number == number
    assert generation_of(ServiceDocument("8.6.2", paths)).number == number


@pytest.mark.parametrize(
    ("version", "number"),
    [("2.1.5", 2), ("3.0.0", 3), ("4.1.0", 4), ("7.0.0", 4), ("8.6.2", 8), ("12.0", 8), ("0.1.0", 8), ("new", 8)],
)
def test_without_paths_the_version_tells(version: str, number: int) -> None:
    assert generation_of(ServiceDocument(version)).number == number


@pytest.mark.parametrize(("version", "told"), [("0.1.0", "3.x"), ("4.1.0", "4.1.0")])
def test_a_framework_s_own_version_is_not_told_as_the_service_s(version: str, told: str) -> None:
    assert version_told(ServiceDocument(version, OF_3)) == told


def test_a_document_gives_its_choices_each_once() -> None:
    document = read_document(
        {
            "info": {"version": "8.6.2"},
            "paths": {"/heartbeat": {}},
            "components": {"schemas": {"STYLE": {"enum": ["b", "a", "b", None]}, "Record": {"type": "object"}}},
        }
    )
    assert document.choices_of("STYLE") == ("b", "a")
    assert document.choices_of("Record") == document.choices_of("nothing") == ()


@pytest.mark.parametrize(
    ("operation", "category", "dialect", "path", "names_kind"),
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
def test_generation_3_is_proposed_to_where_it_listens(
    operation: Operation, category: str, dialect: CanonicalFormat, path: str, *, names_kind: bool
) -> None:
    request = Requests(generation_3(), TimeLimits()).proposal(
        KEY, operation=operation, category=category, name="A b", record={"x": 1}, dialect=dialect
    )
    assert request.path == f"/model_references/{path}"
    assert request.needs == "requestor"
    assert ("record_type" in (request.content or {})) is names_kind


def test_only_where_roles_are_concealed_does_looking_need_one() -> None:
    for generation, needs in ((generation_3(), "approver"), (generation_4(), None), (generation_8(), None)):
        requests = Requests(generation, TimeLimits())
        assert requests.queue(RouteNames.list_changes, KEY, QueueFilter()).needs == needs
        assert requests.change(RouteNames.get_change, KEY, 1).needs == needs


def test_what_a_generation_has_not_is_answered_as_by_the_service() -> None:
    requests = Requests(generation_3(), TimeLimits())
    for route in (RouteNames.list_my_changes, RouteNames.get_image_baselines, RouteNames.get_licenses):
        with pytest.raises(NotFoundError) as caught:
            requests.read(route)
        assert caught.value.is_route_missing


def test_a_service_without_a_queue_is_never_written_to() -> None:
    requests = Requests(generation_2(), TimeLimits())
    for dialect in CanonicalFormat:
        for operation in Operation:
            with pytest.raises(ReadOnlyError) as caught:
                requests.proposal(KEY, operation=operation, category="clip", name="A", record={}, dialect=dialect)
            assert caught.value.kind == "no_queue"
    for ask in (requests.decision, requests.apply):
        with pytest.raises(ReadOnlyError, match="no pending queue"):
            ask(KEY, {})
    assert requests.category("clip", CanonicalFormat.V2).path.endswith("/v2/clip")
