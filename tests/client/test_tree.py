"""Commands: told to Discord when they are new to it and not again, and none that could carry a secret."""

import re
from collections.abc import Iterator
from typing import Any

import simcord
from discord import app_commands

from bot.client.bot import commands_digest
from bot.client.tree import CuratorTree
from tests.harness.simulation import Simulation

SUBCOMMAND_GROUP = 2
SECRET = re.compile(r"key|token|secret|passw|credential|api", re.IGNORECASE)


def synchronisations(env: simcord.Env) -> int:
    return sum(entry.method == "PUT" and entry.path.endswith("/commands") for entry in env.http_requests)


def tree_of(simulation: Simulation) -> CuratorTree:
    tree = simulation.bot.tree
    assert isinstance(tree, CuratorTree)
    return tree


async def test_commands_are_told_once_and_not_again_at_a_restart(simulation: Simulation, env: simcord.Env) -> None:
    assert synchronisations(env) == 1
    await simulation.restart()
    assert synchronisations(env) == 1
    assert simulation.bot.theme.knows("account link"), "their ids are remembered"


async def test_a_command_that_changed_is_a_reason_to_tell_them(simulation: Simulation) -> None:
    tree = tree_of(simulation)
    before = commands_digest(tree, 1)
    assert commands_digest(tree, 1) == before
    assert commands_digest(tree, 2) != before, "another application knows none of them"

    @app_commands.command()
    async def another(_: Any) -> None:
        """Another one."""

    tree.add_command(another)
    assert commands_digest(tree, 1) != before
    tree.remove_command("another")
    assert commands_digest(tree, 1) == before


async def test_the_same_commands_are_not_told_twice_and_other_ones_are(
    simulation: Simulation, env: simcord.Env
) -> None:
    with env._bot_scope():
        await simulation.bot._sync_commands()
        assert synchronisations(env) == 1
        tree_of(simulation).remove_command("status")
        await simulation.bot._sync_commands()
    assert synchronisations(env) == 2


def every_option(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for option in payload.get("options", ()):
        yield option
        yield from every_option(option)


async def test_no_command_has_an_option_that_could_carry_a_secret(simulation: Simulation) -> None:
    commands = [command.to_dict(simulation.bot.tree) for command in simulation.bot.tree.get_commands()]
    options = [option for command in commands for option in every_option(dict(command))]
    takes_a_value = [option for option in options if option["type"] > SUBCOMMAND_GROUP]
    assert takes_a_value
    for option in takes_a_value:
        assert not SECRET.search(option["name"]), option["name"]
        assert not SECRET.search(option["description"]), option["description"]


IN_SERVERS, WITH_THE_BOT = 0, 1
"""Discord's numbers for the places where a command is offered (its documentation, Interaction Context Types)."""


async def test_every_command_says_where_it_is_offered_and_none_is_for_conversations_of_others(
    simulation: Simulation,
) -> None:
    for command in simulation.bot.tree.get_commands():
        told = dict(command.to_dict(simulation.bot.tree))
        assert told["integration_types"] == [0], "no user installs it for themselves alone"
        says = f"{told['name']}: let guild_only or allowed_contexts say where it is offered"
        assert told["contexts"] in ([IN_SERVERS], [IN_SERVERS, WITH_THE_BOT]), says
