"""Presses that arrive at the same moment, which simcord's people cannot make: they wait for each other."""

from dataclasses import dataclass
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.backend.models.interaction import Interaction
from simcord.interactions import base_payload
from simcord.results import InteractionResult, ResponseMessage

from tests.harness.messages import buttons_of

COMPONENT = 3
BUTTON = 2


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press: who, on which message, which label; `deliveries` counts how often Discord delivers it."""

    member: MemberActor
    message: discord.Message | ResponseMessage
    label: str
    deliveries: int = 1


async def press_together(env: simcord.Env, *presses: Pressed) -> list[InteractionResult]:
    """Deliver all presses before the bot can react to any of them."""
    results = []
    with env._bot_scope():
        for pressed in presses:
            record, payload = _interaction(env, pressed)
            for _ in range(pressed.deliveries):
                env.backend.emit("INTERACTION_CREATE", payload)
            results.append(InteractionResult(env, record))
    await env.settle()
    return results


def _interaction(env: simcord.Env, pressed: Pressed) -> tuple[Interaction, dict[str, Any]]:
    message = pressed.message
    channel_id = message.channel.id if isinstance(message, discord.Message) else message.channel_id
    stored = env.backend.get_message(channel_id, message.id)
    record, payload = base_payload(
        env.backend,
        type=COMPONENT,
        channel_id=channel_id,
        guild_id=pressed.member.guild.id,
        user_id=pressed.member.id,
        data={"component_type": BUTTON, "custom_id": buttons_of(message)[pressed.label]["custom_id"]},
    )
    payload["message"] = dict(serializers.message_payload(env.backend, stored))
    record.source_message_id = stored.id
    return record, payload
