"""``/queue stats``: the queue in numbers."""

import asyncio

from bot.client.types import Interaction
from bot.ui.notices.charts import statistics_picture
from bot.ui.notices.digest import statistics_answer


async def show_statistics(interaction: Interaction) -> None:
    """Count and draw, in the answer that was promised."""
    services = interaction.client.services
    await services.queue.reader.assert_shown(interaction.user.id)
    told = await services.statistics.this_week()
    # In a thread: a picture takes the processor longer than anybody should wait for an answer.
    answer = statistics_answer(told, await asyncio.to_thread(statistics_picture, told))
    await interaction.edit_original_response(view=answer.view, attachments=list(answer.files))
