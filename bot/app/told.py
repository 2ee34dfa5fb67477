"""Joins the decisions about telling people: direct messages, threads, what they follow, what they send again."""

from dataclasses import dataclass
from typing import Self

from bot.identity.accounts import Accounts
from bot.services.community.keeping import LinkKeeping
from bot.services.messages.following import Following
from bot.services.messages.news_finding import NewsFinder
from bot.services.messages.notices import Notices
from bot.services.messages.telling import Telling
from bot.services.proposing.drafting import Drafting
from bot.services.proposing.revisions import Revisions
from bot.services.watching.card_keeping import CardKeeper
from bot.services.watching.threads import Threads
from storage.cards import Cards
from storage.database import Database
from storage.links import Links
from storage.outbox import Outbox
from storage.sayings import Sayings
from storage.sent_proposals import SentProposals
from storage.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True, repr=False)
class ToldPeople:
    """What is decided about telling."""

    following: Following
    notices: Notices
    revisions: Revisions
    threads: Threads

    @classmethod
    def of(
        cls,
        database: Database,
        accounts: Accounts,
        drafting: Drafting,
        card_keeper: CardKeeper,
        link_keeping: LinkKeeping,
    ) -> Self:
        """Join them."""
        watch, intents, clock = drafting.watch, drafting.intents, drafting.clock
        sayings = Sayings(database)
        links, subscriptions = watch.telling.links, Subscriptions(database)
        revisions = Revisions(
            accounts, watch, watch.cards, SentProposals(database), drafting, drafting.catalogue, clock
        )
        finder = NewsFinder(watch, watch.cards, links, intents, subscriptions, revisions, clock)
        notices = Notices(
            outbox=watch.telling.outbox,
            finder=finder,
            drafts=drafting.drafts,
            intents=intents,
            sayings=sayings,
            card_keeper=card_keeper,
            clock=clock,
            keep_for=drafting.keep_for,
            link_keeping=link_keeping,
        )
        following = Following(subscriptions, drafting.catalogue, watch, links, clock)
        return cls(following, notices, revisions, Threads(sayings, intents, clock))


def telling_of(database: Database, cards: Cards, links: Links, outbox: Outbox) -> Telling:
    """Who is told of what the watch sees."""
    return Telling(cards, links, outbox, Subscriptions(database))
