"""The twelve glyphs: one table from a name to what is written into a message, and the upload of our drawings.

Until the upload worked, and whenever it fails, the table holds Unicode look-alikes; nothing else changes.
"""

from collections.abc import Mapping
from enum import StrEnum
from importlib import resources

import discord
import structlog

EMOJI_PREFIX = "hc_"


class Glyph(StrEnum):
    """What stands at the start of a line. The seven states of a card are glyphs of the same names."""

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
    """What a drawing needs to know about the Discord application: its glyphs and its commands' ids.

    Made once, handed to everything that draws, and completed when Discord has answered.
    """

    def __init__(self) -> None:
        self._glyphs: dict[Glyph, str] = dict(FALLBACKS)
        self._commands: dict[str, int] = {}

    def glyph(self, name: Glyph) -> str:
        """The text that draws a glyph."""
        return self._glyphs[name]

    def knows(self, command: str) -> bool:
        """Whether a command of this qualified name, ``account link``, is there to be mentioned."""
        return command.partition(" ")[0] in self._commands

    def command(self, name: str) -> str:
        """A mention of a command by its qualified name; inline code while its id is not known."""
        command_id = self._commands.get(name.partition(" ")[0])
        return f"</{name}:{command_id}>" if command_id is not None else f"`/{name}`"

    def use_glyphs(self, glyphs: Mapping[Glyph, str]) -> None:
        """Draw with these from now on; glyphs that are not among them keep what they have."""
        self._glyphs |= glyphs

    def use_commands(self, ids: Mapping[str, int]) -> None:
        """Mention these top-level commands by their ids from now on."""
        self._commands = dict(ids)


def picture(name: str) -> bytes:
    """The PNG of a glyph, or of the ``avatar``."""
    return (resources.files("bot.ui") / "glyphs" / f"{name}.png").read_bytes()


async def upload_glyphs(client: discord.Client) -> dict[Glyph, str]:
    """The application's own emojis by glyph, after uploading those that are missing.

    Never raises for Discord's refusals: what could not be had is missing from the answer, and logged once.
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
