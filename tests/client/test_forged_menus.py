"""A menu value that no menu offers is answered as gone, and nothing is done."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
import simcord
from simcord.backend import serializers
from simcord.interactions import base_payload
from simcord.results import InteractionResult, ResponseMessage

from bot.demo.people import ABE
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, nodes_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.stories.people import open_draft

STRING_SELECT = 3
FORGED = ["", "nothing", "x:2", "9" * 400, "-1", "42:x:nothing", "draft:x", "lora"]


async def choose(
    env: simcord.Env, world: World, message: ResponseMessage, menu: Mapping[str, Any], value: str
) -> InteractionResult:
    """Send a choice as a forged client would."""
    stored = env.backend.get_message(message.channel_id, message.id)
    record, payload = base_payload(
        env.backend,
        type=STRING_SELECT,
        channel_id=message.channel_id,
        guild_id=world.guild.id,
        user_id=world.member(ABE).id,
        data={"component_type": STRING_SELECT, "custom_id": menu["custom_id"], "values": [value]},
    )
    payload["message"] = dict(serializers.message_payload(env.backend, stored))
    record.source_message_id = stored.id
    with env._bot_scope():
        env.backend.emit("INTERACTION_CREATE", payload)
        result = InteractionResult(env, record)
    await env.settle()
    return result


@pytest.mark.parametrize(
    "command", ["queue list", "queue mine", "queue history", "model search", "propose-model drafts", "apply"]
)
async def test_a_value_that_no_menu_offers_is_gone(
    approver: World, env: simcord.Env, scripted: ScriptedService, logs: io.StringIO, command: str
) -> None:
    scripted.put(43, status="approved")
    await open_draft(approver, ABE, "Pixel")
    options = {"name": "e"} if command == "model search" else {}
    shown = answer_of(await approver.member(ABE).slash(approver.public, command, **options))
    menus = [node for node in nodes_of(shown) if node["type"] == STRING_SELECT]
    assert menus, command
    for menu in menus:
        for value in FORGED:
            if value in [option["value"] for option in menu["options"]]:
                continue
            chosen = await choose(env, approver, shown, menu, value)
            told = text_of(answers_of(chosen)[-1])
            assert "gone" in told, (menu["custom_id"], value, told)
            await env.advance_time(10)
    assert "Traceback" not in logs.getvalue()
    assert scripted.writes == []
