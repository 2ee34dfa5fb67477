"""A record in the other format's shape is converted without a loss, or refused where it contradicts itself."""

from typing import Any

import pytest

from bot.demo.reference_service import ReferenceService
from bot.reference.deployment import LEGACY_CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.records.diff import is_same
from bot.services.records.formats import FormatConflictError, in_format
from tests.harness.http import CLIENT
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, SHA256, URL

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
IMAGE, TEXT = "image_generation", "text_generation"
NO_STYLE = {"style", "nsfw", "baseline"}
"""Legacy fields that v2 lacks in the categories of auxiliary models; the draft names them as not kept."""


def test_each_live_record_reads_the_same_in_both_formats(fresh_legacy_service: ReferenceService) -> None:
    compared = 0
    for category in LEGACY_CATEGORIES:
        legacy, v2 = (
            CLIENT.get(f"{fresh_legacy_service.url}/model_references/{version}/{category}").json()
            for version in ("v1", "v2")
        )
        for name in () if category == TEXT else legacy.keys() & v2.keys():
            for given, live, dialect in ((v2[name], legacy[name], LEGACY), (legacy[name], v2[name], V2)):
                read = in_format(given, category, dialect, live)
                lost = NO_STYLE if dialect is V2 and category != IMAGE else set()
                read = {key: value for key, value in read.items() if key not in lost}
                assert is_same({**live, **read}, live), (category, name, dialect)
                compared += 1
    assert compared > 10


@pytest.mark.parametrize(
    ("given", "category", "dialect", "read"),
    [
        ({"baseline": "stable diffusion 2"}, IMAGE, V2, {"baseline": "stable_diffusion_2_768"}),
        ({"baseline": "stable_diffusion_1"}, IMAGE, LEGACY, {"baseline": "stable diffusion 1"}),
        ({"baseline": "stable diffusion xl"}, IMAGE, V2, {"baseline": "stable diffusion xl"}),
        ({"type": "ckpt", "available": True, "download_all": True}, IMAGE, V2, {}),
        ({"controlnet_style": "control_canny"}, "controlnet", LEGACY, {"type": "control_canny"}),
        ({"type": "control_canny"}, "controlnet", V2, {"controlnet_style": "control_canny"}),
        ({"parameters_count": 7}, TEXT, LEGACY, {"parameters": 7}),
        ({"parameters_bn": 1.5}, TEXT, LEGACY, {"parameters": 1_500_000_000}),
        ({"config": {"download": []}}, TEXT, LEGACY, {}),
        ({"config": CONFIG_V2}, IMAGE, LEGACY, {"config": CONFIG_LEGACY}),
        ({"config": CONFIG_LEGACY}, IMAGE, V2, {"config": CONFIG_V2}),
        ({"config": CONFIG_LEGACY}, IMAGE, LEGACY, {"config": CONFIG_LEGACY}),
        ({"config": "none", "type": [1]}, IMAGE, V2, {"config": "none", "type": [1]}),
    ],
)
def test_keys_places_and_spellings_are_converted(
    given: dict[str, Any], category: str, dialect: CanonicalFormat, read: dict[str, Any]
) -> None:
    assert in_format(given, category, dialect) == read


def test_an_update_keeps_what_the_other_format_does_not_list() -> None:
    hashed = {"path": "model.safetensors", "sha256sum": SHA256, "md5sum": "0" * 32}
    live = {"config": {**CONFIG_LEGACY, "files": [hashed, {"path": "v1-inference.yaml"}]}}
    assert in_format({"config": CONFIG_V2}, IMAGE, LEGACY, live)["config"]["files"] == live["config"]["files"]


@pytest.mark.parametrize("dialect", list(CanonicalFormat), ids=str)
def test_a_hash_in_both_places_with_two_values_is_refused(dialect: CanonicalFormat) -> None:
    download = [{"file_name": "model.safetensors", "file_url": URL, "sha256sum": SHA256[::-1]}]
    with pytest.raises(FormatConflictError, match="sha256sum of model"):
        in_format({"config": {**CONFIG_LEGACY, "download": download}}, IMAGE, dialect)
