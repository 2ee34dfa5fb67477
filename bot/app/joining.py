"""Joins what is open to the decisions, and the decisions to the bot; opens nothing itself."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version

from bot.app.connections import Connections, ping
from bot.app.decisions import Decisions
from bot.app.known import Clocks, Kept, Known
from bot.app.looking import Looking
from bot.app.proposing import Proposing
from bot.app.regular import Regular
from bot.app.told import ToldPeople
from bot.client.bot import CuratorBot, SyncedCommands
from bot.client.services import Services
from bot.services.community.guild_setup import GuildSetup
from bot.services.community.keeping import LinkKeeping
from bot.services.community.privacy import Privacy
from bot.services.community.role_mirror import RoleMirror
from bot.services.reviewing.deciding import Desk
from bot.services.status import Status
from bot.services.upkeep import Upkeep
from bot.services.watching.card_keeping import CardKeeper
from bot.services.watching.posts import PostBox
from bot.services.watching.refused_channels import RefusedChannels
from bot.settings import Settings
from bot.ui.glyphs import Theme
from storage.cursors import Cursors
from storage.people import People
from storage.refused import Refused
from storage.rotation import Rotation

VERSION = version("horde-curator")

COMMANDS_CURSOR = "synced_commands"


async def join(
    settings: Settings,
    connections: Connections,
    clocks: Clocks,
    *,
    remembers_commands: bool,
) -> CuratorBot:
    """Join the bot to what is open, and take up where the last run left off."""
    kept, clock = Kept.of(settings, connections), clocks.now
    known = Known.of(settings, connections, kept, clocks)
    await kept.intents.recover(clock())
    await kept.outbox.recover()
    await known.watch.load()
    await known.accounts.warm()
    return CuratorBot(
        _services(settings, connections, kept, known, clock),
        theme=Theme(),
        allowed_guild_ids=settings.guild_ids,
        command_memory=_CommandMemory(kept.cursors, is_trusted=remembers_commands),
        poll_interval=settings.poll_interval,
        clock=clock,
    )


def _services(
    settings: Settings, connections: Connections, kept: Kept, known: Known, clock: Callable[[], datetime]
) -> Services:
    file, accounts, watch = connections.database, known.accounts, known.watch
    card_keeper, posts = CardKeeper(kept.cards, kept.guild_settings, watch), PostBox(kept.posts, clock)
    link_keeping = LinkKeeping(accounts, kept.idle_links, clock, timedelta(days=settings.link_idle_days))
    proposing = Proposing.of(settings, kept, known, clock)
    desk = Desk(accounts, known.client, kept.intents, watch, clock)
    decisions = Decisions.of(file, kept.guild_settings, desk, card_keeper, posts)
    looking = Looking.of(file, accounts, watch, proposing.drafting, reader_key=settings.reader_key, clock=clock)
    regular = Regular.of(kept, known, posts, reader_key=settings.reader_key, clock=clock)
    refused_channels = RefusedChannels(Refused(file), posts, kept.guild_settings)
    told = ToldPeople.of(file, accounts, proposing.drafting, card_keeper, link_keeping)
    return Services(
        accounts=accounts,
        applying=decisions.applying,
        approving=decisions.approving,
        beginnings=proposing.beginnings,
        bulk=decisions.bulk,
        card_keeper=card_keeper,
        catalogue=known.catalogue,
        claiming=decisions.claiming,
        digests=regular.digests,
        drafting=proposing.drafting,
        following=told.following,
        guild_setup=GuildSetup(kept.guild_settings, decisions.approving, refused_channels),
        history=looking.history,
        link_keeping=link_keeping,
        lost_decisions=decisions.lost_decisions,
        model_lookup=looking.model_lookup,
        notices=told.notices,
        outages=regular.outages,
        own_proposals=looking.own_proposals,
        pace=known.pace,
        posts=posts,
        privacy=Privacy(accounts, People(file), card_keeper, clock),
        proposals=proposing.proposals,
        purging=looking.purging,
        queue=looking.queue,
        reconciler=proposing.reconciler,
        refused_channels=refused_channels,
        reminders=regular.reminders,
        review=decisions.review,
        revisions=told.revisions,
        role_mirror=RoleMirror(kept.guild_settings, kept.mirrored_roles, kept.links, accounts, clock),
        statistics=regular.statistics,
        status=_status(settings, connections, known, refused_channels),
        threads=told.threads,
        upkeep=Upkeep(file, Rotation(file, connections.keyring, settings.service_url), kept.links, kept.outbox),
        watch=watch,
    )


def _status(settings: Settings, connections: Connections, known: Known, refused_channels: RefusedChannels) -> Status:
    return Status(
        catalogue=known.catalogue,
        watch=known.watch,
        ping_ai_horde=partial(ping, connections.horde),
        service_url=settings.service_url,
        ai_horde_url=settings.ai_horde_url,
        poll_interval_s=round(settings.poll_interval_s),
        version_of_bot=VERSION,
        refused_channels=refused_channels,
    )


@dataclass(slots=True)
class _CommandMemory:
    cursors: Cursors
    is_trusted: bool

    async def read(self) -> SyncedCommands | None:
        text = await self.cursors.get(COMMANDS_CURSOR) if self.is_trusted else None
        return SyncedCommands(**json.loads(text)) if text else None

    async def write(self, commands: SyncedCommands) -> None:
        text = json.dumps({"digest": commands.digest, "ids": dict(commands.ids)})
        await self.cursors.set(COMMANDS_CURSOR, text)
