"""The demo's page in a light and a dark theme: every text can be read."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
from playwright.async_api import Frame, Page, async_playwright, expect

from bot.demo.people import RITA
from bot.demo.stage import Stage
from tests.browser.install import ARGUMENTS, chromium

CONTRAST_MIN = 4.5
"""WCAG 2 AA for text of normal size."""
FAINT_TEXTS = """([min]) => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((part, i) => part * a + under[i] * (1 - a));
  const linear = (part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = (rgb) => rgb.map((part) => linear(part / 255))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === undefined ? own : over(own, behind(element.parentElement));
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("");
    const isSeen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!text.trim() || !isSeen || element.disabled) continue;
    const under = behind(element);
    const [a, b] = [light(over(parse(getComputedStyle(element).color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < min) faint.push(`${text.slice(0, 40)} (${ratio.toFixed(1)})`);
  }
  return faint;
}"""


@pytest.fixture(params=["light", "dark"])
async def themed(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Page]:
    scheme: Literal["light", "dark"] = request.param
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = await browser.new_page(color_scheme=scheme)
        page.set_default_timeout(60_000)
        await page.goto(stage.url)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        is_light = await page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] > 128")
        assert is_light == (scheme == "light")
        yield page
        await browser.close()


async def faint_texts(shown: Page | Frame) -> list[str]:
    return list(await shown.evaluate(FAINT_TEXTS, [CONTRAST_MIN]))


async def test_every_text_of_the_first_page_and_of_a_channel_can_be_read(themed: Page, stage: Stage) -> None:
    assert await faint_texts(themed) == []
    async with stage.turn:
        await stage.world.member(RITA).send(stage.world.public, "Plain, **bold**, `code`, <https://example.org> text")
        await stage.world.member(RITA).slash(stage.world.public, "hello")
    await themed.locator(".place[data-place=model-talk]").click()
    frame = themed.frame_locator("iframe[name=rita-model-talk]")
    await expect(frame.locator("#channel-timeline").get_by_text("from Rita")).to_be_visible()
    inner = themed.frame(name="rita-model-talk")
    assert inner is not None
    assert await faint_texts(inner) == []
    await frame.get_by_role("button", name="Ask").click()
    await expect(frame.get_by_role("button", name="Submit")).to_be_visible()
    assert await faint_texts(inner) == []
