"""Changes of live models that cannot be sent: the reason is said, and nothing is lost."""

import pytest
import simcord

from bot.demo.people import DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, posted_in, text_of
from tests.stories.attachments import json_file
from tests.stories.people import link
from tests.stories.prefilled import edit

MODEL = {"category": "image_generation", "model": "Paper Crane"}


@pytest.fixture
def service(replica_service: ReferenceService) -> ReferenceService:
    return replica_service


@pytest.mark.parametrize(("operation", "label"), [("update", "Submit"), ("delete", "Delete…")])
async def test_on_a_replica_nothing_can_be_sent_and_the_draft_is_kept(
    world: World, env: simcord.Env, operation: str, label: str
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    options = {"why": "Too thin."} if operation == "delete" else {}
    drafted = await rita.slash(world.public, f"propose-model {operation}", **MODEL, **options)
    if operation == "update":
        drafted = await edit(rita, drafted, {"Description": "Folded."})
    assert "The service takes no proposals now" in text_of(answer_of(drafted))
    assert buttons_of(answer_of(drafted))[label]["disabled"]
    drafts = await rita.slash(world.public, "propose-model drafts")
    assert f"{operation.upper()} · **Paper Crane**" in text_of(drafts)
    assert posted_in(world.public, env) == []


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
