"""Shows the question before an approval."""

from dataclasses import replace

from bot.client.host_answers import show_and_check
from bot.client.types import Interaction
from bot.services.changes import ChangeFacts
from bot.services.review.questions import Question
from bot.ui.components import Card
from bot.ui.review.decisions import approve_question


async def show_question(interaction: Interaction, question: Question) -> None:
    """Ask whether to approve, and once more with newer answers of the hosts if those on the card are old."""
    theme = interaction.client.theme
    if question.facts is None:
        await interaction.edit_original_response(view=approve_question(question, theme))
        return

    def draw(facts: ChangeFacts) -> Card:
        return Card(approve_question(replace(question, facts=facts), theme))

    await show_and_check(interaction, question.facts, draw)
