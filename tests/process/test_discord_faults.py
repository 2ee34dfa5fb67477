"""Discord stumbles over what the bot sends: each thing is done once and told once, and nothing else waits for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from simcord.backend.models import Channel, Interaction
from simcord.components import walk_components

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_calls import Fault, rate_limit
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.harness.queue import change_of, changes_in, propose_beside
from tests.process.installation import Installation
from tests.process.journeys import card_of, cards_in, draft, link, only_field, press, use_review_channel

CALLBACK, MESSAGES, ANSWER = "/interactions/*/callback", "/channels/*/messages", "/webhooks/*/messages/@original"
_LABEL = 18
LIMIT = rate_limit("POST", MESSAGES, retry_after_s=0.2, times=3)
GLOBAL = replace(LIMIT, body={**LIMIT.body, "global": True}, headers={**LIMIT.headers, "X-RateLimit-Global": "true"})


@pytest.fixture
def abe(arrive: Callable[[str], Person], rita: Person) -> Person:
    """A second member of rita's guild."""
    assert rita.guild_id is not None
    return arrive("abe")


@pytest_asyncio.fixture
async def bot(installation: Installation) -> AsyncIterator[BotProcess]:
    """A bot that is connected; it may complain, but nothing of it may be a fault of its own."""
    process = await installation.start_ready()
    yield process
    assert "Traceback" not in process.stdout + process.stderr


@pytest_asyncio.fixture
async def review(bot: BotProcess, abe: Person) -> Channel:
    """Where cards are posted."""
    return await bot.alive(use_review_channel(abe))


async def linked(*people: Person) -> None:
    for person, known in zip(people, (RITA, ABE), strict=False):
        await link(person, known.key)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", MESSAGES, 502, is_after=True),
        Fault("POST", MESSAGES, is_after=True),
        Fault("POST", MESSAGES),
        Fault("POST", MESSAGES, 503),
    ],
    ids=["502 after it was stored", "reset after it was stored", "reset before", "503"],
)
async def test_a_card_whose_answer_is_lost_stands_once(
    discord: LoopbackDiscord, review: Channel, abe: Person, v2_service: ReferenceService, fault: Fault
) -> None:
    discord.faults.append(replace(fault))
    propose_beside(v2_service, "Stored once")
    await card_of(abe, review, "Stored once", "Pending")
    await discord.until(lambda: sum("Stored once" in str(call.body) for call in discord.calls) > 1)
    # What comes later is drawn after it: by then nothing of the first is on its way any more.
    propose_beside(v2_service, "Behind it")
    await card_of(abe, review, "Behind it", "Pending")
    assert discord.faults[0].times == 0
    assert sum("Stored once" in text_of(card) for card in cards_in(abe, review)) == 1


@pytest.mark.parametrize("limit", [LIMIT, GLOBAL], ids=["of the route", "of the bot"])
async def test_a_limited_rate_delays_cards_and_keeps_their_order(
    discord: LoopbackDiscord, review: Channel, abe: Person, v2_service: ReferenceService, limit: Fault
) -> None:
    discord.faults.append(replace(limit))
    change_ids = [propose_beside(v2_service, f"Limited {number}") for number in range(5)]
    for number in range(5):
        await card_of(abe, review, f"Limited {number}", "Pending")
    assert discord.faults[0].times == 0
    shown = [text_of(card) for card in cards_in(abe, review)]
    assert [next(one for one in change_ids if f"#{one} " in text) for text in shown] == change_ids


async def test_a_press_that_discord_gave_up_begins_nothing_and_may_be_made_again(
    discord: LoopbackDiscord, review: Channel, rita: Person, v2_service: ReferenceService
) -> None:
    await linked(rita)
    drafted = await draft(rita, "Given up")
    gone = Fault("POST", CALLBACK, 404, {"code": 10062, "message": "Unknown interaction"})
    discord.faults.append(gone)
    submit = next(one for one in buttons_of(drafted) if one.startswith("draft:submit:"))
    rita.press_blindly(drafted, submit)
    await discord.until(lambda: gone.times == 0)
    await discord.quiet(1)
    assert changes_in(v2_service) == []
    await press(rita, drafted, "draft:submit:")
    await card_of(rita, review, "Given up", "Pending")
    assert len(changes_in(v2_service)) == 1


async def test_a_press_that_discord_takes_only_after_three_seconds_begins_nothing(
    discord: LoopbackDiscord, review: Channel, rita: Person, v2_service: ReferenceService
) -> None:
    await linked(rita)
    drafted = await draft(rita, "Too late")
    late = Fault("POST", CALLBACK, 500, times=2)
    discord.faults.append(late)
    submit = next(one for one in buttons_of(drafted) if one.startswith("draft:submit:"))
    rita.press_blindly(drafted, submit)
    tried = len(discord.calls)
    # The library tries a third time after one and three seconds, and Discord knows the press no more.
    await discord.until(lambda: sum(call.path.endswith("/callback") for call in discord.calls[tried:]) == 3)
    await discord.quiet(1)
    assert changes_in(v2_service) == []
    await press(rita, drafted, "draft:submit:")
    await card_of(rita, review, "Too late", "Pending")
    assert len(changes_in(v2_service)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", CALLBACK, 500, is_after=True),
        Fault("POST", CALLBACK, is_after=True, times=2),
    ],
    ids=["500", "reset twice"],
)
async def test_an_acknowledgement_whose_answer_is_lost_leaves_no_one_waiting(
    discord: LoopbackDiscord, review: Channel, rita: Person, abe: Person, v2_service: ReferenceService, fault: Fault
) -> None:
    await linked(rita, abe)
    change_id = propose_beside(v2_service, "Acknowledged unheard")
    card = await card_of(abe, review, "Acknowledged unheard", "Pending")
    discord.faults.append(replace(fault))
    asked = await abe.reply(await press(abe, card, "change:approve:"))
    assert f"Approve #{change_id}?" in text_of(asked), "it counts as acknowledged"
    discord.faults.append(replace(fault))
    await press(abe, asked, "confirm:approve:")
    await card_of(abe, review, "Acknowledged unheard", "**Approved**")
    discord.faults.append(replace(fault))
    opened = await rita.slash("propose-model create", category="lora")
    await discord.quiet(1)
    assert "Typed" in text_of(await rita.reply(await rita.submit(opened, {name_in(opened): "Typed"})))
    assert all(one.times == 0 for one in discord.faults)


def name_in(opened: Interaction) -> str:
    """The custom id of the field *Name* of a form."""
    assert opened.modal is not None, f"no form, but {opened.response_kind}"
    labelled = [one for one in walk_components(opened.modal["components"]) if one["type"] == _LABEL]
    custom_id: str = next(one["component"]["custom_id"] for one in labelled if one["label"] == "Name")
    return custom_id


@pytest.mark.parametrize("lost", ["of the form", "of what was typed"])
async def test_a_form_whose_acknowledgement_is_unheard_keeps_what_is_typed(
    discord: LoopbackDiscord, review: Channel, rita: Person, lost: str
) -> None:
    await linked(rita)
    unheard = Fault("POST", CALLBACK, 500, is_after=True)
    if lost == "of the form":
        discord.faults.append(unheard)
    opened = await rita.slash("propose-model create", category="lora")
    await discord.quiet(3)  # the library tries again after a second, and hears that there was an answer
    if lost == "of what was typed":
        discord.faults.append(unheard)
    shown = await rita.reply(await rita.submit(opened, {name_in(opened): "Typed once"}))
    assert unheard.times == 0
    assert "Typed once" in text_of(shown)


async def test_what_was_typed_into_a_form_that_discord_gave_up_is_kept_and_can_be_sent_again(
    discord: LoopbackDiscord, review: Channel, rita: Person
) -> None:
    await linked(rita)
    opened = await rita.slash("propose-model create", category="lora")
    await discord.quiet(0.5)
    gone = Fault("POST", CALLBACK, 404, {"code": 10062, "message": "Unknown interaction"})
    discord.faults.append(gone)
    rita.submit_blindly(opened, {name_in(opened): "Typed twice"})
    await discord.until(lambda: gone.times == 0)
    await discord.quiet(1)
    kept = await rita.reply(await rita.slash("propose-model drafts"))
    assert text_of(kept).count("Typed twice") == 1
    shown = await rita.reply(await rita.submit(opened, {name_in(opened): "Typed twice and mended"}))
    assert "Typed twice and mended" in text_of(shown)
    kept = await rita.reply(await rita.slash("propose-model drafts"))
    assert text_of(kept).count("Typed twice") == 1, "one draft, not two"


async def test_a_decision_whose_answer_is_lost_stands_on_the_card(
    discord: LoopbackDiscord, review: Channel, rita: Person, abe: Person, v2_service: ReferenceService
) -> None:
    await linked(rita, abe)
    change_id = propose_beside(v2_service, "Expired token")
    card = await card_of(abe, review, "Expired token", "Pending")
    question = await abe.reply(await press(abe, card, "change:approve:"))
    expired = {"code": 50027, "message": "Invalid Webhook Token"}
    discord.faults += [Fault("*", pattern, 401, expired, times=99) for pattern in ("/webhooks/*", ANSWER)]
    await press(abe, question, "confirm:approve:")
    await card_of(abe, review, "Expired token", "**Approved**")
    assert change_of(v2_service, change_id)["status"] == "approved"


async def test_two_people_who_link_at_the_same_moment_link_their_own_keys(
    discord: LoopbackDiscord, bot: BotProcess, rita: Person, abe: Person
) -> None:
    pairs = ((rita, RITA), (abe, ABE))
    opened = [await bot.alive(person.slash("account link")) for person, _ in pairs]
    await discord.quiet(0.5)  # no one types a key before the bot has heard that its form is open
    filled = (
        person.submit(form, {only_field(form): known.key}) for (person, known), form in zip(pairs, opened, strict=True)
    )
    for (person, _), submitted in zip(pairs, await asyncio.gather(*filled), strict=True):
        await person.reply(submitted)
    for person, known in pairs:
        shown = text_of(await person.reply(await person.slash("account status")))
        assert known.horde_username.partition("#")[0] in shown
