"""The main job in Chromium, on the demo as a user starts it: from a key to a live model."""

import httpx
from playwright.async_api import expect

from bot.demo.host_models import LANTERN_BAY
from bot.demo.launcher import DIRECT_MESSAGES
from bot.demo.people import ABE, CORA, DAVE, RITA, Person
from bot.demo.world import PUBLIC_CHANNEL, REVIEW_CHANNEL
from bot.tls import tls_context
from tests.browser.conftest import Opening, Starting
from tests.browser.demo_process import DemoProcess, still_there
from tests.browser.window import Seat, Window

SHA256 = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
FIRST, SECOND = "Harbour Lights", "Quay Fog"


async def test_a_model_goes_from_an_idea_to_the_live_list_and_another_is_rejected(
    start_demo: Starting, open_window: Opening
) -> None:
    demo = await start_demo()
    window = await open_window(demo)
    await expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    await window.shoot("01 start")

    await window.page.locator(".steps").get_by_role("button", name="Be Rita in #model-talk").first.click()
    rita = await window.be(RITA, PUBLIC_CHANNEL)
    await link(rita, RITA, "requestor", window)
    await draft(rita, FIRST, window)
    await send(rita, 1, window)
    await approve_and_apply(window)
    await find_it_live(window)

    rita = await window.be(RITA, PUBLIC_CHANNEL)
    await draft(rita, SECOND)
    await send(rita, 2)
    await refuse_dave(window)
    await reject(window)
    await read_what_rita_was_told(window)
    await propose_from_a_link(window)
    await see_what_is_done(window)
    await end(demo, window)


async def test_a_replica_takes_no_proposal_and_the_draft_is_kept(start_demo: Starting, open_window: Opening) -> None:
    demo = await start_demo("--mode", "replica")
    window = await open_window(demo)
    rita = await window.be(RITA, PUBLIC_CHANNEL)
    await rita.command("/queue mine")
    await rita.is_answered("Link your AI-Horde account first")
    await rita.command("/account link")  # a refused command leaves the box free for the next one
    await rita.fill(**{"AI-Horde API key": "no key that AI-Horde knows"})
    await rita.submit()
    await rita.is_answered("Not linked: ")
    await expect(rita.frame.get_by_text("The result is unknown")).to_have_count(0)
    await link(rita, RITA, "")
    await draft(rita, FIRST, is_read_only=True)
    await rita.is_answered("The service takes no proposals now", "The draft is kept")
    await window.shoot("20 replica draft", rita)

    await rita.command("/propose-model drafts")
    await rita.is_answered("Draft", FIRST)
    await window.shoot("21 replica drafts", rita)
    await end(demo, window)


async def link(seat: Seat, person: Person, role: str, window: Window | None = None) -> None:
    await seat.command("/account link")
    await fill_in_key(seat, person, window)
    await seat.is_answered(f"Linked as {person.horde_username}", role)


async def fill_in_key(seat: Seat, person: Person, window: Window | None = None) -> None:
    await seat.fill(**{"AI-Horde API key": person.key})
    if window:
        await window.shoot("02 link form", seat)
    await seat.submit()


async def draft(seat: Seat, name: str, window: Window | None = None, *, is_read_only: bool = False) -> None:
    await seat.command("/propose-model create")
    file = f"{name.lower().replace(' ', '_')}.safetensors"
    await seat.fill(
        Name=name,
        Files_or_link=f"{file} | https://huggingface.co/example/harbour/resolve/main/{file} | {SHA256}",
        Why="Night pictures of harbours and quays: wet stone, lamps, long exposures.",
    )
    await seat.choose(Baseline="stable_diffusion_xl", NSFW="No")
    if window:
        await window.shoot("03 proposal form", seat)
    await seat.submit()
    message = await seat.is_answered(name, "Draft", "nothing has been sent")
    await expect(message.get_by_role("button", name="Submit")).to_be_enabled(enabled=not is_read_only)
    if window:
        await window.shoot("04 draft", seat)


async def propose_from_a_link(window: Window) -> None:
    rita = await window.be(RITA, PUBLIC_CHANNEL)
    await rita.command("/propose-model create", link=LANTERN_BAY)
    message = await rita.is_answered("Lantern Bay XL", "Filled:", "Please check:")
    await window.shoot("17 draft from a link", rita, message)
    await rita.press("NSFW: yes")
    await expect(message.get_by_role("button", name="Submit")).to_be_enabled()
    await rita.press("More")
    await rita.press("Discard")
    await rita.is_answered("Discarded", "Lantern Bay XL")


async def send(seat: Seat, change_id: int, window: Window | None = None) -> None:
    await seat.press("Submit")
    await seat.is_answered(f"Queued as #{change_id}")
    if window:
        await window.shoot("05 queued", seat)


async def approve_and_apply(window: Window) -> None:
    abe = await window.be(ABE, REVIEW_CHANNEL)
    card = await abe.sees("#1 · CREATE · Image model", FIRST, "Pending", "alice#101")
    await window.shoot("06 card", abe, card)
    await abe.press("Approve")
    await abe.is_answered("Link your AI-Horde account first")
    await window.shoot("07 link first", abe)
    await abe.press("Link account")
    await fill_in_key(abe, ABE)
    await abe.is_answered(f"Linked as {ABE.horde_username}", "approver")
    await abe.message("#1 · CREATE").get_by_role("button", name="Approve", exact=True).click()
    await abe.is_answered("Approve #1?", "can no longer be rejected")
    await window.shoot("08 approve asks", abe)
    await abe.press("Approve #1")
    card = await abe.sees("#1 · CREATE · Image model", "Approved", "by bob#202")
    await window.shoot("09 approved", abe, card)
    await abe.message("#1 · CREATE").get_by_role("button", name="Apply", exact=True).click()
    await abe.is_answered("#1 is applied", "It is live")
    card = await abe.sees("#1 · CREATE · Image model", "Applied", "It is live")
    await expect(card.get_by_role("button", name="Apply", exact=True)).to_have_count(0)
    await window.shoot("10 applied", abe, card)


async def find_it_live(window: Window) -> None:
    await window.page.get_by_role("button", name="Live reference").click()
    entry = window.page.locator("#live-models li", has_text=FIRST)
    await expect(entry.get_by_text("new", exact=True)).to_be_visible()
    await expect(window.page.locator("#live-changes li", has_text=FIRST)).to_contain_text("applied")
    await window.shoot("11 live")
    address = await entry.get_by_role("link").get_attribute("href")
    assert address is not None
    async with httpx.AsyncClient(trust_env=False, verify=tls_context()) as client:
        record = (await client.get(address)).raise_for_status().json()
    assert (record["name"], record["baseline"], record["nsfw"]) == (FIRST, "stable_diffusion_xl", False)
    assert [file["sha256sum"] for file in record["config"]["download"]] == [SHA256]


async def refuse_dave(window: Window) -> None:
    dave = await window.be(DAVE, REVIEW_CHANNEL)
    await dave.sees("#2 · CREATE", SECOND, "Pending")
    await link(dave, DAVE, "")
    await dave.message("#2 · CREATE").get_by_role("button", name="Approve", exact=True).click()
    await dave.is_answered("You need the approver role", "dave#404", "Changed: nothing.")
    await window.shoot("12 refused", dave)


async def reject(window: Window) -> None:
    cora = await window.be(CORA, REVIEW_CHANNEL)
    await link(cora, CORA, "approver")
    await cora.message("#2 · CREATE").get_by_role("button", name="Reject…").click()
    await cora.choose(Reason="Duplicate of a model we have")
    await cora.fill(In_your_words="Fog at Sea draws the same.")
    await window.shoot("13 reject form", cora)
    await cora.submit()
    await cora.is_answered("#2 is rejected", "alice#101 will see your reason")
    card = await cora.sees("#2 · CREATE", "Rejected", "by carol#303", "Fog at Sea draws the same.")
    await expect(card.get_by_role("button", name="Reject…")).to_have_count(0)
    await window.shoot("14 rejected", cora, card)


async def read_what_rita_was_told(window: Window) -> None:
    messages = await window.be(RITA, DIRECT_MESSAGES)
    await messages.sees(FIRST, "It is live")
    told = await messages.sees(SECOND, "Rejected", "Duplicate of a model we have", "Fog at Sea draws the same.")
    await expect(told).to_contain_text("Changed: nothing in the model reference.")
    await window.shoot("15 told", messages)
    await told.get_by_role("link", name="Open the card").click()
    await Seat(window.page, f"rita-{REVIEW_CHANNEL}").sees("#2 · CREATE", SECOND, "Rejected")


async def see_what_is_done(window: Window) -> None:
    await window.page.get_by_role("button", name="Start here").click()
    await expect(window.page.locator(".steps .is-done")).to_have_count(5)
    await expect(window.page.locator(".news")).to_have_count(0)
    await window.shoot("16 steps done")


async def end(demo: DemoProcess, window: Window) -> None:
    """Press Ctrl-C in the terminal: nothing of it is left, and the page says so."""
    started = demo.everything_started()
    assert len(started) > 1
    assert demo.folder.is_dir()
    await window.page.goto("about:blank")
    assert await demo.interrupt() == 0
    assert demo.said.endswith("Stopped.\n")
    assert "Traceback" not in demo.said
    assert still_there(started) == set()
    assert not demo.folder.exists()
