"""Endings of cards: an applied change that is not live as approved."""

from bot.reference.models import Operation
from bot.ui.cards.card_endings import DIFFERENCES_NAMED, difference_lines


def test_a_deleted_model_that_is_still_there_is_called_still_live() -> None:
    said, now = difference_lines(Operation.DELETE, "image_generation", ())
    assert said == "**Still live:** the service says that this was applied, and the record is still there."
    assert now.startswith("**Now:** compare the live record")


def test_a_new_model_that_is_not_there_is_called_not_live() -> None:
    said, _ = difference_lines(Operation.CREATE, "image_generation", ())
    assert said == "**Not live:** the service says that this was applied, and no live model has this name."


def test_the_fields_that_differ_are_named_as_far_as_there_is_room() -> None:
    said, _ = difference_lines(Operation.UPDATE, "image_generation", ["description", "nsfw"])
    assert said == "**Not live as approved:** Description, NSFW."
    many, _ = difference_lines(Operation.UPDATE, "image_generation", [f"field_{at}" for at in range(20)])
    assert many.endswith(f"+{20 - DIFFERENCES_NAMED}.")


def test_a_text_model_that_differs_is_for_the_operator() -> None:
    _, now = difference_lines(Operation.UPDATE, "text_generation", ["description"])
    assert "tell the service's operator" in now
    assert "`models.csv`" in now
