from dataclasses import replace

import pytest

from bot.reference.models import CanonicalFormat
from bot.reference.records import files_of, new_record
from bot.services.hosts.filling import fill, kept_values
from bot.services.hosts.values import FilledValue, LinkSource, Note, Offer, OfferedFile, Reading, from_stored, to_stored

SHA = "ab" * 32
OWN = "https://huggingface.co/a/b/resolve/main/own.safetensors"
URL = "https://civitai.com/api/download/models/9?fileId=7"
FILE = OfferedFile("moss.safetensors", URL, SHA, 6_900_000_000, "Civitai")
OFFER = Offer(
    "moss.safetensors",
    file=FILE,
    values=(
        FilledValue("name", "Moss XL", "Civitai", is_fact=False),
        FilledValue("baseline", "stable_diffusion_1", "Civitai", is_fact=False),
        FilledValue("version", "v3", "Civitai", is_fact=True),
        FilledValue("tags", ["anime"], "Civitai", is_fact=False),
        FilledValue("nonsense", "x", "Civitai", is_fact=False),
    ),
    text_values=(
        FilledValue("name", "fern-lab/Moss-7B", "Hugging Face", is_fact=False),
        FilledValue("parameters", 7_000_000_000, "Hugging Face", is_fact=False),
        FilledValue("context_window.maximum_tokens", 8192, "Hugging Face", is_fact=True),
    ),
    notes=(Note.GATED,),
)
OTHER = replace(
    OFFER,
    file=replace(FILE, name="moss1.safetensors", sha256=None, size_bytes=None),
    values=(FilledValue("version", "v1", "Civitai", is_fact=True),),
)
V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
IMAGE = "image_generation"


@pytest.mark.parametrize(("dialect", "baseline"), [(V2, "stable_diffusion_1"), (LEGACY, "stable diffusion 1")])
def test_an_empty_record_is_filled_in_its_own_vocabulary(dialect: CanonicalFormat, baseline: str) -> None:
    record = fill(new_record(IMAGE, "", dialect), OFFER, IMAGE, dialect)
    assert (record["name"], record["baseline"]) == ("Moss XL", baseline)
    assert (record["version"], record["tags"]) == ("v3", ["anime"])
    assert record["size_on_disk_bytes"] == 6_900_000_000
    assert "nsfw" not in record
    assert "nonsense" not in record
    [file] = files_of(record, dialect)
    assert (file.file_name, file.file_url, file.sha256) == ("moss.safetensors", URL, SHA)
    kept = kept_values(record, LinkSource(Reading("Civitai", "", IMAGE, (OFFER,))), IMAGE, dialect)
    assert [value.key for value in kept] == ["file", "sha256", "size", "name", "baseline", "version", "tags"]


@pytest.mark.parametrize("dialect", [V2, LEGACY])
def test_what_was_typed_is_never_overwritten(dialect: CanonicalFormat) -> None:
    typed = {**new_record(IMAGE, "Mine", dialect), "tags": ["own"], "version": "9"}
    typed = fill(
        typed,
        Offer("", file=replace(FILE, url=OWN)),
        IMAGE,
        dialect,
    )
    record = fill(typed, OFFER, IMAGE, dialect)
    assert (record["name"], record["tags"], record["version"]) == ("Mine", ["own"], "9")
    assert [file.file_url for file in files_of(record, dialect)] == [OWN]
    kept = kept_values(record, LinkSource(Reading("Civitai", "", IMAGE, (OFFER,))), IMAGE, dialect)
    assert [value.key for value in kept] == ["baseline"]


@pytest.mark.parametrize("dialect", [V2, LEGACY])
def test_another_offer_replaces_the_first_one_and_leaves_what_was_edited(dialect: CanonicalFormat) -> None:
    record = fill(new_record(IMAGE, "", dialect), OFFER, IMAGE, dialect) | {"tags": ["edited"]}
    record = fill(record, OTHER, IMAGE, dialect, before=OFFER)
    assert (record["version"], record["tags"]) == ("v1", ["edited"])
    assert "baseline" not in record
    assert "size_on_disk_bytes" not in record
    [file] = files_of(record, dialect)
    assert (file.file_name, file.sha256) == ("moss1.safetensors", None)
    assert fill(record, OFFER, IMAGE, dialect, before=OTHER)["version"] == "v3"


def test_a_text_model_has_its_own_values_and_no_file() -> None:
    record = fill({}, OFFER, "text_generation", V2)
    assert record == {
        "name": "fern-lab/Moss-7B",
        "parameters": 7_000_000_000,
        "context_window": {"maximum_tokens": 8192},
    }


def test_fields_that_the_service_does_not_store_stay_empty() -> None:
    assert "tags" not in fill({}, OFFER, IMAGE, V2, unsupported=frozenset({"tags"}))


def test_a_stored_link_comes_back_as_it_was() -> None:
    source = LinkSource(Reading("Civitai", "https://civitai.com/models/1", IMAGE, (OFFER, OTHER)), 1)
    assert from_stored(to_stored(source)) == source
    assert from_stored(None) is None
    assert from_stored({"other": "shape"}) is None
    assert from_stored({**to_stored(source), "chosen": 2}) is None
