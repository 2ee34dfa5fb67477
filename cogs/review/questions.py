"""Steps around a decision: question, hosts' answers before an apply, result."""

from collections.abc import Collection
from dataclasses import replace

from bot.client.host_answers import show_and_check
from bot.client.interactions import note_phase
from bot.client.types import Interaction
from bot.identity.standing import Role
from bot.services.changes import ChangeFacts
from bot.services.review.outcomes import BatchResult
from bot.services.review.questions import Question
from bot.ui.components import Card
from bot.ui.error_messages.lost_answers import phase_of
from bot.ui.review.approve_question import approve_question
from bot.ui.review.decisions import decision_result


async def show_question(interaction: Interaction, question: Question) -> None:
    """Ask whether to approve; ask again with newer answers of hosts if they were old."""
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
        interaction: the press or command.
        change_ids: the changes, ``None`` for the oldest approved ones.

    Raises:
        NotLinkedError, MissingRoleError: the person may not apply; no host is asked.
    """
    services = interaction.client.services
    if services.card_checks.is_due_before_apply(change_ids):
        await services.accounts.actor(interaction.user.id, needs=Role.APPROVER)
    return await services.card_checks.ask_before_apply(change_ids)


async def show_decision(interaction: Interaction, batch: BatchResult) -> None:
    """Show the result of a decision on one change."""
    note_phase(interaction, phase_of(batch))
    await interaction.edit_original_response(view=decision_result(batch.single, interaction.client.theme))
