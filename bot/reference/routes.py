"""Route names, and one registry of paths for each generation of the service."""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from urllib.parse import quote

from bot.reference.names import UnaddressableNameError, is_addressable

v1_prefix = "/model_references/v1"
v2_prefix = "/model_references/v2"
statistics_prefix = "/model_references/statistics"
root_prefix = ""
"""Prefix of the few routes without a version."""


_VARIABLE = re.compile(r"\{(\w+)\}")


class PathVariables(StrEnum):
    """Path variables, by the service's names."""

    model_category_name = auto()
    model_name = auto()
    change_id = auto()
    batch_id = auto()


class RouteNames(StrEnum):
    """The service's names of its routes; routes without one (queue, root) get ours."""

    get_reference_info = auto()
    get_reference_names = auto()
    get_reference_by_category = auto()
    get_text_generation_reference = auto()
    get_single_model = auto()
    image_generation_model = auto()
    text_generation_model = auto()
    blip_model = auto()
    clip_model = auto()
    codeformer_model = auto()
    controlnet_model = auto()
    esrgan_model = auto()
    gfpgan_model = auto()
    safety_checker_model = auto()
    miscellaneous_model = auto()
    create_model = auto()
    update_model = auto()
    update_image_generation_model = auto()
    update_text_generation_model = auto()
    update_controlnet_model = auto()
    delete_model = auto()
    get_models_with_stats = auto()
    get_category_statistics = auto()
    get_category_deletion_risk = auto()
    get_legacy_last_updated = auto()
    get_legacy_category_last_updated = auto()
    get_all_legacy_metadata = auto()
    get_legacy_category_metadata = auto()
    get_v2_last_updated = auto()
    get_v2_category_last_updated = auto()
    get_all_v2_metadata = auto()
    get_v2_category_metadata = auto()

    get_heartbeat = auto()
    get_replicate_mode = auto()
    get_openapi_document = auto()
    get_my_roles = auto()
    get_image_baselines = auto()
    get_licenses = auto()
    list_changes = auto()
    list_my_changes = auto()
    get_change = auto()
    get_change_diff = auto()
    decide_changes = auto()
    apply_changes = auto()
    purge_changes = auto()
    get_audit_batch = auto()


QUEUE_ROUTES = frozenset(
    {
        RouteNames.create_model,
        RouteNames.update_model,
        RouteNames.delete_model,
        RouteNames.list_changes,
        RouteNames.list_my_changes,
        RouteNames.get_change,
        RouteNames.get_change_diff,
        RouteNames.decide_changes,
        RouteNames.apply_changes,
        RouteNames.purge_changes,
        RouteNames.get_audit_batch,
    }
)
"""Routes that write to the queue or read it."""


class RouteRegistry:
    """Registry of paths by (prefix, route name): two versions of the interface share names."""

    def __init__(self) -> None:
        self._paths: dict[tuple[str, RouteNames], str] = {}

    def register_route(self, prefix: str, route_name: RouteNames, path: str) -> None:
        """Register ``prefix + path``, with variables as ``{name}``; the last registration counts."""
        self._paths[prefix, route_name] = prefix + path

    def has(self, route_name: RouteNames, prefix: str) -> bool:
        """Return whether this generation has the route."""
        return (prefix, route_name) in self._paths

    def url_for(self, route_name: RouteNames, path_params: Mapping[PathVariables, str], prefix: str) -> str:
        """Return the path of a route, each value quoted so that it stays one segment.

        Raises:
            ValueError: unknown route, or a variable without a value: a programming error.
            UnaddressableNameError: the value cannot be part of a path, however quoted.
        """
        path = self._paths.get((prefix, route_name))
        if path is None:
            raise ValueError(f"Route {route_name} with prefix {prefix} is not registered.")
        missing = set(_VARIABLE.findall(path)) - {variable.value for variable in path_params}
        if missing:
            raise ValueError(f"Route {route_name} with prefix {prefix} lacks values for {sorted(missing)}.")
        return _VARIABLE.sub(lambda found: _quoted(path_params[PathVariables(found[1])]), path)


def _quoted(value: str) -> str:
    if not is_addressable(value):
        raise UnaddressableNameError(value)
    return quote(value, safe="")


_CATEGORY = f"/{{{PathVariables.model_category_name}}}"
_NAME = f"/{{{PathVariables.model_name}}}"
_MODEL = f"{_CATEGORY}/model{_NAME}"
shared_schema_path = f"{v2_prefix}{_CATEGORY}/add"
"""Path at which a service's document describes the v2 records of all categories together (3.0.0 to 8.6.2)."""
_BARE_MODEL = f"{_CATEGORY}{_NAME}"
_QUEUE = "/pending_queue"
_CHANGE = f"{_QUEUE}/changes/{{{PathVariables.change_id}}}"
_BATCH = f"{_QUEUE}/audit/batches/{{{PathVariables.batch_id}}}"

_ROOT = {
    RouteNames.get_heartbeat: "/heartbeat",
    RouteNames.get_replicate_mode: "/replicate_mode",
    RouteNames.get_openapi_document: "/openapi.json",
}

_STATISTICS = {RouteNames.get_category_deletion_risk: f"{_CATEGORY}/deletion-risk"}

_LEGACY_READS = {
    RouteNames.get_reference_names: "/model_categories",
    RouteNames.get_reference_by_category: _CATEGORY,
    RouteNames.get_legacy_last_updated: "/metadata/last_updated",
}

_LEGACY_WRITES = {
    RouteNames.create_model: _CATEGORY,
    RouteNames.update_model: _CATEGORY,  # the name is in the body
}

_READS = {
    RouteNames.get_reference_names: "/model_categories",
    RouteNames.get_reference_by_category: _CATEGORY,
    RouteNames.get_v2_last_updated: "/metadata/last_updated",
}

_QUEUE_ROUTES = {
    RouteNames.get_my_roles: "/me/roles",
    RouteNames.list_changes: f"{_QUEUE}/changes",
    RouteNames.get_change: _CHANGE,
    RouteNames.get_change_diff: f"{_CHANGE}/diff",
    RouteNames.decide_changes: f"{_QUEUE}/batches",
    RouteNames.apply_changes: f"{_QUEUE}/apply",
    RouteNames.purge_changes: f"{_QUEUE}/purge",
    RouteNames.get_audit_batch: _BATCH,
}


def registry_2() -> RouteRegistry:
    """Build the routes of generation 2 (2.1.5): only reads, its writes are not reviewed."""
    return _registry(
        {
            root_prefix: _ROOT,
            v1_prefix: _LEGACY_READS,
            v2_prefix: {**_READS, RouteNames.get_single_model: _BARE_MODEL},
        }
    )


def registry_3() -> RouteRegistry:
    """Build the routes of generation 3 (3.0.0): no ``/model/``, three typed kinds of record."""
    return _registry(
        {
            root_prefix: _ROOT,
            statistics_prefix: _STATISTICS,
            v1_prefix: {**_LEGACY_READS, **_LEGACY_WRITES, RouteNames.delete_model: _BARE_MODEL},
            v2_prefix: {
                **_READS,
                **_QUEUE_ROUTES,
                RouteNames.get_single_model: _BARE_MODEL,
                RouteNames.create_model: f"{_CATEGORY}/add",
                RouteNames.update_model: _BARE_MODEL,
                RouteNames.delete_model: _BARE_MODEL,
                RouteNames.image_generation_model: "/image_generation/create_model",
                RouteNames.text_generation_model: "/text_generation/create_model",
                RouteNames.controlnet_model: "/controlnet/create_model",
                RouteNames.update_image_generation_model: f"/image_generation/update_model{_NAME}",
                RouteNames.update_text_generation_model: f"/text_generation/update_model{_NAME}",
                RouteNames.update_controlnet_model: f"/controlnet/update_model{_NAME}",
            },
        }
    )


def registry_4() -> RouteRegistry:
    """Build the routes of generations 4 to 7 (seen on 4.1.0)."""
    return _registry(_ROUTES_4)


def registry_8() -> RouteRegistry:
    """Build the routes of generation 8 (seen on 8.6.2)."""
    newer = {
        RouteNames.get_image_baselines: "/image_generation/baselines/",  # without the slash: a redirect
        RouteNames.get_licenses: "/licensing/licenses",
    }
    return _registry({**_ROUTES_4, v2_prefix: {**_ROUTES_4[v2_prefix], **newer}})


_ROUTES_4 = {
    root_prefix: _ROOT,
    statistics_prefix: _STATISTICS,
    v1_prefix: {**_LEGACY_READS, **_LEGACY_WRITES, RouteNames.delete_model: _MODEL},
    v2_prefix: {
        **_READS,
        **_QUEUE_ROUTES,
        RouteNames.list_my_changes: f"{_QUEUE}/my_changes",
        RouteNames.get_single_model: _MODEL,
        RouteNames.create_model: _CATEGORY,  # typed: the generic one stores a wrong kind of record
        RouteNames.update_model: _MODEL,
        RouteNames.delete_model: _MODEL,
    },
}


def schema_paths(category: str, prefix: str) -> tuple[str, ...]:
    """Return the paths at which a category's record may be described, newest generation first.

    Older generations describe some categories only at ``shared_schema_path``.
    """
    return f"{prefix}/{category}", f"{prefix}/{category}/create_model"


def _registry(routes_by_prefix: Mapping[str, Mapping[RouteNames, str]]) -> RouteRegistry:
    registry = RouteRegistry()
    for prefix, routes in routes_by_prefix.items():
        for route_name, path in routes.items():
            registry.register_route(prefix, route_name, path)
    return registry
