"""Everything that the bot sends in a day's work, judged by Discord's own OpenAPI document."""

import os
from collections.abc import Callable
from pathlib import Path

from bot.demo.people import ABE, DAVE, RITA
from tests.fakes.discord_openapi import OPENAPI, DiscordContract
from tests.fakes.discord_people import Person
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation
from tests.process.journeys import approve, card_of, draft, link, press, queue, reject, use_review_channel


async def test_discord_takes_every_body(
    installation: Installation, discord: LoopbackDiscord, arrive: Callable[[str], Person], rita: Person
) -> None:
    abe, dave = arrive("abe"), arrive("dave")
    await installation.start_ready()
    review = await use_review_channel(abe)
    await draft(dave, "Refused")
    for person, key in ((rita, RITA.key), (abe, ABE.key), (dave, DAVE.key), (dave, "0000000000")):
        await link(person, key)
    for person in (rita, dave):
        for command in ("status", "roles", "account status", "account unlink", "setup show"):
            await person.reply(await person.slash(command))
    await rita.slash("propose-model create", category="image_generation")
    await draft(rita, "a/b @everyone [x](https://example.org) \u202e")
    await rita.reply(await rita.slash("propose-model drafts"))
    card = await queue(rita, f"Judged {rita.user_id}", review)
    await rita.reply(await press(rita, card, "change:full:"))
    await press(dave, card, "change:approve:")
    await approve(abe, card)
    await card_of(abe, review, f"Judged {rita.user_id}", "**Approved**")
    await abe.reply(await press(abe, card, "change:apply:"))
    other = await queue(rita, f"Judged too {rita.user_id}", review)
    await reject(abe, other, "No.")
    contract = DiscordContract(Path(os.environ[OPENAPI]))
    problems = {problem for call in discord.calls if (problem := contract.problem(call)) is not None}
    assert problems == set()
