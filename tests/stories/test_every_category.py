"""A record from a JSON file reaches the queue in every category, in the vocabulary of the deployment."""

import json
from datetime import timedelta

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.reference.models import CanonicalFormat
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.queue import apply_beside, categories_taken, change_of, decide_beside
from tests.harness.simulation import Simulation
from tests.stories.attachments import json_file
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, LEGACY, V2
from tests.stories.people import change_id_in, link

A_WHILE_S = 10
"""Between two proposals: a user takes at most ten actions a minute."""


@pytest.fixture(params=list(CanonicalFormat), ids=str)
def dialect(request: pytest.FixtureRequest) -> CanonicalFormat:
    chosen: CanonicalFormat = request.param
    return chosen


@pytest.fixture
def service(dialect: CanonicalFormat, request: pytest.FixtureRequest) -> ReferenceService:
    chosen: ReferenceService = request.getfixturevalue(f"{dialect.value}_service")
    return chosen


async def test_a_json_file_of_each_category_is_queued(
    world: World, env: simcord.Env, service: ReferenceService, dialect: CanonicalFormat
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    for category in categories_taken(service):
        is_legacy = dialect is CanonicalFormat.LEGACY and category in LEGACY
        record = {
            "name": f"Story {category} {dialect.value}",
            "config": CONFIG_LEGACY if is_legacy else CONFIG_V2,
            **(LEGACY if is_legacy else V2)[category],
        }
        drafted = await rita.slash(world.public, "propose-model create", category=category, record=json_file(record))
        assert record["name"] in text_of(drafted).replace("\\", ""), category
        if (category, dialect) == ("text_generation", CanonicalFormat.V2):
            assert "cannot apply text models" in text_of(drafted)
            continue
        await rita.click(answer_of(drafted), label="Submit")
        queued = answer_of(drafted)
        assert "Queued as #" in text_of(queued), (category, text_of(queued))
        change = change_of(service, change_id_in(text_of(queued)), ABE)
        assert change["category"] == category
        assert change["payload"]["name"] == record["name"]
        assert json.dumps(change["payload"]).count(CONFIG_V2["download"][0]["sha256sum"]) >= 1
        assert category in text_of(card_of(world.review, env, change["change_id"])).replace("\\", "")
        await env.advance_time(A_WHILE_S)


async def test_the_card_of_an_update_shows_what_changes_though_the_category_has_no_legacy_form(
    world: World, env: simcord.Env, simulation: Simulation, service: ReferenceService, dialect: CanonicalFormat
) -> None:
    await link(world, RITA)
    rita, name = world.member(RITA), f"Story Patch {dialect.value}"
    record = {"name": name, "config": CONFIG_V2, **V2["lora"], "description": "First words."}
    drafted = await rita.slash(world.public, "propose-model create", category="lora", record=json_file(record))
    if "lora" not in categories_taken(service):
        assert "Not saved" in text_of(drafted), "an older service with the legacy format"
        return
    await rita.click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    decide_beside(service, approve=[change_id])
    apply_beside(service, change_id)
    simulation.clock.ahead += timedelta(hours=1)  # the bot may have read the models before
    await env.advance_time(A_WHILE_S)
    changed = json_file({**record, "description": "Other words."})
    drafted = await rita.slash(world.public, "propose-model update", category="lora", model=name, record=changed)
    await rita.click(answer_of(drafted), label="Submit")
    card = text_of(card_of(world.review, env, change_id_in(text_of(answer_of(drafted)))))
    assert "First words" in card
    assert "Other words" in card
    assert "not stated" not in card, "no field is new"
