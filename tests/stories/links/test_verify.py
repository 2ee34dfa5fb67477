"""Live models are verified with the hosts of their files: at once by approvers, and over a week."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.host_models import digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.demo.people import ABE, RITA
from bot.demo.world import World
from bot.services.models.verification import SLOT, SLOTS, Verification, name_digest, slot_of
from bot.ui import custom_ids
from bot.ui.custom_ids import VerifyVerb
from tests.harness.failures import Ending, Failures
from tests.harness.messages import answer_of, enabled_buttons_of, posted_in, text_of
from tests.harness.simulation import Simulation
from tests.stories.links.conftest import REFUTED
from tests.stories.people import change_id_in, link


def models_to_look_at(text: str) -> int:
    """Return the number in the heading of findings."""
    heading = re.search(r"(\d+) live models to look at", text)
    assert heading, text
    return int(heading[1])


@pytest.mark.usefixtures("refuted")
async def test_an_approver_verifies_the_live_models_and_proposes_what_the_host_says(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    simulation.clock.ahead += timedelta(hours=1)  # the bot may have read the models before
    await link(world, ABE)
    abe = world.member(ABE)
    shown = await abe.slash(world.review, "model verify", category="image_generation")
    text = text_of(shown)
    assert models_to_look_at(text) >= len(REFUTED)  # other tests' live models may be refuted too
    assert "**Lantern Dusk** · Image model" in text
    assert "**Hugging Face has another file**" in text
    assert "**Not there:**" in text
    asked = len(hosts.asked)
    await abe.slash(world.review, "model verify", model="Lantern Dusk")
    assert len(hosts.asked) == asked
    custom_id = custom_ids.verify(VerifyVerb.UPDATE, "image_generation", name_digest("Lantern Dusk"))
    drafted = await abe.click(answer_of(shown), custom_id=custom_id)
    draft = text_of(answer_of(drafted))
    assert "UPDATE · Image model" in draft
    assert digest("tide table")[:12] in draft
    await abe.click(answer_of(drafted), label="Submit")
    assert change_id_in(text_of(answer_of(drafted)))
    custom_id = custom_ids.verify(VerifyVerb.DELETE, "image_generation", name_digest("Tin Robot"))
    drafted = await abe.click(answer_of(shown), custom_id=custom_id)
    draft = text_of(answer_of(drafted))
    assert "DELETE · Image model" in draft
    assert "Workers cannot download its file any more" in draft
    assert "Delete…" in enabled_buttons_of(answer_of(drafted))


@pytest.mark.usefixtures("refuted")
async def test_wherever_an_update_of_a_refuted_model_breaks_off_nothing_changed_is_true(
    world: World, hosts: HostsStandIn, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulation.clock.ahead += timedelta(hours=1)  # the bot may have read the models before
    await link(world, ABE)
    abe, drafts = world.member(ABE), simulation.bot.services.draft_service.drafts
    shown = await abe.slash(world.review, "model verify", model="Lantern Dusk")
    failures = Failures()
    failures.watch_storage(simulation.bot, monkeypatch)
    for at in range(50):
        failures.arm(at, Ending.FAILS)
        pressed = await abe.click(answer_of(shown), label="Propose update")
        steps = failures.disarm()
        stored = await drafts.of_user(abe.id)
        if at >= len(steps):
            assert "disk" in steps
            assert digest("tide table")[:12] in text_of(answer_of(pressed))
            return
        if "**Changed:** nothing" in text_of(answer_of(pressed)):
            assert stored == [], (at, steps)
        for draft in stored:
            await simulation.bot.services.draft_service.discard(abe.id, draft.draft_id)
    pytest.fail("it never came to an end")


@pytest.mark.usefixtures("refuted")
async def test_hosts_that_cannot_be_asked_refute_no_model(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    simulation.clock.ahead += timedelta(hours=1)  # the bot may have read the models before
    hosts.play(HostMood.FAILING)
    await link(world, ABE)
    text = text_of(await world.member(ABE).slash(world.review, "model verify"))
    assert "Nothing was checked" in text
    assert re.search(r"Of \d+ models the host could not be asked\.", text)


async def test_requestors_do_not_verify(world: World, hosts: HostsStandIn) -> None:
    await link(world, RITA)
    assert "approver role" in text_of(await world.member(RITA).slash(world.public, "model verify"))
    assert hosts.asked == []


@pytest.mark.usefixtures("refuted")
async def test_the_weekly_check_asks_about_each_model_once_a_week_and_a_digest_follows_on_monday(
    world: World, hosts: HostsStandIn, simulation: Simulation
) -> None:
    simulation.clock.ahead += timedelta(hours=1)  # the bot may have read the models before
    services = simulation.bot.services
    await services.verification.ask_due()
    for slot in sorted(slot_of("image_generation", name) for name, _ in REFUTED):
        now = int(simulation.clock().timestamp() // SLOT.total_seconds())
        simulation.clock.ahead += SLOT * ((slot - now) % SLOTS)
        asked = len(hosts.asked)
        assert await services.verification.ask_due() >= 1  # other tests' live models may have the slot too
        assert await services.verification.ask_due() == 0
        assert len(hosts.asked) > asked
    while simulation.clock().weekday() != 0 or simulation.clock().hour < 9:
        simulation.clock.ahead += timedelta(hours=1)
    assert await services.host_digests.make()
    assert not await services.host_digests.make()
    await world.env.advance_time(60)
    post = next(message for message in posted_in(world.review, world.env) if "to look at" in text_of(message))
    assert models_to_look_at(text_of(post)) >= len(REFUTED)
    assert {"Propose update", "Propose delete"} <= set(enabled_buttons_of(post))
    assert len(hosts.asked) < 20


@pytest.mark.parametrize("moment", [datetime(2026, 3, 3, 12, tzinfo=UTC), datetime(2026, 3, 2, 3, tzinfo=UTC)])
def test_a_post_is_read_as_it_was_stored(moment: datetime) -> None:
    found = Verification((), 3, waiting=int(moment.day))
    assert Verification.of(found.facts()) == found
