#!/bin/sh
# simcord posts a message twice that Discord would post once: it ignores `nonce`.
#
# Seen with simcord 3.2.1 on discord.py 2.7.1. discord.py sends each `nonce` with `enforce_nonce`, for which Discord's
# documentation promises that a repeat within some minutes makes no new message and answers with the first. simcord
# fails loudly where it lacks a route or a field, but it knows these two fields and drops them.
#
# For the author of a bot: a test that repeats a message after a crash sees two of them and seems to find a fault in
# the bot; a test cannot show that the protection works. Count the nonces of the requests instead.
#
# Output seen:
#   fields sent: nonce=after-a-crash enforce_nonce=True (twice)
#   messages in the channel: 2
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
from discord.ext import commands


class Bot(commands.Bot):
    async def setup_hook(self):
        await self.tree.sync()


bot = Bot("!", intents=discord.Intents.default())


@bot.tree.command(description="Posts, and posts again as a bot does that died before it noted the first message")
async def post(interaction: discord.Interaction):
    await interaction.response.send_message("posting")
    for _ in range(2):
        await interaction.channel.send("news", nonce="after-a-crash")


async def main():
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel, member = guild.create_text_channel("general"), guild.add_member(env.create_user("ann"))
        await member.slash(channel, "post")
        sent = [entry.json for entry in env.http_requests if entry.path == f"/channels/{channel.id}/messages"]
        posted = [message for message in channel.history() if message.content == "news"]
    for body in sent:
        print("fields sent:", *(f"{key}={body[key]}" for key in ("nonce", "enforce_nonce")))
    print("messages in the channel:", len(posted))
    assert [(body["nonce"], body["enforce_nonce"]) for body in sent] == [("after-a-crash", True)] * 2
    assert len({message.id for message in posted}) == 2


asyncio.run(main())
PYTHON
