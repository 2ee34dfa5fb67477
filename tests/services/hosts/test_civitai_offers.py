"""Notes of a Civitai file, for an approver to know before it is proposed."""

from typing import Any

import pytest

from bot.services.hosts.civitai_offers import civitai_offers, licence_words
from bot.services.hosts.values import Note
from bot.sources.civitai import parse_model, parse_version

SHA = "9aba26abf0d3f1e8c7b65a4d3c2b1a09f8e7d6c5b4a3928170615243f4e5d6c7"
FILE = {"id": 3, "name": "lumen.safetensors", "type": "Model", "hashes": {"SHA256": SHA.upper()}}


def notes(model: dict[str, Any] | None = None, *, file: dict[str, Any] | None = None, **version: Any) -> list[Note]:
    answer = {"id": 2, "name": "v1", "baseModel": "SDXL 1.0", "files": [{**FILE, **(file or {})}], **version}
    page = None if model is None else parse_model({"id": 1, "name": "Lumen", **model}, 1)
    return list(civitai_offers(parse_version(answer, 2), page)[0].notes)


def test_a_model_without_faults_has_no_note() -> None:
    assert notes() == []
    assert notes({"nsfw": True}) == []


@pytest.mark.parametrize(
    ("version", "note"),
    [
        ({"baseModelType": "Refiner"}, Note.NO_BASE_MODEL),
        ({"baseModelType": "Pix2Pix"}, Note.NO_BASE_MODEL),
        ({"model": {"mode": "Archived"}}, Note.ARCHIVED),
        ({"files": []}, Note.NO_SINGLE_FILE),
        ({"availability": "EarlyAccess"}, Note.EARLY_ACCESS),
        ({"earlyAccessEndsAt": "2026-12-24T00:00:00.000Z"}, Note.EARLY_ACCESS),
        ({"usageControl": "Generation"}, Note.NO_DOWNLOAD),
    ],
)
def test_a_version_that_workers_could_not_use_is_noted(version: dict[str, Any], note: Note) -> None:
    assert notes(**version) == [note]


@pytest.mark.parametrize(
    ("file", "note"),
    [
        ({"hashes": {}}, Note.NOT_SCANNED),
        ({"pickleScanResult": "Danger"}, Note.UNSAFE),
        ({"virusScanResult": "Danger"}, Note.UNSAFE),
    ],
)
def test_a_file_without_a_good_scan_is_noted(file: dict[str, Any], note: Note) -> None:
    assert notes(file=file) == [note]


@pytest.mark.parametrize(
    ("model", "note"),
    [({"mode": "TakenDown"}, Note.ARCHIVED), ({"poi": True}, Note.PERSON), ({"minor": True}, Note.MINOR)],
)
def test_what_the_page_warns_of_is_noted(model: dict[str, Any], note: Note) -> None:
    assert notes(model) == [note]


def test_an_archived_model_is_not_called_without_a_file_too() -> None:
    assert notes({"mode": "Archived"}, files=[]) == [Note.ARCHIVED]


def test_a_version_without_a_file_is_offered_with_what_its_page_says() -> None:
    [offer] = civitai_offers(parse_version({"id": 2, "name": "v1", "modelId": 1, "files": []}, 2), None)
    assert (offer.file, offer.label, offer.details) == (None, "v1", "No file")
    assert {value.key: value.value for value in offer.values} == {
        "version": "v1",
        "homepage": "https://civitai.com/models/1?modelVersionId=2",
    }


def test_the_conditions_of_the_uploader_stand_beside_the_licence_of_the_base() -> None:
    version = parse_version({"id": 2, "baseModel": "SDXL 1.0"}, 2)
    page = {"allowNoCredit": False, "allowDerivatives": False, "allowCommercialUse": ["Image", "Rent"]}
    assert licence_words(version, parse_model(page, 1)) == (
        "Open RAIL++-M of the base SDXL 1.0; commercial use Image, Rent; credit needed; no derivatives"
    )
    assert licence_words(parse_version({"id": 2}, 2), parse_model({"allowNoCredit": True}, 1)) == ""
