"""``/queue``: list, mine, next, show, history, stats, purge."""

import asyncio
from dataclasses import replace
from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge, show_card
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.reference.deployment import CATEGORIES
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.errors import UnknownRequestorError
from bot.services.model_names import ranked, resolved
from bot.services.pages import NAME_FILTER_MAX, WORDS_MAX, ListFilter
from bot.services.queue.history import DECIDED
from bot.services.queue.listing import WAITING
from bot.services.queue.queue_service import requestor_id, requestors_of
from bot.ui.choice_names import status_choice
from bot.ui.choices import CATEGORY_CHOICES, CHOICES_MAX, change_choices, model_choices, requestor_choices
from bot.ui.error_messages.attempts import Verb
from bot.ui.list_ids import ListKind
from bot.ui.notices.charts import statistics_picture
from bot.ui.notices.digest import statistics_answer
from cogs.lists.pager import show_batch, show_change, show_list, viewer_of
from cogs.lists.purge import ask_purge

STATUS_CHOICES: Final = [
    app_commands.Choice(name=status_choice(status.value), value=status.value) for status in ChangeStatus
]


@app_commands.guild_only()
class QueueCog(commands.GroupCog, group_name="queue", group_description="Pending and past changes"):
    """Commands for everyone who may see the queue; a card's buttons decide."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command(name="list")
    @app_commands.describe(
        status="Status of the changes (default: pending)",
        category="Kind of model",
        model="Part of the model's name",
        requestor="AI-Horde name such as alice#101, or its number",
        search="Words anywhere in a change: name, people, reason, record",
    )
    @app_commands.choices(status=STATUS_CHOICES, category=CATEGORY_CHOICES)
    async def list_changes(  # noqa: PLR0917 - options of a command
        self,
        interaction: Interaction,
        status: str | None = None,
        category: str | None = None,
        model: str | None = None,
        requestor: str | None = None,
        search: app_commands.Range[str, 1, WORDS_MAX] | None = None,
    ) -> None:
        """List the queue, newest first."""
        await acknowledge(interaction)
        statuses = (ChangeStatus(status),) if status else WAITING.statuses
        wanted = self._wanted(interaction, statuses, category, model, requestor)
        await show_list(interaction, ListKind.QUEUE, replace(wanted, words=(search or "").strip()))

    @app_commands.command()
    @app_commands.describe(status="Status of the changes (default: all, and your drafts)")
    @app_commands.choices(status=STATUS_CHOICES)
    async def mine(self, interaction: Interaction, status: str | None = None) -> None:
        """List your own drafts and proposals."""
        await acknowledge(interaction)
        await show_list(interaction, ListKind.OWN, ListFilter((ChangeStatus(status),) if status else ()))

    @app_commands.command(name="next")
    async def next_change(self, interaction: Interaction) -> None:
        """Show the oldest pending change that you can decide."""
        await acknowledge(interaction)
        await show_change(interaction, await self.bot.services.queue.next(viewer_of(interaction)))

    @app_commands.command()
    @app_commands.describe(change="The change's number")
    async def show(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Show one change, open or closed, only to you."""
        await acknowledge(interaction)
        await show_change(interaction, await self.bot.services.queue.show(viewer_of(interaction), change))

    @app_commands.command()
    @app_commands.describe(
        model="History of this model (exact name)",
        batch="Number of one batch of approvals",
    )
    async def history(
        self,
        interaction: Interaction,
        model: str | None = None,
        batch: app_commands.Range[int, 1, 2**53 - 1] | None = None,
    ) -> None:
        """Show past decisions, newest first, or the proposals for one model."""
        await acknowledge(interaction)
        name = resolved(self._names(interaction), model) if model else ""
        if batch is not None:
            await show_batch(interaction, batch, name)
        elif name:
            await show_list(interaction, ListKind.MODEL_HISTORY, ListFilter(model=name))
        else:
            await show_list(interaction, ListKind.HISTORY, DECIDED)

    @app_commands.command(extras={VERB: Verb.PURGE})
    @app_commands.describe(
        status="Status of the changes to remove",
        category="Only this kind of model",
        model="Only models whose name contains this",
        requestor="Only changes by this requestor: AI-Horde name such as alice#101, or its number",
    )
    @app_commands.choices(status=STATUS_CHOICES, category=CATEGORY_CHOICES)
    async def purge(
        self,
        interaction: Interaction,
        status: str,
        category: str | None = None,
        model: str | None = None,
        requestor: str | None = None,
    ) -> None:
        """Remove changes from the queue permanently; shows them and asks for confirmation."""
        await acknowledge(interaction)
        await ask_purge(interaction, self._wanted(interaction, (ChangeStatus(status),), category, model, requestor))

    @app_commands.command()
    async def stats(self, interaction: Interaction) -> None:
        """Show statistics of the queue: waiting times, decisions per week."""
        await acknowledge(interaction)
        services = self.bot.services
        services.rate_limits.count_read(interaction.user.id)
        await services.queue.require_access(interaction.user.id)
        statistics = await services.statistics.this_week()
        # In a thread: drawing the chart would block the event loop.
        picture = await asyncio.to_thread(statistics_picture, statistics)
        await show_card(interaction, statistics_answer(statistics, picture))

    @show.autocomplete("change")
    async def _changes(self, interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:
        return change_choices(self._open(interaction), current, now=self.bot.clock())

    @list_changes.autocomplete("model")
    @purge.autocomplete("model")
    @history.autocomplete("model")
    async def _models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        live = self.bot.services.catalogue.best_names(current, CHOICES_MAX)
        waiting = ranked({change.model_name for change in self._open(interaction)}, current)
        return model_choices(dict.fromkeys((*waiting, *live)))

    @list_changes.autocomplete("requestor")
    @purge.autocomplete("requestor")
    async def _requestors(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return requestor_choices(requestors_of(self._open(interaction)), current)

    def _open(self, interaction: Interaction) -> list[PendingChange]:
        return self.bot.services.queue.suggested(interaction.user.id)

    def _names(self, interaction: Interaction) -> set[str]:
        known = (name for category in CATEGORIES for name in self.bot.services.catalogue.known_names(category))
        return {*known, *(change.model_name for change in self._open(interaction))}

    def _wanted(
        self,
        interaction: Interaction,
        statuses: tuple[ChangeStatus, ...],
        category: str | None,
        model: str | None,
        requestor: str | None,
    ) -> ListFilter:
        categories = (category,) if category else ()
        return ListFilter(statuses, categories, self._name(interaction, model), self._requestor(interaction, requestor))

    def _name(self, interaction: Interaction, typed: str | None) -> str:
        return resolved(self._names(interaction), typed)[:NAME_FILTER_MAX].strip() if typed else ""

    def _requestor(self, interaction: Interaction, typed: str | None) -> str:
        if not typed:
            return ""
        found = requestor_id(typed, requestors_of(self._open(interaction)))
        if found is None:
            raise UnknownRequestorError(typed)
        return found
