"""Where everything is: names of routes, and one registry for each generation of the service."""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from urllib.parse import quote

from bot.reference.names import UnaddressableNameError, is_addressable

v1_prefix = "/model_references/v1"
v2_prefix = "/model_references/v2"
statistics_prefix = "/model_references/statistics"
root_prefix = ""
"""For the few routes that belong to no version."""


_VARIABLE = re.compile(r"\{(\w+)\}")


class PathVariables(StrEnum):
    """The variables that paths contain, by the service's names."""

    model_category_name = auto()
    model_name = auto()
    change_id = auto()


class RouteNames(StrEnum):
    """The routes, by the service's names; those of the queue and the root have none there and get ours."""

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
    list_changes = auto()
    list_my_changes = auto()
    get_change = auto()
    get_change_diff = auto()
    decide_changes = auto()
    apply_changes = auto()


class RouteRegistry:
    """Paths by (prefix, route name): two versions of the service's interface share names."""

    def __init__(self) -> None:
        self._paths: dict[tuple[str, RouteNames], str] = {}

    def register_route(self, prefix: str, route_name: RouteNames, path: str) -> None:
        """Remember ``prefix + path``, with variables as ``{name}``; the last registration counts."""
        self._paths[prefix, route_name] = prefix + path

    def url_for(self, route_name: RouteNames, path_params: Mapping[PathVariables, str], prefix: str) -> str:
        """Fill in the path of a route, each value quoted whole so that it stays one segment.

        Raises:
            ValueError: No such route, or a variable without a value: a fault of the program.
            UnaddressableNameError: No quoting carries this value through a path.
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
_MODEL = f"{_CATEGORY}/model/{{{PathVariables.model_name}}}"
_QUEUE = "/pending_queue"
_CHANGE = f"{_QUEUE}/changes/{{{PathVariables.change_id}}}"

_TYPED_LEGACY_ROUTES = {
    RouteNames.image_generation_model: "image_generation",
    RouteNames.text_generation_model: "text_generation",
    RouteNames.blip_model: "blip",
    RouteNames.clip_model: "clip",
    RouteNames.codeformer_model: "codeformer",
    RouteNames.controlnet_model: "controlnet",
    RouteNames.esrgan_model: "esrgan",
    RouteNames.gfpgan_model: "gfpgan",
    RouteNames.safety_checker_model: "safety_checker",
    RouteNames.miscellaneous_model: "miscellaneous",
}

_ROUTES_8 = {
    root_prefix: {
        RouteNames.get_heartbeat: "/heartbeat",
        RouteNames.get_replicate_mode: "/replicate_mode",
        RouteNames.get_openapi_document: "/openapi.json",
    },
    v1_prefix: {
        RouteNames.get_reference_names: "/model_categories",
        RouteNames.get_reference_by_category: _CATEGORY,
        RouteNames.create_model: _CATEGORY,
        RouteNames.update_model: _CATEGORY,  # the name is in the body
        RouteNames.delete_model: _MODEL,
        RouteNames.get_legacy_last_updated: "/metadata/last_updated",
        **{name: f"/{category}" for name, category in _TYPED_LEGACY_ROUTES.items()},
    },
    v2_prefix: {
        RouteNames.get_reference_names: "/model_categories",
        RouteNames.get_reference_by_category: _CATEGORY,
        RouteNames.get_single_model: _MODEL,
        RouteNames.create_model: _CATEGORY,  # typed: the generic one stores a wrong kind of record
        RouteNames.update_model: _MODEL,
        RouteNames.delete_model: _MODEL,
        RouteNames.get_v2_last_updated: "/metadata/last_updated",
        RouteNames.get_my_roles: "/me/roles",
        RouteNames.get_image_baselines: "/image_generation/baselines/",  # without the slash: a redirect
        RouteNames.list_changes: f"{_QUEUE}/changes",
        RouteNames.list_my_changes: f"{_QUEUE}/my_changes",
        RouteNames.get_change: _CHANGE,
        RouteNames.get_change_diff: f"{_CHANGE}/diff",
        RouteNames.decide_changes: f"{_QUEUE}/batches",
        RouteNames.apply_changes: f"{_QUEUE}/apply",
    },
}


def registry_8() -> RouteRegistry:
    """Build the routes of the service's generation 8 (seen on 8.6.2)."""
    registry = RouteRegistry()
    for prefix, routes in _ROUTES_8.items():
        for route_name, path in routes.items():
            registry.register_route(prefix, route_name, path)
    return registry
