"""Claims, counted approvals and selections, each stored for one content only."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from storage.approvals import Approval, Approvals
from storage.cards import Cards
from storage.claims import ClaimRow, Claims
from storage.database import Database
from storage.deliveries import Deliveries
from storage.guild_settings import GuildSettings
from storage.selections import Selections, Target
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD = 77, 78
DAY = timedelta(days=1)


@pytest.fixture
async def tracked(database: Database, now: datetime) -> Callable[[int, str, str], object]:
    cards = Cards(database)

    async def track(change_id: int = 42, status: str = "pending", digest: str = "d1") -> None:
        await cards.record_poll(seen=[tracked_change(now, change_id, status, digest)], now=now)

    await track()
    return track


def claim(now: datetime, name: str = "bob#202", digest: str = "d1") -> ClaimRow:
    return ClaimRow(42, digest, int(name[-3:]), name[-3:], name, now, now + DAY)


def approval(now: datetime, name: str = "bob#202", *, digest: str = "d1", guild_id: int = GUILD) -> Approval:
    return Approval(guild_id, 42, digest, int(name[-3:]), name[-3:], name, now)


async def test_the_first_to_claim_has_it_until_it_runs_out(
    database: Database, now: datetime, tracked: Callable[..., object]
) -> None:
    claims = Claims(database)
    assert await claims.take(claim(now)) == claim(now)
    assert (await claims.take(claim(now, "carol#303"))).horde_username == "bob#202"
    assert (await claims.take(claim(now + DAY, "carol#303"))).horde_username == "carol#303"


async def test_one_may_claim_for_longer_and_release_only_ones_own(
    database: Database, now: datetime, tracked: Callable[..., object]
) -> None:
    claims = Claims(database)
    await claims.take(claim(now))
    later = claim(now + DAY / 2)
    assert await claims.take(later) == later
    assert not await claims.release(42, "303")
    assert await claims.all(now) == {42: later}
    assert await claims.release(42, "202")
    assert await claims.all(now) == {}


async def test_a_claim_is_to_what_was_seen_and_to_nothing_else(
    database: Database, now: datetime, tracked: Callable[..., object]
) -> None:
    claims = Claims(database)
    await claims.take(claim(now))
    assert await claims.of(42, "d1", now) == claim(now)
    assert await claims.of(42, "d2", now) is None
    assert await claims.of(42, "d1", now + DAY) is None
    assert (await claims.take(claim(now, "carol#303", "d2"))).horde_username == "carol#303"


@pytest.mark.parametrize(
    ("status", "digest", "later"), [("approved", "d1", 0), ("pending", "d2", 0), ("pending", "d1", 1)]
)
async def test_a_claim_ends_with_the_decision_another_content_or_its_time(
    database: Database, now: datetime, tracked: Callable[..., object], status: str, digest: str, later: int
) -> None:
    claims = Claims(database)
    await claims.take(claim(now))
    assert await claims.end(now) == []
    await tracked(42, status, digest)  # type: ignore[misc] # the fixture's own function
    assert await claims.end(now + later * DAY) == [42]
    assert await claims.all(now) == {}


async def test_each_account_counts_once_for_each_content_and_server(
    database: Database, now: datetime, tracked: Callable[..., object]
) -> None:
    approvals = Approvals(database)
    assert await approvals.add(approval(now)) == (True, [approval(now)])
    assert await approvals.add(approval(now + DAY)) == (False, [approval(now)])
    other = approval(now + DAY, "carol#303")
    assert await approvals.add(other) == (True, [approval(now), other])
    assert (await approvals.add(approval(now, digest="d2")))[1] == [approval(now, digest="d2")]
    assert await approvals.of(OTHER_GUILD, 42, "d1") == []
    both = {approval(now).horde_user_id, other.horde_user_id}
    assert await approvals.counts(GUILD, both) == {42: 2}
    assert await approvals.counts(GUILD, {other.horde_user_id}) == {42: 1}
    await approvals.withdraw(other)
    assert await approvals.of(GUILD, 42, "d1") == [approval(now)]


async def test_the_cards_that_count_an_accounts_approvals_are_drawn_again(
    database: Database, now: datetime, tracked: Callable[..., object]
) -> None:
    approvals, deliveries = Approvals(database), Deliveries(database)
    await GuildSettings(database).set_review_channel(GUILD, 770)
    await tracked(43, "pending", "d1")  # type: ignore[misc] # the fixture's own function
    await approvals.add(approval(now))

    async def redrawn() -> list[int | None]:
        due = await deliveries.due_cards(now)
        await deliveries.mark_delivered(due, 500)
        return [card.change_id for card in due]

    assert await redrawn() == [42, 43]
    await approvals.touch_cards({"303"})
    assert await redrawn() == []
    await approvals.touch_cards({"303", "202"})
    assert await redrawn() == [42]
    await approvals.touch_cards(None)
    assert await redrawn() == [42], "a card without an approval counts none"


@pytest.mark.parametrize(
    ("status", "digest", "kept"), [("approved", "d1", 1), ("applied", "d1", 0), ("pending", "d2", 0)]
)
async def test_presses_are_kept_while_a_card_tells_of_them(
    database: Database, now: datetime, tracked: Callable[..., object], status: str, digest: str, kept: int
) -> None:
    approvals = Approvals(database)
    await approvals.add(approval(now))
    await approvals.drop_ended()
    assert len(await approvals.of(GUILD, 42, "d1")) == 1
    await tracked(42, status, digest)  # type: ignore[misc] # the fixture's own function
    await approvals.drop_ended()
    assert len(await approvals.of(GUILD, 42, "d1")) == kept


async def test_a_choice_is_its_choosers_alone_and_not_kept_for_ever(database: Database, now: datetime) -> None:
    selections = Selections(database)
    chosen = (Target(44, "d4"), Target(42, "d2"))
    made = await selections.add(202, "approve", chosen, now)
    assert made.chosen == chosen
    assert await selections.get(made.selection_id, 202) == made
    assert await selections.get(made.selection_id, 303) is None
    assert await selections.drop_before(now) == 0
    assert await selections.drop_before(now + DAY) == 1
    assert await selections.get(made.selection_id, 202) is None
