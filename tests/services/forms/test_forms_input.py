import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import CanonicalFormat, Licence
from bot.reference.records import FileEntry, files_of
from bot.services.forms.fields import Section
from bot.services.forms.files_text import file_lines, name_from
from bot.services.forms.forms_input import (
    InputError,
    RecordEdit,
    SectionAnswers,
    section_edit,
)
from bot.services.forms.licences import licence_ids, read_expression

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
SHA = "ab" * 32
A, B = "https://h.example/a", "https://h.example/b"
APACHE = Licence(
    license_id="Apache-2.0",
    commercial_use="allowed",
    redistribution="allowed_with_conditions",
    obligations=("include_license",),
)


def read(
    category: str = "blip", record: dict[str, Any] | None = None, dialect: CanonicalFormat = V2, **typed: Any
) -> RecordEdit:
    """Read a form; a double underscore in a key stands for a dot."""
    answers = SectionAnswers(category, {key.replace("__", "."): text for key, text in typed.items()})
    return section_edit(answers, record or {}, dialect, [APACHE])


def written(
    category: str = "blip", record: dict[str, Any] | None = None, dialect: CanonicalFormat = V2, **typed: Any
) -> dict[str, Any]:
    """The record after a form."""
    return read(category, record, dialect, **typed).apply(record or {})


def slip(category: str = "blip", record: dict[str, Any] | None = None, **typed: Any) -> InputError:
    """Return the problems that a form reports."""
    with pytest.raises(InputError) as caught:
        read(category, record, **typed)
    return caught.value


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (f"a.safetensors | {A} | {SHA}", FileEntry("a.safetensors", A, SHA)),
        (f"a.safetensors|{A}", FileEntry("a.safetensors", A)),
        ("https://h.example/b%20c.safetensors", FileEntry("b c.safetensors", "https://h.example/b%20c.safetensors")),
        (f" | {A} | ", FileEntry("a", A)),
        ("only-a-name", FileEntry("only-a-name", "")),
    ],
)
def test_a_line_of_files_is_read(line: str, entry: FileEntry) -> None:
    for dialect in CanonicalFormat:
        assert files_of(written(files=f"\n{line}\n\n", dialect=dialect), dialect) == (entry,)


def test_a_line_with_too_much_is_named_and_the_rest_is_kept() -> None:
    problem = slip(name=" n ", description=" d ", files=f"a | {A} | x | y\n{B}")
    assert (problem.invalid_inputs[0].field, problem.invalid_inputs[0].typed) == ("Files, line 1", f"a | {A} | x | y")
    assert problem.invalid_inputs[0].expected == "`name | url | sha256`"
    kept = problem.kept.apply({})
    assert (kept["name"], kept["description"]) == ("n", "d")
    assert len(files_of(kept, V2)) == 2


def test_every_slip_of_a_form_is_told_and_the_rest_is_kept() -> None:
    problem = slip("text_generation", name="T", parameters="many", settings="warmth: 1", description="d", tags="a, b")
    assert (problem.invalid_inputs[0].field, problem.invalid_inputs[0].typed) == ("Parameters", "many")
    assert [(one.field, one.typed, one.form) for one in problem.invalid_inputs] == [
        ("Parameters", "many", (Section.BASICS, 0)),
        ("Settings", "warmth", (Section.DETAILS, 1)),
    ]
    assert problem.kept.fields == {"name": "T", "description": "d", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("key", "typed", "field", "expected"),
    [
        ("parameters", "0", "Parameters", "a number, or one like `7B`, `1.1B`, `350M`"),
        ("context_window__maximum_tokens", "long", "Context window", "a number of tokens, like `8192` or `8k`"),
        ("settings", "temperatur: 1", "Settings", "known keys: `temperature`?"),
        ("settings", "top_k: 1\nwhat", "Settings, line 2", "`key: value`"),
        ("settings", '{"temperature": {}}', "Settings", "a number, words, yes, no, or a list of them"),
        ("settings", "{", "Settings", "one pair a line, as `key: value`"),
        ("tags", "[1]", "Tags", "words by comma or line"),
        ("nsfw", "perhaps", "NSFW", "`yes` or `no`"),
        ("size_on_disk_bytes", "big", "Size of all files", "a size like `7.27 GB`, or bytes"),
        ("licensing__evidence", "| card", "Evidence, line 1", "`source | description`"),
    ],
)
def test_what_cannot_be_read_is_answered_with_where_and_what_instead(
    key: str, typed: str, field: str, expected: str
) -> None:
    problem = slip("text_generation", {}, **{key: typed})
    assert problem.invalid_inputs[0].field == field
    assert problem.invalid_inputs[0].expected.startswith(expected)
    assert problem.invalid_inputs[0].typed.replace("temperature:", '"temperature":') in typed


def test_a_series_of_fine_tunes_has_keys_of_its_own() -> None:
    assert slip(finetune_series="maker: x").invalid_inputs[0].expected.startswith("known keys: `author`, `description`")


def test_a_bad_minimum_bridge_version_is_named() -> None:
    problem = slip("image_generation", min_bridge_version="eleven")
    assert (problem.invalid_inputs[0].field, problem.invalid_inputs[0].expected) == (
        "Minimum bridge version",
        "a whole number, like `11`",
    )
    assert slip("image_generation", min_bridge_version="-1").invalid_inputs[0].typed == "-1"


def test_a_field_that_was_not_asked_is_not_touched_and_an_empty_one_is_removed() -> None:
    record = {"name": "n", "description": "d", "strange": 1}
    assert read(record=record).fields == {}
    assert read(record=record, description=" ").fields == {"description": None}
    assert written(record=record, description="") == {"name": "n", "strange": 1}


def test_a_field_that_is_none_of_this_category_changes_nothing() -> None:
    assert read("blip", baseline="x", unknown="y").fields == {}


@pytest.mark.parametrize(
    ("chosen", "put_down"),
    [
        ("stable_diffusion_1", "stable diffusion 1"),
        ("stable_diffusion_2_768", "stable diffusion 2"),
        ("stable_diffusion_2_512", "stable diffusion 2 512"),
        ("stable_diffusion_xl", "stable_diffusion_xl"),
    ],
)
def test_a_legacy_baseline_is_written_as_legacy_records_do(chosen: str, put_down: str) -> None:
    assert read("image_generation", dialect=LEGACY, baseline=chosen).fields["baseline"] == put_down
    assert read("image_generation", baseline=chosen).fields["baseline"] == chosen


def test_the_columns_are_paired_and_a_dash_stands_for_nothing() -> None:
    record = written(
        links=f"{A}\n{B}", sha256=f"-\n{SHA}", names="\nname", purposes="-\nvae", size_on_disk_bytes="7 GB"
    )
    assert files_of(record, V2) == (FileEntry("a", A), FileEntry("name", B, SHA))
    assert record["size_on_disk_bytes"] == 7_000_000_000
    assert [entry.get("file_purpose") for entry in record["config"]["download"]] == [None, "vae"]


def test_the_purpose_of_a_legacy_file_stands_beside_its_hash() -> None:
    record = written(dialect=LEGACY, links=f"{A}\n{B}", sha256=f"{SHA}\n{SHA}", purposes="-\nvae")
    assert record["config"]["files"] == [
        {"path": "a", "sha256sum": SHA},
        {"path": "b", "sha256sum": SHA, "file_type": "vae"},
    ]


@pytest.mark.parametrize("dialect", [V2, LEGACY])
@pytest.mark.parametrize(
    "config",
    [{}, None, "x", {"files": None}, {"download": [{"file_name": "a", "file_url": A}]}, {"files": ["x"]},
     {"download": ["x", {"file_name": ["a"]}], "files": [7, {"path": None}]}],
)  # fmt: skip
def test_a_column_is_written_for_any_files_of_the_record(dialect: CanonicalFormat, config: Any) -> None:
    for typed in ({"purposes": "vae"}, {"sha256": SHA}, {"links": "", "purposes": ""}, {"links": A, "purposes": "vae"}):
        record = {"config": config}
        try:
            changed = written(record=record, dialect=dialect, **typed)
        except InputError as problem:
            assert problem.invalid_inputs[0].expected == "as many lines as there are links: 0"  # noqa: PT017 - any other is a mistake
            continue
        assert [file.file_name for file in files_of(changed, dialect)] == ["a"] * len(files_of(changed, dialect))


def test_the_purpose_of_a_legacy_file_that_stands_as_a_download_only() -> None:
    record = {"config": {"download": [{"file_name": "a", "file_url": A}]}}
    changed = written(record=record, dialect=LEGACY, purposes="vae")
    assert changed["config"] == {**record["config"], "files": [{"path": "a", "file_type": "vae"}]}


def test_one_column_may_change_and_the_others_stay() -> None:
    record = written(links=f"{A}\n{B}", sha256=f"-\n{SHA}", names="x\ny")
    assert files_of(written(record=record, sha256=f"{SHA}\n{SHA}"), V2) == (
        FileEntry("x", A, SHA),
        FileEntry("y", B, SHA),
    )


def test_digests_never_slip_to_another_file() -> None:
    record = written(links=f"{A}\n{B}", sha256=f"\n{SHA}", names="a\nb")
    assert files_of(record, V2) == (FileEntry("a", A), FileEntry("b", B, SHA))


def test_more_digests_than_links_is_said() -> None:
    problem = slip(links=A, sha256=f"{SHA}\n{SHA}")
    assert problem.invalid_inputs[0].field == "sha256"
    assert problem.invalid_inputs[0].expected == "as many lines as there are links: 1"
    assert files_of(problem.kept.apply({}), V2) == (FileEntry("a", A, SHA),)


def test_the_size_of_a_single_file_is_its_own_in_v2_only() -> None:
    for dialect, size in ((V2, 10**9), (LEGACY, None)):
        record = written(dialect=dialect, links=A, size_on_disk_bytes="1 GB")
        assert files_of(record, dialect) == (FileEntry("a", A, None, size),)
        assert record["size_on_disk_bytes"] == 10**9


def test_the_size_and_all_else_known_of_a_file_stay_with_it() -> None:
    entry = {"file_name": "a", "file_url": A, "sha256sum": SHA, "size_bytes": 5, "content_hash": "h"}
    record = {"config": {"download": [entry], "embedded_component_hashes": {"vae": "x"}}}
    changed = written(record=record, links=f"{A}\n{B}")
    assert changed["config"]["download"] == [entry, {"file_name": "b", "file_url": B}]
    assert changed["config"]["embedded_component_hashes"] == {"vae": "x"}


WORD = st.text(alphabet="abcxyz0189._-", min_size=1, max_size=12).filter(lambda word: word != "-")


@given(st.lists(st.builds(FileEntry, WORD, WORD.map("https://h.example/{}".format), st.none() | st.just(SHA))))
def test_files_survive_the_way_through_a_form(files: list[FileEntry]) -> None:
    assert files_of(written(files=file_lines(files)), V2) == tuple(files)


TYPED = (
    "name",
    "parameters",
    "description",
    "tags",
    "settings",
    "requirements",
    "links",
    "sha256",
    "names",
    "size_on_disk_bytes",
    "files",
    "trigger",
    "finetune_series",
    "licensing.evidence",
    "licensing.notes",
    "context_window.maximum_tokens",
    "nsfw",
)


@given(
    st.sampled_from(["image_generation", "text_generation", "controlnet_annotator", "lora"]),
    st.dictionaries(
        st.sampled_from(TYPED),
        st.text(max_size=300),
    ),
)
def test_any_text_is_read_or_named(category: str, typed: dict[str, str]) -> None:
    for dialect in CanonicalFormat:
        try:
            revision = section_edit(SectionAnswers(category, typed), {}, dialect)
        except InputError as problem:
            revision = problem.kept
        json.dumps(revision.apply({}), allow_nan=False)
        if typed.get("name", "").strip():
            assert revision.fields["name"] == typed["name"].strip()


def test_a_chosen_licence_brings_what_it_permits() -> None:
    assert written(licensing__license_expression="Apache-2.0")["licensing"] == {
        "license_expression": "Apache-2.0",
        "license_ids": ["Apache-2.0"],
        "commercial_use": "allowed",
        "redistribution": "allowed_with_conditions",
        "obligations": ["include_license"],
    }


def test_what_the_person_chose_for_a_licence_counts_more() -> None:
    licensing = written(licensing__license_expression="Apache-2.0", licensing__commercial_use="prohibited")["licensing"]
    assert licensing["commercial_use"] == "prohibited"


def test_words_about_a_licence_without_one_leave_it_open() -> None:
    assert written(licensing__attribution="Anna")["licensing"] == {
        "attribution": "Anna",
        "license_expression": "NOASSERTION",
        "commercial_use": "unknown",
        "redistribution": "unknown",
        "license_ids": [],
    }


def test_another_licence_takes_the_permissions_of_the_old_one_along() -> None:
    record = written(licensing__license_expression="Apache-2.0", licensing__attribution="Anna")
    licensing = written(record=record, licensing__license_expression="MIT OR (Apache-2.0)")["licensing"]
    assert licensing == {
        "license_expression": "MIT OR (Apache-2.0)",
        "license_ids": ["MIT", "Apache-2.0"],
        "commercial_use": "unknown",
        "redistribution": "unknown",
        "attribution": "Anna",
    }


def test_what_a_person_said_beside_a_licence_stays_with_the_next_one() -> None:
    record = written(licensing__license_expression="Apache-2.0")
    record = written(record=record, licensing__commercial_use="prohibited")
    licensing = written(record=record, spdx="apache-2.0 or MIT")["licensing"]
    assert licensing["license_expression"] == "Apache-2.0 OR MIT"
    assert licensing["license_ids"] == ["Apache-2.0", "MIT"]
    assert licensing["commercial_use"] == "prohibited"
    assert licensing["redistribution"] == "unknown", "the licence had said it"


@pytest.mark.parametrize(
    ("typed", "expression", "ids"),
    [
        ("MIT", "MIT", ["MIT"]),
        (" ( mit and Zlib )  or GPL-2.0-only ", "(mit AND Zlib) OR GPL-2.0-only", ["mit", "Zlib", "GPL-2.0-only"]),
        ("GPL-2.0-only with Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0",
         ["GPL-2.0-only WITH Classpath-exception-2.0"]),
        ("MIT or MIT", "MIT OR MIT", ["MIT"]),
    ],
)  # fmt: skip
def test_an_expression_is_read_as_people_write_it(typed: str, expression: str, ids: list[str]) -> None:
    assert read_expression(typed) == expression
    assert licence_ids(expression) == ids


@pytest.mark.parametrize(
    "typed", ["MIT or", "or MIT", "MIT Zlib", "(MIT", "MIT)", "()", "MIT WITH (X)", "MIT/Zlib", "MIT, Zlib", "WITH", ""]
)
def test_what_is_no_expression_is_said_so(typed: str) -> None:
    assert read_expression(typed) is None
    if typed:
        assert slip(spdx=typed).invalid_inputs[0].key == "spdx"


@given(st.text(alphabet="MIT()ORAND with.-", max_size=40))
def test_an_expression_that_was_read_is_read_as_itself(typed: str) -> None:
    expression = read_expression(typed)
    assert expression is None or read_expression(expression) == expression
    licence_ids(typed)


TWO = {
    "config": {
        "download": [
            {"file_name": "a.safetensors", "file_url": A, "sha256sum": SHA, "size_bytes": 5},
            {"file_name": "b.safetensors", "file_url": B, "known_slow_download": True},
        ]
    }
}


def test_each_file_has_a_size_and_a_word_on_its_speed() -> None:
    changed = written(record=TWO, sizes="-\n6.94 GB", slow="yes\n-")
    assert changed["config"]["download"] == [
        {"file_name": "a.safetensors", "file_url": A, "sha256sum": SHA, "known_slow_download": True},
        {"file_name": "b.safetensors", "file_url": B, "size_bytes": 6_940_000_000},
    ]
    assert written(record=TWO, sizes="", slow="")["config"]["download"][0].get("size_bytes") is None


def test_a_file_that_takes_anothers_place_does_not_take_its_size_and_speed() -> None:
    download = written(record=TWO, links=f"{B}\nhttps://h.example/c", names="b.safetensors\n")["config"]["download"]
    assert download[0]["known_slow_download"] is True
    assert "size_bytes" not in download[0]
    assert "known_slow_download" not in download[1]


def test_every_line_that_is_no_size_is_told_and_leaves_the_file_as_it_was() -> None:
    problem = slip(record=TWO, sizes="large\n7 GB", slow="perhaps\nno\nyes")
    told = {(each.key, each.field): each.typed for each in problem.invalid_inputs}
    assert told == {
        ("slow", "Slow to download"): "yes",
        ("sizes", "Sizes, line 1"): "large",
        ("slow", "Slow to download, line 1"): "perhaps",
    }
    download = problem.kept.fields["config"]["download"]
    assert [entry.get("size_bytes") for entry in download] == [5, 7_000_000_000]
    assert [entry.get("known_slow_download") for entry in download] == [None, False]


def test_an_emptied_context_window_leaves_nothing_behind() -> None:
    record = {"context_window": {"maximum_tokens": 8192, "sources": []}}
    changed = written("text_generation", record, context_window__maximum_tokens="16k")
    assert changed["context_window"] == {"maximum_tokens": 16384, "sources": []}
    assert written("text_generation", changed, context_window__maximum_tokens="") == {}


def test_claims_that_a_form_does_not_show_stay() -> None:
    record = {
        "interaction_modes": {
            "chat": {"status": "supported", "qualification": "q"},
            "completion": {"status": "unsupported"},
            "instruction": {"status": "supported"},
        }
    }
    changed = written("text_generation", record, interaction_modes=("chat",))
    assert changed["interaction_modes"] == {
        "chat": {"status": "supported", "qualification": "q"},
        "completion": {"status": "unsupported"},
    }


def test_a_name_comes_from_the_address() -> None:
    assert name_from("https://civitai.com/api/download/models/1?type=Model") == "1"
    assert name_from("https://[") == ""
