"""Discord's types, bound to this bot."""

import discord

from bot.client.bot import CuratorBot

type Interaction = discord.Interaction[CuratorBot]
