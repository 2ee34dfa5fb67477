import pytest

from bot.ui.cards.record import record_lines

PICTURES = [f"https://pictures.acme.dev/{number}.png" for number in range(4)]


def test_showcases_are_links_the_first_two_of_them() -> None:
    lines = record_lines({"name": "Pixel", "showcases": PICTURES}, "image_generation")
    assert any(f"**Showcases**\u00a0[pictures.acme.dev]({PICTURES[0]})" in line for line in lines)
    assert "2 more" in "\n".join(lines)
    assert PICTURES[2] not in "\n".join(lines)


def test_showcases_that_are_no_addresses_are_text() -> None:
    lines = "\n".join(record_lines({"name": "Pixel", "showcases": ["javascript:alert(1)", 7]}, "image_generation"))
    assert "**Showcases**\u00a0`javascript:alert(1)`" in lines
    assert "](" not in lines


@pytest.mark.parametrize("showcases", [[], None, "", 7])
def test_a_record_without_showcases_has_no_line_for_them(showcases: object) -> None:
    assert "Showcases" not in "\n".join(record_lines({"name": "P", "showcases": showcases}, "image_generation"))


def test_the_page_of_a_text_model_is_a_link_on_its_card() -> None:
    page = "https://huggingface.co/acme/Lumen-12B"
    lines = record_lines({"name": "acme/Lumen-12B", "url": page}, "text_generation")
    assert lines == (f"**Link**\u00a0[huggingface.co]({page})",)
