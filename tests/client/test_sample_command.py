"""The sample command of CONTRIBUTING, executed as it is printed there."""

import re
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import simcord

import bot.services.status
import bot.ui.status
from bot.demo.world import World
from bot.services.status import Status
from tests.harness.simulation import Simulation

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"


def blocks() -> dict[str, str]:
    """Return the Python blocks of the guide by the file that their first line names."""
    found = re.findall(r"^ *```python\n(.*?)^ *```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    sources = [dedent(block) for block in found]
    return {source.splitlines()[0].removeprefix("# "): source for source in sources}


def executed(path: str, source: str) -> dict[str, Any]:
    """Execute a block with the names of its module, as if it were appended there."""
    module = import_module(path.removesuffix(".py").replace("/", "."))
    names = dict(vars(module))
    exec(compile(source, path, "exec"), names)  # noqa: S102 - our own guide
    return names


async def test_the_sample_command_of_the_guide_answers(
    simulation: Simulation, env: simcord.Env, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, view, cog, story = blocks().items()
    decided = executed(*service)
    monkeypatch.setattr(bot.services.status, "Versions", decided["Versions"], raising=False)
    monkeypatch.setattr(Status, "versions", decided["Status"].versions, raising=False)
    monkeypatch.setattr(bot.ui.status, "versions_view", executed(*view)["versions_view"], raising=False)
    sample = executed(*cog)["StatusCog"]()
    sample.bot = simulation.bot
    with env._bot_scope():
        await simulation.bot.remove_cog("StatusCog")
        await simulation.bot.add_cog(sample)
        await simulation.bot._sync_commands()
    (name,) = re.findall(r"^async def (\w+)", story[1], re.MULTILINE)
    await executed(*story)[name](world)
