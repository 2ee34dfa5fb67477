"""A server that is not on the operator's list: told so at every door, and left."""

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import reject

ELSEWHERE = 999_999_999_999_999_999
REFUSAL = "This server may not use the bot"


@pytest.fixture
def closed(approver: World, simulation: Simulation) -> World:
    """Everything was set up, then the operator took the server off the list."""
    simulation.bot.allowed_guild_ids = frozenset({ELSEWHERE})
    return approver


def assert_refused(result: InteractionResult) -> None:
    assert result.modal is None
    assert REFUSAL in text_of(answer_of(result))
    assert answer_of(result).ephemeral


@pytest.mark.parametrize(
    "command", ["account link", "account status", "propose-model drafts", "roles", "status", "setup show"]
)
async def test_a_command_is_refused_in_words(closed: World, command: str) -> None:
    assert_refused(await closed.member(ABE).slash(closed.public, command))


async def test_a_command_that_decides_is_refused_before_anything_is_asked(
    closed: World, scripted: ScriptedService
) -> None:
    asked = len(scripted.requests)
    abe = closed.member(ABE)
    for command in ("approve", "reject"):
        assert_refused(await abe.slash(closed.public, command, change=42))
    assert_refused(await abe.slash(closed.public, "apply", changes="42"))
    assert len(scripted.requests) == asked


@pytest.mark.parametrize("label", ["Approve", "Reject…", "Full record"])
async def test_a_button_is_refused_too_and_no_form_opens(
    closed: World, env: simcord.Env, scripted: ScriptedService, label: str
) -> None:
    asked = len(scripted.requests)
    assert_refused(await closed.member(ABE).click(card_of(closed.review, env, 42), label=label))
    assert len(scripted.requests) == asked


async def test_a_confirmation_that_was_open_decides_nothing_any_more(
    approver: World, simulation: Simulation, env: simcord.Env, scripted: ScriptedService
) -> None:
    abe = approver.member(ABE)
    asked = await abe.click(card_of(approver.review, env, 42), label="Approve")
    simulation.bot.allowed_guild_ids = frozenset({ELSEWHERE})
    assert_refused(await abe.click(answer_of(asked), label="Approve #42"))
    assert scripted.writes == []


async def test_a_form_that_was_open_changes_nothing_any_more(
    approver: World, simulation: Simulation, env: simcord.Env, scripted: ScriptedService
) -> None:
    abe = approver.member(ABE)
    opened = await abe.click(card_of(approver.review, env, 42), label="Reject…")
    simulation.bot.allowed_guild_ids = frozenset({ELSEWHERE})
    asked = len(scripted.requests)
    assert_refused(await reject(abe, opened, "It is a copy."))
    assert len(scripted.requests) == asked


async def test_nothing_is_offered_while_typing(approver: World, simulation: Simulation) -> None:
    abe = approver.member(ABE)
    offered = await abe.autocomplete(approver.public, "approve", "change", "")
    assert [choice["value"] for choice in offered] == [42]
    simulation.bot.allowed_guild_ids = frozenset({ELSEWHERE})
    assert not await abe.autocomplete(approver.public, "approve", "change", "")


async def test_direct_messages_stay_open(closed: World) -> None:
    status = await closed.member(ABE).user.slash("account status")
    assert "bob\\#202" in text_of(status)


@pytest.mark.parametrize("event", ["guild_available", "guild_join"])
async def test_the_server_is_left_and_listed_ones_are_not(
    simulation: Simulation, world: World, env: simcord.Env, event: str
) -> None:
    def leaves() -> int:
        left = ("DELETE", f"/users/@me/guilds/{world.guild.id}")
        return sum((entry.method, entry.path) == left for entry in env.http_requests)

    for allowed, expected in ((frozenset(), 0), (frozenset({world.guild.id}), 0), (frozenset({ELSEWHERE}), 1)):
        simulation.bot.allowed_guild_ids = allowed
        with env._bot_scope():
            simulation.bot.dispatch(event, simulation.bot.get_guild(world.guild.id))
        await env.settle()
        assert leaves() == expected
