"""The demo's page in a real Chromium: what a person sees first, and what happens when they press."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.demo.people import PEOPLE, RITA
from bot.demo.stage import Stage
from tests.browser.console import collect_problems
from tests.browser.install import ARGUMENTS, chromium

DESKTOP = (1280, 860)
PHONE = (390, 844)
expect.set_options(timeout=60_000)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(request: pytest.FixtureRequest, browser: Browser, stage: Stage) -> AsyncIterator[Page]:
    width, height = request.param
    opened = await browser.new_page(viewport={"width": width, "height": height})
    opened.set_default_timeout(60_000)
    problems: list[str] = []
    collect_problems(opened, problems)
    await opened.goto(stage.url)
    await expect(opened.get_by_role("heading", level=1)).to_be_visible()
    yield opened
    await opened.close()
    assert problems == []


async def assert_nothing_hangs_over(page: Page) -> None:
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0


async def test_the_first_sight_says_who_is_who_and_what_to_try(page: Page) -> None:
    for person in PEOPLE:
        await expect(page.locator(".cast").get_by_text(person.key)).to_be_visible()
    await expect(page.locator(".steps > li")).to_have_count(11)
    await assert_nothing_hangs_over(page)
    await page.get_by_role("button", name="Live").first.click()
    await expect(page.get_by_text("Paper Crane")).to_be_visible()
    await assert_nothing_hangs_over(page)


async def test_a_person_commands_presses_and_fills_a_form_and_another_sees_the_public_part(page: Page) -> None:
    await page.locator(".steps").get_by_role("button", name="Be Rita in #model-talk").first.click()
    await expect(page.get_by_text("You are Rita", exact=True)).to_be_visible()
    rita = page.frame_locator("iframe[name=rita-model-talk]")
    box = rita.get_by_placeholder("Message #model-talk")
    await box.click()
    await box.press_sequentially("/hello")
    await expect(rita.get_by_text("Say hello in the channel")).to_be_visible()
    await box.press("Enter")
    await rita.locator("#send-message").click()
    await expect(rita.locator("#channel-timeline").get_by_text("from Rita")).to_be_visible()
    await assert_nothing_hangs_over(page)
    await rita.get_by_role("button", name="Ask").click()
    await rita.get_by_role("button", name="Submit").click()
    await expect(rita.locator("#channel-timeline").get_by_text("The service says 200")).to_be_visible()

    await page.get_by_label("You are", exact=True).get_by_role("button", name="Abe").click()
    abe = page.frame_locator("iframe[name=abe-model-talk]")
    await expect(abe.locator("#channel-timeline").get_by_text("from Rita")).to_be_visible()
    await expect(abe.get_by_text("The service says 200")).to_have_count(0)


async def test_a_mark_shows_where_something_new_is_and_a_link_to_it_stays_inside(page: Page, stage: Stage) -> None:
    world = stage.world
    review = page.get_by_role("button", name="model-review", exact=False).first
    await expect(review.locator(".news")).to_have_count(0)
    async with stage.turn:
        await world.member(RITA).slash(world.review, "hello")
    await expect(review.locator(".news")).to_be_visible()
    async with stage.turn:
        link = f"https://discord.com/channels/{world.guild.id}/{world.review.id}/1"
        await world.owner.send(world.public, f"Look [there]({link})")
    await page.get_by_role("button", name="model-talk").first.click()
    await page.frame_locator("iframe[name=rita-model-talk]").get_by_text("there", exact=True).click()
    rita = page.frame_locator("iframe[name=rita-model-review]")
    await expect(rita.locator("#channel-timeline").get_by_text("from Rita")).to_be_visible()
    await expect(review.locator(".news")).to_have_count(0)
