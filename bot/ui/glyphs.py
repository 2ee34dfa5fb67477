"""Table of the twelve glyphs, and the upload of their pictures as application emojis.

Before the upload, and if it fails, the table has similar Unicode characters.
"""

from collections.abc import Mapping
from enum import StrEnum
from importlib import resources

import discord
import structlog

EMOJI_PREFIX = "hc_"


class Glyph(StrEnum):
    """Glyph at the start of a line. The seven states of a card have glyphs of the same names."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    REJECTED = "rejected"
    PURGED = "purged"
    STUCK = "stuck"
    DRAFT = "draft"
    PASS = "pass"  # noqa: S105 - a glyph, not a secret
    WARN = "warn"
    FAIL = "fail"
    CRITICAL = "critical"


FALLBACKS: Mapping[Glyph, str] = {
    Glyph.PENDING: "🟡",
    Glyph.APPROVED: "🔵",
    Glyph.APPLYING: "🔵",
    Glyph.APPLIED: "🟢",
    Glyph.REJECTED: "🔴",
    Glyph.PURGED: "⚪",
    Glyph.STUCK: "🟣",
    Glyph.DRAFT: "⚪",
    Glyph.PASS: "✅",
    Glyph.WARN: "⚠️",
    Glyph.FAIL: "❌",
    Glyph.CRITICAL: "🔶",
}


class Theme:
    """Glyphs and command ids of the Discord application, for everything that is drawn.

    Created once, and completed when Discord has answered.
    """

    def __init__(self) -> None:
        self._glyphs: dict[Glyph, str] = dict(FALLBACKS)
        self._commands: dict[str, int] = {}

    def glyph(self, name: Glyph) -> str:
        """Return the text of a glyph."""
        return self._glyphs[name]

    def knows(self, command: str) -> bool:
        """Return whether a command with this qualified name, ``account link``, can be mentioned."""
        return command.partition(" ")[0] in self._commands

    def command(self, name: str) -> str:
        """Return a mention of a command by qualified name; inline code if its id is unknown."""
        command_id = self._commands.get(name.partition(" ")[0])
        return f"</{name}:{command_id}>" if command_id is not None else f"`/{name}`"

    def use_glyphs(self, glyphs: Mapping[Glyph, str]) -> None:
        """Replace these glyphs; all others stay."""
        self._glyphs |= glyphs

    def use_commands(self, ids: Mapping[str, int]) -> None:
        """Set the ids of the top-level commands."""
        self._commands = dict(ids)


def picture(name: str) -> bytes:
    """Return the PNG of a glyph, or of the ``avatar``."""
    return (resources.files("bot.ui") / "glyphs" / f"{name}.png").read_bytes()


async def upload_glyphs(client: discord.Client) -> dict[Glyph, str]:
    """Upload missing glyphs, and return the application's emojis by glyph.

    Errors of Discord are logged once and not raised; the result then lacks some glyphs.
    """
    log = structlog.get_logger(__name__)
    try:
        known = {emoji.name: emoji for emoji in await client.fetch_application_emojis()}
        for glyph in Glyph:
            name = f"{EMOJI_PREFIX}{glyph}"
            if name not in known:
                known[name] = await client.create_application_emoji(name=name, image=picture(glyph))
    except (discord.DiscordException, OSError) as error:
        log.warning("glyphs_not_uploaded", reason=type(error).__name__)
        return {}
    return {glyph: str(known[f"{EMOJI_PREFIX}{glyph}"]) for glyph in Glyph}
