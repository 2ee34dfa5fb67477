"""A long absence and an older copy of the database: nothing is posted twice, and nothing shows a false state."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from simcord.backend.models import Channel

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_calls import Fault
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.fakes.launcher import LATER
from tests.harness.queue import apply_beside, decide_beside, propose_beside
from tests.process.installation import Installation
from tests.process.journeys import card_of, cards_in, link, use_review_channel

LATER_H = {LATER: "3"}
"""Longer than Discord remembers the nonce of a message."""


@pytest.fixture
def abe(arrive: Callable[[str], Person], rita: Person) -> Person:
    """A second member of rita's guild."""
    assert rita.guild_id is not None
    return arrive("abe")


def posted_in(discord: LoopbackDiscord, channel: Channel) -> list[str]:
    """Return the texts of a channel's messages, without answers to single persons."""
    return [text_of(one) for one in discord.backend.messages[channel.id].values() if not one.is_ephemeral]


def direct_messages(person: Person) -> list[str]:
    """Return the texts of the bot's direct messages to a person."""
    channels = [each for each in person.discord.backend.channels.values() if person.user_id in each.recipient_ids]
    return [text for channel in channels for text in posted_in(person.discord, channel)]


async def end(bot: BotProcess) -> None:
    """Kill the bot."""
    bot.kill()
    await bot.ended()


def restore(installation: Installation, copy: Path) -> None:
    """Put an older copy in place of the database."""
    for path in installation.database.parent.glob(f"{installation.database.name}*"):
        path.unlink()
    shutil.copy(copy, installation.database)


async def test_cards_that_were_stored_before_a_kill_show_how_their_changes_ended_meanwhile(
    installation: Installation, discord: LoopbackDiscord, abe: Person, v2_service: ReferenceService
) -> None:
    bot = await installation.start_ready()
    review = await bot.alive(use_review_channel(abe))
    lost = Fault("POST", f"/channels/{review.id}/messages", is_after=True, times=2)
    discord.faults.append(lost)
    rejected, applied = [propose_beside(v2_service, name) for name in ("Was rejected", "Was applied")]
    await bot.alive(discord.until(lambda: lost.times == 0))
    await end(bot)
    discord.forget_nonces()
    assert [list(buttons_of(card)) != [] for card in cards_in(abe, review)] == [True, True]
    decide_beside(v2_service, reject=[rejected], approve=[applied])
    apply_beside(v2_service, applied)
    await installation.start_ready(**LATER_H)
    await card_of(abe, review, "Was rejected", "**Rejected**")
    await card_of(abe, review, "Was applied", "**Applied**")
    await discord.quiet(2)
    assert len(cards_in(abe, review)) == 2
    assert not any("approve" in button for card in cards_in(abe, review) for button in buttons_of(card))


async def test_an_older_database_doubles_no_card_no_announcement_and_no_direct_message(
    installation: Installation, discord: LoopbackDiscord, rita: Person, abe: Person, v2_service: ReferenceService
) -> None:
    bot = await installation.start_ready()
    await link(rita, RITA.key)
    review = await use_review_channel(abe)
    news = discord.backend.create_channel(review.guild_id or 0, "model-news")
    await abe.reply(await abe.slash("setup announcements", channel=news.id))
    propose_beside(v2_service, "Early")
    await card_of(abe, review, "Early")
    bot.terminate()
    assert await bot.ended() == 0
    copy = Path(shutil.copy(installation.database, installation.folder / "copy.db"))
    bot = await installation.start_ready()
    first, second, live, _ = [propose_beside(v2_service, f"Late {number}") for number in range(4)]
    await card_of(abe, review, "Late 3")
    decide_beside(v2_service, reject=[first])
    await discord.until(lambda: len(direct_messages(rita)) == 1)
    decide_beside(v2_service, reject=[second])
    await discord.until(lambda: len(direct_messages(rita)) == 2)
    decide_beside(v2_service, approve=[live])
    apply_beside(v2_service, live)
    await discord.until(lambda: len(direct_messages(rita)) == 3 and len(posted_in(discord, news)) == 1)
    await discord.quiet(1.5)
    before = [len(cards_in(abe, review)), posted_in(discord, news), direct_messages(rita)]
    await end(bot)
    restore(installation, copy)
    discord.forget_nonces()
    bot = await installation.start_ready(**LATER_H)
    await bot.alive(discord.until(lambda: "kind=card" in bot.stderr))
    await discord.quiet(2)
    assert [len(cards_in(abe, review)), posted_in(discord, news), direct_messages(rita)] == before
