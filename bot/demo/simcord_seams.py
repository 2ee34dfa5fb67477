"""Every private part of simcord that the simulation leans on, in one place; its tests fail when one moves."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

import discord
import simcord
from simcord.backend.cdn import CDN_BASE
from simcord.preview import Preview
from simcord.preview import _markdown as markdown

SETTLE_QUANTUM_S = 0.002
"""How often settling looks again. simcord's own 50 ms makes each reply 52 ms; this one makes it 1.4 ms."""

MARKDOWN_PARSERS_KEPT = 256


class QuickEnv(simcord.Env):
    """simcord's environment with a shorter settle quantum."""

    @override
    async def _settle_internal(
        self,
        *,
        timeout: float | None = None,
        idle: float = SETTLE_QUANTUM_S,
        dispatch: str | None = None,
        _deadline: float | None = None,
    ) -> None:
        await super()._settle_internal(
            timeout=timeout, idle=min(idle, SETTLE_QUANTUM_S), dispatch=dispatch, _deadline=_deadline
        )


def trust_answers_to_failures(env: simcord.Env) -> None:
    """Let a command or a form that the bot refused count as done; the bot answers failures, and logs what is a fault.

    simcord notes every error of a command or a form before the bot's own way out answers it. Its page then calls
    the outcome uncertain and keeps the command in the box, although the person reads the refusal right above.
    """
    tree = getattr(env.bot, "tree", None)
    if tree is not None:
        vars(tree).pop("on_error", None)
    vars(env.bot._connection._view_store).pop("add_view", None)  # noqa: SLF001 - the seam


def keep_markdown_parsers() -> None:
    """Let the preview make each Markdown parser once instead of for every text that it shows.

    Making one takes 5 of the 7 ms that simcord needs for a text; a page of cards has a hundred. A parser depends on
    nothing but its two arguments, and parsing does not change it. Doing this twice changes nothing.
    """
    make = markdown._markdown_parser  # noqa: SLF001 - the seam
    if hasattr(make, "kept"):
        return
    kept: dict[str, Any] = {}

    def parser_for(policy: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
        key = json.dumps([dict(policy), context], sort_keys=True, default=str)
        if key not in kept:
            if len(kept) >= MARKDOWN_PARSERS_KEPT:
                kept.clear()
            kept[key] = make(policy, context)
        return kept[key]

    parser_for.kept = kept  # type: ignore[attr-defined]
    markdown._markdown_parser = parser_for  # noqa: SLF001 - the seam


def owns(env: simcord.Env, task: asyncio.Task[Any] | None) -> bool:
    """Whether the simulation counts this task as the bot's own work."""
    return task is not None and task in env._work.tasks  # noqa: SLF001 - the seam


def is_parked_outside(env: simcord.Env, task: asyncio.Task[Any] | None) -> bool:
    """Whether this task already declared that it waits for the outside world."""
    return task in env._work.external_waits  # noqa: SLF001 - the seam


def start_clock_at(env: simcord.Env, now: datetime) -> None:
    """Let the simulated world begin at this instant (aware UTC) instead of on 2026-01-01."""
    env.backend.clock._epoch = now  # noqa: SLF001 - the seam


def make_room_for_preview(env: simcord.Env) -> None:
    """Allow one more preview; simcord itself keeps a single one at a time."""
    env._preview = None  # noqa: SLF001 - the seam


def open_pages(preview: Preview) -> int:
    """How many browser pages look at this preview."""
    return len(preview._pages) - 1  # noqa: SLF001 - the seam; one page is simcord's own


def newest_revision(preview: Preview, context_id: str | None) -> int | None:
    """The revision last published to this page, or None for a page that is gone."""
    page = preview._pages.get(context_id or "")  # noqa: SLF001 - the seam
    return None if page is None else int(page.revision)


def tell_time(preview: Preview) -> None:
    """Let the preview count its "2 minutes ago" from now; by itself it does so at a refresh alone."""
    preview._advance_presentation_time()  # noqa: SLF001 - the seam


def happenings(env: simcord.Env) -> int:
    """A number that grows with everything that happens in the simulated world."""
    return len(env.backend.transcript)


def newest_message_id(env: simcord.Env, channel_id: int) -> int:
    """Id of the newest message in a channel that all its readers may see; 0 for none."""
    messages = env.backend.messages.get(channel_id, {}).values()
    ephemeral = discord.MessageFlags.ephemeral.flag
    return max((int(each.id) for each in messages if not int(each.flags) & ephemeral), default=0)


def show_user_image(env: simcord.Env, user_id: int, avatar_hash: str, png: bytes) -> None:
    """Put a user's picture where the preview looks for it."""
    env.backend.users[user_id].avatar = avatar_hash
    env.backend.cdn._blobs[f"{CDN_BASE}/avatars/{user_id}/{avatar_hash}.png"] = png  # noqa: SLF001 - the seam


def show_emoji_images(env: simcord.Env, images: dict[str, bytes]) -> None:
    """Give the application's emoji their pictures: simcord stores names and ids alone."""
    for emoji in env.backend.application_emojis.values():
        if emoji.name in images:
            url = f"{CDN_BASE}/emojis/{emoji.id}.png"
            env.backend.cdn._blobs[url] = images[emoji.name]  # noqa: SLF001 - the seam
