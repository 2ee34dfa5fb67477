"""A server that is not on the operator's list: refused with words, sent nothing, and never left."""

import pytest
import simcord
import structlog
from simcord.results import InteractionResult

from bot.demo.people import ABE
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import reject
from tests.ui.cases import named_cases

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


async def test_a_command_is_refused_in_words(closed: World) -> None:
    with named_cases() as case:
        for command in ("account link", "account status", "propose-model drafts", "roles", "status", "setup show"):
            with case(command):
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


async def test_a_button_is_refused_too_and_no_form_opens(
    closed: World, env: simcord.Env, scripted: ScriptedService
) -> None:
    asked = len(scripted.requests)
    with named_cases() as case:
        for label in ("Approve", "Reject…", "Full record"):
            with case(label):
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
async def test_a_server_that_is_not_listed_is_named_in_the_log_and_never_left(
    simulation: Simulation, world: World, env: simcord.Env, event: str
) -> None:
    for allowed, expected in ((frozenset(), 0), (frozenset({world.guild.id}), 0), (frozenset({ELSEWHERE}), 1)):
        simulation.bot.allowed_guild_ids = allowed
        with structlog.testing.capture_logs() as lines:
            with env._bot_scope():
                simulation.bot.dispatch(event, simulation.bot.get_guild(world.guild.id))
            await env.settle()
        refused = [line for line in lines if line["event"] == "guild_refused"]
        assert [f"operator leave {world.guild.id}" in line["remedy"] for line in refused] == [True] * expected
    assert not [entry for entry in env.http_requests if entry.method == "DELETE"]


async def test_nothing_is_sent_to_a_server_that_is_not_served_and_all_of_it_once_it_is(
    closed: World, simulation: Simulation, env: simcord.Env, scripted: ScriptedService
) -> None:
    before = len(posted_in(closed.review, env))
    scripted.put(43)
    await simulation.let_pass(simulation.bot.poll_interval)
    assert len(posted_in(closed.review, env)) == before
    simulation.bot.allowed_guild_ids = frozenset()
    await simulation.let_pass(simulation.bot.poll_interval)
    assert len(posted_in(closed.review, env)) == before + 1


async def test_a_server_that_removed_the_bot_gets_no_tries(
    approver: World, simulation: Simulation, env: simcord.Env, scripted: ScriptedService
) -> None:
    guild = simulation.bot.get_guild(approver.guild.id)
    assert guild is not None
    simulation.bot._connection._remove_guild(guild)  # as after GUILD_DELETE
    asked = len(env.http_requests)
    scripted.put(43)
    for _ in range(3):
        await simulation.let_pass(simulation.bot.poll_interval)
    assert len(env.http_requests) == asked
