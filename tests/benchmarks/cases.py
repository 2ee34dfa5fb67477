"""Everything that people can do with our bot, one case a command and button."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simcord.backend.models import Interaction

from bot.ui import custom_ids
from tests.benchmarks.world import SilentService, World, connected, remember_people, settings_for
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import Person, commands_of, settle
from tests.fakes.discord_server import LoopbackDiscord

DIGEST = "0123456789"
_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ATTACHMENT = 3, 4, 5, 6, 7, 11


@dataclass(frozen=True, slots=True)
class Case:
    """One thing a person can do; ``act`` sends it and waits for nothing."""

    name: str
    person: Person
    act: Callable[[], Interaction]


MENUS = (custom_ids.DraftVerb.OFFER, custom_ids.DraftVerb.CATEGORY)


@asynccontextmanager
async def our_world(folder: Path, service: SilentService) -> AsyncIterator[tuple[World, list[Case]]]:
    """Our bot, connected, with two linked people and drafts; and everything that they can do."""
    async with LoopbackDiscord() as discord:
        arrive = settle(discord)
        person, leaver = arrive("requestor"), arrive("leaver")
        settings = settings_for(folder, service)
        verbs = [verb for verb in custom_ids.DraftVerb if verb not in MENUS]
        drafts = await remember_people(settings, [person, leaver], drafts=len(verbs))
        bot = BotProcess.on(
            discord.url, "tests.benchmarks.unhurried", "run", folder=folder / "ours", environment=settings
        )
        async with connected(bot, discord):
            buttons = [
                *(custom_ids.change(verb, 1, DIGEST) for verb in custom_ids.ChangeVerb),
                custom_ids.confirm_approve(1, DIGEST),
                custom_ids.CONFIRM_CANCEL,
                *(custom_ids.draft(verb, draft) for verb, draft in zip(verbs, drafts, strict=True)),
                custom_ids.setup_test(),
            ]
            account = [custom_ids.account(verb) for verb in custom_ids.AccountVerb]
            cases = [_command(person, name, leaf) for name, leaf in commands_of(discord)]
            cases += _presses(person, buttons) + _presses(leaver, account)
            yield World(discord, bot, person), cases


def _command(person: Person, name: str, leaf: dict[str, Any]) -> Case:
    needed = [option for option in leaf.get("options") or [] if option.get("required") or option["name"] == "category"]
    options = {option["name"]: _value(person, option) for option in needed}
    return Case(f"/{name}", person, lambda: person.type_slash(name, **options))


def _value(person: Person, option: dict[str, Any]) -> Any:
    if option.get("choices"):
        return option["choices"][0]["value"]
    values = {
        _STRING: "1",
        _INTEGER: option.get("min_value", 1),
        _BOOLEAN: True,
        _USER: person.user_id,
        _CHANNEL: person.channel_id,
        _ATTACHMENT: ("record.json", b"{}"),
    }
    return values[option["type"]]


def _presses(person: Person, buttons: list[str]) -> list[Case]:
    return [_press(person, custom_id) for custom_id in buttons]


def _press(person: Person, custom_id: str) -> Case:
    """A press on a message of the bot that carries the button: discord.py drops a press of what is not shown."""
    button = {"type": 2, "style": 2, "label": "Press", "custom_id": custom_id}
    backend, author = person.discord.backend, person.discord.backend.bot_user.id
    rows = [{"type": 1, "components": [button]}]
    message = backend.create_message(person.channel_id, author, "A button", components=rows)
    return Case(custom_id, person, lambda: person.press_blindly(message, custom_id))
