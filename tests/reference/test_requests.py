"""Requests of each kind, and the real service's routes for them."""

import re
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.reference_service import ReferenceService
from bot.reference.generations import generation_8
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation
from bot.reference.names import UnaddressableNameError
from bot.reference.requests import QueueFilter, Request, RequestBuilder, TimeLimits
from bot.reference.routes import PathVariables, RouteNames
from tests.harness.http import openapi

KEY = SecretStr("the-key-of-a-person")
V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY


@pytest.fixture
def requests() -> RequestBuilder:
    return RequestBuilder(generation_8(), TimeLimits())


def propose(requests: RequestBuilder, operation: Operation, dialect: CanonicalFormat, name: str = "a b") -> Request:
    record = {"name": "other", "record_type": "clip", "description": None, "x": 1}
    return requests.proposal(KEY, operation=operation, category="clip", name=name, record=record, dialect=dialect)


@pytest.mark.parametrize(
    ("operation", "dialect", "method", "path"),
    [
        (Operation.CREATE, V2, "POST", "/model_references/v2/clip"),
        (Operation.UPDATE, V2, "PUT", "/model_references/v2/clip/model/a%20b"),
        (Operation.DELETE, V2, "DELETE", "/model_references/v2/clip/model/a%20b"),
        (Operation.CREATE, LEGACY, "POST", "/model_references/v1/clip"),
        (Operation.UPDATE, LEGACY, "PUT", "/model_references/v1/clip"),
        (Operation.DELETE, LEGACY, "DELETE", "/model_references/v1/clip/model/a%20b"),
    ],
)
def test_each_proposal_uses_its_dialects_route(
    requests: RequestBuilder, operation: Operation, dialect: CanonicalFormat, method: str, path: str
) -> None:
    request = propose(requests, operation, dialect)
    assert (request.method, request.path, request.is_write) == (method, path, True)
    if operation is Operation.DELETE:
        assert request.content is None
    else:
        assert request.content["name"] == "a b"
        assert "description" not in request.content


def test_a_name_in_the_body_may_have_a_slash_and_one_in_the_path_may_not(requests: RequestBuilder) -> None:
    for operation, dialect in (
        (Operation.CREATE, V2),
        (Operation.CREATE, LEGACY),
        (Operation.UPDATE, LEGACY),
    ):
        assert propose(requests, operation, dialect, "Org/x").content["name"] == "Org/x"
    for operation, dialect in (
        (Operation.UPDATE, V2),
        (Operation.DELETE, V2),
        (Operation.DELETE, LEGACY),
    ):
        with pytest.raises(UnaddressableNameError):
            propose(requests, operation, dialect, "Org/x")


def test_each_kind_of_request_has_its_time_limit(requests: RequestBuilder) -> None:
    assert requests.probe(RouteNames.get_heartbeat).timeout == timedelta(seconds=3)
    assert requests.read(RouteNames.get_my_roles, KEY).timeout == timedelta(seconds=10)
    assert propose(requests, Operation.CREATE, V2).timeout == timedelta(seconds=60)
    assert requests.decision(KEY, {}).timeout == timedelta(seconds=60)
    assert requests.apply(KEY, {}).timeout == timedelta(seconds=120)


def test_a_filter_sends_only_its_set_fields() -> None:
    assert QueueFilter().params() == {"offset": 0, "limit": 500}
    full = QueueFilter(
        statuses=(ChangeStatus.PENDING, ChangeStatus.APPROVED),
        categories=("clip",),
        model_name="n" * 300,
        requested_by=("101",),
        offset=5,
        limit=2,
    )
    assert full.params() == {
        "statuses": ["pending", "approved"],
        "categories": ["clip"],
        "model_name": "n" * 200,
        "requested_by": ["101"],
        "offset": 5,
        "limit": 2,
    }


def test_the_representation_of_a_request_has_no_key(requests: RequestBuilder) -> None:
    assert KEY.get_secret_value() not in repr(requests.read(RouteNames.get_my_roles, KEY))


def routes_of(service: ReferenceService) -> set[tuple[str, str]]:
    paths = openapi(service)["paths"]
    return {(method.upper(), re.sub(r"{\w+}", "{}", path)) for path, methods in paths.items() for method in methods}


def pattern(request: Request) -> tuple[str, str]:
    return request.method, request.path.replace("/model/a%20b", "/model/{}").replace("/changes/7", "/changes/{}")


def test_the_real_service_has_every_route_that_is_used(
    v2_service: ReferenceService, legacy_service: ReferenceService, requests: RequestBuilder
) -> None:
    common = [
        requests.probe(RouteNames.get_heartbeat),
        requests.probe(RouteNames.get_replicate_mode),
        requests.read(RouteNames.get_my_roles, KEY),
        requests.read(RouteNames.get_image_baselines),
        requests.read(RouteNames.get_v2_last_updated),
        requests.read(RouteNames.get_reference_names),
        requests.category("clip", V2),
        requests.model("clip", "a b"),
        requests.queue(RouteNames.list_changes, KEY, QueueFilter()),
        requests.queue(RouteNames.list_my_changes, KEY, QueueFilter()),
        requests.change(RouteNames.get_change, KEY, 7),
        requests.change(RouteNames.get_change_diff, KEY, 7),
        requests.decision(KEY, {}),
        requests.apply(KEY, {}),
        *(propose(requests, operation, V2) for operation in Operation),
    ]
    only_legacy = [propose(requests, operation, LEGACY) for operation in Operation]
    in_v2, in_legacy = routes_of(v2_service), routes_of(legacy_service)

    def has(found: set[tuple[str, str]], request: Request) -> bool:
        method, path = pattern(request)
        return bool({(method, path), (method, path.replace("/clip", "/{}"))} & found)

    assert [request.path for request in common if not has(in_v2, request)] == []
    assert [request.path for request in common + only_legacy if not has(in_legacy, request)] == []
    assert not any(has(in_v2, request) for request in only_legacy)


def test_path_variables_of_the_registry_are_all_known() -> None:
    registry = generation_8().routes
    for prefix, name in registry._paths:
        values = dict.fromkeys(PathVariables, "x")
        assert "{" not in registry.url_for(name, values, prefix)
