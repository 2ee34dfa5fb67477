from bot.client.drawings import DRAWINGS_MAX, Drawings


def test_only_the_newest_card_of_a_draft_is_drawn_again() -> None:
    drawings = Drawings()
    first, second = drawings.note_drawn(1), drawings.note_drawn(1)
    assert not drawings.is_latest(1, first)
    assert drawings.is_latest(1, second)
    drawings.note_replaced(1)
    assert not drawings.is_latest(1, second)


def test_the_oldest_cards_are_forgotten_first() -> None:
    drawings = Drawings()
    tokens = [drawings.note_drawn(number) for number in range(DRAWINGS_MAX + 1)]
    assert [drawings.is_latest(number, tokens[number]) for number in (0, 1, DRAWINGS_MAX)] == [False, True, True]
