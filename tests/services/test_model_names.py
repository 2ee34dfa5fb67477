"""Search for names: the best match first, every name reachable, none by accident."""

import time
import unicodedata
from collections.abc import Iterable, Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from bot.services.model_names import (
    NameIndex,
    best_of,
    choice_value,
    close_to,
    is_confirmed,
    ranked,
    resolved,
)
from bot.ui.choices import CHOICES_MAX, model_choices
from bot.ui.text import LABEL_MAX, units

NAMES = ("Deliberate", "Deliberate 3.0", "Undeliberate", "The Deliberate", "Anything v3", "AnyLoRA")
ANY = st.lists(st.text(min_size=1, max_size=150), max_size=40, unique=True)


def plainly_ranked(names: Iterable[str], typed: str, use: Mapping[str, int]) -> list[str]:
    """Rank names one by one, as the index has to."""

    def place(name: str) -> int:
        if name == wanted:
            return 0
        if name.startswith(wanted):
            return 1
        return 2 if any(f"{before}{wanted}" in name for before in " -_/.(") else 3 if wanted in name else 4

    wanted = folded(typed)
    found = [
        (place(folded(name)), -use.get(name, 0), len(folded(name)), folded(name), name)
        for name in names
        if all(word in folded(name) for word in wanted.split())
    ]
    return [name for *_, name in sorted(found)]


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def test_the_same_comes_first_then_beginnings_then_words_then_the_rest() -> None:
    assert ranked(NAMES, "deliberate") == ["Deliberate", "Deliberate 3.0", "The Deliberate", "Undeliberate"]
    assert ranked(NAMES, "3.0 deli") == ["Deliberate 3.0"]
    assert len(ranked(NAMES, "")) == len(NAMES)


NEAR = st.text(st.sampled_from("abAB -_/.(\n\r\uff11\u200b"), max_size=6)


@example(["A"], "A A", None)
@given(st.lists(NEAR, max_size=60, unique=True), NEAR, st.none() | st.integers(1, 10))
def test_the_index_finds_names_in_the_same_order(names: list[str], typed: str, limit: int | None) -> None:
    use = {name: len(name) * number % 3 for number, name in enumerate(names)}
    plain = plainly_ranked(names, typed, use)
    assert best_of([NameIndex(names, use)], typed, limit) == plain[:limit]
    halves = [NameIndex(part, use) for part in (names[::2], names[1::2], names[:1])]
    assert best_of(halves, typed, limit) == plain[:limit]
    assert ranked(names, typed, limit) == plainly_ranked(names, typed, {})[:limit]


def test_the_most_used_come_first_among_names_that_match_as_well() -> None:
    use = {"Deliberate 3.0": 10, "Anything v3": 500, "Undeliberate": 900}
    assert best_of([NameIndex(NAMES, use)], "", 3) == ["Undeliberate", "Anything v3", "Deliberate 3.0"]
    found = ["Deliberate", "Deliberate 3.0", "The Deliberate", "Undeliberate"]
    assert best_of([NameIndex(NAMES, use)], "deliberate", None) == found, "a better match comes before a more used one"


@given(ANY, st.text(max_size=20))
def test_discord_takes_every_choice_and_each_leads_back_to_its_name(names: list[str], typed: str) -> None:
    offered = model_choices(ranked(names, typed))
    assert len(offered) <= CHOICES_MAX
    for choice, name in zip(offered, ranked(names, typed), strict=False):
        assert 1 <= units(choice.name) <= LABEL_MAX
        assert 1 <= len(choice.value) <= LABEL_MAX
        assert resolved(names, choice.value) == name


def test_a_name_that_does_not_fit_into_a_choice_is_replaced_by_a_digest() -> None:
    for name in ("x" * 101, " leading", "zero\u200bwidth", "name:looks-like-one"):
        assert choice_value(name) != name
        assert resolved([name, "other"], choice_value(name)) == name


def test_a_name_typed_in_another_case_is_found_unless_two_match() -> None:
    assert resolved(NAMES, " deliberate ") == "Deliberate"
    assert resolved(("AB", "ab"), "Ab") == "Ab"
    assert resolved((), "name:0123") == "name:0123"


def test_names_similar_to_a_mistyped_one_are_found() -> None:
    assert close_to(NAMES, "Delibrate")[0] == "Deliberate"
    assert close_to(NAMES, " ") == ()


def test_a_deletion_needs_the_name_or_a_word_for_names_that_cannot_be_typed() -> None:
    assert is_confirmed("Tin Robot", "tin  robot")
    assert is_confirmed("x" * 101, "delete")
    assert not any(is_confirmed("Tin Robot", typed) for typed in (None, "", "Tin Robots"))


def test_a_long_text_is_searched_for_at_once_among_all_names() -> None:
    names = [f"Model {number}" for number in range(1000)]
    typed = "\u01c4" * 3000 + " " + " ".join(f"word{number % 7}" for number in range(500))
    began = time.process_time()
    assert resolved(names, typed) == typed
    assert ranked(names, typed) == []
    assert time.process_time() - began < 0.5, "the event loop would stand still"
