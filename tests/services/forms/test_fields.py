"""The table of fields, and the way of each kind of value through a form and back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.demo
from bot.reference.deployment import CATEGORIES, LEGACY_CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.forms.fields import Choices, Field, Kind, Section, UnreadableError, enumerations, with_value
from bot.services.forms.fields_table import FIELDS, FIRST_FIELDS, fields_of, first_fields, page_of, pages
from bot.services.forms.fields_text import read, show, split_list
from bot.services.forms.forms_input import SectionAnswers, section_edit, shown
from bot.services.forms.quantities import (
    read_count,
    read_size,
    read_tokens,
    read_whole,
    show_count,
    show_size,
)

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
WAYS = [(category, dialect) for category in CATEGORIES for dialect in CanonicalFormat]
FORMS = (Section.BASICS, Section.FILES, Section.DETAILS, Section.LICENSING)


@pytest.mark.parametrize(("category", "dialect"), WAYS)
def test_every_field_has_a_form_and_fits_discord(category: str, dialect: CanonicalFormat) -> None:
    fields = fields_of(category, dialect)
    assert len({one.key for one in fields}) == len(fields)
    assert len({one.label for one in fields}) == len(fields)
    for one in fields:
        assert 0 < len(one.label) <= 45
        assert len(one.hint) <= 100
        assert len(one.placeholder) <= 100
        assert page_of(category, one.key, dialect) is not None
    for section in FORMS:
        forms = pages(category, section, dialect)
        assert all(1 <= len(form) <= 5 for form in forms)
        assert len(forms) <= 2, "a button for each, and there are two"


@pytest.mark.parametrize(("category", "dialect"), WAYS)
def test_the_first_form_asks_for_all_that_is_required(category: str, dialect: CanonicalFormat) -> None:
    asked = first_fields(category, dialect)
    assert 1 <= len(asked) <= 5
    assert {one.key for one in fields_of(category, dialect) if one.is_required} <= {one.key for one in asked}
    assert asked[0].kind is Kind.NAME


def test_the_table_speaks_of_categories_that_there_are() -> None:
    assert set(FIELDS) | set(FIRST_FIELDS) <= set(CATEGORIES)


def test_a_category_that_is_new_has_what_is_common_to_all() -> None:
    assert {one.key for one in first_fields("tomorrow", V2)} == {"name", "description", "files", "why"}
    assert len(pages("tomorrow", Section.LICENSING, V2)) == 2


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
        ("1.123456789B", 1_123_456_789),
        ("seven", None),
        ("-7B", None),
        ("", None),
        ("7X", None),
        ("1,000,000K", 1_000_000_000),
        ("9" * 4000, None),
    ],
)
def test_a_count_is_read_as_people_write_it(typed: str, count: int | None) -> None:
    assert read_count(typed) == count


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("7.27 GB", 7_270_000_000),
        ("7.27gb", 7_270_000_000),
        ("123", 123),
        ("1 GiB", 2**30),
        ("6,5 GB", 6_500_000_000),
        ("6,938,040,682 B", 6_938_040_682),
        ("6.5", None),
        ("big", None),
    ],
)
def test_a_size_is_read_as_people_write_it(typed: str, size: int | None) -> None:
    assert read_size(typed) == size


@pytest.mark.parametrize(("typed", "tokens"), [("8k", 8192), ("8192", 8192), ("128K tokens", 131072), ("1M", 2**20)])
def test_a_context_window_is_counted_in_powers_of_two(typed: str, tokens: int) -> None:
    assert read_tokens(typed) == tokens


@given(st.text(max_size=60) | st.text("0123456789,. _kKmMgGbBiI", max_size=20))
def test_reading_a_number_never_fails(typed: str) -> None:
    for number_of in (read_count, read_size, read_tokens, read_whole):
        number = number_of(typed)
        assert number is None or number_of is read_whole or number >= 0


@given(st.integers(min_value=0, max_value=10**17))
def test_a_number_is_shown_as_it_can_be_typed(number: int) -> None:
    assert read_count(show_count(number)) == number
    assert read_size(show_size(number)) == number


def test_a_size_is_shown_as_people_write_it_and_loses_no_byte() -> None:
    assert [show_size(size) for size in (6_938_040_682, 7_270_000_000, 143_500_000, 512)] == [
        "6.938040682 GB",
        "7.27 GB",
        "143.5 MB",
        "512",
    ]


def one(kind: Kind) -> Field:
    """A field of a kind."""
    return Field(key="k", label="K", kind=kind, section=Section.DETAILS, v2="k", legacy="k")


LINE = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
NUMBER = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False, width=32)
SIMPLE = NUMBER | st.booleans() | st.text(max_size=20)
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.LINE: LINE,
    Kind.PROSE: LINE,
    Kind.YES_NO: st.booleans(),
    Kind.COUNT: st.integers(1, 10**17),
    Kind.TOKENS: st.integers(1, 10**9),
    Kind.WHOLE: st.integers(0, 10**9),
    Kind.SIZE: st.integers(0, 10**17),
    Kind.WORDS: st.lists(st.text(max_size=20), min_size=1, max_size=6),
    Kind.LINES: st.lists(st.text(max_size=20), min_size=1, max_size=6),
    Kind.PAIRS: st.dictionaries(
        st.text(min_size=1, max_size=12), SIMPLE | st.lists(SIMPLE, max_size=4), min_size=1, max_size=5
    ),
    Kind.TEXT_PAIRS: st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=20), min_size=1, max_size=5),
    Kind.CHOICES: st.lists(LINE, min_size=1, max_size=4, unique=True),
    Kind.BASELINE: st.sampled_from(["stable_diffusion_1", "stable_diffusion_2_768", "flux_1", "x y"]),
}


@pytest.mark.parametrize("kind", VALUES)
def test_what_a_form_shows_is_read_back_as_the_same_value(kind: Kind) -> None:
    @given(VALUES[kind])
    def check(value: Any) -> None:
        for dialect in CanonicalFormat:
            field = one(kind)
            stored = read(field, value, None, dialect) if kind is Kind.BASELINE else value
            again = read(field, show(field, stored, dialect), stored, dialect)
            assert json.dumps(again, sort_keys=True) == json.dumps(stored, sort_keys=True)

    check()


@given(st.sampled_from([kind for kind in Kind if not kind.name.startswith("FILE")]), st.text(max_size=200))
def test_any_text_is_read_or_refused_with_what_to_type_instead(kind: Kind, typed: str) -> None:
    complaint: UnreadableError | None = None
    try:
        value = read(one(kind), typed, None, V2)
    except UnreadableError as problem:
        complaint = problem
    if complaint is None:
        json.dumps(value, allow_nan=False)
    else:
        assert complaint.expected


@given(
    st.recursive(SIMPLE | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
)
def test_any_value_of_a_record_can_be_shown(value: Any) -> None:
    for kind in Kind:
        assert isinstance(show(one(kind), value, LEGACY), str | tuple)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (Kind.WORDS, "a, b\nc,", ["a", "b", "c"]),
        (Kind.LINES, "a, b\nc,", ["a, b", "c"]),
        (Kind.LINES, "a, b", ["a", "b"]),
        (Kind.WORDS, '["a, b", "c"]', ["a, b", "c"]),
        (Kind.WORDS, "[meta], x", ["[meta]", "x"]),
        (Kind.PAIRS, "a: 1\nb = 2.5\nc: yes\nd: k_euler, k_dpm\ne: x y", {"a": 1, "b": 2.5, "c": True,
         "d": ["k_euler", "k_dpm"], "e": "x y"}),
        (Kind.PAIRS, '{"a": [1, 2]}', {"a": [1, 2]}),
        (Kind.PAIRS, "samplers: k_euler", {"samplers": ["k_euler"]}),
        (Kind.PAIRS, 'samplers: ["k_euler"]', {"samplers": ["k_euler"]}),
        (Kind.PAIRS, 'schedulers: "karras"', {"schedulers": ["karras"]}),
        (Kind.PAIRS, "schedulers: karras, normal", {"schedulers": ["karras", "normal"]}),
        (Kind.PAIRS, "cfg_scale: 1,5", {"cfg_scale": 1.5}),
        (Kind.PAIRS, 'min_steps: "20"', {"min_steps": 20}),
        (Kind.PAIRS, "max_cfg_scale: 7.5", {"max_cfg_scale": 7.5}),
        (Kind.PAIRS, '"a": 1,\n"b": "2",', {"a": 1, "b": "2"}),
        (Kind.TEXT_PAIRS, "version: 2.0", {"version": "2.0"}),
        (Kind.YES_NO, "Yes", True),
        (Kind.EVIDENCE, "https://a | card\nhttps://b", [{"source": "https://a", "description": "card"},
         {"source": "https://b"}]),
        (Kind.LINE, "  ", None),
    ],
)  # fmt: skip
def test_values_are_read_kindly(kind: Kind, typed: str, value: Any) -> None:
    assert read(one(kind), typed, None, V2) == value


def test_evidence_keeps_what_a_form_does_not_show() -> None:
    known = [{"source": "https://a", "description": "old", "checked_at": "2026-01-01"}]
    assert show(one(Kind.EVIDENCE), known, V2) == "https://a | old"
    assert read(one(Kind.EVIDENCE), "https://a | new", known, V2) == [
        {"source": "https://a", "checked_at": "2026-01-01", "description": "new"}
    ]


def test_a_list_that_is_no_list_is_split_where_it_can_be() -> None:
    assert split_list(" a ,, b \n\n c") == ["a", "b", "c"]


def test_a_value_is_set_and_taken_away_without_touching_its_neighbours() -> None:
    record = {"a": {"b": 1, "c": 2}, "d": 3}
    assert with_value(record, "a.b", None) == {"a": {"c": 2}, "d": 3}
    assert with_value(record, "a.b", None, drops_parent=True) == {"d": 3}
    assert with_value(record, "e.f", 4) == {**record, "e": {"f": 4}}
    assert with_value({"a": "text"}, "a.b", 1) == {"a": {"b": 1}}
    assert record == {"a": {"b": 1, "c": 2}, "d": 3}


def test_choices_come_from_the_service_and_else_from_what_is_known() -> None:
    choices = Choices("MODEL_STYLE", ("anime",))
    assert choices.known({"MODEL_STYLE": ("cubist",)}) == ("cubist",)
    assert choices.known({}) == ("anime",)
    assert choices.known({"MODEL_STYLE": ()}) == ("anime",)


def test_enumerations_are_read_out_of_the_services_own_schema() -> None:
    document = {
        "components": {
            "schemas": {
                "MODEL_STYLE": {"enum": ["anime", "other", "anime", None]},
                "LegacyClipRecord-Input": {"properties": {"type": {"enum": ["clip", "coca"]}, "name": {}}},
                "odd": 3,
            }
        }
    }
    assert enumerations(document) == {"MODEL_STYLE": ("anime", "other"), "LegacyClipRecord.type": ("clip", "coca")}


@pytest.mark.parametrize("document", [None, {}, {"components": 3}, {"components": {"schemas": [1]}}])
def test_a_document_that_says_nothing_offers_nothing(document: Any) -> None:
    assert enumerations(document) == {}


@pytest.mark.parametrize("section", [Section.FILES, Section.LICENSING])
def test_every_legacy_category_has_a_place_for_these_but_the_rows_of_text_models(section: Section) -> None:
    for category in LEGACY_CATEGORIES:
        assert bool(pages(category, section, LEGACY)) is (category != "text_generation")


SAMPLE = Path(bot.demo.__file__).parent / "sample"
FILE_NAMES = {"stable_diffusion": "image_generation"}


def sample() -> Iterator[tuple[str, CanonicalFormat, dict[str, Any]]]:
    """Every record of the demo's reference, with its category and vocabulary."""
    for dialect in CanonicalFormat:
        for path in sorted((SAMPLE / dialect.value).glob("*.json")):
            category = FILE_NAMES.get(path.stem, path.stem)
            for record in json.loads(path.read_text()).values():
                yield category, dialect, record


@pytest.mark.parametrize(("category", "dialect", "record"), list(sample()))
def test_typing_again_what_the_forms_show_changes_nothing(
    category: str, dialect: CanonicalFormat, record: dict[str, Any]
) -> None:
    for section in FORMS:
        for page in pages(category, section, dialect):
            typed = {one.key: shown(one, record, dialect) for one in page}
            assert section_edit(SectionAnswers(category, typed), record, dialect).fields == {}
