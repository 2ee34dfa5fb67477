"""Sentences of the checks: what a curator reads about each mistake."""

from typing import Any

import pytest

from bot.services.checks import Check, CheckCode, Verdict
from bot.services.checks.run import run_checks
from bot.ui.cards.checks import _PASSES, _WORDS, check_lines, sentence
from bot.ui.glyphs import Theme
from tests.services.checks.checked_records import file, rival, subject
from tests.services.checks.mistaken_records import TEXT, checked, image, legacy_files, subject_of, text
from tests.services.checks.mistakes import MISTAKES
from tests.services.checks.mistakes_in_fields import RIVAL


def sentences(record: dict[str, Any], code: CheckCode, category: str = "image_generation") -> list[str]:
    checks = run_checks(subject_of(record, category))
    return [sentence(check, is_draft=False) for check in checks if check.code is code]


def test_each_mistake_is_one_line_that_shows_its_correction() -> None:
    for case in MISTAKES:
        for check in run_checks(checked(case)):
            if check.verdict is Verdict.PASS:
                continue
            said = sentence(check, is_draft=False)
            assert said.startswith("**"), said
            assert said.count("**") % 2 == 0, said
            assert "\n" not in said, said
            assert "Edit *" not in said, said  # the reader of a card has no form
            assert str(check.facts.get("corrected", "")) in said, said


def test_every_check_has_words() -> None:
    without = set(CheckCode) - _WORDS.keys() - _PASSES.keys()
    assert without == set(), "give each a sentence in bot/ui/cards/file_sentences.py, value_sentences.py or checks.py"


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (image("Lumen Inpainting"), "the name says yes, the field does not"),
        (image(inpainting=True), "the field says yes, the name does not"),
        (
            image(**legacy_files("lumen_inpainting.safetensors")),
            "the file `lumen_inpainting.safetensors` is for inpainting, the field says no",
        ),
    ],
)
def test_the_inpainting_flag_is_compared_with_name_and_file(record: dict[str, Any], said: str) -> None:
    assert sentences(record, CheckCode.INPAINTING) == [f"**Inpainting:** {said}."]


def test_a_description_without_content_is_told_from_an_empty_one() -> None:
    code = CheckCode.DESCRIPTION_EMPTY
    assert sentences(image(description="TODO"), code) == ["**Description:** `TODO` does not describe the model."]
    assert sentences(image(description=""), code) == ["**Description** is empty."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"inpainting": "no"}, '**Inpainting:** `"no"` is not true or false. Correct: `false`.'),
        ({"tags": "lamp, warm"}, '**Tags:** `"lamp, warm"` is not a list. Correct: `["lamp", "warm"]`.'),
        ({"requirements": {"min_steps": "4"}}, '**min\\_steps:** `"4"` is not a number. Correct: `4`.'),
        ({"config": {"files": {"a": 1}}}, '**config\\.files:** `{"a": 1}` is not a list of objects.'),
    ],
)
def test_a_value_of_another_kind_is_shown_as_the_record_has_it(changes: dict[str, Any], said: str) -> None:
    assert sentences(image(**changes), CheckCode.VALUE_KIND) == [said]


def test_a_word_with_a_space_too_many_is_not_corrected_to_itself() -> None:
    said = sentences(text(instruct_format=" ChatML"), CheckCode.FORMAT_VARIANT, TEXT)
    assert said == ["**Instruct format:** `ChatML` has extra spaces."]


def test_a_name_with_a_space_at_its_end_leaves_the_link_of_the_model_alone() -> None:
    record = text("acme/Ember-12B ", url="https://huggingface.co/acme/Ember-12B")
    assert sentences(record, CheckCode.URL_OTHER, TEXT) == []
    assert sentences(record, CheckCode.NAME_SPACES, TEXT) == [
        "**Name:** has spaces at an end. Correct: `acme/Ember-12B`."
    ]


def test_three_of_many_other_changes_are_named_and_leave_room_for_other_warnings() -> None:
    rivals = [rival(change_id=number) for number in range(1, 300)]
    others = [rival(change_id=number, model_name=f"Pixel {number}", payload=file()) for number in range(300, 600)]
    lines = check_lines(run_checks(subject(open_changes=(*rivals, *others))), Theme(), is_draft=False)
    later = "The one applied later overwrites the earlier."
    assert lines[:4] == (
        f"⚠️ **#1 by carol\\#303 also changes Pixel.** {later}",
        f"⚠️ **#2 by carol\\#303 also changes Pixel.** {later}",
        f"⚠️ **#3 by carol\\#303 also changes Pixel.** {later} Newer changes of it are open, too.",
        "⚠️ **#300, #301, #302 and newer changes propose the same file.**",
    )


def test_a_file_without_a_name_is_called_so() -> None:
    config = {
        "files": [],
        "download": [{"file_name": "", "file_path": "", "file_url": "https://a.dev/lumen.safetensors"}],
    }
    assert sentences(image(config=config), CheckCode.FILE_NAME_BAD) == [
        "**File name** is empty. Correct: `lumen.safetensors`."
    ]


def test_one_file_listed_twice_is_named_once() -> None:
    check = Check(CheckCode.FILE_TWICE, Verdict.FAIL, {"file": "lumen.safetensors", "value": "lumen.safetensors"})
    assert sentence(check, is_draft=False) == "**File listed twice:** `lumen.safetensors`."


@pytest.mark.parametrize(
    ("rivals", "said"),
    [(1, "**#7 proposes the same file** for Lantern."), (3, "**#7, #8, #9 propose the same file.**"),
     (8, "**#7, #8, #9 and newer changes propose the same file.**")],
)  # fmt: skip
def test_changes_that_propose_the_same_file_are_one_line(rivals: int, said: str) -> None:
    others = tuple(RIVAL.model_copy(update={"change_id": 7 + index}) for index in range(rivals))
    checks = run_checks(subject_of(image(), open_changes=others))
    assert [sentence(each, is_draft=False) for each in checks if each.code is CheckCode.FILE_PROPOSED] == [said]
