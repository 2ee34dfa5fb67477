"""Joins what people decide with: the rules of a server, claims, choices of several, and what is found out later."""

from dataclasses import dataclass

from bot.services.reviewing.applying import Applying
from bot.services.reviewing.approving import Approving
from bot.services.reviewing.bulk import Bulk
from bot.services.reviewing.claiming import Claiming
from bot.services.reviewing.deciding import Desk
from bot.services.reviewing.lost_decisions import LostDecisions
from bot.services.reviewing.review import Review
from bot.services.watching.card_keeping import CardKeeper
from bot.services.watching.posts import PostBox
from storage.approvals import Approvals
from storage.claims import Claims
from storage.database import Database
from storage.guild_settings import GuildSettings
from storage.selections import Selections


@dataclass(frozen=True, slots=True, repr=False)
class Decisions:
    """The services of deciding."""

    applying: Applying
    approving: Approving
    bulk: Bulk
    claiming: Claiming
    lost_decisions: LostDecisions
    review: Review

    @classmethod
    def of(
        cls,
        file: Database,
        guild_settings: GuildSettings,
        desk: Desk,
        keeper: CardKeeper,
        posts: PostBox,
    ) -> "Decisions":
        """Join them, and let cards tell who claims and who approved."""
        approving = Approving(Approvals(file), guild_settings, desk.accounts, desk.watch, desk.clock)
        claiming = Claiming(desk, Claims(file), keeper)
        bulk = Bulk(desk, approving, keeper, Selections(file))
        desk.watch.complete_with(approving.complete)
        desk.watch.complete_with(claiming.complete)
        return cls(
            applying=Applying(desk, bulk),
            approving=approving,
            bulk=bulk,
            claiming=claiming,
            lost_decisions=LostDecisions(desk, posts, desk.clock),
            review=Review(desk, approving, keeper),
        )
