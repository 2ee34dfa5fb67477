"""The Discord client: loads the cogs, synchronises the commands, holds the services."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256
from importlib import import_module
from json import dumps
from typing import Any, Final, override

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client.counters import Counters
from bot.client.drawings import Drawings
from bot.container import Services
from bot.errors import ClosedError, DiskError
from bot.services.synced_commands import SyncedCommands
from bot.ui.forms.base import Form
from bot.ui.glyphs import Theme, upload_glyphs

COGS: Final = (
    "cogs.account",
    "cogs.help",
    "cogs.host_checks",
    "cogs.lists",
    "cogs.lost_forms",
    "cogs.missed_messages",
    "cogs.propose",
    "cogs.queue_monitor",
    "cogs.review",
    "cogs.role_sync",
    "cogs.roles",
    "cogs.scheduled_posts",
    "cogs.setup",
    "cogs.status",
    "cogs.subscribe",
)
"""Modules with a function ``setup(bot)``, imported by name so that nothing here imports a cog.

They are not loaded as extensions of discord.py: those could only be unloaded as well, and would then be imported again
by the next bot of the process.
"""

QUEUE_MOVED: Final = "queue_moved"
"""Event: a setting or a change moved; cards and messages may be due before the next poll."""

ROLES_MOVED: Final = "roles_moved"
"""Event: a link, its visibility or a server's synced roles changed; Discord roles may be due."""

SERVICE_ANSWERED: Final = "service_answered"
"""Event: the service answered although the last poll failed; the next poll need not wait for its backoff."""

RATELIMIT_WAIT_MAX_S: Final = 60.0

DRAIN_TIMEOUT_S: Final = 8.0
"""Seconds that running interactions get when the bot stops; supervisors commonly kill after ten."""

INTERACTION_TASKS: Final = ("CommandTree-invoker", "discord-ui-dynamic-item-", "discord-ui-modal-dispatch-")
"""Prefixes of the names that discord.py 2.7 gives to the tasks that handle interactions."""

# The bot has no voice, and the library would warn about it at every start.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

log = structlog.get_logger(__name__)


class CuratorBot(commands.Bot):
    """The bot of one application. Opens and closes nothing but its connection to Discord.

    Attributes:
        services: the services of the container.
        theme: the application's glyphs and command ids, for everything that is drawn.
        allowed_guild_ids: servers that may use the bot; empty means any.
        poll_interval: time between two polls of the queue.
        clock: returns the current time, with its time zone.
        counters: interactions and unforeseen failures since the start.
        drawings: latest drawings of drafts and messages whose hosts are being asked.
        form_builders: builders of forms that can be submitted after a restart, by the first part of their key.
    """

    def __init__(
        self,
        services: Services,
        *,
        tree_cls: type[app_commands.CommandTree[Any]],
        allowed_guild_ids: Collection[int],
        poll_interval: timedelta,
        clock: Callable[[], datetime],
        always_sync_commands: bool = False,
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
            tree_cls=tree_cls,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self.services = services
        self.theme = Theme()
        self.allowed_guild_ids = frozenset(allowed_guild_ids)
        self.poll_interval = poll_interval
        self.clock = clock
        self.counters = Counters()
        self.drawings = Drawings()
        self.form_builders: dict[str, Callable[[discord.Interaction[Any], str], Awaitable[Form | None]]] = {}
        self._always_sync_commands = always_sync_commands

    @override
    async def setup_hook(self) -> None:
        for name in COGS:
            await import_module(name).setup(self)
        await self._sync_commands()
        self.theme.use_glyphs(await upload_glyphs(self))

    @override
    async def close(self) -> None:
        """Wait some seconds for running interactions, then disconnect.

        discord.py itself would cancel them midway. A request without an answer by then is on disk as sent, and is
        reconciled at the next start.
        """
        current = asyncio.current_task()
        running = [
            task
            for task in asyncio.all_tasks()
            if task is not current and task.get_name().startswith(INTERACTION_TASKS)
        ]
        if running and not self.is_closed():
            log.info("shutdown_delayed", running_interactions=len(running))
            _, late = await asyncio.wait(running, timeout=DRAIN_TIMEOUT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await super().close()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Count interactions for the metrics, and note that the person is in the server."""
        self.counters.count(interaction.type, interaction.id)
        if isinstance(interaction.user, discord.Member) and self.serves(interaction.guild_id):
            await self._note_member(interaction.user)

    async def _note_member(self, member: discord.Member) -> None:
        try:
            await self.services.memberships.note_seen(member.guild.id, member.id)
            role_ids = {role.id for role in member.roles}
            if await self.services.role_sync.note_seen(member.guild.id, member.id, role_ids):
                self.dispatch(ROLES_MOVED)
        except (ClosedError, DiskError) as error:
            log.info("member_not_noted", reason=type(error).__name__)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Log a server that is refused; it is not left, because the list may be mistyped."""
        if not self.serves(guild.id):
            remedy = f"add it to CURATOR_GUILD_IDS, or type: python -m bot operator leave {guild.id}"
            log.warning("guild_refused", guild_id=guild.id, reason="not in CURATOR_GUILD_IDS", remedy=remedy)

    on_guild_join = on_guild_available

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Record a thread that a person opened under a card; the worker records the bot's own."""
        if self.user is not None and thread.owner_id != self.user.id and self.serves(thread.guild.id):
            await self.services.threads.adopt(thread.guild.id, thread.id)

    def serves(self, guild_id: int | None) -> bool:
        """Return whether a server may use the bot; ``None`` is a direct message, which always may."""
        return guild_id is None or not self.allowed_guild_ids or guild_id in self.allowed_guild_ids

    @property
    def served_guild_ids(self) -> frozenset[int]:
        """Servers that the bot is in and may serve; it sends nothing to others."""
        return frozenset(guild.id for guild in self.guilds if self.serves(guild.id))

    async def _sync_commands(self) -> None:
        """Send the commands to Discord if they differ from those last sent."""
        store = self.services.synced_commands
        digest = commands_digest(self.tree, self.application_id or 0)
        known = None if self._always_sync_commands else await store.read()
        if known is None or known.digest != digest:
            synced = await self.tree.sync()
            known = SyncedCommands(digest, {command.name: command.id for command in synced})
            await store.write(known)
            log.info("commands_synchronised", count=len(synced))
        self.theme.use_commands(known.ids)


def commands_digest(tree: app_commands.CommandTree[Any], application_id: int) -> str:
    """Return a digest of all commands as Discord would store them for this application."""
    payloads: list[dict[str, Any]] = [dict(command.to_dict(tree)) for command in tree.get_commands()]
    text = dumps([application_id, payloads], sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()
