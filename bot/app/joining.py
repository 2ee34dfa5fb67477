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
from bot.app.told import ToldPeople
from bot.client.bot import CuratorBot, SyncedCommands
from bot.client.services import Services
from bot.services.community.guild_setup import GuildSetup
from bot.services.community.keeping import LinkKeeping
from bot.services.community.privacy import Privacy
from bot.services.community.role_mirror import RoleMirror
from bot.services.lists.queue_past import QueuePast
from bot.services.lists.statistics import Statistics
from bot.services.proposing.beginnings import Beginnings
from bot.services.proposing.drafting import Drafting
from bot.services.proposing.live_side import LiveSide
from bot.services.proposing.proposals import Proposals
from bot.services.proposing.reconcile import Reconciler
from bot.services.reviewing.deciding import Desk
from bot.services.status import Status
from bot.services.upkeep import Upkeep
from bot.services.watching.card_keeping import CardKeeper
from bot.services.watching.digest import Digests
from bot.services.watching.outages import Outages
from bot.services.watching.posts import PostBox
from bot.services.watching.reminders import Reminders
from bot.settings import Settings
from bot.ui.glyphs import Look
from storage.cursors import Cursors
from storage.people import People
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
        look=Look(),
        allowed_guild_ids=settings.guild_ids,
        command_memory=_CommandMemory(kept.cursors, is_trusted=remembers_commands),
        poll_interval=settings.poll_interval,
        clock=clock,
    )


def _services(
    settings: Settings, connections: Connections, kept: Kept, known: Known, clock: Callable[[], datetime]
) -> Services:
    keep_for = timedelta(days=settings.draft_days)
    live_side = LiveSide(known.catalogue, known.usages, kept.drafts, clock)
    reconciler = Reconciler(known.accounts, known.client, kept.intents, clock, settings.reader_key)
    drafting = Drafting(known.catalogue, kept.drafts, kept.intents, known.watch, live_side, clock, keep_for)
    card_keeper, posts = CardKeeper(kept.cards, kept.guild_settings, known.watch), PostBox(kept.posts, clock)
    desk = Desk(known.accounts, known.client, kept.intents, known.watch, clock)
    decisions = Decisions.of(connections.database, kept.guild_settings, desk, card_keeper, posts)
    looking = Looking.of(
        connections.database,
        known.accounts,
        known.watch,
        drafting,
        reader_key=settings.reader_key,
        clock=clock,
    )
    link_keeping = LinkKeeping(known.accounts, kept.idle_links, clock, timedelta(days=settings.link_idle_days))
    statistics = Statistics(QueuePast(known.client, settings.reader_key, clock), clock)
    told = ToldPeople.of(connections.database, known.accounts, drafting, card_keeper, link_keeping)
    return Services(
        accounts=known.accounts,
        applying=decisions.applying,
        approving=decisions.approving,
        beginnings=Beginnings(drafting, known.catalogue),
        bulk=decisions.bulk,
        card_keeper=card_keeper,
        catalogue=known.catalogue,
        claiming=decisions.claiming,
        digests=Digests(statistics, known.watch, kept.guild_settings, posts, clock),
        drafting=drafting,
        lost_decisions=decisions.lost_decisions,
        guild_setup=GuildSetup(kept.guild_settings, decisions.approving),
        link_keeping=link_keeping,
        outages=Outages(known.watch, kept.posts, kept.guild_settings, kept.cursors, clock),
        following=told.following,
        notices=told.notices,
        posts=posts,
        privacy=Privacy(known.accounts, People(connections.database), card_keeper, clock),
        pace=known.pace,
        proposals=Proposals(
            accounts=known.accounts,
            client=known.client,
            catalogue=known.catalogue,
            drafting=drafting,
            intents=kept.intents,
            outbox=kept.outbox,
            watch=known.watch,
            reconciler=reconciler,
            live_side=live_side,
            clock=clock,
        ),
        history=looking.history,
        model_lookup=looking.model_lookup,
        own_proposals=looking.own_proposals,
        purging=looking.purging,
        queue=looking.queue,
        reconciler=reconciler,
        reminders=Reminders(known.watch, kept.guild_settings, posts, clock),
        review=decisions.review,
        role_mirror=RoleMirror(kept.guild_settings, kept.mirrored_roles, kept.links, known.accounts, clock),
        statistics=statistics,
        revisions=told.revisions,
        status=Status(
            catalogue=known.catalogue,
            watch=known.watch,
            ping_ai_horde=partial(ping, connections.horde),
            service_url=settings.service_url,
            ai_horde_url=settings.ai_horde_url,
            poll_interval_s=round(settings.poll_interval_s),
            version_of_bot=VERSION,
        ),
        threads=told.threads,
        upkeep=Upkeep(
            connections.database,
            Rotation(connections.database, connections.keyring, settings.service_url),
            kept.links,
            kept.outbox,
        ),
        watch=known.watch,
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
