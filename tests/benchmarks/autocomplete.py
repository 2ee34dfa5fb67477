"""Autocomplete over many names against three, and the requests that it causes."""

import asyncio
import json
import shutil
from pathlib import Path

from simcord.backend.models import Interaction

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, PEOPLE
from bot.demo.reference_service import SAMPLE_DATA, ReferenceService
from bot.demo.service_environment import Mode
from tests.benchmarks.figures import HEADER, Series, row
from tests.benchmarks.world import World, bare_world, connected, remember_people, settings_at
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import settle
from tests.fakes.discord_server import LoopbackDiscord

TYPED = ("", "f", "o", "-", "flux", "dream sh", "mistral-7b", "nothing of this name")
_WORDS = ("Flux", "Schnell", "Deliberate", "Dream", "Shaper", "Pixel", "Anime", "Turbo", "Mistral", "7B", "Instruct")
READY_S = 60


async def measure_autocomplete(folder: Path, *, names: int, rounds: int) -> str:
    """Type into ``/model show`` and into the bare bot's command in turn."""
    reference = _reference(folder / "reference", names)
    people = {person.key: person.horde_username for person in PEOPLE}
    with HordeStandIn(people) as horde:
        service = ReferenceService(
            folder / "service", ai_horde_url=horde.url, mode=Mode.REPLICA, reference_data=reference
        )
        async with bare_world(folder) as bare, service, LoopbackDiscord() as discord:
            person = settle(discord)("member")
            settings = settings_at(folder, service.url, horde.url) | {"CURATOR_READER_KEY": ABE.key}
            await remember_people(settings, [person], drafts=0)
            bot = BotProcess.on(discord.url, "bot", "run", folder=folder / "ours", environment=settings)
            async with connected(bot, discord):
                ours = World(discord, bot, person)
                await _until_known(ours)
                asked = horde.calls
                lines = [await _typed(ours, bare, text, rounds) for text in TYPED]
                calls = horde.calls - asked
    return (
        f"Autocomplete over {names} names in ms, {rounds} each\n{HEADER}{''.join(lines)}"
        f"questions to AI-Horde meanwhile: {calls}\n\n"
    )


def _reference(folder: Path, names: int) -> Path:
    """The sample with so many image models."""
    shutil.copytree(SAMPLE_DATA / "legacy", folder, copy_function=shutil.copyfile)
    path = folder / "stable_diffusion.json"
    models = json.loads(path.read_text(encoding="utf-8"))
    kept = ("baseline", "type", "inpainting", "nsfw", "style", "version", "available")
    plain = {key: value for key, value in next(iter(models.values())).items() if key in kept}
    plain["config"] = {"files": [], "download": []}
    for number in range(names - len(models)):
        words = [_WORDS[(number // len(_WORDS) ** place) % len(_WORDS)] for place in range(3)]
        name = f"{'-'.join(words)} {number}"
        models[name] = {"name": name, **plain}
    path.write_text(json.dumps(models), encoding="utf-8")
    return folder


async def _until_known(world: World) -> None:
    """Wait until the bot has read the reference."""
    async with asyncio.timeout(READY_S):
        while not await world.person.complete("model show", "model", "7b 99"):
            await world.discord.quiet(0.5)


async def _typed(ours: World, bare: World, text: str, rounds: int) -> str:
    mine: list[float] = []
    floor: list[float] = []
    for _ in range(rounds):
        floor.append(await _offered(bare, "greet", "name", text))
        mine.append(await _offered(ours, "model show", "model", text))
    return row(f"{text!r}", Series(mine), Series(floor))


async def _offered(world: World, command: str, option: str, text: str) -> float:
    """Milliseconds between the letter's leaving and the names' arrival."""
    interaction: Interaction = world.person.type_letters(command, option, text)
    await world.person.answered(interaction)
    path = f"/interactions/{interaction.id}/"
    callback = next(call for call in reversed(world.discord.calls) if call.path.startswith(path))
    return (callback.arrived - world.discord.gateway.sent[interaction.id]) * 1000
