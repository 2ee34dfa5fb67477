"""Script that takes the README's pictures of the demo; run it after a change of a screen."""

import argparse
import io
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import typer
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

from bot.demo.launcher import DIRECT_MESSAGES
from bot.demo.people import ABE, CORA, DAVE, PEOPLE, RITA, Person
from bot.demo.preview_mount import CAPABILITY
from bot.demo.world import PUBLIC_CHANNEL, REVIEW_CHANNEL

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
DESKTOP, PHONE, WINDOW = (720, 1200), (390, 844), (1280, 880)
SCALE = 2
COLOURS = 128
BYTES_MAX = 150_000
MARGIN = 12
READY = "() => window.simcordPreview?.ready"
ADDRESS = re.compile(r"Open\s+(http://\S+)")

LINK = "https://huggingface.co/example/harbour/resolve/main/harbour_lights.safetensors"
SHA256 = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
WHY = "Asked for in #model-talk since spring; nothing we have draws water at night."
HARBOUR = {
    "Name": "Harbour Lights",
    "Files or link": f"harbour_lights.safetensors | {LINK}",
    "Why": WHY,
}
TWICE = {
    "Name": "Harbour Lights 2",
    "Why": "The same once more.",
    "Files or link": f"harbour_lights_2.safetensors | {LINK} | {SHA256}",
}
WAITING = {
    "Tin Lanterns": "Lanterns and lamps of tin, by day and by night.",
    "Quiet Ferries": "Ferries on still water, seen from the quay.",
    "Rope and Tar": "Close views of ropes, nets and tarred wood.",
}


class PictureError(Exception):
    """The demo did not start, or a picture is too large."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Browser page of a person in one channel."""

    page: Page
    person: Person

    @classmethod
    def take(cls, browser: Browser, address: str, person: Person, place: str, size: tuple[int, int] = DESKTOP) -> Self:
        """Open the page; ``size`` of the window in CSS pixels."""
        page = _open(browser, f"{address}as/{person.name.lower()}/{place}/#{CAPABILITY}", size)
        page.wait_for_function(READY)
        return cls(page, person)

    def command(self, invocation: str, **options: str) -> None:
        """Type a slash command; an option with choices takes the named one."""
        self.page.locator("#channel-composer-input").fill(invocation)
        self.page.locator(".command-entry", has_text=invocation).first.click()
        for name, value in options.items():
            field = self.page.locator(f'.command-option-input[data-option="{name}"]')
            offered = self.page.locator(f'.command-suggestion[data-value="{name}"]')
            field.or_(offered).wait_for()
            if not field.count():  # an optional one is first taken from the list
                offered.click()
            field.fill(value)
            self.page.get_by_role("option", name=value, exact=True).click()
        self.page.locator("#send-message").click()

    def link(self) -> None:
        """Link the person's own key."""
        self.command("/account link")
        self.fill({"AI-Horde API key": self.person.key})
        self.see(f"Linked as {self.person.horde_username}")

    def fill(self, fields: dict[str, str], *, picks: dict[str, str] | None = None) -> None:
        """Fill the open form by labels and submit it; ``picks`` are choices from its menus."""
        form = self.page.locator(".modal-dialog")
        form.wait_for()
        for label, text in fields.items():
            form.get_by_label(label).fill(text)
        for label, choice in (picks or {}).items():
            control = form.get_by_label(label)
            if control.count() == 1 and control.get_attribute("aria-haspopup") == "listbox":
                control.click()
                self.page.get_by_role("option", name=choice).click()
            else:
                form.get_by_text(choice, exact=True).click()
        form.get_by_role("button", name="Submit").click()
        form.wait_for(state="detached")

    def press(self, label: str) -> None:
        """Press the last button with this label."""
        self.page.locator("#channel-timeline").get_by_role("button", name=label, exact=True).last.click()

    def see(self, text: str) -> Locator:
        """Wait for a message with this text, scroll to the newest one, and return it."""
        message = self.page.locator("#channel-timeline .channel-message", has_text=text).last
        message.wait_for()
        self.page.wait_for_function(READY)
        message.evaluate("message => message.scrollIntoView({block: 'end'})")
        return message


def _open(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    width, height = size
    page = browser.new_page(
        bypass_csp=True, viewport={"width": width, "height": height}, device_scale_factor=SCALE, color_scheme="dark"
    )
    page.goto(address)
    return page


def shoot(name: str, page: Page, message: Locator | None = None) -> None:
    """Save a picture of one message with a margin, or of the whole window.

    Raises:
        PictureError: it is larger than a repository should carry.
    """
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)  # neither mouse nor focus may light a message up
    page.evaluate("document.activeElement?.blur()")
    clip = None
    if message is not None:
        box = message.bounding_box()
        if box is None:
            raise PictureError(f"{name}: the message is not on the page")
        clip = _with_margin(box, page)
    image = Image.open(io.BytesIO(page.screenshot(clip=clip)))
    path = OUT / f"{name}.png"
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise PictureError(f"{name}: {size} bytes")
    typer.echo(f"{path.relative_to(ROOT)}  {image.width} x {image.height}  {size // 1000} kB")


def _with_margin(box: FloatRect, page: Page) -> FloatRect:
    window = page.viewport_size or {"width": 0, "height": 0}
    top = max(0, box["y"] - MARGIN)
    bottom = min(window["height"], box["y"] + box["height"] + MARGIN)
    return {"x": 0, "y": top, "width": window["width"], "height": bottom - top}


@contextmanager
def demo() -> Iterator[str]:
    """Run the demo as a user would; yield its address.

    Raises:
        PictureError: the demo ended before it was ready.
    """
    command = (sys.executable, "-m", "bot", "demo")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ourselves
        try:
            found = next(filter(None, map(ADDRESS.search, process.stdout or ())), None)
            if found is None:
                raise PictureError("the demo did not open")
            yield found[1]
        finally:
            process.send_signal(signal.SIGINT)


def play(browser: Browser, address: str) -> None:
    """Link, propose, approve one model and reject another, with a picture at each stage."""
    launcher = _open(browser, address, WINDOW)
    launcher.get_by_role("heading", level=1).wait_for()
    launcher.wait_for_load_state("networkidle")
    shoot("launcher", launcher)

    rita = Seat.take(browser, address, RITA, PUBLIC_CHANNEL)
    rita.link()
    propose(rita, HARBOUR)
    shoot("draft", rita.page, rita.see(WHY))
    rita.press("Submit")
    rita.see("Queued as #1")

    abe = Seat.take(browser, address, ABE, REVIEW_CHANNEL)
    shoot("card", abe.page, abe.see("Harbour Lights"))
    cora = Seat.take(browser, address, CORA, REVIEW_CHANNEL, PHONE)
    cora.see("Harbour Lights")
    shoot("phone", cora.page)
    dave = Seat.take(browser, address, DAVE, REVIEW_CHANNEL)
    dave.link()
    dave.press("Approve")
    shoot("refused", dave.page, dave.see("You need the approver role"))
    abe.link()
    abe.press("Approve")
    abe.see("Approve #1?")
    abe.press("Approve #1")
    abe.see("Approved")
    abe.press("Apply")
    abe.see("#1 is applied")
    shoot("live", abe.page, abe.see("#1 · CREATE"))

    propose(rita, TWICE)
    rita.press("Submit")
    rita.see("Queued as #2")
    cora.link()
    cora.see("Harbour Lights 2")
    cora.press("Reject…")
    cora.fill({"In your words": "Harbour Lights went live a minute ago."}, picks={"Reason": "Duplicate of a model"})
    told = Seat.take(browser, address, RITA, DIRECT_MESSAGES, PHONE)
    told.see("Rejected")
    shoot("told", told.page)
    look_at_the_queue(browser, address, rita)


def look_at_the_queue(browser: Browser, address: str, requestor: Seat) -> None:
    """Take pictures of the queue as a list and as statistics."""
    for name, words in WAITING.items():
        propose(requestor, {"Name": name, "Why": words, "Files or link": f"{name[0]}.safetensors | {LINK} | {SHA256}"})
        requestor.press("Submit")
        requestor.see("Queued as")
    abe = Seat.take(browser, address, ABE, PUBLIC_CHANNEL)
    abe.command("/queue list")
    shoot("list", abe.page, abe.see("newest first"))
    abe.command("/queue stats")
    shoot("stats", abe.page, abe.see("The queue in week"))


def propose(seat: Seat, answers: dict[str, str]) -> None:
    """Create the draft of an image model."""
    seat.command("/propose-model create")
    seat.fill(answers, picks={"Baseline": "stable_diffusion_xl", "NSFW": "No"})
    seat.see("nothing has been sent")


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="another browser than Playwright's own")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    typer.echo(f"As {', '.join(person.name for person in PEOPLE)}:")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        play(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
