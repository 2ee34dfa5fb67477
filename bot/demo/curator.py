"""Construction of the bot for the demo, with the same composition root as in production."""

import base64
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

import discord
import httpx
from pydantic import SecretStr

from bot.build import build_bot
from bot.client.bot import CuratorBot
from bot.demo.people import APPROVER_IDS, REQUESTOR_IDS, Person
from bot.demo.world import AVATAR, World
from bot.services.guilds.guild_setup import Setting
from bot.settings import Settings
from bot.ui.glyphs import EMOJI_PREFIX

POLL_INTERVAL_S = 2.0
"""Shorter than in production, because the user of the demo is waiting."""
ROLE_TTL_S = 10.0


def demo_settings(
    folder: Path,
    *,
    service_url: str,
    ai_horde_url: str,
    poll_interval_s: float = POLL_INTERVAL_S,
    role_ttl_s: float = ROLE_TTL_S,
    reader: Person | None = None,
    hosts_url: str | None = None,
) -> Settings:
    """Return settings for a bot on loopback, without reading the environment.

    Database and key are in ``folder``. ``reader`` owns the key that polls the queue; None for the anonymous key, which
    some services refuse. Without ``hosts_url`` no file host is queried.
    """
    settings = Settings(
        discord_token=SecretStr("none is needed in the demo"),
        credential_keys=_sealing_key(folder / "credential.key"),
        service_url=service_url,
        ai_horde_url=ai_horde_url,
        database_path=folder / "curator.db",
        requestor_ids=REQUESTOR_IDS,
        approver_ids=APPROVER_IDS,
        role_ttl_s=role_ttl_s,
        poll_interval_s=poll_interval_s,
        ask_file_hosts=hosts_url is not None,
        hugging_face_url=hosts_url or "https://huggingface.co",
        civitai_url=hosts_url or "https://civitai.com",
    )
    return settings if reader is None else settings.model_copy(update={"reader_key": SecretStr(reader.key)})


@asynccontextmanager
async def curator(
    folder: Path,
    *,
    service_url: str,
    ai_horde_url: str,
    transport: httpx.AsyncBaseTransport,
    hosts_url: str | None = None,
) -> AsyncIterator[CuratorBot]:
    """Build the bot for the demo; closed with the block."""
    settings = demo_settings(folder, service_url=service_url, ai_horde_url=ai_horde_url, hosts_url=hosts_url)
    # The simulated Discord is new in each run and has no commands yet.
    async with build_bot(settings, transport=transport, always_sync_commands=True) as bot:
        yield bot


async def prepare(bot: discord.Client, world: World) -> None:
    """Set the review channel, as a server admin would."""
    if isinstance(bot, CuratorBot):
        await bot.services.guild_setup.use_review_channel(world.guild.id, world.review.id)


async def link_people(bot: discord.Client, world: World, people: Iterable[Person]) -> None:
    """Turn threads on, and link the keys of some people."""
    if isinstance(bot, CuratorBot):
        await bot.services.guild_setup.change(world.guild.id, Setting.THREADS, value=1)
        for person in people:
            await bot.services.accounts.link(world.member(person).id, person.key)


def pictures() -> dict[str, bytes]:
    """Return the bot's pictures by emoji name; `avatar` is its own picture."""
    folder = resources.files("bot.ui") / "glyphs"
    drawings = {file.name.removesuffix(".png"): file for file in folder.iterdir() if file.name.endswith(".png")}
    return {name if name == AVATAR else f"{EMOJI_PREFIX}{name}": file.read_bytes() for name, file in drawings.items()}


def _sealing_key(path: Path) -> SecretStr:
    """Return the credential key of a kept folder, or create one for a new folder."""
    if not path.exists():
        text = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        path.touch(mode=0o600)
        path.write_text(f"k1:{text}")
    return SecretStr(path.read_text())
