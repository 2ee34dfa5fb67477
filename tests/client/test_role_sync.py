"""Discord roles follow queue roles; a user who never linked is not touched."""

from datetime import timedelta

import discord
import pytest
import simcord
from simcord.builders import RoleHandle

from bot.demo.people import ABE, DAVE
from bot.demo.world import World
from storage.intents import NewIntent
from tests.harness.messages import answer_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import link

LOOK_S = 61


@pytest.fixture
async def roles(world: World) -> tuple[RoleHandle, RoleHandle]:
    """Two roles of the server that stand for requestor and approver."""
    requestors, approvers = world.guild.create_role("Requestors"), world.guild.create_role("Approvers")
    await world.owner.slash(world.public, "setup requestor-role", role=requestors)
    await world.owner.slash(world.public, "setup approver-role", role=approvers)
    return requestors, approvers


def given_to(world: World, env: simcord.Env, user_id: int) -> set[str]:
    """Names of the roles that a member has."""
    member = env.backend.get_member(world.guild.id, user_id)
    names = {role.id: role.name for role in env.backend.get_guild(world.guild.id).roles.values()}
    return {names[role_id] for role_id in member.role_ids} & {"Requestors", "Approvers", "Others"}


def asked_of_members(env: simcord.Env) -> list[tuple[str, str]]:
    return [(entry.method, entry.path) for entry in env.http_requests if "/members/" in entry.path]


@pytest.mark.usefixtures("roles")
async def test_who_links_gets_the_roles_and_who_unlinks_loses_them(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    await link(world, ABE)
    await env.settle()
    assert given_to(world, env, abe.id) == {"Requestors", "Approvers"}
    asked = await abe.slash(world.public, "account unlink")
    await abe.click(answer_of(asked), label="Unlink")
    await env.settle()
    assert given_to(world, env, abe.id) == set()


@pytest.mark.usefixtures("roles")
async def test_a_role_that_is_taken_in_the_queue_is_taken_here_without_a_press(
    simulation: Simulation, world: World, env: simcord.Env, scripted: ScriptedService
) -> None:
    await link(world, ABE)
    await env.settle()
    scripted.roles = ["requestor"]
    await env.advance_time(LOOK_S)
    assert given_to(world, env, world.member(ABE).id) == {"Requestors", "Approvers"}, "asked for once an hour"
    simulation.clock.ahead += timedelta(hours=1)
    await env.advance_time(LOOK_S)
    assert given_to(world, env, world.member(ABE).id) == {"Requestors"}


@pytest.mark.usefixtures("roles")
async def test_an_outage_takes_no_role_away(
    simulation: Simulation, world: World, env: simcord.Env, scripted: ScriptedService
) -> None:
    await link(world, ABE)
    await env.settle()
    scripted.is_away = True
    simulation.clock.ahead += timedelta(days=2)
    await env.advance_time(LOOK_S)
    assert given_to(world, env, world.member(ABE).id) == {"Requestors", "Approvers"}


async def test_another_role_takes_the_place_of_the_former(
    world: World, env: simcord.Env, roles: tuple[RoleHandle, RoleHandle]
) -> None:
    await link(world, ABE)
    others = world.guild.create_role("Others")
    await world.owner.slash(world.public, "setup approver-role", role=others)
    await env.settle()
    assert given_to(world, env, world.member(ABE).id) == {"Requestors", "Others"}
    await world.owner.slash(world.public, "setup approver-role")
    await world.owner.slash(world.public, "setup requestor-role")
    await env.settle()
    assert given_to(world, env, world.member(ABE).id) == set()


async def test_a_user_who_never_linked_is_not_touched(
    world: World, env: simcord.Env, roles: tuple[RoleHandle, RoleHandle]
) -> None:
    dave = world.member(DAVE)
    env.backend.add_member_role(world.guild.id, dave.id, roles[1].id)
    before = len(asked_of_members(env))
    await env.advance_time(LOOK_S * 3)
    assert given_to(world, env, dave.id) == {"Approvers"}
    assert len(asked_of_members(env)) == before, "Discord is not even asked"


@pytest.mark.usefixtures("roles")
async def test_who_hides_is_given_nothing_that_would_show_them(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    await link(world, ABE)
    await env.settle()
    await abe.slash(world.public, "account visibility", visible=False)
    await env.settle()
    assert given_to(world, env, abe.id) == set()
    await abe.slash(world.public, "account visibility", visible=True)
    await env.settle()
    assert given_to(world, env, abe.id) == {"Requestors", "Approvers"}


@pytest.mark.usefixtures("roles")
async def test_who_is_forgotten_keeps_no_role_of_the_bots(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    await link(world, ABE)
    await env.settle()
    asked = await abe.slash(world.public, "account forget-me")
    await abe.click(answer_of(asked), label="Delete my data")
    await env.settle()
    assert given_to(world, env, abe.id) == set()


@pytest.mark.usefixtures("roles")
async def test_a_refused_deletion_takes_no_role(simulation: Simulation, world: World, env: simcord.Env) -> None:
    abe, services = world.member(ABE), simulation.bot.services
    await link(world, ABE)
    await env.settle()
    new = NewIntent(interaction_id=1, user_id=abe.id, horde_user_id="202", kind="approve")
    await services.decisions.batches.intents.prepare(new, simulation.clock())
    asked = await abe.slash(world.public, "account forget-me")
    refused = await abe.click(answer_of(asked), label="Delete my data")
    await env.settle()
    assert "a request of yours is in progress" in text_of(refused)
    assert given_to(world, env, abe.id) == {"Requestors", "Approvers"}
    assert not [path for method, path in asked_of_members(env) if method == "DELETE"]


async def test_a_role_out_of_reach_is_tried_once_and_again_when_tested(
    world: World, env: simcord.Env, simulation: Simulation
) -> None:
    above = world.guild.create_role("Approvers", position=90)
    shown = await world.owner.slash(world.public, "setup approver-role", role=above)
    await link(world, ABE)
    await env.advance_time(LOOK_S * 3)
    assert sum(method == "PUT" for method, _ in asked_of_members(env)) == 1, "what Discord refuses is not insisted on"
    assert given_to(world, env, world.member(ABE).id) == set()
    env.backend.edit_role(world.guild.id, above.id, {"position": 1})
    me = simulation.bot.get_guild(world.guild.id)
    assert me is not None
    await world.owner.click(answer_of(shown), label="Test again")
    await env.settle()
    assert "is above" not in text_of(answer_of(shown))
    assert given_to(world, env, world.member(ABE).id) == {"Approvers"}


async def test_a_role_that_discord_refuses_to_take_is_taken_later(
    simulation: Simulation, world: World, env: simcord.Env, roles: tuple[RoleHandle, RoleHandle]
) -> None:
    abe = world.member(ABE)
    await link(world, ABE)
    await env.settle()
    position = env.backend.get_guild(world.guild.id).roles[roles[1].id].position
    env.backend.edit_role(world.guild.id, roles[1].id, {"position": 90})
    asked = await abe.slash(world.public, "account unlink")
    await abe.click(answer_of(asked), label="Unlink")
    await env.settle()
    assert given_to(world, env, abe.id) == {"Approvers"}, "it stands above the bot"
    env.backend.edit_role(world.guild.id, roles[1].id, {"position": position})
    simulation.clock.ahead += timedelta(hours=1)
    await env.advance_time(LOOK_S)
    assert given_to(world, env, abe.id) == set()


@pytest.mark.usefixtures("roles")
async def test_after_a_restart_it_is_still_known_who_was_given_what(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    await link(world, ABE)
    await env.settle()
    before = len(asked_of_members(env))
    await simulation.restart()
    await env.advance_time(LOOK_S)
    assert len(asked_of_members(env)) == before, "nothing is due"
    await simulation.bot.services.accounts.unlink(world.member(ABE).id)
    await env.advance_time(LOOK_S)
    assert given_to(world, env, world.member(ABE).id) == set()


@pytest.mark.usefixtures("roles")
async def test_a_user_who_left_the_server_is_not_looked_for_each_minute(world: World, env: simcord.Env) -> None:
    world.guild.remove_member(world.member(ABE))
    before = len(asked_of_members(env))
    with env._bot_scope():
        await link_directly(env, world.member(ABE).id)
    await env.advance_time(LOOK_S * 5)
    assert len(asked_of_members(env)) == before + 1


async def link_directly(env: simcord.Env, user_id: int) -> None:
    """Link a user beside the form, as they may be in another server only."""
    bot = env.bot
    assert isinstance(bot, discord.Client)
    await bot.services.accounts.link(user_id, "demo-key-abe")  # type: ignore[attr-defined]


@pytest.mark.parametrize("permission", ["administrator", "manage_messages", "ban_members"])
async def test_a_role_with_power_over_the_server_is_refused_with_the_reason(world: World, permission: str) -> None:
    role = world.guild.create_role("Strong", permissions=discord.Permissions(**{permission: True}))
    shown = text_of(await world.owner.slash(world.public, "setup approver-role", role=role))
    assert "may do too much" in shown
    assert permission.replace("_", " ").title() in shown


@pytest.mark.usefixtures("roles")
async def test_a_member_who_rejoins_has_the_roles_again_after_the_next_command(world: World, env: simcord.Env) -> None:
    abe = world.member(ABE)
    await link(world, ABE)
    await env.settle()
    assert given_to(world, env, abe.id) == {"Requestors", "Approvers"}
    member = env.backend.get_member(world.guild.id, abe.id)
    member.role_ids[:] = []  # left and joined again: Discord takes all roles
    await abe.slash(world.public, "status")
    await env.settle()
    assert given_to(world, env, abe.id) == {"Requestors", "Approvers"}
