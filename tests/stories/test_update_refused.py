"""Changes of live models that the service or the bot refuses: said where it concerns everybody, and nothing is lost."""

import pytest
import simcord

from bot.demo.people import DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, posted_in, text_of
from tests.stories.attachments import json_file
from tests.stories.people import fill, link
from tests.stories.prefilled import edit

MODEL = {"category": "image_generation", "model": "Paper Crane"}
WORDS = "This instance is in REPLICA mode and does not support write operations."


@pytest.fixture
def service(replica_service: ReferenceService) -> ReferenceService:
    return replica_service


async def test_an_update_on_a_replica_is_refused_in_the_channel_and_kept(world: World, env: simcord.Env) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **MODEL)
    drafted = await edit(rita, shown, {"Description": "Folded."})
    await rita.click(answer_of(drafted), label="Submit")
    (refusal,) = posted_in(world.public, env)
    assert WORDS in text_of(refusal).replace("\\", "")
    assert "UPDATE" in text_of(refusal)
    assert "The draft is kept" in text_of(refusal)
    drafts = await rita.slash(world.public, "propose-model drafts")
    assert "UPDATE · **Paper Crane**" in text_of(drafts)


async def test_a_delete_on_a_replica_is_refused_in_the_channel_and_kept(world: World, env: simcord.Env) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(world.public, "propose-model delete", **MODEL, why="Too thin.")
    opened = await rita.click(answer_of(drafted), label="Delete…")
    await fill(rita, opened, {"Name": "Paper Crane"})
    (refusal,) = posted_in(world.public, env)
    assert WORDS in text_of(refusal).replace("\\", "")
    assert "DELETE" in text_of(refusal)
    drafts = await rita.slash(world.public, "propose-model drafts")
    assert "DELETE · **Paper Crane**" in text_of(drafts)


@pytest.mark.parametrize("command", ["update", "delete", "update with a file"])
async def test_without_a_link_or_a_role_nothing_is_begun(world: World, env: simcord.Env, command: str) -> None:
    options: dict[str, object] = {**MODEL}
    if command == "delete":
        options["why"] = "Old."
    if command == "update with a file":
        options["record"] = json_file({"version": "2"})
    dave = world.member(DAVE)
    name = f"propose-model {command.split(maxsplit=1)[0]}"
    refused = await dave.slash(world.public, name, **options)
    assert "Link your AI-Horde account" in text_of(refused)
    await link(world, DAVE)
    refused = await dave.slash(world.public, name, **options)
    assert "requestor role" in text_of(refused)
    assert refused.ephemeral
    drafts = await dave.slash(world.public, "propose-model drafts")
    assert "You have no unsent drafts" in text_of(drafts)
    assert posted_in(world.public, env) == []
