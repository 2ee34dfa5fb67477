"""Every screen of the design by the name of its picture: what the tests measure and the gallery draws."""

from collections.abc import Callable, Mapping

from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from tests.ui.screens_cards import CARD_SCREENS
from tests.ui.screens_commands import COMMAND_SCREENS
from tests.ui.screens_decisions import DECISION_SCREENS
from tests.ui.screens_drafts import DRAFT_SCREENS
from tests.ui.screens_errors import ERROR_SCREENS
from tests.ui.screens_messages import MESSAGE_SCREENS
from tests.ui.screens_queue import QUEUE_SCREENS

SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    **CARD_SCREENS,
    **DRAFT_SCREENS,
    **DECISION_SCREENS,
    **QUEUE_SCREENS,
    **ERROR_SCREENS,
    **COMMAND_SCREENS,
    **MESSAGE_SCREENS,
}
"""By the name of the picture that the design has of it, or of one beside it."""


def card_of(drawn: Card | Markup) -> Card:
    """A card, whichever a function returns."""
    return drawn if isinstance(drawn, Card) else Card(drawn)
