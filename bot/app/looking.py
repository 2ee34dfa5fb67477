"""Joins what looks things up for people: the queue's pages, one's own proposals, the past, purging; models."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from bot.identity.accounts import Accounts
from bot.services.community.model_lookup import ModelLookup
from bot.services.lists.history import History
from bot.services.lists.own_proposals import OwnProposals
from bot.services.lists.purging import Purging
from bot.services.lists.queue import Queue
from bot.services.lists.reading import QueueReader
from bot.services.proposing.drafting import Drafting
from bot.services.watching.watch import Watch
from storage.approvals import Approvals
from storage.claims import Claims
from storage.database import Database
from storage.guild_settings import GuildSettings
from storage.list_filters import ListFilters
from storage.purges import Purges


@dataclass(frozen=True, slots=True, repr=False)
class Looking:
    """The decisions of ``/queue`` and ``/model``."""

    queue: Queue
    own_proposals: OwnProposals
    history: History
    purging: Purging
    model_lookup: ModelLookup

    @classmethod
    def of(
        cls,
        file: Database,
        accounts: Accounts,
        watch: Watch,
        drafting: Drafting,
        *,
        reader_key: SecretStr,
        clock: Callable[[], datetime],
    ) -> "Looking":
        """Join them over one file."""
        reader = QueueReader(accounts, watch.looker.client, watch.catalogue, reader_key)
        filters = ListFilters(file)
        return cls(
            queue=Queue(
                accounts=accounts,
                reader=reader,
                watch=watch,
                filters=filters,
                guild_settings=GuildSettings(file),
                claims=Claims(file),
                approvals=Approvals(file),
                clock=clock,
            ),
            own_proposals=OwnProposals(accounts, watch.looker.client, drafting, watch, filters, reader_key, clock),
            history=History(reader, watch.looker.client, watch, watch.telling.links, filters, clock),
            purging=Purging(accounts, watch.looker.client, reader, watch, Purges(file), clock),
            model_lookup=ModelLookup(watch.catalogue, watch, watch.facts.usages, filters, clock),
        )
