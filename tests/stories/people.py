"""Steps that people take in the stories, as they would by hand."""

import re

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import UserHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.demo.people import ABE, CORA, DAVE, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import Posted, answer_of, labels_of, nodes_of, text_of
from tests.harness.queue import hides_queue

SHA256 = "9aba26abf0d3" + "0" * 52
FILE_LINE = f"pixel.safetensors | https://huggingface.co/pixel/resolve/main/pixel.safetensors | {SHA256}"


_FIRST_LABELS = {"Files": "Files or link"}


async def link(world: World, person: Person, key: str | None = None) -> InteractionResult:
    """Type /account link and paste a key into the form."""
    member = world.member(person)
    shown = await member.slash(world.public, "account link")
    return await fill(member, shown, {"AI-Horde API key": person.key if key is None else key})


async def onlooker(world: World, service: ReferenceService) -> MemberActor:
    """Return a user who may see the queue: any, or an approver where only they may."""
    if not hides_queue(service):
        return world.member(DAVE)
    await link(world, ABE)
    return world.member(ABE)


def require_shown_queue(service: ReferenceService) -> None:
    """Skip the test on a release whose queue only approvers may see."""
    if hides_queue(service):
        pytest.skip("this release of the service shows its queue to approvers only")


async def fill(member: MemberActor, shown: InteractionResult, answers: dict[str, object]) -> InteractionResult:
    """Fill the form that opened, by its labels, and submit it."""
    labels = labels_of(shown)
    return await member.submit_modal(shown, {labels[label]: value for label, value in answers.items()})


async def open_draft(world: World, person: Person, name: str, **changes: object) -> InteractionResult:
    """Type /propose-model create for an image model and fill the form."""
    member = world.member(person)
    shown = await member.slash(world.public, "propose-model create", category="image_generation")
    answers: dict[str, object] = {
        "Name": name,
        "Baseline": ["stable_diffusion_xl"],
        "NSFW": "no",
        "Files or link": FILE_LINE,
        **{_FIRST_LABELS.get(label, label): value for label, value in changes.items()},
    }
    return await fill(member, shown, answers)


async def open_section(
    member: MemberActor | UserHandle, posted: discord.Message | ResponseMessage, name: str
) -> InteractionResult:
    """Choose a form in the *Edit…* menu of a draft card."""
    (menu,) = (node for node in nodes_of(posted) if str(node.get("custom_id", "")).startswith("draft:edit:"))
    values = [option["value"] for option in menu["options"] if option["label"] == name]
    assert values, f"no form {name} among {[option['label'] for option in menu['options']]}"
    result: InteractionResult = await member.select(posted, values, custom_id=menu["custom_id"])
    return result


def sections_of(posted: Posted) -> dict[str, str]:
    """Return the forms that the *Edit…* menu offers, with the state of each."""
    menus = [node for node in nodes_of(posted) if str(node.get("custom_id", "")).startswith("draft:edit:")]
    return {option["label"]: option["description"] for menu in menus for option in menu["options"]}


async def press_behind_more(member: MemberActor, posted: ResponseMessage, label: str) -> InteractionResult:
    """Press *More* on a draft card, then one of the buttons behind it."""
    more = await member.click(posted, label="More")
    return await member.click(answer_of(more), label=label)


async def reject(member: MemberActor, shown: InteractionResult, words: str) -> InteractionResult:
    """Fill the form that asks for a reason."""
    return await fill(member, shown, {"Reason": ["Another reason"], "In your words": words})


async def propose(world: World, person: Person, name: str) -> int:
    """Propose a model by the form and send it; returns the change's id."""
    drafted = await open_draft(world, person, name)
    await world.member(person).click(answer_of(drafted), label="Submit")
    return change_id_in(text_of(answer_of(drafted)))


async def propose_to_two(world: World, name: str) -> int:
    """Have Rita propose a model, with Abe and Cora linked to decide it; returns the change's id."""
    for person in (RITA, ABE, CORA):
        await link(world, person)
    return await propose(world, RITA, name)


def change_id_in(text: str) -> int:
    """The first ``#42`` of a text."""
    found = re.search(r"#(\d+)", text)
    assert found, text
    return int(found[1])
