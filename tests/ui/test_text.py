import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui import text
from tests.ui.inert import ESCAPED, alive, hidden, unescaped

HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="[](){}<>@#&:/\\`*_~|-.!=+ \n\u202e\u200b\u0301\U000e0041a1"),
    st.lists(
        st.sampled_from(
            [
                "@everyone",
                "<@123>",
                "<#1>",
                "</cmd:1>",
                "<t:1:R>",
                "[a](https://evil.example)",
                "```js",
                "||x||",
                "# h",
                "\\",
                "`",
                "e\u0301\u0301\u0301\u0301",
                "\ud800",
                "\x00",
            ]
        )
    ).map("".join),
)
CAPS = st.integers(min_value=1, max_value=120)


@given(HOSTILE, CAPS)
@example("[a](https://evil.example) [b](https://evil.example)", 90)
@example("\\", 5)
def test_prose_of_a_stranger_is_drawn_as_it_was_typed_and_never_acts(typed: str, cap: int) -> None:
    drawn = text.plain(typed, cap)
    assert not set(alive(drawn.partition("… (+")[0])) & set(string.punctuation)
    assert "\n" not in drawn
    assert not hidden(drawn)


@given(HOSTILE, CAPS)
def test_code_of_a_stranger_cannot_leave_its_code(typed: str, cap: int) -> None:
    drawn = text.code(typed, cap)
    assert drawn.startswith("`")
    assert drawn.endswith("`")
    assert "`" not in drawn[1:-1]
    assert len(drawn) > 2
    assert "\n" not in drawn
    assert not hidden(drawn)


@given(HOSTILE | st.text("🐎a ", max_size=300))
@example("🐎" * 51)
@example("a" * 40_000)
def test_a_label_is_never_refused_for_its_length(typed: str) -> None:
    shown = text.as_label(typed)
    assert text.units(shown) <= text.LABEL_MAX
    if text.units(text.clean(typed)) <= text.LABEL_MAX:
        assert shown == text.clean(typed)


@given(HOSTILE, CAPS)
def test_a_cut_always_shows_and_counts_what_is_missing(typed: str, cap: int) -> None:
    cleaned = text.clean(typed)
    shown = text.cut(typed, cap)
    kept, mark, count = shown.partition("… (+")
    if len(cleaned) <= cap:
        assert shown == cleaned
    else:
        assert len(kept) <= cap
        assert mark
        assert len(kept) + int(count.rstrip(")")) == len(cleaned)


@given(HOSTILE)
def test_no_letter_carries_more_than_two_marks(typed: str) -> None:
    run = 0
    for one in text.clean(typed):
        run = run + 1 if unicodedata.category(one).startswith("M") else 0
        assert run <= 2


@given(HOSTILE, CAPS)
def test_escaping_loses_nothing(typed: str, cap: int) -> None:
    drawn = unescaped(text.plain(typed, cap))
    assert drawn.replace(text.ISOLATE, "").replace(text.END_ISOLATE, "") == text.cut(typed, cap)


def test_a_number_after_a_right_to_left_name_stays_behind_it() -> None:
    assert text.plain("דגם ציור 2", 90) == "\u2068דגם ציור 2\u2069"
    assert text.plain("نموذج" * 9, 5) == "\u2068نموذج\u2069… (+40)"
    assert text.plain("Ünïcode 2", 90) == "Ünïcode 2"


def test_a_label_keeps_its_other_parts_beside_a_right_to_left_name() -> None:
    name = "דגם ציור"
    assert text.as_label(f"#5 · {name} · 3 h", name=name) == f"#5 · \u2068{name}\u2069 · 3 h"
    assert text.as_label("#5 · Pixel · 3 h", name="Pixel") == "#5 · Pixel · 3 h"


@given(HOSTILE)
def test_a_label_with_an_isolated_name_is_never_refused_for_its_length(typed: str) -> None:
    name = text.cut(f"{typed}דגם", 50)
    assert text.units(text.as_label(f"#5 · {name} · 3 h", name=name)) <= text.LABEL_MAX


@given(HOSTILE)
def test_an_address_is_a_link_only_when_it_is_a_short_https_one(typed: str) -> None:
    drawn = text.host_link(typed)
    if drawn.startswith("["):
        label, _, target = drawn[1:-1].partition("](")
        assert label == text.host_of(typed)
        assert target.startswith("https://")
        assert len(target) <= text.ADDRESS_MAX
        assert not set("()[]<>` \n\\") & set(target)
    else:
        assert drawn.startswith("`")


@pytest.mark.parametrize(
    ("address", "drawn"),
    [
        ("https://huggingface.co/a/b", "[huggingface.co](https://huggingface.co/a/b)"),
        ("https://HuggingFace.co/a", "[huggingface.co](https://HuggingFace.co/a)"),
        ("https://huggingface.co@evil.example/x", "`https://huggingface.co@evil.example/x`"),
        ("https://a.example/x)[y](z", "[a.example](https://a.example/x%29%5By%5D%28z)"),
        ("javascript:alert(1)", "`javascript:alert(1)`"),
        ("http://a.example", "`http://a.example`"),
        ("https://a.example/" + "x" * 300, "`a.example`"),
        ("https://аpple.com/", "[xn--pple-43d.com](https://%D0%B0pple.com/)"),  # noqa: RUF001 - a Cyrillic letter
        ("https://[::1]/x", "`https://[::1]/x`"),
        ("", "`empty`"),
    ],
)
def test_the_text_of_a_link_is_its_host(address: str, drawn: str) -> None:
    assert text.host_link(address) == drawn


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (335_000_000, "335 MB"),
        (2_132_780_730, "2.13 GB"),
        (6_938_040_682, "6.94 GB"),
        (12_000_000_000, "12.0 GB"),
        (1_500, "1.50 kB"),
        (10**400, "no possible size"),
        (float("nan"), "no possible size"),
    ],
)
def test_sizes_read_as_people_say_them(count: float, shown: str) -> None:
    assert text.size(count) == shown


def test_a_cut_falls_at_a_words_end_when_that_costs_little() -> None:
    assert text.cut("one two three four", 15) == "one two three… (+5)"
    assert text.cut("a" * 20, 15) == "a" * 15 + "… (+5)"


def test_two_megabytes_are_cut_without_being_read() -> None:
    assert text.cut("word " * 400_000, 20) == "word word word word… (+1999981)"
    assert len(ESCAPED.sub("", text.plain("." * 2_000_000, 50))) < 20
