#!/bin/sh
# A view that times out switches off dynamic items on other messages, for the whole bot.
#
# Seen with discord.py 2.7.1, played through by simcord 3.2.1. A `DynamicItem` class that is registered with
# `add_dynamic_items` serves its buttons on all messages. Put one such button beside a plain button into a view with a
# timeout: when this view ends, discord.py removes what it added, and takes the class for a part of that. From then on
# presses on every older message get no answer, until the next start of the bot; nothing is logged.
#
# For the author of a bot: never put dynamic items into a view that ends, or register the classes again afterwards.
#
# Output seen:
#   before: voted 1
#   another view has ended: no answer
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


class Vote(ui.DynamicItem[ui.Button], template=r"vote:(?P<number>\d+)"):
    def __init__(self, number):
        super().__init__(ui.Button(label=f"Vote {number}", custom_id=f"vote:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, interaction, item, match):
        return cls(match["number"])

    async def callback(self, interaction):
        await interaction.response.send_message(f"voted {self.number}", ephemeral=True)


class Bot(commands.Bot):
    async def setup_hook(self):
        self.add_dynamic_items(Vote)
        await self.tree.sync()


bot = Bot("!", intents=discord.Intents.default())


@bot.tree.command(description="A message whose button works for ever")
async def lasting(interaction: discord.Interaction):
    await interaction.response.send_message("Vote", view=ui.View(timeout=None).add_item(Vote(1)))


@bot.tree.command(description="A message whose buttons end after a minute")
async def passing(interaction: discord.Interaction):
    view = ui.View(timeout=60).add_item(Vote(2)).add_item(ui.Button(label="Plain"))
    await interaction.response.send_message("Vote", view=view)


async def press(member, message):
    result = await member.click(message, label="Vote 1")
    return result.response.content if result.acknowledged else "no answer"


async def main():
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel, member = guild.create_text_channel("general"), guild.add_member(env.create_user("ann"))
        message = (await member.slash(channel, "lasting")).response
        before = await press(member, message)
        await member.slash(channel, "passing")
        await env.advance_time(61)
        after = await press(member, message)
    print("before:", before)
    print("another view has ended:", after)
    assert (before, after) == ("voted 1", "no answer")


asyncio.run(main())
PYTHON
