"""Context menus and threads in Chromium, on a demo whose queue is lived-in."""

from playwright.async_api import expect

from bot.demo.host_models import LANTERN_BAY
from bot.demo.people import ABE, RITA
from bot.demo.world import PUBLIC_CHANNEL, REVIEW_CHANNEL
from tests.browser.conftest import Opening, Starting

REJECTED = "#4 CREATE Granite Photo Two"


async def test_a_rejection_is_discussed_in_its_thread_and_a_message_becomes_a_draft(
    start_demo: Starting, open_window: Opening
) -> None:
    window = await open_window(await start_demo("--lived-in"))
    picture = "**/api/assets/*"
    await window.page.route(picture, lambda _route: None)  # no answer yet
    abe = await window.be(ABE, REVIEW_CHANNEL)
    glyph = abe.message("#4 · CREATE").locator("img.custom-emoji").first
    await expect(glyph).to_be_attached()
    await expect(glyph).to_be_hidden()
    await window.page.unroute(picture)
    await window.page.reload()
    abe = await window.be(ABE, REVIEW_CHANNEL)
    card = await abe.sees("#4 · CREATE", "Rejected")
    await card.get_by_role("link", name=REJECTED).click()
    thread = await window.be_in_thread(REJECTED)
    await thread.sees("Rejected", "Granite Photo draws the same.")
    await window.shoot("30 thread", thread)

    rita = await window.be(RITA, PUBLIC_CHANNEL)
    await rita.write(f"Who knows {LANTERN_BAY} ?")
    await (await rita.sees("Who knows")).click(button="right")
    await rita.frame.get_by_role("menuitem", name="Propose from this message").click()
    await rita.is_answered("Lantern Bay XL", "Filled:")

    await rita.write('{"name": "Made Up", "nsfw": false}')
    record = await rita.sees("Made Up")
    await record.hover()
    await record.get_by_role("button", name="Apps").click()
    await rita.frame.get_by_role("menuitem", name="Propose from this message").click()
    await expect(rita.form.get_by_text("Category")).to_be_visible()
    await window.shoot("31 category asked", rita)
