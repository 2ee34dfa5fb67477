"""Every screen and form goes through discord.py's own serialisation and the simulated Discord's checks."""

from collections.abc import AsyncIterator

import discord
import pytest
import simcord

from bot.ui.glyphs import Theme
from tests.ui.gallery import FORMS, GalleryBot
from tests.ui.screens import SCREENS, card_of


@pytest.fixture
async def env() -> AsyncIterator[simcord.Env]:
    bot = GalleryBot()
    made = simcord.Env(bot, settle_timeout=20)
    guild = made.create_guild("AI Horde", owner=made.create_user("olga"))
    guild.create_text_channel("model-review")
    await made.start()
    try:
        yield made
    finally:
        await made.shutdown()
        await bot.close()


async def test_the_simulated_discord_takes_every_screen_and_no_one_is_pinged(env: simcord.Env) -> None:
    channel = env.bot.get_channel(env.guild.channels["model-review"].id)
    assert isinstance(channel, discord.TextChannel)
    for draw in SCREENS.values():
        card = card_of(draw(Theme()))
        message = await channel.send(view=card.view, files=list(card.files))
        assert not message.mentions
        assert not message.mention_everyone
        assert not message.role_mentions
    # Nothing of it is stored: a stored view would unregister the dynamic items that serve its buttons.
    assert not list(env.bot.persistent_views)


@pytest.mark.parametrize("name", FORMS)
async def test_the_simulated_discord_opens_every_form(env: simcord.Env, name: str) -> None:
    rita = env.guild.add_member(env.create_user("rita"))
    shown = await rita.slash(env.guild.channels["model-review"], "form", name=name)
    assert shown.modal is not None
