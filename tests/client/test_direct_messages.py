"""One message that cannot be delivered does not keep others from theirs."""

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.demo.people import ABE
from bot.demo.world import World
from bot.services.notifications.news import ChangeNews
from bot.ui.components import Markup
from bot.ui.glyphs import Theme
from bot.ui.notices import direct_messages
from bot.ui.notices.change_messages import change_notice
from storage.delivery import RETRY_MAX, DeliveryState
from storage.notices import NoticeKey
from tests.harness.messages import answers_of, posted_in, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import open_draft

FIRST, SECOND = 43, 44


async def _approved(simulation: Simulation, scripted: ScriptedService) -> None:
    """Two changes of Abe's are approved by another user, one after the other, and the bot has seen it."""
    for change_id in (FIRST, SECOND):
        scripted.put(change_id, requested_by="202")
    await simulation.let_pass(simulation.bot.poll_interval)
    for change_id in (FIRST, SECOND):
        scripted.put(change_id, status="approved", approved_by="303")
        await simulation.let_pass(simulation.bot.poll_interval)


def _told(world: World, simulation: Simulation) -> str:
    return "".join(text_of(message) for message in posted_in(world.direct_messages(ABE), simulation.env))


def _key(simulation: Simulation, world: World, change_id: int) -> NoticeKey:
    return NoticeKey(world.member(ABE).id, change_id, "approved")


async def test_what_cannot_be_drawn_waits_and_what_comes_after_it_is_told(
    simulation: Simulation,
    approver: World,
    scripted: ScriptedService,
    logs: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = change_notice

    def breaking(news: ChangeNews, theme: Theme) -> Markup:
        if news.facts.change.change_id == FIRST:
            raise KeyError(FIRST)
        return draw(news, theme)

    monkeypatch.setattr(direct_messages, "change_notice", breaking)
    await _approved(simulation, scripted)
    assert f"#{SECOND}" in _told(approver, simulation)
    assert "delivery_failed" in logs.getvalue()
    monkeypatch.setattr(direct_messages, "change_notice", draw)
    for _ in range(2):
        await simulation.let_pass(RETRY_MAX)
    assert f"#{FIRST}" in _told(approver, simulation), "once it can be drawn"


async def test_what_a_broken_round_took_is_due_again(
    simulation: Simulation, approver: World, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = type(simulation.bot.services.deliveries.direct_messages.news_builder)

    async def broken(*_: Any) -> None:
        raise KeyError(FIRST)

    with monkeypatch.context() as breaking:
        for read in ("build", "several"):
            breaking.setattr(builder, read, broken)
        await _approved(simulation, scripted)
    assert _told(approver, simulation) == ""
    for _ in range(2):
        await simulation.let_pass(RETRY_MAX)
    assert f"#{SECOND}" in _told(approver, simulation)


async def test_a_message_whose_form_discord_refuses_is_given_up(
    simulation: Simulation, approver: World, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any, **__: Any) -> None:
        answer: Any = SimpleNamespace(status=400, reason="")
        raise discord.HTTPException(answer, {"code": 50035, "message": "Invalid Form Body"})

    monkeypatch.setattr(discord.DMChannel, "send", refused)
    await _approved(simulation, scripted)
    deliveries = simulation.bot.services.deliveries.deliveries
    assert await deliveries.state_of(_key(simulation, approver, FIRST)) is DeliveryState.GIVEN_UP


async def test_closed_direct_messages_are_read_once_below_the_next_command(
    simulation: Simulation, approver: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closed(*_: Any, **__: Any) -> None:
        answer: Any = SimpleNamespace(status=403, reason="")
        raise discord.Forbidden(answer, {"code": 50007, "message": "Cannot send messages to this user"})

    monkeypatch.setattr(discord.DMChannel, "send", closed)
    for name in ("Old One", "Old Two"):
        await open_draft(approver, ABE, name)
    await simulation.let_pass(timedelta(days=28))
    await simulation.restart()
    abe = approver.member(ABE)
    _, missed = answers_of(await abe.slash(approver.public, "account status"))
    assert missed.ephemeral
    for words in ("2 drafts expire", "Old One", "Old Two", "Your direct messages are closed"):
        assert words in text_of(missed)
    assert len(answers_of(await abe.slash(approver.public, "account status"))) == 1
