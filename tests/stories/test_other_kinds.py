"""Changes that propose no model record, such as baselines, are listed, shown raw and decided like all others."""

import pytest

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.http import CLIENT
from tests.harness.messages import answer_of, buttons_of, menu_of, text_of
from tests.harness.queue import change_of
from tests.stories.people import link

TITLE = "A **new** baseline @everyone"


def propose_baseline(service: ReferenceService) -> int | None:
    """Propose a baseline beside the bot; None where this generation has none."""
    changes = [{"operation": "upsert", "name": "story_baseline", "record": {"name": "story_baseline"}}]
    answer = CLIENT.post(
        f"{service.url}/model_references/v2/image_generation/baselines/change-sets",
        json={"title": TITLE, "changes": changes},
        headers={"apikey": RITA.key},
    )
    if answer.status_code in {404, 405}:
        return None
    return int(answer.raise_for_status().json()["change_id"])


async def test_a_baseline_is_listed_shown_raw_and_decided(world: World, service: ReferenceService) -> None:
    change_id = propose_baseline(service)
    if change_id is None:
        pytest.skip("this release of the service has no changes of baselines")
    await link(world, ABE)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list", category="image_generation"))
    assert f"**#{change_id}**" in text_of(listed)
    assert "A \\*\\*new\\*\\* baseline \\@everyone" in text_of(listed)
    assert "image_baseline" in text_of(listed).replace("\\", "")
    menu = menu_of(listed, "choose")
    opened = answer_of(await abe.select(listed, values=menu.values, custom_id=menu.custom_id))
    assert "story_baseline" in text_of(opened).replace("\\", "")
    asked = await abe.click(opened, label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"
    assert {"Apply"} <= set(buttons_of(await abe.slash(world.public, "queue show", change=change_id)))
