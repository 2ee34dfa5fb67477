"""A requestor who knows models and not JSON fills every form of a draft, and sees it as it was understood."""

import pytest
from simcord.results import InteractionResult

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, enabled_buttons_of, labels_of, text_of
from tests.harness.queue import change_of, changes_in, has_file_sizes, has_licences
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, link, open_draft, open_section, sections_of
from tests.stories.prefilled import edit, standing_in

ANSWERS: dict[str, object] = {
    "Version": "2.0",
    "Homepage": "https://civitai.com/models/1",
    "Tags": "anime, boats",
    "Trigger words": "boat style",
    "Showcases": "https://pictures.acme.dev/1.png",
    "Inpainting": ["yes"],
    "Requirements": "min_steps: 20\nsamplers: k_euler_a, k_euler",
    "Licence": ["Apache-2.0"],
    "Attribution": "The people of the harbour.",
    "Evidence": "https://huggingface.co/example | model card",
    "Notes on the licence": "As the card has it.",
}


@pytest.fixture(params=["v2_service", "legacy_service"])
def service(request: pytest.FixtureRequest) -> ReferenceService:
    chosen: ReferenceService = request.getfixturevalue(request.param)
    return chosen


LICENSING = ("Licensing", "More licensing")
SAID_OF_LICENCE = (
    "**Licence** `Apache-2.0`",
    "**Commercial use** Allowed",
    "**Notes on the licence** As the card has it.",
)


async def fill_in(
    world: World, drafted: InteractionResult, button: str, answers: dict[str, object]
) -> InteractionResult:
    """Open a form of the draft and fill what it asks for of these."""
    rita = world.member(RITA)
    opened = await open_section(rita, answers_of(drafted)[0], button)
    asked = labels_of(opened)
    return await edit(rita, opened, {label: typed for label, typed in answers.items() if label in asked})


async def test_every_form_of_a_draft_says_back_what_it_understood(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await simulation.bot.services.catalogue.refresh()
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Harbour")
    offered = sections_of(answers_of(drafted)[0])
    licensing = LICENSING if has_licences(service) else ()
    files = ["More files"] if has_file_sizes(service) else []
    edits = ["Basics", "Files", *files, "Why", "Details", "More details", *licensing]
    assert list(offered) == edits, "no form asks for what the service does not keep"
    assert offered["Details"] == "Empty"
    assert offered["Basics"] == "Description is empty."
    for button in ("Details", "More details", *licensing):
        await fill_in(world, drafted, button, ANSWERS)
    draft = text_of(answers_of(drafted)[0]).replace("\xa0", " ").replace("\\", "")
    for said in (
        "**Tags** anime, boats",
        "**Trigger words** boat style",
        "**Inpainting** yes",
        "**Requirements** min_steps 20, samplers k_euler_a, k_euler",
        *(SAID_OF_LICENCE if licensing else ()),
    ):
        assert said in draft
    await world.member(RITA).click(answers_of(drafted)[0], label="Submit")
    payload = change_of(service, change_id_in(text_of(answer_of(drafted))), ABE)["payload"]
    assert payload["tags"] == ["anime", "boats"]
    assert payload["requirements"] == {"min_steps": 20, "samplers": ["k_euler_a", "k_euler"]}
    if not licensing:
        return
    assert payload["licensing"]["license_ids"] == ["Apache-2.0"]
    assert payload["licensing"]["redistribution"] == "allowed_with_conditions", "the licence brings it along"


async def test_a_form_opens_with_what_was_typed_and_submitting_it_untouched_changes_nothing(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await simulation.bot.services.catalogue.refresh()
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Untouched")
    edits = ("Basics", "Files", "Details", "More details", *(LICENSING if has_licences(service) else ()))
    for button in edits:
        await fill_in(world, drafted, button, ANSWERS)
    (before,) = await simulation.bot.services.draft_service.drafts.of_user(world.member(RITA).id)
    rita = world.member(RITA)
    for button in edits:
        opened = await open_section(rita, answers_of(drafted)[0], button)
        await edit(rita, opened, {})
    (after,) = await simulation.bot.services.draft_service.drafts.of_user(world.member(RITA).id)
    assert after.record == before.record


async def test_every_slip_is_answered_and_everything_else_is_kept(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Slips")
    told = await fill_in(
        world, drafted, "More details", {"Requirements": "min_steps 20", "Optimization": "fp16", "Inpainting": ["yes"]}
    )
    said = "\n".join(text_of(answer) for answer in answers_of(told)).replace("\\", "")
    assert "Requirements, line 1" in said
    assert "You typed `min_steps 20`. It takes `key: value`." in said
    assert "choose *More details* under *Edit…* and type it again" in said
    draft = text_of(answers_of(drafted)[0]).replace("\xa0", " ")
    assert "**Optimization** `fp16`" in draft
    assert "**Inpainting** yes" in draft
    assert "**Requirements:** `min_steps 20` cannot be read. Edit *More details*." in text_of(answers_of(drafted)[0])
    await fill_in(world, drafted, "Details", {"Homepage": "civitai.com/models/1"})
    mended = answers_of(drafted)[0]
    assert "**Homepage:** `civitai.com/models/1` is not an https address." in text_of(mended)
    assert "Submit" not in enabled_buttons_of(mended)
    assert changes_in(service) == []


async def test_what_could_not_be_read_stands_in_its_form_again_until_it_can(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Typed Again")
    await fill_in(world, drafted, "More details", {"Requirements": "min_steps: 20"})
    await fill_in(world, drafted, "More details", {"Requirements": "min_steps 30", "Optimization": "fp16"})
    assert "Submit" not in enabled_buttons_of(answers_of(drafted)[0]), "nothing is sent half"
    await simulation.restart()
    listed = await rita.slash(world.public, "propose-model drafts")
    await rita.select(answer_of(listed), values=["1"])
    for typed, is_read in ((None, False), ("min_steps: 30", True)):
        opened = await open_section(rita, answers_of(listed)[0], "More details")
        assert standing_in(opened, "Requirements") == "min_steps 30"
        await edit(rita, opened, {} if typed is None else {"Requirements": typed})
        assert ("Submit" in enabled_buttons_of(answers_of(listed)[0])) is is_read
    await rita.click(answers_of(listed)[0], label="Submit")
    (change,) = changes_in(service)
    assert change["payload"]["requirements"] == {"min_steps": 30}
    assert change["payload"]["optimization"] == "fp16"
