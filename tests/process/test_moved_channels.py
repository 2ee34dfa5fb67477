"""A review channel that moves, is deleted or left, and direct messages that are closed: each outcome is shown once."""

from collections.abc import Callable

import pytest
from simcord.backend import serializers
from simcord.backend.models import Channel, Message

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from tests.fakes.discord_calls import Fault
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.harness.queue import decide_beside, propose_beside
from tests.process.installation import Installation
from tests.process.journeys import card_of, cards_in, link, press, reject, use_review_channel


@pytest.fixture
def abe(arrive: Callable[[str], Person], rita: Person) -> Person:
    """A second member of rita's guild."""
    assert rita.guild_id is not None
    return arrive("abe")


async def only(person: Person, channel: Channel, number: int, *words: str) -> Message:
    """Return the one message about a change in a channel, once it has these words."""

    def found() -> Message | None:
        about = [one for one in cards_in(person, channel) if f"#{number}" in text_of(one)[:12]]
        assert len(about) <= 1, [text_of(one) for one in about]
        return about[0] if about and all(word in text_of(about[0]) for word in words) else None

    return await person.discord.until(found)


async def use(admin: Person, channel: Channel) -> None:
    await admin.reply(await admin.slash("setup review-channel", channel=channel.id))


async def test_a_review_channel_moved_away_and_back_shows_one_true_card_each(
    installation: Installation, discord: LoopbackDiscord, abe: Person, v2_service: ReferenceService
) -> None:
    bot = await installation.start_ready()
    await link(abe, ABE.key)
    first = await bot.alive(use_review_channel(abe))
    second = discord.backend.create_channel(first.guild_id or 0, "second-review")
    approved, rejected, waiting = [propose_beside(v2_service, f"Moved {number}") for number in range(3)]
    await card_of(abe, first, "Moved 2", "Pending")
    card = await only(abe, first, approved, "Pending")
    moving = abe.type_slash("setup review-channel", channel=second.id)
    question = await abe.reply(abe.press_blindly(card, next(iter(buttons_of(card)))))  # before it is a stub
    await abe.reply(moving)
    for number in (approved, rejected, waiting):
        assert not buttons_of(await only(abe, first, number, "has its card in", f"<#{second.id}>"))
    await press(abe, question, "confirm:approve:")
    await only(abe, second, approved, "**Approved**")
    await reject(abe, await only(abe, second, rejected, "Pending"), "It is a copy.")
    await only(abe, second, rejected, "**Rejected**")
    await use(abe, first)
    assert "apply" in str(buttons_of(await only(abe, first, approved, "**Approved**")))
    assert "approve" in str(buttons_of(await only(abe, first, waiting, "Pending")))
    for number in (approved, waiting):
        assert not buttons_of(await only(abe, second, number, "has its card in", f"<#{first.id}>"))
    assert not buttons_of(await only(abe, first, rejected, "has its card in")), "that card stays where it ended"
    assert "Traceback" not in bot.stderr


async def test_a_channel_that_is_deleted_and_a_server_that_is_left_for_a_while_lose_no_card(
    installation: Installation, discord: LoopbackDiscord, abe: Person, v2_service: ReferenceService
) -> None:
    bot = await installation.start_ready()
    first = await bot.alive(use_review_channel(abe))
    before = propose_beside(v2_service, "Before")
    await only(abe, first, before, "Pending")
    second = discord.backend.create_channel(first.guild_id or 0, "second-review")
    discord.backend.delete_channel(first.id)
    meanwhile = propose_beside(v2_service, "Meanwhile")
    await bot.alive(discord.until(lambda: "10003" in bot.stderr))
    shown = await abe.reply(await abe.slash("setup show"))
    assert "it is gone" in text_of(shown)
    await use(abe, second)
    for number in (before, meanwhile):
        await only(abe, second, number, "Pending")
    guild = discord.backend.guilds[first.guild_id or 0]
    discord.backend.emit("GUILD_DELETE", {"id": str(guild.id)})
    calls = len(discord.calls)
    decide_beside(v2_service, reject=[before])
    later = propose_beside(v2_service, "Later")
    await discord.quiet(2.5)
    assert not any(str(second.id) in call.path for call in discord.calls[calls:]), "the bot is not in that server"
    discord.backend.emit("GUILD_CREATE", dict(serializers.guild_create_payload(discord.backend, guild)))
    await only(abe, second, before, "**Rejected**")
    await only(abe, second, later, "Pending")
    assert "Traceback" not in bot.stderr


async def test_a_rejection_that_no_direct_message_can_tell_is_told_once_wherever_it_can_be(
    installation: Installation, discord: LoopbackDiscord, rita: Person, abe: Person, v2_service: ReferenceService
) -> None:
    bot = await installation.start_ready()
    await link(rita, RITA.key)
    review = await use_review_channel(abe)
    direct = discord.backend.get_dm_channel(rita.user_id)
    closed = {"code": 50007, "message": "Cannot send messages to this user"}
    discord.faults.append(Fault("POST", f"/channels/{direct.id}/messages", 403, closed, times=99))
    thread, channel, deleted, *several = [propose_beside(v2_service, f"Closed {number}") for number in range(5)]
    await card_of(abe, review, "Closed 4")

    def told() -> list[str]:
        """Return the texts that tell an outcome to rita, with the channel or the name of the thread."""
        places = [each for each in discord.backend.channels.values() if each.id in discord.backend.messages]
        return [
            f"{place.name}: {text_of(one)}"
            for place in places
            for one in discord.backend.messages[place.id].values()
            if f"<@{rita.user_id}>, your proposal" in text_of(one)
        ]

    decide_beside(v2_service, reject=[thread])
    await bot.alive(discord.until(lambda: len(told()) == 1))
    refused = Fault("POST", "/channels/*/threads", 403, {"code": 50013, "message": "Missing Permissions"}, times=99)
    discord.faults.append(refused)
    decide_beside(v2_service, reject=[channel])
    await bot.alive(discord.until(lambda: len(told()) == 2))
    refused.times = 0
    discord.backend.delete_message(review.id, (await only(abe, review, deleted)).id)
    decide_beside(v2_service, reject=[deleted])
    await bot.alive(discord.until(lambda: len(told()) == 3))
    decide_beside(v2_service, reject=several)
    await bot.alive(discord.until(lambda: len(told()) == 5))
    await discord.quiet(2)
    assert len(told()) == 5
    assert [text.partition(":")[0] for text in told()] == [
        "model-review",
        *(f"#{number} CREATE Closed {which}" for which, number in ((0, thread), (2, deleted), (3, several[0]))),
        f"#{several[1]} CREATE Closed 4",
    ]
    assert f"#{channel} is **rejected**" in told()[0]
    for number in (thread, channel, *several):
        await only_card(abe, review, number)
    assert "Traceback" not in bot.stderr


async def only_card(person: Person, channel: Channel, number: int) -> None:
    """Check that a change has one card, which says how its requestor was told."""
    cards = [text_of(one) for one in cards_in(person, channel) if text_of(one).startswith(f"-# #{number} ")]
    assert len(cards) == 1
    assert "replaces it" in cards[0]
