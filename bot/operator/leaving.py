"""Command ``operator leave``: the bot leaves one server, on the operator's word only."""

import aiohttp
import discord
import typer

from bot.operator.exit_codes import ExitCode
from bot.settings import SettingsError, load_settings


async def leave_guild(guild_id: int, *, is_sharing_allowed: bool) -> int:
    """Leave a server; works while the bot runs, and keeps the server's settings.

    Args:
        guild_id: Discord id of the server.
        is_sharing_allowed: accept secret files that others can read.
    """
    try:
        settings = load_settings(allow_insecure_permissions=is_sharing_allowed)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        return ExitCode.CONFIGURATION
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.discord_token.get_secret_value())
        await client.http.leave_guild(guild_id)
    except discord.LoginFailure:
        typer.echo("Not done: the token is not accepted; set CURATOR_DISCORD_TOKEN. Nothing was changed.", err=True)
        return ExitCode.CONFIGURATION
    except discord.NotFound:
        typer.echo(f"Nothing to do: the bot is not in the server {guild_id}.")
        return ExitCode.OK
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        typer.echo(f"Not done: Discord cannot be reached ({type(error).__name__}). Nothing was changed.", err=True)
        return ExitCode.UNAVAILABLE
    finally:
        await client.close()
    typer.echo(f"The bot has left the server {guild_id}. Its settings are kept; an invitation brings the bot back.")
    return ExitCode.OK
