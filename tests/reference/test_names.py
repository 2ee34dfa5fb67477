import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError
from bot.reference.names import InvalidModelNameError, is_addressable, validate_model_name


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u2003"])
def test_an_empty_name_is_refused_in_the_services_words(name: str) -> None:
    with pytest.raises(InvalidModelNameError) as caught:
        validate_model_name(name)
    assert str(caught.value) == "Model name must not be empty or whitespace-only."


def test_a_backslash_is_refused_in_the_services_words() -> None:
    with pytest.raises(InvalidModelNameError) as caught:
        validate_model_name("a\\b")
    assert str(caught.value) == "Model name must not contain invalid characters \\: 'a\\b'"


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InvalidModelNameError, match="valid Unicode"):
        validate_model_name("half a pair \ud83d")


def test_a_refused_name_is_both_a_bots_error_and_a_value_error() -> None:
    assert issubclass(InvalidModelNameError, BotError)
    assert issubclass(InvalidModelNameError, ValueError)


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\\" not in text))
def test_any_other_name_is_left_as_it_is(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    assert validate_model_name(name) == name


@pytest.mark.parametrize("name", ["a b", "a%2Fb", "...", "@everyone", "x" * 5000, "\n", "#?&;"])
def test_odd_names_are_addressable_all_the_same(name: str) -> None:
    assert is_addressable(name)
