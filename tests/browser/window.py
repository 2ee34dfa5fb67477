"""One browser window on the demo: being a person in a place, typing, pressing, filling forms, and taking pictures."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import FrameLocator, Locator, Page, expect

from bot.demo.launcher import DIRECT_MESSAGES
from bot.demo.people import Person

DESKTOP, PHONE = (1280, 860), (390, 844)
PATIENCE_MS = 60_000
"""Cap on each wait: only a test that fails reaches it, also on a busy machine."""
REFUSED_MS = 15_000
"""After this a command that is still being written was refused, since the page was busy: people press again."""
READY = "() => window.simcordPreview?.ready === true"


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in front of one channel, inside the window."""

    page: Page
    name: str

    @property
    def frame(self) -> FrameLocator:
        """The simulated Discord of this person and place."""
        return self.page.frame_locator(f"iframe[name={self.name}]")

    @property
    def timeline(self) -> Locator:
        """The conversation."""
        return self.frame.locator("#channel-timeline")

    @property
    def form(self) -> Locator:
        """The form that lies over the conversation."""
        return self.frame.locator(".modal-dialog")

    async def command(self, invocation: str, **options: str) -> None:
        """Type a slash command and send it; an option with choices takes the one that is named.

        Where no option is required, the list of options opens by itself.
        """
        await self.frame.locator("#channel-composer-input").press_sequentially(invocation)
        await self.frame.locator(".command-entry", has_text=invocation).first.click()
        for name, value in options.items():
            field = self.frame.locator(f'.command-option-input[data-option="{name}"]')
            offered = self.frame.locator(f'.command-suggestion[data-value="{name}"]')
            await expect(field.or_(offered)).to_be_visible()
            if await field.count() == 0:
                await offered.click()
            await field.fill(value)
            choice = self.frame.get_by_role("option", name=value, exact=True)
            if await choice.count():
                await choice.click()
        send, composer = self.frame.locator("#send-message"), self.frame.locator("#channel-composer-input")
        await send.click()
        try:
            await expect(composer).to_be_visible(timeout=REFUSED_MS)
        except AssertionError:
            await send.click()
            await expect(composer).to_be_visible()

    async def write(self, text: str) -> None:
        """Send a message."""
        await self.frame.locator("#channel-composer-input").fill(text)
        await self.frame.locator("#send-message").click()

    async def fill(self, **fields: str) -> None:
        """Write into the open form, a field by its label (`_` for a space)."""
        await expect(self.form).to_be_visible()
        for label, text in fields.items():
            await self.form.get_by_label(label.replace("_", " ")).fill(text)

    async def choose(self, **choices: str) -> None:
        """Choose from menus and radio buttons of the open form, each by its label (`_` for a space)."""
        await expect(self.form).to_be_visible()
        for label, choice in choices.items():
            control = self.form.get_by_label(label.replace("_", " "))
            if await control.count() == 1 and await control.get_attribute("aria-haspopup") == "listbox":
                await control.click()
                await self.frame.get_by_role("option", name=choice).click()
            else:
                await self.form.get_by_text(choice, exact=True).click()

    async def submit(self) -> None:
        """Send the open form."""
        await self.form.get_by_role("button", name="Submit").click()
        await expect(self.form).to_have_count(0)

    async def press(self, label: str) -> None:
        """Press the newest button with this label."""
        await self.timeline.get_by_role("button", name=label, exact=True).last.click()

    def message(self, *texts: str) -> Locator:
        """The newest message in which all these texts stand."""
        found = self.timeline.locator(".channel-message")
        for text in texts:
            found = found.filter(has_text=text)
        return found.last

    async def sees(self, *texts: str) -> Locator:
        """Wait until a message with all these texts is there, and give the newest."""
        found = self.message(*texts)
        await expect(found).to_be_visible()
        return found

    async def is_answered(self, *texts: str) -> Locator:
        """Wait until a message with all these texts is there for this person alone, and has come into sight."""
        found = await self.sees("Only you can see this", *texts)
        await expect(found).to_be_in_viewport()
        return found


@dataclass(frozen=True, slots=True)
class Window:
    """The launcher's page, and where its pictures go."""

    page: Page
    pictures: Path

    async def be(self, person: Person, place: str) -> Seat:
        """Become a person and go to a channel, or with `messages` to the own conversation with the bot."""
        if place == DIRECT_MESSAGES:
            await self._choose_person(person)
            await self.page.get_by_role("button", name=f"To {person.name}").click()
        else:
            await self.page.locator(f'.place[data-place="{place}"]').click()
            await self._choose_person(person)
        await expect(self.page.get_by_text(f"You are {person.name}", exact=True)).to_be_visible()
        seat = Seat(self.page, f"{person.name.lower()}-{place}")
        await expect(seat.timeline).to_be_visible()
        return seat

    async def be_in_thread(self, name: str) -> Seat:
        """Wait until the page shows this thread."""
        place = self.page.locator(".place[aria-current]")
        await expect(place).to_contain_text(name)
        person = await self.page.locator('.person[aria-pressed="true"]').get_attribute("data-who")
        seat = Seat(self.page, f"{person}-{await place.get_attribute('data-place')}")
        await expect(seat.timeline).to_be_visible()
        return seat

    async def _choose_person(self, person: Person) -> None:
        await self.page.get_by_label("You are", exact=True).get_by_role("button", name=person.name).click()

    async def shoot(self, name: str, seat: Seat | None = None, message: Locator | None = None) -> None:
        """Take a picture at both widths, of the newest message or of this one; nothing may hang over the edge."""
        for kind, (width, height) in {"phone": PHONE, "desktop": DESKTOP}.items():
            await self.page.set_viewport_size({"width": width, "height": height})
            if seat:
                frame = self.page.frame(name=seat.name)
                assert frame is not None
                await frame.wait_for_function(READY)
                shown = message or seat.message()
                await shown.evaluate(
                    "(it, isNewest) => it.scrollIntoView({ block: isNewest ? 'end' : 'center' })", message is None
                )
            await self.page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
            await self.page.screenshot(path=self.pictures / f"{re.sub(r'\W+', '-', name)}-{kind}.png")
