#!/bin/sh
# simcord fails a test whose bot answered an error, and passes a test whose button raised one.
#
# Seen with simcord 3.2.1 on discord.py 2.7.1. It notes errors where discord.py hands them to error handlers, before
# the bot's own handler runs, so a command that answered "sorry" still counts as an error of the bot. discord.py gives
# exceptions of a `DynamicItem` to no handler (it logs them, and drops those of `interaction_check` without a line),
# so the same exception behind a dynamic button is not noted, and the person gets no answer.
#
# For the author of a bot: check the answers of a bot, not the verdict. Catch everything in the callbacks of dynamic
# items, and let `interaction_check` decide nothing.
#
# Output seen:
#   button that raises: answered False, the test passes
#   command that raises: answered True (sorry), the test fails
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1 simcord==3.2.1
cd "$folder"
env -i PATH="$PATH" HOME="$folder" venv/bin/python -W ignore - <<'PYTHON'
import asyncio

import discord
import simcord
from discord import ui
from discord.ext import commands


class Guarded(ui.DynamicItem[ui.Button], template="guarded"):
    def __init__(self):
        super().__init__(ui.Button(label="Go", custom_id="guarded"))

    @classmethod
    async def from_custom_id(cls, interaction, item, match):
        return cls()

    async def interaction_check(self, interaction):
        raise RuntimeError("the database is away")


class Bot(commands.Bot):
    async def setup_hook(self):
        self.add_dynamic_items(Guarded)
        await self.tree.sync()


bot = Bot("!", intents=discord.Intents.default())


@bot.tree.command(description="Raises")
async def fail(interaction: discord.Interaction):
    raise RuntimeError("the database is away")


@bot.tree.command(description="Shows a button that raises")
async def show(interaction: discord.Interaction):
    await interaction.response.send_message("Press", view=ui.View(timeout=None).add_item(Guarded()))


@bot.tree.error
async def say_sorry(interaction, error):
    await interaction.response.send_message("sorry", ephemeral=True)


def verdict(env):
    try:
        env.raise_errors()  # as simcord does at the end of a test
    except ExceptionGroup:
        return "fails"
    return "passes"


async def main():
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel, member = guild.create_text_channel("general"), guild.add_member(env.create_user("ann"))
        button = await member.click((await member.slash(channel, "show")).response, label="Go")
        of_button = verdict(env)
        command = await member.slash(channel, "fail")
        of_command = verdict(env)
    print(f"button that raises: answered {button.acknowledged}, the test {of_button}")
    print(f"command that raises: answered {command.acknowledged} ({command.response.content}), the test {of_command}")
    assert (button.acknowledged, of_button) == (False, "passes")
    assert (command.response.content, of_command) == ("sorry", "fails")


asyncio.run(main())
PYTHON
