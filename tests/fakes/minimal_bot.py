"""The smallest discord.py bot that answers: the floor benchmarks compare with, and the fakes' own test."""

import asyncio
import contextlib
import os
import signal
from typing import override

import discord
from discord import app_commands


class MinimalBot(discord.Client):
    """Acknowledges, and does nothing else."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(bare)
        self.tree.add_command(greet)
        self.tree.add_command(ask)

    @override
    async def setup_hook(self) -> None:
        """Tell Discord the commands."""
        await self.tree.sync()


@app_commands.command()
async def bare(interaction: discord.Interaction) -> None:
    """Defer, as quickly as discord.py can."""
    await interaction.response.defer(ephemeral=True)


@app_commands.command()
async def greet(interaction: discord.Interaction, name: str, loud: bool = False) -> None:  # noqa: FBT001, FBT002 - an option of the command
    """Greet the user, after a defer."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.followup.send(f"Hello {name}{'!' if loud else '.'}")


@greet.autocomplete("name")
async def _names(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current}-{number}", value=f"{number}") for number in range(3)]


class _Form(discord.ui.Modal, title="A form"):
    answer: discord.ui.Label["_Form"] = discord.ui.Label(text="Answer", component=discord.ui.TextInput())

    @override
    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.answer.component
        text = field.value if isinstance(field, discord.ui.TextInput) else ""
        await interaction.response.send_message(f"You said {text}", ephemeral=True)


class _Opener(discord.ui.View):
    @discord.ui.button(label="Open", custom_id="ask:open")
    async def open(self, interaction: discord.Interaction, _: discord.ui.Button["_Opener"]) -> None:
        await interaction.response.send_modal(_Form())


@app_commands.command()
async def ask(interaction: discord.Interaction) -> None:
    """Show a button that opens a form."""
    await interaction.response.send_message("Press", view=_Opener(timeout=None))


async def run_until_terminated(bot: discord.Client) -> None:
    """Run a bot until SIGTERM."""
    running = asyncio.create_task(bot.start(os.environ["CURATOR_DISCORD_TOKEN"]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await bot.close()


if __name__ == "__main__":
    discord.utils.setup_logging()
    asyncio.run(run_until_terminated(MinimalBot()))
