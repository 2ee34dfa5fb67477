"""A record is taken from the shapes that people have at hand, or refused with the cause."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.records.json_input import RecordJsonError, first_record_block, record_from_json, stated_category
from bot.services.records.texts import RecordShape

IMAGE, TEXT = "image_generation", "text_generation"
LUMEN = {"name": "Lumen", "tags": ["a", "b, ]"], "config": {"download": []}}
WRITTEN = json.dumps({"Lumen": LUMEN}, indent=4)
INSIDE = "\n".join(WRITTEN.splitlines()[1:-1])
LLM = {"name": "acme/Lumen-12B", "parameters": 12_000_000_000}
HEADER = "name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings"
ROW = 'acme/Lumen-12B,12,,https://huggingface.co/acme/Lumen-12B,,"Bright, short",,"a, b",ChatML,"{""top_k"": 40}"'
ROW_RECORD = {
    **LLM,
    "url": "https://huggingface.co/acme/Lumen-12B",
    "description": "Bright, short",
    "tags": ["a", "b"],
    "instruct_format": "ChatML",
    "settings": {"top_k": 40},
}
GENERATED = {
    name: {**LLM, "name": name} for name in ("acme/Lumen-12B", "aphrodite/acme/Lumen-12B", "koboldcpp/Lumen-12B")
}
SHAPES: list[tuple[str, str, dict[str, Any], tuple[RecordShape, ...]]] = [
    (f"{INSIDE},", IMAGE, LUMEN, (RecordShape.FRAGMENT,)),
    (
        "\n".join(f"+{line}" for line in f"{INSIDE},".splitlines()),
        IMAGE,
        LUMEN,
        (RecordShape.DIFF, RecordShape.FRAGMENT),
    ),
    (
        '@@ -1,2 +1,9 @@\n "Other": {\n-  "nsfw": true\n' + "\n".join(f"+{line}" for line in INSIDE.splitlines()),
        IMAGE,
        LUMEN,
        (RecordShape.DIFF, RecordShape.FRAGMENT),
    ),
    (f"{WRITTEN},", IMAGE, LUMEN, ()),
    (WRITTEN.replace("\n    }", ",\n    }").replace('"b, ]"', '"b, ]",'), IMAGE, LUMEN, (RecordShape.COMMA,)),
    (json.dumps(LUMEN).replace('": "', "”: “").replace('"', "“"), IMAGE, LUMEN, (RecordShape.QUOTES,)),
    (json.dumps([LUMEN]), IMAGE, LUMEN, (RecordShape.LIST,)),
    (json.dumps(GENERATED), TEXT, LLM, (RecordShape.GENERATED,)),
    (json.dumps(list(GENERATED.values())), TEXT, LLM, (RecordShape.GENERATED,)),
    (ROW, TEXT, ROW_RECORD, (RecordShape.ROW,)),
    (f"{HEADER}\n{ROW}\n", TEXT, ROW_RECORD, (RecordShape.ROW,)),
    (f"+{ROW}", TEXT, ROW_RECORD, (RecordShape.ROW,)),
    ('"requirements": {"min_steps": 2},', IMAGE, {"requirements": {"min_steps": 2}}, (RecordShape.FRAGMENT,)),
]
IDS = ["fragment", "added lines", "diff", "comma after", "commas", "quotes", "list of one", "backend entries",
       "backend entries in a list", "row", "row with columns", "added row", "a field with an object"]  # fmt: skip


@pytest.mark.parametrize(("text", "category", "record", "shapes"), SHAPES, ids=IDS)
def test_a_shape_at_hand_is_taken_and_named(
    text: str, category: str, record: dict[str, Any], shapes: tuple[RecordShape, ...]
) -> None:
    read = record_from_json(text.encode(), category)
    assert (read.record, read.shapes) == (record, shapes)


@pytest.mark.parametrize("text", [text for text, *_ in SHAPES], ids=IDS)
def test_a_message_with_it_is_found(text: str) -> None:
    assert first_record_block(f"Please add\n```json\n{text}\n```\nThanks") == text.strip().encode()


@pytest.mark.parametrize("text", ["Good morning", "12", "+1", '"a"', "a, b, c", "I like a, b, c, d, e, f, g, h, i, j"])
def test_a_message_without_a_record_has_none(text: str) -> None:
    assert first_record_block(text) is None


def test_a_row_states_its_category() -> None:
    assert stated_category(ROW.encode()) == TEXT
    assert stated_category(json.dumps(GENERATED).encode()) == TEXT
    assert stated_category(json.dumps(LUMEN).encode()) is None


@pytest.mark.parametrize(
    ("text", "problem", "where"),
    [
        ('+  "version": "2",', "syntax", "line 1, column 1: a value is missing"),
        ('{"name": "x" "nsfw": true}', "syntax", "line 1, column 14: a comma is missing"),
        ('{"name": "x}', "syntax", "line 1, column 10: a text is not closed"),
        ("{name: 1}", "syntax", "line 1, column 2: a key in double quotes is missing"),
        (json.dumps([LUMEN, {**LUMEN, "name": "Ember"}]), "several", "2 records"),
        (f"{ROW}\n{ROW.replace('Lumen', 'Ember')}", "several", "2 records"),
        (ROW.replace("12,", "big,"), "syntax", "line 1, column 1: a value is missing"),
    ],
)
def test_a_text_that_is_ambiguous_is_refused_with_its_cause(text: str, problem: str, where: str) -> None:
    category = TEXT if text.startswith("acme") else IMAGE
    with pytest.raises(RecordJsonError) as caught:
        record_from_json(text.encode(), category)
    assert (caught.value.problem, caught.value.where) == (problem, where)


@given(st.text(st.sampled_from('{}[]",:+-“”ab1\n \\')))
def test_any_text_is_taken_or_refused(text: str) -> None:
    with contextlib.suppress(RecordJsonError):
        assert isinstance(record_from_json(text.encode(), TEXT).record, dict)
