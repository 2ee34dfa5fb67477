import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import Diff, Operation
from bot.services.checks import Check, CheckCode, Section, Verdict
from bot.ui.cards import checks as words
from bot.ui.cards.diff_lines import changed_fields, diff_text, names_of
from bot.ui.cards.prose_diff import CARD_LENGTH, is_rewritten, prose_diff
from bot.ui.glyphs import Theme
from bot.ui.labels import label, parameters_text, value_text
from tests.ui.inert import unescaped
from tests.ui.samples import NEW_SHA, OLD_SHA, download, field_diff

HUB = "https://huggingface.co"
UNSUPPLIED = "No licensing conclusion was supplied when this model was created."


def diff_of(*fields: tuple[str, object, object], old: object = None, new: object = None) -> Diff:
    return Diff.model_validate(
        {
            "change_id": 1,
            "category": "image_generation",
            "model_name": "m",
            "operation": Operation.UPDATE,
            "net_operation": "modified",
            "current_state": old,
            "proposed_state": new,
            "field_diffs": tuple(field_diff(*one) for one in fields),
        }
    )


def lines_of(diff: Diff) -> list[str]:
    text = diff_text(diff)
    return [unescaped(line).replace("\u00a0", " ") for line in (*text.critical, *text.rest)]


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (("version", "2", "6"), "**Version** 2 → 6"),
        (("version", None, "6"), "**Version** not stated → 6"),
        (("version", "2", None), "**Version** 2 → removed"),
        (("nsfw", False, True), "**NSFW** no → yes"),
        (("size_on_disk_bytes", 2132780730, 4265380512), "**Size** 2.13 GB → 4.27 GB"),
        (("size_on_disk_bytes", 6938040706, 6938041850), "**Size** `6,938,040,706` → `6,938,041,850`"),
        (("tags", ["cg", "x"], ["x", "pixel", "retro"]), "**Tags** +pixel +retro −cg"),  # noqa: RUF001 - a minus
        (("baseline", "flux_1", "flux_schnell"), "**Baseline** Flux.1 → Flux.1 schnell"),
        (("baseline", "flux 1", "flux_1"), "**Baseline** `flux 1` → `flux_1`"),
        (("baseline", "flux_1", "Own_Thing"), "**Baseline** Flux.1 → `Own_Thing`"),
        (("homepage", None, f"{HUB}/a"), f"**Homepage** not stated → [huggingface.co]({HUB}/a)"),
        (("parameters", 7_000_000_000, 13_000_000_000), "**Parameters** 7B → 13B"),
        (("requirements.min_steps", 4, 8), "**Requirements, min steps** 4 → 8"),
        (("licensing.notes", UNSUPPLIED, "Asked them."), "**Notes on the licence** not stated → Asked them."),
    ],
)
def test_a_field_is_one_line_that_people_can_read(fields: tuple[str, object, object], line: str) -> None:
    assert lines_of(diff_of(fields)) == [line]


def test_metadata_and_the_default_licence_are_left_out() -> None:
    diff = diff_of(
        ("metadata", {"a": 1}, None),
        ("metadata.updated_at", 1, 2),
        ("licensing", None, {"license_expression": "NOASSERTION", "commercial_use": "unknown", "obligations": []}),
        ("licensing.redistribution", None, "unknown"),
        ("licensing.notes", None, "Legacy record has not received a reviewed license conclusion."),
        ("licensing.commercial_use", "unknown", None),
    )
    assert changed_fields(diff) == ()


def test_a_licence_that_is_taken_back_is_told() -> None:
    diff = diff_of(("licensing.license_expression", "MIT", "NOASSERTION"), ("licensing.notes", "Asked them.", None))
    assert [one.label for one in changed_fields(diff)] == ["Licence", "Notes on the licence"]


def test_the_members_of_one_object_are_named_once() -> None:
    diff = diff_of(("requirements", None, {"a": 1, "b": 2}), ("version", "1", "2"), ("requirements.c", 1, 2))
    assert names_of(changed_fields(diff)) == "Requirements, Version"


def test_critical_fields_come_first_in_the_designs_order() -> None:
    diff = diff_of(
        ("version", "1", "2"),
        ("nsfw", True, False),
        ("baseline", "a", "b"),
        ("licensing.license_expression", None, "MIT"),
    )
    assert [one.label for one in changed_fields(diff)] == ["Licence", "Baseline", "NSFW", "Version"]


def files(*entries: dict[str, object]) -> dict[str, object]:
    return {"config": {"download": list(entries)}}


def test_of_a_replaced_file_only_what_differs_is_said() -> None:
    old = files(download("a.ckpt", f"{HUB}/a", OLD_SHA))
    new = files(download("a.ckpt", f"{HUB}/b", NEW_SHA))
    assert lines_of(diff_of(("config.download", 1, 2), old=old, new=new)) == [
        f"**Link** [huggingface.co]({HUB}/a) → [huggingface.co]({HUB}/b)",
        "**sha256** `b4391b7978d9…` → `9aba26abf0d3…`",
    ]


def test_several_files_are_counted_and_named() -> None:
    old = files(download("a", f"{HUB}/a", OLD_SHA), download("b", f"{HUB}/b", OLD_SHA))
    new = files(
        download("a", f"{HUB}/a", NEW_SHA), download("b", f"{HUB}/b", NEW_SHA), download("c", f"{HUB}/c", NEW_SHA)
    )
    assert lines_of(diff_of(("config.download", 1, 2), old=old, new=new)) == [
        "**Files** 1 added, 2 replaced",
        "`c` `a` `b`",
    ]


def test_a_legacy_hash_that_changes_is_a_change_of_the_file() -> None:
    def legacy(sha256: str) -> dict[str, object]:
        return {
            "config": {
                "download": [{"file_name": "a", "file_path": "", "file_url": f"{HUB}/a"}],
                "files": [{"path": "a", "sha256sum": sha256}],
            }
        }

    diff = diff_of(("config.files", 1, 2), old=legacy(OLD_SHA), new=legacy(NEW_SHA))
    assert lines_of(diff) == ["**sha256** `b4391b7978d9…` → `9aba26abf0d3…`"]
    assert changed_fields(diff)[0].is_critical


def test_too_many_fields_are_counted_by_their_first_key_and_criticals_stay() -> None:
    fields = [(f"requirements.r{n}", n, n + 1) for n in range(9)] + [(f"showcases.s{n}", None, "x") for n in range(3)]
    text = diff_text(diff_of(("baseline", "a", "b"), *fields))
    assert text.is_folded
    assert [unescaped(line) for line in text.rest] == ["**12 more, in the file:** requirements 9, showcases 3"]
    assert len(text.critical) == 1


def test_prose_shows_words_that_went_and_came_with_a_little_around_them() -> None:
    shown = prose_diff("one two three four five six seven", "one two three four five six eight")
    assert shown == "… three four five six ~~seven~~ **eight**"


def test_a_text_rewritten_by_more_than_half_is_shown_before_and_after() -> None:
    old = "A general model for portraits and landscapes in warm light, trained on photographs of three decades."
    new = "Draws robots. Prompts in plain sentences work best, and it needs at least twenty steps for clean lines."
    lines = lines_of(diff_of(("description", old, new)))
    assert lines[1:] == [f"**Before** {old}", f"**After** {new}"]
    edited = old.replace("warm", "cold")
    assert not is_rewritten(old, edited)
    assert "~~warm~~ **cold**" in lines_of(diff_of(("description", old, edited)))[1]
    assert not is_rewritten("one two", "three four"), "few words are compared one by one"


@given(st.text(), st.text())
def test_prose_never_grows_beyond_its_room(old: str, new: str) -> None:
    assert len(prose_diff(old, new)) <= CARD_LENGTH + 30


def test_a_strangers_field_name_is_escaped() -> None:
    assert label("**x**") == "\\*\\*x\\*\\*"
    assert label("min_bridge_version") == "Minimum bridge version"


@pytest.mark.parametrize(
    ("count", "shown"), [(7_000_000_000, "7B"), (1_100_000_000, "1.1B"), (350_000_000, "350M"), (12, "12")]
)
def test_parameters_are_counted_as_people_do(count: int, shown: str) -> None:
    assert parameters_text(count) == shown


def test_a_list_shows_eight_and_counts_the_rest() -> None:
    assert value_text("tags", [f"t{n}" for n in range(12)]) == "t0, t1, t2, t3, t4, t5, t6, t7 +4"


def test_every_check_has_its_words() -> None:
    assert set(words._WORDS) | set(words._PASSES) == set(CheckCode)
    assert not set(words._WORDS) & set(words._PASSES)


@pytest.mark.parametrize("code", words._WORDS)
def test_a_fail_is_one_sentence_or_two(code: CheckCode) -> None:
    for is_draft in (True, False):
        (line,) = words.check_lines([Check(code, Verdict.FAIL, {}, Section.BASICS)], Theme(), is_draft=is_draft)
        assert line.startswith("❌ **")
        assert line.endswith((".", ".**"))
