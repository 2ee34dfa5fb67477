"""A bot with one of everything that the simulation must be able to play: slash command, button, modal, HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self, override

import discord
import httpx
from discord import app_commands
from discord.ext import commands


class AskButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.LayoutView]], template=r"dummy:ask:(?P<topic>\w+)"):
    """Opens the form."""

    def __init__(self, topic: str) -> None:
        super().__init__(
            discord.ui.Button(label="Ask", style=discord.ButtonStyle.green, custom_id=f"dummy:ask:{topic}")
        )
        self.topic = topic

    @classmethod
    @override
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,
        item: discord.ui.Item[discord.ui.LayoutView],
        match: re.Match[str],
    ) -> Self:
        return cls(match["topic"])

    @override
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(AskForm())


class AskForm(discord.ui.Modal, title="Ask the service"):
    """One field."""

    path: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Path", default="heartbeat")

    @override
    async def on_submit(self, interaction: discord.Interaction) -> None:
        path = self.path.value
        await interaction.response.defer(ephemeral=True, thinking=True)
        bot = interaction.client
        assert isinstance(bot, DummyBot)
        answer = await bot.http_client.get(path)
        await interaction.followup.send(view=said(f"The service says {answer.status_code}"), ephemeral=True)


def said(text: str, *items: discord.ui.DynamicItem[discord.ui.Button[discord.ui.LayoutView]]) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    container: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
        discord.ui.TextDisplay(text), accent_colour=discord.Colour(0x5C6070)
    )
    if items:
        container.add_item(discord.ui.ActionRow(*items))
    view.add_item(container)
    return view


class DummyBot(commands.Bot):
    """Asks a service over HTTP."""

    def __init__(self, http_client: httpx.AsyncClient) -> None:
        super().__init__(command_prefix=commands.when_mentioned, intents=discord.Intents(guilds=True))
        self.http_client = http_client

    @override
    async def setup_hook(self) -> None:
        self.add_dynamic_items(AskButton)

        @self.tree.command(description="Say hello in the channel")
        async def hello(interaction: discord.Interaction) -> None:
            await interaction.response.send_message(
                view=said(f"## Hello\nfrom {interaction.user.display_name}", AskButton("service"))
            )

        @self.tree.command(description="Ask the service, patiently")
        @app_commands.describe(path="Where")
        async def ask(interaction: discord.Interaction, path: str) -> None:
            await interaction.response.defer(ephemeral=True)
            try:
                answer = await self.http_client.get(path)
            except httpx.TimeoutException as error:
                await interaction.followup.send(view=said(type(error).__name__), ephemeral=True)
                return
            await interaction.followup.send(view=said(f"The service says {answer.status_code}"), ephemeral=True)

        @self.tree.context_menu(name="Ask about it")
        async def ask_about(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_modal(AskForm())

        @self.tree.context_menu(name="Greet")
        async def greet(interaction: discord.Interaction, member: discord.Member) -> None:
            await interaction.response.send_message(f"Hello {member.display_name}", ephemeral=True)

        await self.tree.sync()


@asynccontextmanager
async def dummy_bot(
    folder: Path,
    *,
    service_url: str,
    ai_horde_url: str,
    transport: httpx.AsyncBaseTransport,
    hosts_url: str | None = None,
    timeout_s: float = 5.0,
) -> AsyncIterator[DummyBot]:
    async with httpx.AsyncClient(base_url=service_url, transport=transport, timeout=timeout_s) as client:
        bot = DummyBot(client)
        try:
            yield bot
        finally:
            await bot.close()
