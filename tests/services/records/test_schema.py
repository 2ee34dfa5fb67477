"""Complaints about a record by its place, out of the running service's own description of itself."""

from typing import Any

import pytest

from bot.demo.reference_service import ReferenceService
from bot.reference.models import CanonicalFormat
from bot.services.records.schema import schema_violations
from tests.harness.http import openapi
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, LEGACY, V2


def document_of(service: ReferenceService) -> dict[str, Any]:
    return openapi(service)


def told(record: dict[str, Any], category: str, dialect: CanonicalFormat, document: dict[str, Any]) -> dict[str, str]:
    return {each.path: each.message for each in schema_violations({"name": "x", **record}, category, dialect, document)}


def test_wrong_values_of_v2_are_told_by_their_place(v2_service: ReferenceService) -> None:
    document = document_of(v2_service)
    assert told(
        {
            "nsfw": "yes",
            "tags": "a, b",
            "size_on_disk_bytes": "7 GB",
            "showcases": ["x", 2],
            "config": {"download": [{"file_url": "https://huggingface.co/x"}]},
            "licensing": {"license_expression": 5, "redistribution": "maybe", "colour": "red"},
        },
        "image_generation",
        CanonicalFormat.V2,
        document,
    ) == {
        "nsfw": 'takes true or false, not "yes"',
        "tags": 'takes a list, not "a, b"',
        "size_on_disk_bytes": 'takes a whole number, not "7 GB"',
        "showcases[1]": "takes text, not 2",
        "config.download[0].file_name": "is missing",
        "licensing.license_expression": "takes text, not 5",
        "licensing.commercial_use": "is missing",
        "licensing.redistribution": 'takes one of allowed, allowed_with_conditions, prohibited, unknown, not "maybe"',
        "licensing.colour": "is not known there; known are license_expression, license_ids, commercial_use, "
        "redistribution, obligations, attribution, evidence, reviewed_by, reviewed_at, notes, files",
    }
    for category, record in V2.items():
        assert told({**record, "config": CONFIG_V2}, category, CanonicalFormat.V2, document) == {}, category


def test_wrong_values_of_legacy_are_told_by_their_place(legacy_service: ReferenceService) -> None:
    document = document_of(legacy_service)
    wrong = {"type": "zip", "config": {"files": [{"path": 3}], "download": {}}}
    assert told(wrong, "clip", CanonicalFormat.LEGACY, document) == {
        "type": 'takes one of clip, coca, not "zip"',
        "config.files[0].path": "takes text, not 3",
        "config.download": "takes a list, not an object",
    }
    for category, record in LEGACY.items():
        assert told({**record, "config": CONFIG_LEGACY}, category, CanonicalFormat.LEGACY, document) == {}, category


def test_what_is_as_in_the_live_record_is_not_complained_of(v2_service: ReferenceService) -> None:
    record = {"name": "x", "nsfw": "old", "tags": 3}
    found = schema_violations(
        record, "image_generation", CanonicalFormat.V2, document_of(v2_service), known_good={"nsfw": "old"}
    )
    assert [each.path for each in found] == ["tags"]


@pytest.mark.parametrize("document", [None, {}, {"paths": []}, {"paths": {"/model_references/v2/lora": None}}])
def test_a_service_that_does_not_describe_itself_is_not_guessed_at(document: Any) -> None:
    assert schema_violations({"name": 5}, "lora", CanonicalFormat.V2, document) == ()
