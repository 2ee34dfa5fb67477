"""The number of presses that common jobs take: each is a promise to a person on a phone.

A press is: a command sent, an option or a field filled, a choice in a menu, a button, a form sent. Each job prints its
count: ``pytest -rP tests/stories/test_presses.py`` shows all six.
"""

import pytest
import simcord
from simcord.results import ResponseMessage

from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, menu_of, posted_in, text_of
from tests.harness.queue import change_of, decide_beside, propose_harmless
from tests.stories.counted import Counted
from tests.stories.people import FILE_LINE, change_id_in, link, propose, reject


@pytest.fixture
def service(v2_service: ReferenceService) -> ReferenceService:
    return v2_service


def choices_in(listed: ResponseMessage) -> tuple[str, dict[int, str]]:
    """Return the id of the menu that chooses changes, and its value of each change."""
    menu = menu_of(listed, "choose")
    return menu.custom_id, {int(value.partition(":")[0]): value for value in menu.values}


async def test_a_model_is_proposed_by_form_with_a_reason_in_eight_presses(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = Counted(world.member(RITA))
    shown = await rita.slash(world.public, "propose-model create")
    answers: dict[str, object] = {
        "Name": "Story Quick",
        "Baseline": ["stable_diffusion_xl"],
        "NSFW": "no",
        "Files or link": FILE_LINE,
        "Why": "Asked for by many.",
    }
    drafted = await rita.fill(shown, answers)
    await rita.click(answer_of(drafted), "Submit")
    change = change_of(service, change_id_in(text_of(answer_of(drafted))))
    assert change["category"] == "image_generation"
    rita.took_at_most(8, "propose by form with a reason")


async def test_a_change_is_approved_and_applied_in_two_presses(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    await link(world, CORA)
    change_id = await propose(world, RITA, "Story Pressed Both")
    cora = Counted(world.member(CORA))
    asked = await cora.click(card_of(world.review, env, change_id), "Approve")
    await cora.click(answer_of(asked), "Approve and apply")
    assert change_of(service, change_id)["status"] == "applied"
    cora.took_at_most(2, "approve and apply one change")


async def test_two_changes_are_approved_together_in_five_presses(world: World, service: ReferenceService) -> None:
    ids = [propose_harmless(service, f"Story Pair {number}") for number in range(2)]
    await link(world, CORA)
    cora = Counted(world.member(CORA))
    listed = answer_of(await cora.slash(world.public, "queue list"))
    menu, values = choices_in(listed)
    await cora.select(listed, [values[one] for one in ids], custom_id=menu)
    await cora.click(listed, "Approve 2")
    assert [change_of(service, one)["status"] for one in ids] == ["approved", "approved"]
    cora.took_at_most(5, "approve two changes together")


async def test_three_approved_changes_are_applied_in_three_presses(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    ids = [propose_harmless(service, f"Story Three {number}") for number in range(3)]
    decide_beside(service, approve=ids)
    await link(world, CORA)
    await env.advance_time(21)
    cora = Counted(world.member(CORA))
    listed = answer_of(await cora.slash(world.public, "apply"))
    await cora.click(listed, next(label for label in buttons_of(listed) if label.startswith("Apply all")))
    assert [change_of(service, one)["status"] for one in ids] == ["applied"] * 3
    cora.took_at_most(3, "apply three approved changes")


async def test_a_rejected_proposal_is_corrected_and_sent_again_in_four_presses(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    await link(world, CORA)
    change_id = await propose(world, RITA, "Story Pressed Again")
    cora = world.member(CORA)
    await reject(cora, await cora.click(card_of(world.review, env, change_id), label="Reject…"), "Not sharp enough.")
    (told,) = posted_in(world.direct_messages(RITA), env)
    rita = Counted(world.member(RITA))
    opened = await rita.click(told, "Revise and resubmit", as_user=True)
    revised = await rita.edit(opened, {"Why": "Sharper now."}, as_user=True)
    await rita.click(answer_of(revised), "Submit", as_user=True)
    assert change_id_in(text_of(answer_of(revised))) != change_id
    rita.took_at_most(4, "revise a rejected proposal and send it again")


async def test_a_server_is_set_up_whole_in_twelve_presses(world: World, service: ReferenceService) -> None:
    for person in (ABE, CORA):
        await link(world, person)
    news = world.guild.create_text_channel("model-news")
    pinged, requestors, approvers = (world.guild.create_role(name) for name in ("Pinged", "Requestors", "Approvers"))
    admin = Counted(world.owner)
    screen = await admin.slash(world.public, "setup show")
    for setting, chosen in {
        "review_channel_id": world.review,
        "announcement_channel_id": news,
        "ping_role_id": pinged,
        "requestor_role_id": requestors,
        "approver_role_id": approvers,
        "approvals_required": "2",
        "self_approval": "block",
        "reminder_days": "3",
        "quiet_from": "22to7",
    }.items():
        await admin.select(answer_of(screen), [chosen], custom_id=f"setup:choose:{setting}")
    await admin.click(answer_of(screen), "Turn weekly digest on")
    await admin.click(answer_of(screen), "Turn threads on")
    shown = text_of(answer_of(screen)).replace("\xa0", " ")
    for words in (
        f"**Review cards** <#{world.review.id}>",
        f"**Announcements** <#{news.id}>",
        f"**Role for approvers** <@&{approvers.id}>",
        "**Approvals required** 2",
        "**Own proposals** need another approver",
        "**Reminder** after 3 days",
        "**Quiet hours** 22:00 to 7:00 UTC",
        "**Weekly digest** Mondays",
        "**Threads** on · **changed just now**",
    ):
        assert words in shown
    admin.took_at_most(12, "set a server up whole")
