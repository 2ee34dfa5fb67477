"""Changes that the bot itself moved or purged: stored at once, and their cards are due."""

from dataclasses import dataclass, field

import pytest

from bot.services.changes import CardState
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_cards, due_notices, facts_of


@pytest.fixture
async def drawn(app: App) -> App:
    """Two changes wait and one is rejected; their cards are posted."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    for change_id in (1, 2, 3):
        app.service.put(change_id)
    await app.services.monitor.poll()
    app.service.put(3, status="rejected", rejected_by="101")
    await app.services.monitor.poll()
    await deliver_cards(app)
    return app


async def purge(app: App, *change_ids: int) -> None:
    """The service removes changes and says so."""
    for change_id in change_ids:
        del app.service.changes[change_id]
    app.clock.move(minutes=5)
    await app.services.recorder.note_purged(change_ids)


async def due(app: App) -> dict[int, CardState]:
    """Return the changes of due cards and the states that they show."""
    return {card.delivery.change_id or 0: facts_of(card).state for card in await due_cards(app)}


async def test_purged_changes_are_stored_with_the_time_and_their_cards_say_so(drawn: App) -> None:
    await purge(drawn, 1, 2)
    assert await due(drawn) == {1: CardState.PURGED, 2: CardState.PURGED}
    (card,) = await due_cards(drawn, 1)
    assert facts_of(card).noticed_at == drawn.clock()
    rows = await drawn.services.recorder.cards.tracked()
    assert {change_id for change_id, row in rows.items() if not row.is_final} == set()


async def test_the_requestor_of_a_purged_change_is_notified_of_it(drawn: App) -> None:
    await purge(drawn, 1)
    (notice,) = await due_notices(drawn)
    assert (notice.delivery.user_id, notice.delivery.change_id) == (REQUESTOR, 1)


async def test_a_rejected_change_that_is_purged_keeps_its_end_and_its_card(drawn: App) -> None:
    await purge(drawn, 3, 1)
    assert await due(drawn) == {1: CardState.PURGED}
    assert (await drawn.services.recorder.cards.changes([3]))[3].status == "rejected"


async def test_a_purged_change_that_no_poll_saw_keeps_no_other_back(drawn: App) -> None:
    drawn.service.put(4)
    await purge(drawn, 4, 2)
    assert await due(drawn) == {2: CardState.PURGED}


async def test_a_purge_of_ended_changes_alone_draws_nothing(drawn: App) -> None:
    await purge(drawn, 3)
    assert await due(drawn) == {}
    assert await due_notices(drawn) == []


@dataclass
class Drawer:
    """Notes whose cards it is to draw."""

    awaited: list[int] = field(default_factory=list)
    soon: list[int] = field(default_factory=list)

    async def draw(self, change_id: int) -> None:
        self.awaited.append(change_id)

    def draw_soon(self, change_id: int) -> None:
        self.soon.append(change_id)


async def test_the_card_of_a_change_is_drawn_with_its_decision_and_before_the_answer_to_its_proposal(
    drawn: App,
) -> None:
    drawer, recorder = Drawer(), drawn.services.recorder
    recorder.attach(drawer)
    await recorder.note(await drawn.services.poller.read(2))
    await recorder.publish(await drawn.services.poller.read(1))
    assert (drawer.soon, drawer.awaited) == ([2], [1])


async def test_of_a_purge_one_card_is_drawn_at_once_and_the_others_in_their_turn(drawn: App) -> None:
    drawer = Drawer()
    drawn.services.recorder.attach(drawer)
    await purge(drawn, 1, 2)
    assert drawer.soon == [1]
    assert set(await due(drawn)) == {1, 2}


async def test_an_ended_change_that_is_looked_up_gets_no_card(drawn: App) -> None:
    drawn.service.put(4, status="rejected", rejected_by="303")
    await drawn.services.recorder.note(await drawn.services.poller.read(4))
    assert await due(drawn) == {}
