"""Steps before a decision: the question before an approval, and the hosts' answers before an apply."""

from collections.abc import Collection
from dataclasses import replace

from bot.client.host_answers import show_and_check
from bot.client.types import Interaction
from bot.identity.standing import Role
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


async def ask_hosts(interaction: Interaction, change_ids: Collection[int] | None = None) -> bool:
    """Ask the hosts about approved changes, for approvers only; return whether one disagrees.

    Args:
        interaction: the press or command, acknowledged.
        change_ids: the changes, ``None`` for the oldest approved ones.

    Raises:
        NotLinkedError, MissingRoleError: the person may not apply; no host is asked.
    """
    services = interaction.client.services
    if services.card_checks.is_due_before_apply(change_ids):
        await services.accounts.actor(interaction.user.id, needs=Role.APPROVER)
    return await services.card_checks.ask_before_apply(change_ids)
