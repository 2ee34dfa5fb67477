"""Interactions as a forged client would send them: any custom id, any value, from any person and server."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import simcord
from simcord.backend import serializers
from simcord.interactions import base_payload
from simcord.results import InteractionResult, ResponseMessage

from bot.demo.people import Person
from bot.demo.world import World
from tests.harness.messages import answers_of

BUTTON: Final = 2
STRING_MENU: Final = 3
MODAL_SUBMIT: Final = 5


async def carrier(world: World, person: Person) -> ResponseMessage:
    """Return a message of the bot, to carry forged items."""
    return answers_of(await world.member(person).slash(world.public, "privacy"))[0]


async def press(
    env: simcord.Env,
    world: World,
    person: Person,
    custom_id: str,
    values: Sequence[str] | None = None,
    shown: ResponseMessage | None = None,
) -> InteractionResult:
    """Press an item that a message of the bot carried: ``shown``, or one that is posted for it."""
    shown = shown or await carrier(world, person)
    stored = env.backend.get_message(shown.channel_id, shown.id)
    kind = BUTTON if values is None else STRING_MENU
    data: dict[str, Any] = {"component_type": kind, "custom_id": custom_id}
    item: dict[str, Any] = {"type": kind, "id": 2, "custom_id": custom_id}
    if values is None:
        item |= {"style": 2, "label": "Forged"}
    else:
        data["values"] = list(values)
        item["options"] = [{"label": "Forged", "value": "forged"}]
    record, payload = base_payload(
        env.backend,
        type=3,
        channel_id=shown.channel_id,
        guild_id=world.guild.id,
        user_id=world.member(person).id,
        data=data,
    )
    row: Mapping[str, Any] = {"type": 1, "id": 1, "components": [item]}
    payload["message"] = {**serializers.message_payload(env.backend, stored), "components": [row]}
    record.source_message_id = stored.id
    return await _emit(env, record, payload)


async def submit(
    env: simcord.Env, world: World, person: Person, custom_id: str, answers: Mapping[str, str]
) -> InteractionResult:
    """Submit a form that the bot does not have open."""
    fields = [
        {"type": 18, "id": number, "component": {"type": 4, "id": 100 + number, "custom_id": key, "value": value}}
        for number, (key, value) in enumerate(answers.items(), 1)
    ]
    record, payload = base_payload(
        env.backend,
        type=MODAL_SUBMIT,
        channel_id=world.public.id,
        guild_id=world.guild.id,
        user_id=world.member(person).id,
        data={"custom_id": custom_id, "components": fields},
    )
    return await _emit(env, record, payload)


async def _emit(env: simcord.Env, record: Any, payload: Any) -> InteractionResult:
    with env._bot_scope():
        env.backend.emit("INTERACTION_CREATE", payload)
        result = InteractionResult(env, record)
    await env.settle()
    return result
