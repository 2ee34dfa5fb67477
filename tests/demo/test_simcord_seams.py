"""Each private part of simcord that the simulation leans on is still where it was."""

import asyncio
import inspect
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import simcord
from simcord.backend.cdn import CDN_BASE
from simcord.preview import _component_projection as projection
from simcord.preview import _markdown as markdown

from bot.demo import simcord_seams as seams
from bot.demo.loopback_transport import LoopbackTransport
from bot.demo.people import RITA
from bot.demo.world import World, create_world, start_world
from tests.demo.dummy_bot import dummy_bot


def test_settling_has_the_quantum_that_we_shorten() -> None:
    theirs = inspect.signature(simcord.Env._settle_internal).parameters
    ours = inspect.signature(seams.QuickEnv._settle_internal).parameters
    assert list(theirs) == list(ours)
    assert theirs["idle"].default == 0.05
    assert ours["idle"].default == seams.SETTLE_QUANTUM_S


async def test_every_settling_uses_the_short_quantum(
    small_env: simcord.Env, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    quanta = set()
    theirs = simcord.Env._settle_internal

    async def noting(self: simcord.Env, *, idle: float = 0.05, **options: Any) -> None:
        quanta.add(idle)
        await theirs(self, idle=idle, **options)

    monkeypatch.setattr(simcord.Env, "_settle_internal", noting)
    await small_world.member(RITA).slash(small_world.public, "hello")
    await small_env.settle()
    await small_env.advance_time(1)
    assert quanta == {seams.SETTLE_QUANTUM_S}


async def test_an_advance_and_a_timer_of_the_bot_that_begin_in_one_turn_of_the_loop_both_end(
    small_env: simcord.Env,
) -> None:
    small_env.settle_timeout = 1
    loop = asyncio.get_running_loop()
    with small_env._bot_scope():
        sleeping = loop.create_task(asyncio.sleep(0.02))
    await asyncio.sleep(0)  # its timer is set
    loop.call_soon(time.sleep, 0.05)  # a busy machine: that timer and the next one are due in one turn
    await asyncio.sleep(0.01)
    await small_env.advance_time(1)
    assert sleeping.done()
    await small_env.advance_time(1)


async def test_a_press_that_still_runs_does_not_keep_the_demo_from_ending(small_env: simcord.Env) -> None:
    async def press() -> None:
        small_env._begin_operation("preview.action")
        try:
            await asyncio.Event().wait()
        finally:
            small_env._end_operation()

    pressing = asyncio.create_task(press())
    await asyncio.sleep(0)
    await small_env.shutdown()
    assert pressing.cancelled()


async def test_the_driver_is_told_from_the_bot(small_env: simcord.Env) -> None:
    assert not seams.owns(small_env, asyncio.current_task())
    assert not seams.owns(small_env, None)
    assert not seams.is_parked_outside(small_env, asyncio.current_task())
    owned = []

    async def note() -> None:
        owned.append(seams.owns(small_env, asyncio.current_task()))

    with small_env._bot_scope():
        task = asyncio.get_running_loop().create_task(note())
    await task
    assert owned == [True]


async def test_the_world_tells_the_time_it_was_given(small_world: World) -> None:
    assert abs((small_world.env.now() - datetime.now(UTC)).total_seconds()) < 60


async def test_the_same_people_are_there_in_every_run(
    tmp_path: Path, transport: LoopbackTransport, service_url: str
) -> None:
    ids = []
    for now in (datetime(2026, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)):
        async with dummy_bot(tmp_path, service_url=service_url, ai_horde_url="", transport=transport) as bot:
            world = create_world(bot, pictures={})
            await start_world(world, pictures={}, now=now)
            assert world.env.now() >= now
            ids.append((world.guild.id, world.review.id, *(member.id for member in world.members.values())))
            await world.env.shutdown()
    assert ids[0] == ids[1]


async def test_pictures_are_found_where_the_preview_looks(small_env: simcord.Env, small_world: World) -> None:
    user = small_world.member(RITA).user
    assert small_env.backend.cdn.get(f"{CDN_BASE}/avatars/{user.id}/{user.avatar}.png") is not None
    emoji = small_env.backend.create_application_emoji("hc_pass")
    seams.show_emoji_images(small_env, {"hc_pass": b"png", "hc_fail": b"other"})
    assert small_env.backend.cdn.get(f"{CDN_BASE}/emojis/{emoji.id}.png") == b"png"


async def test_news_are_what_everybody_may_see(small_env: simcord.Env, small_world: World) -> None:
    before = seams.newest_message_id(small_env, small_world.public.id)
    happenings = seams.happenings(small_env)
    await small_world.member(RITA).slash(small_world.public, "ask", path="heartbeat")
    assert seams.newest_message_id(small_env, small_world.public.id) == before, "an answer to one person alone"
    await small_world.member(RITA).slash(small_world.public, "hello")
    assert seams.newest_message_id(small_env, small_world.public.id) > before
    assert seams.happenings(small_env) > happenings


def test_a_direct_message_names_a_command_that_works_in_the_server_only() -> None:
    class Unreadable:
        def entity(self, *_: object) -> None:
            return None

    seams.keep_command_mentions()
    seams.keep_command_mentions()
    mention = {"type": "command", "id": "1", "label": "/propose-model drafts"}
    tokens: list[dict[str, Any]] = [dict(mention), {"type": "mention", "kind": "user", "id": "1"}]
    projection._filter_tokens(tokens, Unreadable())  # type: ignore[arg-type]
    assert tokens == [mention, {"type": "text", "content": "unavailable"}]


def test_kept_markdown_parsers_read_as_new_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["**a** <@1> and <@2>", "> quote\n-# small", "`code` https://example.org ||s||", "**a** <@1> and <@2>"]
    people = {"users": {"1": {"name": "Rita"}}}
    contexts = [{}, people, {"users": {"1": {"name": "Abe"}}}, people]
    monkeypatch.setattr(markdown, "_markdown_parser", original_parser())
    fresh = [markdown.markdown_tokens(text, context=each) for text in texts for each in contexts]
    seams.keep_markdown_parsers()
    patched = markdown._markdown_parser
    seams.keep_markdown_parsers()
    assert markdown._markdown_parser is patched
    assert fresh == [markdown.markdown_tokens(text, context=each) for text in texts for each in contexts]
    assert fresh == [markdown.markdown_tokens(text, context=each) for text in texts for each in contexts]
    assert len(inspect.getclosurevars(patched).nonlocals["kept"]) == 3


def original_parser() -> Any:
    """simcord's own function, also after another test let the parsers be kept."""
    now = markdown._markdown_parser
    return inspect.getclosurevars(now).nonlocals["make"] if hasattr(now, "kept") else now


async def test_several_previews_can_be_open_at_once(small_env: simcord.Env, small_world: World) -> None:
    members = list(small_world.members.values())
    async with small_env.preview(small_world.public, viewers=members) as first:
        seams.make_room_for_preview(small_env)
        async with small_env.preview(small_world.review, viewers=members) as second:
            assert seams.open_pages(first) == seams.open_pages(second) == 0
            page = first._open_page(members[0].id, None)
            assert seams.open_pages(first) == 1
            assert seams.newest_revision(first, page.id) == 1
            told = first.capture_time
            await small_env.advance_time(60)
            seams.tell_time(first)
            assert first.capture_time > told
            await first.refresh()
            assert seams.newest_revision(first, page.id) == 2
            assert seams.newest_revision(first, "gone") is None


async def test_refused_commands_and_forms_count_as_done_once_the_bot_answers_failures(
    small_env: simcord.Env, small_world: World
) -> None:
    tree = getattr(small_env.bot, "tree")  # noqa: B009 - the dummy is no `Bot` to the type checker
    forms = small_env.bot._connection._view_store
    assert "on_error" in vars(tree), "simcord puts its own in front of the tree's"
    assert "add_view" in vars(forms), "simcord puts its own in front of each form's"
    seams.trust_answers_to_failures(small_env)
    assert "on_error" not in vars(tree)
    assert "add_view" not in vars(forms)
    seams.trust_answers_to_failures(small_env)


async def test_time_goes_on_while_one_press_waits_for_another_that_sleeps(small_env: simcord.Env) -> None:
    small_env.settle_timeout = 0.2
    turn = asyncio.Lock()

    async def press() -> None:
        async with turn:
            await asyncio.sleep(60)

    with small_env._bot_scope():
        presses = [asyncio.get_running_loop().create_task(press()) for _ in range(2)]
    with pytest.raises(TimeoutError):
        await small_env.advance_time(60)
    await small_env.advance_time(60)
    await small_env.advance_time(60)
    assert all(each.done() for each in presses)
