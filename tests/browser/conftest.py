"""A window on a demo that runs as a process, both of the test's own."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Error as PageError
from playwright.async_api import async_playwright, expect

from tests.browser.console import collect_problems
from tests.browser.demo_process import DemoProcess
from tests.browser.install import ARGUMENTS, chromium
from tests.browser.window import DESKTOP, PATIENCE_MS, Window

type Opening = Callable[[DemoProcess], Awaitable[Window]]
type Starting = Callable[..., Awaitable[DemoProcess]]

PICTURES = "CURATOR_TEST_PICTURES"
"""Names a folder in which the pictures stay; without it they go to the test's own."""


@pytest.fixture
async def start_demo() -> AsyncIterator[Starting]:
    """Start the demo, with options; kill what still runs at the end."""
    async with AsyncExitStack() as stack:

        async def start(*options: str) -> DemoProcess:
            running = await DemoProcess.start(*options)
            stack.push_async_callback(running.kill)
            return running

        yield start


@pytest.fixture
async def open_window(tmp_path: Path) -> AsyncIterator[Opening]:
    """Open a demo in Chromium; the page may report no error of its own until the window closes."""
    pictures = Path(os.environ.get(PICTURES) or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)

        async def open_on(demo: DemoProcess) -> Window:
            width, height = DESKTOP
            page = await browser.new_page(
                bypass_csp=True, viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            page.set_default_timeout(PATIENCE_MS)
            collect_problems(page, problems)
            try:
                await page.goto(demo.url)
            except PageError as error:
                await demo.kill()
                error.add_note(f"The demo said:\n{demo.said}")
                raise
            return Window(page, pictures)

        yield open_on
        await browser.close()
    assert problems == []
