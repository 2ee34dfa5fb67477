import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry
from bot.services.forms_input import (
    ANOTHER_REASON,
    CANNED_REASONS,
    BasicsAnswers,
    FilesAnswers,
    InputError,
    RejectAnswers,
    basics_revision,
    file_lines,
    files_revision,
    name_from,
    reject_reason,
)
from bot.services.quantities import read_count, read_size

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
SHA = "ab" * 32


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("7B", 7_000_000_000),
        ("7b", 7_000_000_000),
        ("1.1B", 1_100_000_000),
        ("1,5 B", 1_500_000_000),
        ("350M", 350_000_000),
        ("7000000000", 7_000_000_000),
        ("7,000,000,000", 7_000_000_000),
        ("seven", None),
        ("-7B", None),
        ("", None),
        ("7X", None),
        ("9" * 4000, None),
    ],
)
def test_a_count_is_read_as_people_write_it(typed: str, count: int | None) -> None:
    assert read_count(typed) == count


@pytest.mark.parametrize(
    ("typed", "size"),
    [("7.27 GB", 7_270_000_000), ("7.27gb", 7_270_000_000), ("123", 123), ("1 GiB", 2**30), ("big", None)],
)
def test_a_size_is_read_as_people_write_it(typed: str, size: int | None) -> None:
    assert read_size(typed) == size


@given(st.text(max_size=60))
def test_reading_a_number_never_fails(typed: str) -> None:
    for read in (read_count, read_size):
        number = read(typed)
        assert number is None or number >= 0


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (f"a.safetensors | https://h.example/a | {SHA}", FileEntry("a.safetensors", "https://h.example/a", SHA)),
        ("a.safetensors|https://h.example/a", FileEntry("a.safetensors", "https://h.example/a")),
        ("https://h.example/b%20c.safetensors", FileEntry("b c.safetensors", "https://h.example/b%20c.safetensors")),
        (" | https://h.example/d | ", FileEntry("d", "https://h.example/d")),
        ("only-a-name", FileEntry("only-a-name", "")),
    ],
)
def test_a_line_of_files_is_read(line: str, entry: FileEntry) -> None:
    revision = basics_revision(BasicsAnswers("blip", "n", files=f"\n{line}\n\n"), V2)
    assert revision.files == (entry,)


def test_a_line_with_too_much_is_named_and_the_rest_is_kept() -> None:
    answers = BasicsAnswers(
        "blip", " n ", description=" d ", files="a | https://h.example | x | y\nhttps://h.example/z"
    )
    with pytest.raises(InputError) as caught:
        basics_revision(answers, V2)
    assert caught.value.field == "Files, line 1"
    assert caught.value.typed == "a | https://h.example | x | y"
    assert caught.value.expected == "`name | url | sha256`"
    assert caught.value.kept.fields == {"name": "n", "description": "d"}
    assert caught.value.kept.files is not None
    assert len(caught.value.kept.files) == 2


def test_parameters_that_are_no_number_are_named_and_the_rest_is_kept() -> None:
    with pytest.raises(InputError) as caught:
        basics_revision(BasicsAnswers("text_generation", "T", parameters="many", description="d"), V2)
    assert (caught.value.field, caught.value.typed) == ("Parameters", "many")
    assert caught.value.kept.fields == {"name": "T", "description": "d"}


@pytest.mark.parametrize("typed", ["[1]", "{", '"x"', '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', "[" * 100_000])
def test_other_fields_are_one_json_object(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        basics_revision(BasicsAnswers("lora", "n", other_fields=typed), V2)
    assert caught.value.typed == typed
    assert caught.value.kept.fields == {"name": "n"}


def test_other_fields_are_set_and_null_removes_one() -> None:
    revision = basics_revision(BasicsAnswers("lora", "n", other_fields='{"version": "2", "style": null}'), V2)
    assert revision.fields == {"version": "2", "style": None, "name": "n"}


def test_a_field_that_was_not_asked_is_not_touched_and_an_empty_one_is_removed() -> None:
    assert basics_revision(BasicsAnswers("blip", "n"), V2).fields == {"name": "n"}
    assert basics_revision(BasicsAnswers("blip", "n", description=""), V2).fields == {"name": "n", "description": None}


@pytest.mark.parametrize(
    ("chosen", "written"),
    [
        ("stable_diffusion_1", "stable diffusion 1"),
        ("stable_diffusion_2_768", "stable diffusion 2"),
        ("stable_diffusion_2_512", "stable diffusion 2 512"),
        ("stable_diffusion_xl", "stable_diffusion_xl"),
    ],
)
def test_a_legacy_baseline_is_written_as_legacy_records_do(chosen: str, written: str) -> None:
    answers = BasicsAnswers("image_generation", "n", baseline=chosen)
    assert basics_revision(answers, LEGACY).fields["baseline"] == written
    assert basics_revision(answers, V2).fields["baseline"] == chosen


def test_the_files_form_pairs_its_lines_and_a_dash_stands_for_nothing() -> None:
    answers = FilesAnswers("https://h.example/a\nhttps://h.example/b", f"-\n{SHA}", "\nname", "7 GB")
    revision = files_revision(answers, V2)
    assert revision.files == (FileEntry("a", "https://h.example/a"), FileEntry("name", "https://h.example/b", SHA))
    assert revision.fields == {"size_on_disk_bytes": 7_000_000_000}


def test_digests_never_slip_to_another_file() -> None:
    files = (FileEntry("a", "https://h.example/a"), FileEntry("b", "https://h.example/b", SHA))
    typed = FilesAnswers("\n".join(f.file_url for f in files), f"\n{SHA}", "a\nb", "")
    assert files_revision(typed, V2).files == files


def test_more_digests_than_links_is_said() -> None:
    with pytest.raises(InputError) as caught:
        files_revision(FilesAnswers("https://h.example/a", f"{SHA}\n{SHA}", "", ""), V2)
    assert caught.value.field == "sha256"
    assert caught.value.kept.files == (FileEntry("a", "https://h.example/a", SHA),)


def test_the_size_of_a_single_file_is_its_own_in_v2_only() -> None:
    answers = FilesAnswers("https://h.example/a", "", "", "1 GB")
    assert files_revision(answers, V2).files == (FileEntry("a", "https://h.example/a", None, 10**9),)
    assert files_revision(answers, LEGACY).files == (FileEntry("a", "https://h.example/a"),)


WORD = st.text(alphabet="abcxyz0189._-", min_size=1, max_size=12)


@given(st.lists(st.builds(FileEntry, WORD, WORD.map("https://h.example/{}".format), st.none() | st.just(SHA))))
def test_files_survive_the_way_through_a_form(files: list[FileEntry]) -> None:
    answers = BasicsAnswers("blip", "n", files=file_lines(tuple(files)))
    assert basics_revision(answers, V2).files == tuple(files)


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_is_read_or_named(one: str, other: str) -> None:
    for answers in (BasicsAnswers("text_generation", one, None, None, other, one, other, one),):
        try:
            revision = basics_revision(answers, V2)
        except InputError as problem:
            revision = problem.kept
        assert revision.fields["name"] == one.strip()


@pytest.mark.parametrize(
    ("choice", "words", "reason"),
    [
        ("Not fit for the Horde", "", "Not fit for the Horde."),
        ("Not fit for the Horde", "Too slow.", "Not fit for the Horde. Too slow."),
        (ANOTHER_REASON, "Because.", "Because."),
    ],
)
def test_a_reason_is_the_choice_and_the_words(choice: str, words: str, reason: str) -> None:
    assert reject_reason(RejectAnswers(choice, words)) == reason


def test_another_reason_needs_words() -> None:
    with pytest.raises(InputError):
        reject_reason(RejectAnswers(ANOTHER_REASON, "  "))


@pytest.mark.parametrize("choice", CANNED_REASONS)
def test_the_longest_reason_fits_the_service(choice: str) -> None:
    assert len(reject_reason(RejectAnswers(choice, "w" * 440))) <= 500


def test_a_name_comes_from_the_address() -> None:
    assert name_from("https://civitai.com/api/download/models/1?type=Model") == "1"
    assert name_from("https://[") == ""
