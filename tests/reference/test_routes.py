import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.names import UnaddressableNameError, is_addressable
from bot.reference.routes import (
    PathVariables,
    RouteNames,
    RouteRegistry,
    registry_8,
    statistics_prefix,
    v1_prefix,
    v2_prefix,
)

THE_SERVICES_NAMES = [
    "get_reference_info",
    "get_reference_names",
    "get_reference_by_category",
    "get_text_generation_reference",
    "get_single_model",
    "image_generation_model",
    "text_generation_model",
    "blip_model",
    "clip_model",
    "codeformer_model",
    "controlnet_model",
    "esrgan_model",
    "gfpgan_model",
    "safety_checker_model",
    "miscellaneous_model",
    "create_model",
    "update_model",
    "update_image_generation_model",
    "update_text_generation_model",
    "update_controlnet_model",
    "delete_model",
    "get_models_with_stats",
    "get_category_statistics",
    "get_category_deletion_risk",
    "get_legacy_last_updated",
    "get_legacy_category_last_updated",
    "get_all_legacy_metadata",
    "get_legacy_category_metadata",
    "get_v2_last_updated",
    "get_v2_category_last_updated",
    "get_all_v2_metadata",
    "get_v2_category_metadata",
]


def test_the_prefixes_are_the_services() -> None:
    assert v1_prefix == "/model_references/v1"
    assert v2_prefix == "/model_references/v2"
    assert statistics_prefix == "/model_references/statistics"


def test_path_variables_are_named_as_in_the_services_paths() -> None:
    assert PathVariables.model_category_name == "model_category_name"
    assert PathVariables.model_name == "model_name"


@pytest.mark.parametrize("name", THE_SERVICES_NAMES)
def test_every_route_name_of_the_service_is_known_and_says_its_own_name(name: str) -> None:
    assert RouteNames[name].value == name


def test_our_own_route_names_do_not_hide_one_of_the_services() -> None:
    assert len(RouteNames) == len({member.value for member in RouteNames})
    assert len(THE_SERVICES_NAMES) == 32


def test_a_route_is_found_by_prefix_and_name_together() -> None:
    registry = RouteRegistry()
    registry.register_route(v1_prefix, RouteNames.create_model, "/old")
    registry.register_route(v2_prefix, RouteNames.create_model, "/new")
    assert registry.url_for(RouteNames.create_model, {}, v1_prefix) == "/model_references/v1/old"
    assert registry.url_for(RouteNames.create_model, {}, v2_prefix) == "/model_references/v2/new"


def test_variables_are_filled_in() -> None:
    registry = RouteRegistry()
    path = "/{model_category_name}/model/{model_name}.json"
    registry.register_route(v2_prefix, RouteNames.get_single_model, path)
    url = registry.url_for(
        RouteNames.get_single_model,
        {PathVariables.model_category_name: "clip", PathVariables.model_name: "ViT"},
        v2_prefix,
    )
    assert url == "/model_references/v2/clip/model/ViT.json"


def test_an_unregistered_route_is_refused_in_the_services_words() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the whole text is compared below
        RouteRegistry().url_for(RouteNames.delete_model, {}, v1_prefix)
    assert str(caught.value) == "Route delete_model with prefix /model_references/v1 is not registered."


def test_a_variable_without_a_value_never_becomes_a_request() -> None:
    with pytest.raises(ValueError, match="lacks values for"):
        registry_8().url_for(RouteNames.get_change, {}, v2_prefix)


def test_a_value_that_looks_like_a_variable_stays_a_value() -> None:
    url = registry_8().url_for(
        RouteNames.get_single_model,
        {PathVariables.model_category_name: "clip", PathVariables.model_name: "{change_id}"},
        v2_prefix,
    )
    assert url.endswith("/clip/model/%7Bchange_id%7D")


@pytest.mark.parametrize("name", ["a/b", "/", ".", "..", "", "\ud800"])
def test_a_name_that_no_path_carries_is_refused_before_any_request(name: str) -> None:
    with pytest.raises(UnaddressableNameError) as caught:
        registry_8().url_for(
            RouteNames.get_single_model,
            {PathVariables.model_category_name: "clip", PathVariables.model_name: name},
            v2_prefix,
        )
    assert caught.value.model_name == name
    assert name not in str(caught.value) or name in {"", "."}


@given(st.text(min_size=1, max_size=60).filter(is_addressable))
def test_any_other_name_stays_one_segment_and_comes_out_as_it_went_in(name: str) -> None:
    path = registry_8().url_for(
        RouteNames.get_single_model,
        {PathVariables.model_category_name: "clip", PathVariables.model_name: name},
        v2_prefix,
    )
    url = httpx.URL("http://service.example/api").join("/api" + path)
    raw = url.raw_path.decode()
    assert raw.startswith("/api/model_references/v2/clip/model/")
    assert raw.count("/") == 6
    assert url.path == "/api/model_references/v2/clip/model/" + name
