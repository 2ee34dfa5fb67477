"""Joins what people propose with: drafts, the live side of them, the way into the queue, and lost answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app.known import Kept, Known
from bot.services.proposing.beginnings import Beginnings
from bot.services.proposing.drafting import Drafting
from bot.services.proposing.live_side import LiveSide
from bot.services.proposing.proposals import Proposals
from bot.services.proposing.reconcile import Reconciler
from bot.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Proposing:
    """The services of proposing."""

    beginnings: Beginnings
    drafting: Drafting
    proposals: Proposals
    reconciler: Reconciler

    @classmethod
    def of(cls, settings: Settings, kept: Kept, known: Known, clock: Callable[[], datetime]) -> "Proposing":
        """Join them."""
        keep_for = timedelta(days=settings.draft_days)
        live_side = LiveSide(known.catalogue, known.usages, kept.drafts, clock)
        reconciler = Reconciler(known.accounts, known.client, kept.intents, clock, settings.reader_key)
        drafting = Drafting(known.catalogue, kept.drafts, kept.intents, known.watch, live_side, clock, keep_for)
        proposals = Proposals(
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
        )
        return cls(Beginnings(drafting, known.catalogue), drafting, proposals, reconciler)
