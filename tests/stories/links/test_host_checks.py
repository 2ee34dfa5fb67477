"""Requestors and approvers read what the hosts say of a file, and when they said it."""

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.demo.host_models import MIRROR_FILE, OLD_TIDE_TABLE, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.demo.people import ABE, DAVE, RITA
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, buttons_of, card_of, enabled_buttons_of, nodes_of, text_of
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, link, open_draft

QUESTIONS = 4
"""About a file with another sha256: the repository, the file, its tensors, and the file with the stated sha256."""


def line_of(url: str, sha256: str) -> str:
    return f"tide-table-xl.safetensors | {url}/resolve/main/tide-table-xl.safetensors | {sha256}"


async def test_a_file_that_its_host_replaced_is_named_and_corrected_with_one_press(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Tide", Files=line_of(TIDE_TABLE, OLD_TIDE_TABLE))
    text = text_of(drafted)
    assert "**Hugging Face has another file**" in text
    assert OLD_TIDE_TABLE[:12] in text
    assert digest("tide table")[:12] in text
    assert "Submit" in enabled_buttons_of(answer_of(drafted))
    await rita.click(answer_of(drafted), label="Use the host's values")
    text = text_of(answer_of(drafted))
    assert "Hugging Face has the same" in text
    assert "sha256 and 6.94 GB match" in text
    assert OLD_TIDE_TABLE[:12] not in text


async def test_the_draft_is_shown_before_its_host_is_asked_and_then_edited(
    world: World, hosts: HostsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await link(world, RITA)
    edit, asked_at_edits = discord.Interaction.edit_original_response, []

    async def edited(interaction: discord.Interaction, **message: Any) -> discord.InteractionMessage:
        asked_at_edits.append(len(hosts.asked))
        return await edit(interaction, **message)

    monkeypatch.setattr(discord.Interaction, "edit_original_response", edited)
    drafted = await open_draft(world, RITA, "Story Tide", Files=line_of(TIDE_TABLE, OLD_TIDE_TABLE))
    assert "has another file" in text_of(drafted)
    assert asked_at_edits == [0, QUESTIONS]
    await world.member(RITA).click(answer_of(drafted), label="Check again")
    assert len(hosts.asked) == 2 * QUESTIONS


async def test_a_host_that_cannot_be_asked_never_stops_a_proposal(world: World, hosts: HostsStandIn) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    hosts.play(HostMood.FAILING)
    drafted = await open_draft(world, RITA, "Story Fault", Files=line_of(TIDE_TABLE, OLD_TIDE_TABLE))
    assert "**Hugging Face** has a fault" in text_of(drafted)
    await rita.click(answer_of(drafted), label="Submit")
    assert "Queued as #" in text_of(answer_of(drafted))


async def test_the_card_of_a_pending_change_tells_approvers_what_the_host_says(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Card", Files=line_of(TIDE_TABLE, OLD_TIDE_TABLE))
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    text = text_of(card_of(world.review, world.env, change_id))
    assert "**Hugging Face has another file**" in text
    assert digest("tide table")[:12] in text
    asked = len(hosts.asked)
    assert await simulation.bot.services.card_checks.ask_due() == 0
    simulation.clock.ahead += timedelta(hours=1)
    hosts.play(HostMood.FAILING)
    assert await simulation.bot.services.card_checks.ask_due() == 1
    await world.env.advance_time(21)
    assert len(hosts.asked) > asked
    assert "**Hugging Face** has a fault" in text_of(card_of(world.review, world.env, change_id))


async def proposed(world: World, name: str) -> int:
    """Send a proposal with a sha256 that its host does not have; return the change's id."""
    await link(world, RITA)
    drafted = await open_draft(world, RITA, name, Files=line_of(TIDE_TABLE, OLD_TIDE_TABLE))
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    return change_id_in(text_of(answer_of(drafted)))


async def test_an_approver_who_opens_a_card_reads_answers_of_the_last_hour(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    change_id = await proposed(world, "Story Hour")
    await link(world, ABE)
    abe = world.member(ABE)
    asked = len(hosts.asked)
    await abe.slash(world.review, "queue show", change=change_id)
    assert len(hosts.asked) == asked
    simulation.clock.ahead += timedelta(hours=1)
    shown = await abe.slash(world.review, "queue show", change=change_id)
    assert len(hosts.asked) == asked + QUESTIONS
    now = int(simulation.clock().timestamp())
    assert f"-# Checked <t:{now}:R>" in text_of(shown)
    assert f"-# Checked <t:{now}:R>" in text_of(card_of(world.review, world.env, change_id))
    simulation.clock.ahead += timedelta(hours=1)
    await abe.click(card_of(world.review, world.env, change_id), label="Full record")
    assert len(hosts.asked) == asked + 2 * QUESTIONS


async def test_an_approver_is_asked_with_the_doubts_of_the_host(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    change_id = await proposed(world, "Story Doubt")
    await link(world, ABE)
    abe = world.member(ABE)
    simulation.clock.ahead += timedelta(hours=1)
    hosts.play(HostMood.FAILING)
    question = await abe.click(card_of(world.review, world.env, change_id), label="Approve")
    text = text_of(question)
    assert "**Hugging Face has another file**" in text
    assert "**Hugging Face** has a fault" in text
    assert "was last checked <t:" in text
    await abe.click(answer_of(question), label=f"Approve #{change_id}")
    assert f"#{change_id} is approved" in text_of(answer_of(question))


async def test_a_card_is_checked_again_by_a_press_but_not_at_every_press(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    change_id = await proposed(world, "Story Again")
    abe, asked = world.member(ABE), len(hosts.asked)
    await abe.click(card_of(world.review, world.env, change_id), label="Check again")
    assert len(hosts.asked) == asked
    simulation.clock.ahead += timedelta(minutes=1)
    for _ in range(2):
        await abe.click(card_of(world.review, world.env, change_id), label="Check again")
    assert len(hosts.asked) == asked + QUESTIONS


async def test_an_opened_change_keeps_its_readers_buttons_when_it_is_checked_again(world: World) -> None:
    change_id = await proposed(world, "Story Opened")
    rita = world.member(RITA)
    opened = await rita.slash(world.public, "queue show", change=change_id)
    await rita.click(answer_of(opened), label="Check again")
    assert list(buttons_of(answer_of(opened))) == ["Check again", "Revise…", "Full record"]


async def test_several_changes_are_not_approved_without_the_doubts_of_their_hosts(world: World) -> None:
    doubted = await proposed(world, "Story One")
    drafted = await open_draft(world, RITA, "Story Two", Files=line_of(TIDE_TABLE, digest("tide table")))
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    await link(world, ABE)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list"))
    assert text_of(listed).count("its file host reports a problem") == 1
    menu = next(node for node in nodes_of(listed) if node["type"] == 3 and "choose" in node["custom_id"])
    await abe.select(listed, values=[each["value"] for each in menu["options"]], custom_id=menu["custom_id"])
    text = text_of(listed)
    assert f"#{doubted}" in text
    assert "**Hugging Face has another file**" in text


async def approved(world: World, change_id: int) -> None:
    """Have Abe approve a change."""
    await link(world, ABE)
    question = await world.member(ABE).click(card_of(world.review, world.env, change_id), label="Approve")
    await world.member(ABE).click(answer_of(question), label=f"Approve #{change_id}")


async def test_an_apply_asks_first_where_the_host_disagrees_by_now(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    change_id = await proposed(world, "Story Apply")
    await approved(world, change_id)
    asked = len(hosts.asked)
    simulation.clock.ahead += timedelta(hours=1)
    shown = await world.member(ABE).click(card_of(world.review, world.env, change_id), label="Apply")
    text = text_of(shown)
    assert len(hosts.asked) == asked + QUESTIONS
    assert f"Apply #{change_id}?" in text
    assert "**Hugging Face has another file**" in text
    await world.member(ABE).click(answer_of(shown), label="Cancel")
    assert "Nothing was done" in text_of(answer_of(shown))


async def test_an_apply_of_a_person_without_the_role_asks_no_host(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    change_id = await proposed(world, "Story Apply")
    await approved(world, change_id)
    asked = len(hosts.asked)
    simulation.clock.ahead += timedelta(hours=1)
    for person in (RITA, DAVE):
        pressed = await world.member(person).click(card_of(world.review, world.env, change_id), label="Apply")
        assert "approver role" in text_of(answers_of(pressed)[-1]) or "Link your" in text_of(answers_of(pressed)[-1])
        for changes in ({}, {"changes": str(change_id)}):
            await world.member(person).slash(world.review, "apply", **changes)
    assert len(hosts.asked) == asked


async def test_an_apply_waits_for_no_host_that_cannot_be_asked(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    await link(world, RITA)
    url = MIRROR_FILE.replace("blob", "resolve").replace("lantern_bay_xl_v2", "granite_photo_1")
    line = f"granite_photo_1.safetensors | {url} | {digest('granite photo')}"
    drafted = await open_draft(world, RITA, "Story Live", Files=line)
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    await approved(world, change_id)
    simulation.clock.ahead += timedelta(hours=1)
    hosts.play(HostMood.FAILING)
    shown = await world.member(ABE).click(card_of(world.review, world.env, change_id), label="Apply")
    assert f"#{change_id} is applied" in text_of(shown)
