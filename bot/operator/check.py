"""Command ``check``: a test of each part that a running bot needs, with remedies."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import typer

from bot.errors import BotError
from bot.identity.horde import make_horde_client, ping
from bot.logs import configure_logs
from bot.operator.command_settings import TOKEN
from bot.operator.commands import DISCORD_ERRORS, discord_problem
from bot.operator.exit_codes import ExitCode
from bot.reference.client import ReferenceClient
from bot.reference.errors import ForbiddenError, ReadOnlyError
from bot.reference.transport import Transport, make_http_client
from bot.settings import NOT_GIVEN, Settings, SettingsError, load_settings, unknown_settings
from bot.ui.text import plural
from storage.database import Database
from storage.errors import LockedError, StartError
from storage.keyring import parse_keys
from storage.keyring_check import unlock
from storage.links import Links
from storage.sqlite_file import is_new

WHEN_LOCKED = "of a bot that runs, /healthz and `/status` tell the rest; stop it to have it checked here"


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of checking one part.

    Attributes:
        part: its name.
        text: its state, with the remedy for a problem.
        code: ``ExitCode.OK``, or the exit code of the process.
    """

    part: str
    text: str
    code: int = ExitCode.OK


async def run_check(*, is_sharing_allowed: bool) -> int:
    """Print a line per part; return the exit code of the first part with a problem."""
    findings = [finding async for finding in _examine(is_sharing_allowed=is_sharing_allowed)]
    return next((finding.code for finding in findings if finding.code), ExitCode.OK)


async def _examine(*, is_sharing_allowed: bool) -> AsyncIterator[Finding]:
    try:
        settings = load_settings(is_sharing_allowed=is_sharing_allowed, not_needed=(TOKEN,))
    except SettingsError as error:
        yield _printed(Finding("settings", str(error), ExitCode.CONFIGURATION))
        return
    configure_logs(level="error", is_json=False)
    yield _printed(Finding("settings", f"can be used{_unknown_words()}"))
    try:
        yield _printed(await _database(settings, is_sharing_allowed=is_sharing_allowed))
        for finding in await _service(settings):
            yield _printed(finding)
        yield _printed(await _ai_horde(settings))
    except StartError as error:
        remedy = f"; {WHEN_LOCKED}" if isinstance(error, LockedError) else ""
        yield _printed(Finding("database", f"{error}{remedy}", error.exit_code))
    yield _printed(await _discord(settings))


def _printed(finding: Finding) -> Finding:
    typer.echo(f"{'ok  ' if not finding.code else 'FAIL'}  {finding.part:<9} {finding.text}")
    return finding


def _unknown_words() -> str:
    return "".join(f"; {name} is no setting, the nearest is {nearest}" for name, nearest in unknown_settings())


async def _database(settings: Settings, *, is_sharing_allowed: bool) -> Finding:
    path, keys = settings.database_path, parse_keys(settings.credential_keys)
    if is_new(path):
        return Finding("database", f"{path}: there is none yet; the first `run` begins one there")
    async with await Database.open(path, is_sharing_allowed=is_sharing_allowed) as database:
        links = Links(database, await unlock(database, keys), settings.service_url)
        sample = await links.try_sample()
        linked = await links.count()
    if sample.unreadable:
        text = (
            f"{path}: {len(sample.unreadable)} of {sample.tried} stored keys tried do not open; "
            "these people have to link again (was the service's address changed?)"
        )
        return Finding("database", text, ExitCode.CONFIGURATION)
    return Finding("database", f"{path}: sound, {linked} linked, keys open")


async def _service(settings: Settings) -> list[Finding]:
    async with make_http_client(settings.service_url) as http:
        return await _reference(settings, ReferenceClient(Transport(http)))


async def _reference(settings: Settings, client: ReferenceClient) -> list[Finding]:
    try:
        deployment = await client.deployment()
    except BotError as error:
        return [Finding("service", f"{settings.service_url}: {error}", ExitCode.UNAVAILABLE)]
    findings = [
        Finding(
            "service",
            f"{settings.service_url}: {deployment.mode}, format {deployment.canonical_format}, "
            f"version {deployment.version or 'not told'}, "
            f"{'takes proposals' if deployment.takes_writes else 'read-only: proposals will be refused'}",
        )
    ]
    try:
        page = await client.changes(settings.reader_key, limit=1)
        findings.append(Finding("queue", f"readable with the reader key, {plural(page.total, 'change')}"))
    except ReadOnlyError as error:
        findings.append(Finding("queue", f"none here: {error}"))
    except ForbiddenError:
        text = "shown to approvers only by this version: set CURATOR_READER_KEY to an approver's key"
        findings.append(Finding("queue", text, ExitCode.CONFIGURATION))
    except BotError as error:
        text = f"not readable with CURATOR_READER_KEY: {error}"
        findings.append(Finding("queue", text, ExitCode.UNAVAILABLE))
    return findings


async def _ai_horde(settings: Settings) -> Finding:
    async with make_horde_client(settings.ai_horde_url) as horde:
        milliseconds = await ping(horde)
    if milliseconds is None:
        return Finding("AI-Horde", f"{settings.ai_horde_url} does not answer", ExitCode.UNAVAILABLE)
    return Finding("AI-Horde", f"{settings.ai_horde_url} answers in {milliseconds} ms")


async def _discord(settings: Settings) -> Finding:
    if settings.discord_token.get_secret_value() == NOT_GIVEN:
        return Finding("Discord", "not tried: set CURATOR_DISCORD_TOKEN to run the bot", ExitCode.CONFIGURATION)
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.discord_token.get_secret_value())
    except DISCORD_ERRORS as error:
        return Finding("Discord", *discord_problem(error))
    else:
        invite = discord.utils.oauth_url(
            client.application_id or 0,
            permissions=discord.Permissions(
                view_channel=True,
                send_messages=True,
                attach_files=True,
                read_message_history=True,
                create_public_threads=True,
                send_messages_in_threads=True,
            ),
            scopes=("bot", "applications.commands"),
        )
        return Finding("Discord", f"logged in as {client.user}; invite: {invite}")
    finally:
        await client.close()
