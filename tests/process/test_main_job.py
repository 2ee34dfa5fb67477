"""The whole story once over real sockets: an unchanged process, the real service, a Discord on loopback."""

from collections.abc import Callable

import httpx

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.tls import tls_context
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation
from tests.process.journeys import approve, card_of, cards_in, draft, link, press, queue, reject, use_review_channel


async def test_a_model_is_proposed_approved_applied_and_live(
    installation: Installation,
    arrive: Callable[[str], Person],
    rita: Person,
    v2_service: ReferenceService,
) -> None:
    abe = arrive("abe")
    name = f"Journey {rita.user_id}"
    await installation.start_ready()
    review = await use_review_channel(abe)
    await link(rita, RITA.key)
    await link(abe, ABE.key)
    card = await queue(rita, name, review)
    await approve(abe, card)
    await card_of(abe, review, name, "**Approved**")
    await abe.reply(await press(abe, card, "change:apply:"))
    await abe.discord.until(lambda: not any("apply" in one for one in buttons_of(card)))
    async with httpx.AsyncClient(base_url=v2_service.url, trust_env=False, verify=tls_context()) as service:
        live = await service.get(f"/model_references/v2/image_generation/model/{name}")
    assert live.json()["baseline"] == "stable_diffusion_xl"
    assert len(cards_in(abe, review)) == 1, "one card, however often it changed"


async def test_a_rejected_proposal_says_why_and_takes_no_more_presses(
    installation: Installation, arrive: Callable[[str], Person], rita: Person
) -> None:
    abe = arrive("abe")
    name = f"Refused {rita.user_id}"
    await installation.start_ready()
    review = await use_review_channel(abe)
    await link(rita, RITA.key)
    await link(abe, ABE.key)
    card = await queue(rita, name, review)
    await reject(abe, card, "The file belongs to another author.")
    await card_of(abe, review, name, "another author")
    assert not any(one.startswith(("change:approve", "change:reject")) for one in buttons_of(card))


async def test_a_card_and_a_draft_outlive_a_kill(
    installation: Installation, arrive: Callable[[str], Person], rita: Person
) -> None:
    abe = arrive("abe")
    name = f"Survivor {rita.user_id}"
    first = await installation.start_ready()
    review = await use_review_channel(abe)
    await link(rita, RITA.key)
    await link(abe, ABE.key)
    card = await queue(rita, name, review)
    first.kill()
    await first.ended()
    await installation.start_ready()
    await approve(abe, card)
    await card_of(abe, review, name, "**Approved**")
    assert len(cards_in(abe, review)) == 1
    assert text_of(await rita.reply(await rita.slash("propose-model drafts")))


async def test_no_one_is_ever_mentioned(installation: Installation, discord: LoopbackDiscord, rita: Person) -> None:
    await installation.start_ready()
    await link(rita, RITA.key)
    await draft(rita, "@everyone <@1> <@&2>")
    messages = (message for room in discord.backend.messages.values() for message in room.values())
    assert not any(message.mention_everyone or message.ping_user_ids or message.ping_role_ids for message in messages)
