"""``/queue stats``: statistics of the queue."""

import asyncio

from bot.client.types import Interaction
from bot.ui.notices.charts import statistics_picture
from bot.ui.notices.digest import statistics_answer


async def show_statistics(interaction: Interaction) -> None:
    """Answer with the statistics and their chart."""
    services = interaction.client.services
    await services.queue.assert_shown(interaction.user.id)
    statistics = await services.statistics.this_week()
    # In a thread: drawing the chart would block the event loop.
    answer = statistics_answer(statistics, await asyncio.to_thread(statistics_picture, statistics))
    await interaction.edit_original_response(view=answer.view, attachments=list(answer.files))
