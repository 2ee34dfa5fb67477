"""The review card: one change in each of its states, from facts alone."""

from bot.services.changes import ChangeFacts
from bot.ui.components import Card
from bot.ui.glyphs import Look


def change_card(facts: ChangeFacts, look: Look, *, new_for_role_id: int | None = None) -> Card:
    """Draw a change as it is now.

    Args:
        facts: what is known of it.
        look: glyphs and commands.
        new_for_role_id: a Discord role to name above a card that is posted for the first time.
    """
    raise NotImplementedError
