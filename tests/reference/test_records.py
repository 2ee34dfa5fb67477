import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, new_record, to_payload, with_files
from tests.reference.payloads import FULLER_LEGACY, FULLER_V2, HASH

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
DIALECTS = st.sampled_from(CanonicalFormat)
HASHES = st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)
FILES = st.lists(
    st.builds(FileEntry, st.text(min_size=1, max_size=9), st.text(max_size=9), HASHES, st.none() | st.integers(0)),
    max_size=4,
    unique_by=lambda file: file.file_name,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["config", "download", "files", "path", "file_name", "file_url", "sha256sum", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
RECORDS = st.dictionaries(st.sampled_from(["name", "config", "x", "record_type"]), JSON)


def without_sizes(files: list[FileEntry]) -> tuple[FileEntry, ...]:
    return tuple(FileEntry(file.file_name, file.file_url, file.sha256) for file in files)


@given(RECORDS, FILES)
def test_files_put_into_any_record_come_out_again(record: dict[str, Any], files: list[FileEntry]) -> None:
    assert files_of(with_files(record, files, V2), V2) == tuple(files)
    assert files_of(with_files(record, files, LEGACY), LEGACY) == without_sizes(files)


@given(RECORDS, FILES, DIALECTS)
def test_the_given_record_is_left_alone_and_the_rest_of_it_stays(
    record: dict[str, Any], files: list[FileEntry], dialect: CanonicalFormat
) -> None:
    before = json.dumps(record)
    changed = with_files(record, files, dialect)
    assert json.dumps(record) == before
    assert {k: v for k, v in changed.items() if k != "config"} == {k: v for k, v in record.items() if k != "config"}
    assert with_files(changed, files, dialect) == changed


@given(RECORDS, DIALECTS)
def test_any_object_can_be_looked_at_for_files(record: dict[str, Any], dialect: CanonicalFormat) -> None:
    for file in files_of(record, dialect):
        assert isinstance(file.file_name, str)
        assert file.sha256 != "FIXME"


def test_what_is_known_of_a_file_beside_name_and_hash_is_kept() -> None:
    record = FULLER_V2["image_generation"]
    model, vae = files_of(record, V2)
    changed = with_files(record, [vae, FileEntry(model.file_name, "https://models.example.org/new")], V2)
    assert changed["config"]["download"] == [
        record["config"]["download"][1],
        {
            "file_name": "full.safetensors",
            "file_url": "https://models.example.org/new",
            "known_slow_download": False,
        },
    ]


def test_legacy_keeps_configurations_that_are_no_downloads() -> None:
    record = {
        "config": {
            "files": [
                {"path": "old.ckpt", "sha256sum": HASH, "md5sum": "m"},
                {"path": "v1-inference.yaml"},
                {"path": "other.ckpt", "sha256sum": HASH},
            ],
            "download": [
                {"file_name": "old.ckpt", "file_path": "p", "file_url": "https://models.example.org/old"},
                {"file_name": "other.ckpt", "file_path": "", "file_url": "https://models.example.org/other"},
            ],
        }
    }
    changed = with_files(record, [FileEntry("old.ckpt", "https://models.example.org/2", "b" * 64)], LEGACY)
    assert changed["config"] == {
        "files": [{"path": "old.ckpt", "sha256sum": "b" * 64, "md5sum": "m"}, {"path": "v1-inference.yaml"}],
        "download": [{"file_path": "p", "file_name": "old.ckpt", "file_url": "https://models.example.org/2"}],
    }


def test_a_legacy_file_without_a_hash_of_its_own_has_none() -> None:
    assert files_of(FULLER_LEGACY["image_generation"], LEGACY)[0].sha256 == "b" * 64
    record = {"config": {"download": [{"file_name": "a", "file_url": "u"}]}}
    assert files_of(record, LEGACY) == (FileEntry("a", "u"),)


@pytest.mark.parametrize("placeholder", ["FIXME", "", None, 3])
def test_a_placeholder_is_no_hash(placeholder: Any) -> None:
    record = {"config": {"download": [{"file_name": "a", "file_url": "u", "sha256sum": placeholder}]}}
    assert files_of(record, V2)[0].sha256 is None


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("image_generation", "ckpt"),
        ("clip", "clip"),
        ("codeformer", "CodeFormers"),
        ("esrgan", "realesrgan"),
        ("miscellaneous", "layer_diffuse"),
    ],
)
def test_a_new_legacy_record_has_its_categorys_type(category: str, kind: str) -> None:
    assert new_record(category, "n", LEGACY) == {"name": "n", "type": kind}
    assert new_record(category, "n", V2) == {"name": "n"}


@pytest.mark.parametrize("category", ["text_generation", "controlnet"])
def test_a_record_without_a_fixed_type_starts_without_one(category: str) -> None:
    assert new_record(category, "n", LEGACY) == {"name": "n"}


@given(RECORDS, DIALECTS, st.text(min_size=1))
def test_a_payload_has_the_name_no_nulls_and_everything_else(
    record: dict[str, Any], dialect: CanonicalFormat, name: str
) -> None:
    payload = to_payload(record, name=name, dialect=dialect)
    assert payload["name"] == name
    assert None not in payload.values()
    assert payload.get("x") == record.get("x")
    assert ("record_type" in payload) == (dialect is LEGACY and record.get("record_type") is not None)
