"""The Discord client: loads the cogs, keeps the commands in step, and holds the services for them."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, override

import discord
import structlog
from discord.ext import commands

from bot.client.services import Services
from bot.client.tallies import Tallies
from bot.client.tree import CuratorTree
from bot.ui.glyphs import Theme, upload_glyphs

EXTENSIONS: Final = (
    "cogs.account",
    "cogs.help",
    "cogs.role_sync",
    "cogs.models",
    "cogs.propose",
    "cogs.queue",
    "cogs.scheduled_posts",
    "cogs.review",
    "cogs.roles",
    "cogs.setup",
    "cogs.status",
    "cogs.subscribe",
    "cogs.queue_monitor",
)
"""Loaded by name, so that no import points from here to the cogs."""

RATELIMIT_WAIT_MAX_S: Final = 60.0

DRAIN_TIMEOUT_S: Final = 8.0
"""Seconds that work in hand gets when the bot stops; supervisors commonly kill after ten."""

INTERACTION_TASKS: Final = ("CommandTree-invoker", "discord-ui-dynamic-item-", "discord-ui-modal-dispatch-")
"""Beginnings of the names that discord.py 2.7 gives to the tasks in which interactions are handled."""

# The bot has no voice, and the library would say so at every start.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

log = structlog.get_logger(__name__)


class CuratorBot(commands.Bot):
    """The bot of one application. Opens and closes nothing but its connection to Discord.

    Attributes:
        services: the decisions.
        theme: what drawings need of this application: its glyphs and its commands' ids.
        allowed_guild_ids: servers that may use the bot; empty means any.
        poll_interval: time between two looks at the queue.
        clock: the current time, aware.
        tallies: how often people did what, and how often something broke.
    """

    def __init__(
        self,
        services: Services,
        *,
        theme: Theme,
        allowed_guild_ids: Collection[int],
        command_memory: "CommandMemory",
        poll_interval: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=RATELIMIT_WAIT_MAX_S,
            tree_cls=CuratorTree,
            allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=False),
        )
        self.services = services
        self.theme = theme
        self.allowed_guild_ids = frozenset(allowed_guild_ids)
        self.poll_interval = poll_interval
        self.clock = clock
        self.tallies = Tallies()
        self._memory = command_memory

    @override
    async def setup_hook(self) -> None:
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await self._sync_commands()
        self.theme.use_glyphs(await upload_glyphs(self))

    @override
    async def close(self) -> None:
        """Let what people have begun come to its end, for some seconds, then disconnect.

        discord.py itself would leave their work to be cancelled in the middle. What is still unanswered then is
        on disk as sent, and is looked for at the next start.
        """
        current = asyncio.current_task()
        working = [
            task
            for task in asyncio.all_tasks()
            if task is not current and task.get_name().startswith(INTERACTION_TASKS)
        ]
        if working and not self.is_closed():
            log.info("waiting for what people have begun", count=len(working))
            _, late = await asyncio.wait(working, timeout=DRAIN_TIMEOUT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await super().close()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Count what people do, for the operator's measures."""
        self.tallies.count(interaction.type, interaction.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Leave servers that are not on the operator's list."""
        await self._leave_unless_allowed(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Leave servers that are not on the operator's list."""
        await self._leave_unless_allowed(guild)

    def serves(self, guild_id: int | None) -> bool:
        """Whether people of a server may use the bot; ``None`` is a direct message, where everybody may."""
        return guild_id is None or not self.allowed_guild_ids or guild_id in self.allowed_guild_ids

    async def _leave_unless_allowed(self, guild: discord.Guild) -> None:
        if not self.serves(guild.id):
            log.warning("leaving a server that is not on the list", guild_id=guild.id)
            await guild.leave()

    async def _sync_commands(self) -> None:
        """Tell Discord the commands, if they are not the ones that it was told last time."""
        tree: CuratorTree = self.tree  # type: ignore[assignment]  # made by tree_cls, which the stubs cannot tell
        digest = tree.digest(self.application_id or 0)
        known = await self._memory.read()
        if known is None or known.digest != digest:
            synced = await tree.sync()
            known = SyncedCommands(digest, {command.name: command.id for command in synced})
            await self._memory.write(known)
            log.info("commands synchronised", count=len(synced))
        self.theme.use_commands(known.ids)


@dataclass(frozen=True, slots=True)
class SyncedCommands:
    """Commands as Discord was last told them: their fingerprint, and the id of each by name."""

    digest: str
    ids: Mapping[str, int]


class CommandMemory(Protocol):
    """Remembers across restarts what Discord was last told."""

    async def read(self) -> SyncedCommands | None:
        """What was last told, ``None`` before the first time."""

    async def write(self, commands: SyncedCommands) -> None:
        """Remember what was just told."""
