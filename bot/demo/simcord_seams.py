"""All uses of simcord's private members in one place; tests fail if one of them changes."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

import discord
import simcord
from simcord.backend.cdn import CDN_BASE
from simcord.preview import Preview
from simcord.preview import _component_projection as projection
from simcord.preview import _markdown as markdown
from simcord.results import InteractionResult

SETTLE_QUANTUM_S = 0.002
"""Interval of the settle loop. simcord's own 50 ms make each reply take 52 ms; with this it takes 1.4 ms."""

MARKDOWN_PARSERS_KEPT = 256

CANCELLED_WITHIN_S = 5.0


class QuickEnv(simcord.Env):
    """simcord's environment, faster, and without advances that wait for each other."""

    @override
    async def advance_time(self, seconds: float) -> None:
        """Advance the simulation after the advance for a timer of the bot, if one has begun.

        simcord runs that one in a task of its own. Begun in one turn of the loop, the two would wait for each other
        until the timeout, and the next operation would fail with the timer's TimeoutError, which has no text.
        """
        while self._real_advance_task is not None and not self._real_advance_task.done():
            await asyncio.wait({self._real_advance_task})
        try:
            await super().advance_time(seconds)
        except TimeoutError:
            # A press may wait for the lock of another one that sleeps until this very time: move on all the same.
            self._move_clock(self._virtual_time + seconds)
            raise

    @override
    async def shutdown(self) -> None:
        """Shut down; cancel an action that still runs, as a press while the service is stopped."""
        running = self._operation_task
        if running is not None and running is not asyncio.current_task():
            running.cancel()
            await asyncio.wait({running}, timeout=CANCELLED_WITHIN_S)
        await super().shutdown()

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
    """Treat a refused command or form as done, because the bot itself answers and logs errors.

    simcord records every error of a command or a form before the bot's error handler answers it. Its page then calls
    the outcome uncertain and keeps the command in the box, although the person sees the refusal.
    """
    tree = getattr(env.bot, "tree", None)
    if tree is not None:
        vars(tree).pop("on_error", None)
    vars(env.bot._connection._view_store).pop("add_view", None)  # noqa: SLF001 - the seam


def keep_markdown_parsers() -> None:
    """Cache the preview's Markdown parsers instead of creating one per text.

    Creating one takes 5 of the 7 ms that simcord needs for a text; a page of cards has a hundred. A parser depends
    only on its two arguments, and parsing does not change it. A second call has no effect.
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


def keep_command_mentions() -> None:
    """Show every command that a message names, as Discord does, also where it cannot be used.

    simcord writes "unavailable" in its place, so that a direct message would say "kept in unavailable". A second call
    has no effect.
    """
    filter_tokens = projection._filter_tokens  # noqa: SLF001 - the seam
    if hasattr(filter_tokens, "keeps_commands"):
        return

    def filter_others(tokens: list[dict[str, Any]], read: Any) -> None:
        named = [(token, dict(token)) for token in tokens if token.get("type") == "command"]
        filter_tokens(tokens, read)
        for token, mention in named:
            token.clear()
            token.update(mention)

    filter_others.keeps_commands = True  # type: ignore[attr-defined]
    projection._filter_tokens = filter_others  # noqa: SLF001 - the seam


def owns(env: simcord.Env, task: asyncio.Task[Any] | None) -> bool:
    """Return whether the simulation counts this task as the bot's own work."""
    return task is not None and task in env._work.tasks  # noqa: SLF001 - the seam


def is_parked_outside(env: simcord.Env, task: asyncio.Task[Any] | None) -> bool:
    """Return whether this task is already registered as waiting for an external event."""
    return task in env._work.external_waits  # noqa: SLF001 - the seam


def start_clock_at(env: simcord.Env, now: datetime) -> None:
    """Set the start of simulated time (aware UTC); simcord's own is 2026-01-01."""
    env.backend.clock._epoch = now  # noqa: SLF001 - the seam


def make_room_for_preview(env: simcord.Env) -> None:
    """Allow one more preview; simcord itself keeps a single one at a time."""
    env._preview = None  # noqa: SLF001 - the seam


def open_pages(preview: Preview) -> int:
    """Return the number of browser pages of this preview."""
    return len(preview._pages) - 1  # noqa: SLF001 - the seam; one page is simcord's own


def newest_revision(preview: Preview, context_id: str | None) -> int | None:
    """Return the revision last published to this page; None for a closed page."""
    page = preview._pages.get(context_id or "")  # noqa: SLF001 - the seam
    return None if page is None else int(page.revision)


def show_result(preview: Preview, viewer_id: int, result: InteractionResult) -> None:
    """Show the bot's answer or form on the open pages of a person."""
    for page in list(preview._pages.values()):  # noqa: SLF001 - the seam
        if page.viewer.id == viewer_id and result.modal is not None:
            page.modal = result
            page.modal_handle = f"m_{secrets.token_urlsafe(12)}"
        preview._publish(page, reason="action")  # noqa: SLF001 - the seam


def tell_time(preview: Preview) -> None:
    """Update the preview's relative times ("2 minutes ago") without a refresh."""
    preview._advance_presentation_time()  # noqa: SLF001 - the seam


def happenings(env: simcord.Env) -> int:
    """Return a counter of all events in the simulation."""
    return len(env.backend.transcript)


def newest_message_id(env: simcord.Env, channel_id: int) -> int:
    """Return the id of the newest message visible to all readers of a channel; 0 for none."""
    messages = env.backend.messages.get(channel_id, {}).values()
    ephemeral = discord.MessageFlags.ephemeral.flag
    return max((int(each.id) for each in messages if not int(each.flags) & ephemeral), default=0)


def message_count(env: simcord.Env, channel_id: int) -> int:
    """Return the number of messages in a channel."""
    return len(env.backend.messages.get(channel_id, {}))


def show_user_image(env: simcord.Env, user_id: int, avatar_hash: str, png: bytes) -> None:
    """Store a user's picture where the preview reads it."""
    env.backend.users[user_id].avatar = avatar_hash
    env.backend.cdn._blobs[f"{CDN_BASE}/avatars/{user_id}/{avatar_hash}.png"] = png  # noqa: SLF001 - the seam


def show_emoji_images(env: simcord.Env, images: dict[str, bytes]) -> None:
    """Store the pictures of the application's emojis; simcord itself stores only names and ids."""
    for emoji in env.backend.application_emojis.values():
        if emoji.name in images:
            url = f"{CDN_BASE}/emojis/{emoji.id}.png"
            env.backend.cdn._blobs[url] = images[emoji.name]  # noqa: SLF001 - the seam
