"""A link pasted as a file is completed with what its host says."""

import simcord

from bot.demo.host_models import HARBOUR_MIST, LANTERN_BAY, MIRROR_FILE, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.demo.people import RITA
from bot.demo.world import World
from tests.harness.messages import answer_of, enabled_buttons_of, nodes_of, text_of
from tests.stories.people import link, open_draft
from tests.ui.cases import named_cases

PASTED = (
    (MIRROR_FILE, "lantern_bay_xl_v2.safetensors", "lantern bay v2 pruned"),
    (TIDE_TABLE, "tide-table-xl.safetensors", "tide table"),
    (f"[page]({LANTERN_BAY}?token=abcdef)", "lanternBayXL_v20.safetensors", "lantern bay v2 pruned"),
    (f"my_name.safetensors | <{LANTERN_BAY}>", "my_name.safetensors", "lantern bay v2 pruned"),
)


async def test_a_link_in_files_is_enough(world: World, env: simcord.Env) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    with named_cases() as case:
        for number, (pasted, name, sha256) in enumerate(PASTED):
            with case(pasted):
                model = f"Story Pasted {number}"
                drafted = await open_draft(world, RITA, model, Files=pasted, Why="Pixel art in clear colours.")
                text = text_of(drafted)
                assert f"`{name}`" in text
                assert digest(sha256)[:12] in text
                assert "**Filled:** file, sha256, size" in text
                assert "match" in text
                assert model in text
                assert "Pixel art in clear colours" in text.replace("\\", "")
                assert "abcdef" not in text
                assert "Submit" in enabled_buttons_of(answer_of(drafted)), text
                await rita.click(answer_of(drafted), label="Submit")
                assert "Queued as #" in text_of(answer_of(drafted))
                await env.advance_time(61)  # past the limit of actions a minute


async def test_another_version_is_chosen_for_a_pasted_link(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Menu", Files=LANTERN_BAY)
    menu = next(node for node in nodes_of(answer_of(drafted)) if node["type"] == 3)
    await rita.select(answer_of(drafted), values=["2"], custom_id=menu["custom_id"])
    assert digest("lantern bay v1")[:12] in text_of(answer_of(drafted))


async def test_of_several_links_each_that_names_a_file_is_completed(world: World) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Two Files", Files=f"{MIRROR_FILE}\n{TIDE_TABLE}")
    text = text_of(drafted)
    assert digest("lantern bay v2 pruned")[:12] in text
    assert digest("tide table")[:12] in text


async def test_a_file_with_a_sha256_and_a_link_without_an_answer_stay_as_typed(
    world: World, hosts: HostsStandIn
) -> None:
    await link(world, RITA)
    line = f"typed.safetensors | {TIDE_TABLE}/resolve/main/tide-table-xl.safetensors | {'ab' * 32}"
    text = text_of(await open_draft(world, RITA, "Story Pasted Typed", Files=line))
    assert "abababababab" in text
    assert "**Filled:**" not in text
    gone = text_of(await open_draft(world, RITA, "Story Gone", Files=HARBOUR_MIST))
    assert "has no such model or version" in gone
    hosts.play(HostMood.FAILING)
    drafted = await open_draft(world, RITA, "Story Pasted Away", Files=TIDE_TABLE)
    assert "**Hugging Face** has a fault" in text_of(drafted)
    assert "Submit" not in enabled_buttons_of(answer_of(drafted))
