"""Draws every screen in the simulated Discord, desktop and phone: `python -m tests.ui.gallery FOLDER [PREFIX…]`."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Any, override

import discord
from discord import app_commands
from playwright.async_api import async_playwright

from bot.demo import simcord_seams as seams
from bot.reference.models import CanonicalFormat
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import first_fields
from bot.ui.forms.base import Form
from bot.ui.forms.confirmation import PurgeForm
from bot.ui.forms.link import LinkForm
from bot.ui.forms.reasons import RejectForm, RejectSeveralForm, WhyForm
from bot.ui.forms.section import SectionForm, page_of_section, proposal_title
from bot.ui.glyphs import EMOJI_PREFIX, Glyph, Theme, picture, upload_glyphs
from tests.browser.install import chromium
from tests.ui import samples
from tests.ui.screens import SCREENS, card_of
from tests.ui.unheard import nothing

WIDTHS = {"desktop": 620, "phone": 390}


CHOICES = {
    "baselines": ("stable_diffusion_1", "stable_diffusion_xl", "flux_1"),
    "licences": ("Apache-2.0", "MIT", "OpenRAIL-M"),
    "LicenseObligation": ("attribution", "include_license", "share_alike"),
    "CONTROLNET_STYLE": ("control_canny", "control_depth"),
    "TextInteractionMode": ("completion", "instruction", "chat"),
    "TextCapability": ("tool_calling", "structured_output"),
}


def _begin(category: str, *, name: str = "") -> Form:
    dialect = CanonicalFormat.V2
    title, fields = proposal_title("Propose", category), first_fields(category, dialect)
    return SectionForm(
        title, category, fields, nothing, nothing, record={}, dialect=dialect, choices=CHOICES, name=name
    )


def _form(category: str, section: Section, page: int = 0) -> Form:
    title, fields = page_of_section(category, section, page, CanonicalFormat.V2)
    return SectionForm(
        title,
        category,
        fields,
        nothing,
        nothing,
        record=samples.PIXEL if category == "image_generation" else samples.TEXT_MODEL,
        dialect=CanonicalFormat.V2,
        choices=CHOICES,
        name="Pixel Illustrious",
    )


SEVERAL = {42: samples.UPDATE, 58: samples.CREATE}

FORMS: dict[str, Any] = {
    "08a-form-link": partial(LinkForm, nothing, nothing),
    "08b-form-image": partial(_begin, "image_generation", name="Pixel Illustrious"),
    "08b2-form-text": partial(_begin, "text_generation"),
    "08b3-form-other": partial(_begin, "controlnet"),
    "08b4-form-basics": partial(_form, "image_generation", Section.BASICS),
    "08c-form-files": partial(_form, "image_generation", Section.FILES),
    "08g-form-details": partial(_form, "image_generation", Section.DETAILS),
    "08g2-form-more-details": partial(_form, "image_generation", Section.DETAILS, 1),
    "08g3-form-text-details": partial(_form, "text_generation", Section.DETAILS),
    "08g4-form-more-text-details": partial(_form, "text_generation", Section.DETAILS, 1),
    "08h-form-licensing": partial(_form, "image_generation", Section.LICENSING),
    "08h2-form-more-licensing": partial(_form, "image_generation", Section.LICENSING, 1),
    "08d-form-reject": partial(RejectForm, 42, nothing, nothing, facts=samples.pending(samples.UPDATE)),
    "08d2-form-reject-several": partial(
        RejectSeveralForm, 3, "**#42** UPDATE · Deliberate\n**#58** CREATE · Nova\n**#99**", nothing, nothing
    ),
    "08e-form-purge": partial(PurgeForm, (31, 38, 47), nothing, nothing),
    "08f-form-why": partial(WhyForm, samples.WHY, nothing, nothing),
}


class GalleryBot(discord.Client):
    """Opens forms by a command."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)

        @self.tree.command()
        async def form(interaction: discord.Interaction[Any], name: str) -> None:
            """Open a form."""
            made: Form = FORMS[name]()
            await interaction.response.send_modal(made)

    @override
    async def setup_hook(self) -> None:
        await self.tree.sync()


async def main(folder: Path, prefixes: tuple[str, ...]) -> None:
    """Draw all screens whose names begin with one of the prefixes."""
    folder.mkdir(parents=True, exist_ok=True)
    bot = GalleryBot()
    env = seams.QuickEnv(bot, settle_timeout=10)
    env.backend.edit_bot_profile("Horde Curator")
    seams.show_user_image(env, env.backend.bot_user.id, "avatar", picture("avatar"))
    guild = env.create_guild("AI Horde", owner=env.create_user("olga", global_name="Olga"))
    channel = guild.create_text_channel("model-review")
    alice = guild.add_member(env.create_user("alice", global_name="Alice"))
    seams.start_clock_at(env, samples.NOW)
    await env.start()
    theme = Theme()
    theme.use_glyphs(await upload_glyphs(bot))
    seams.show_emoji_images(env, {f"{EMOJI_PREFIX}{glyph}": picture(glyph) for glyph in Glyph})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        async with env.preview(channel, viewers=[alice], layout="message", display="fixed") as preview:
            preview._capture_manager._browser = browser
            for name, draw in SCREENS.items():
                if name.startswith(prefixes):
                    card = card_of(draw(theme))
                    sent = bot.get_channel(channel.id)
                    assert isinstance(sent, discord.TextChannel)
                    message = await sent.send(view=card.view, files=list(card.files))
                    await _shoot(preview, message, folder / name)
            for name in FORMS:
                if name.startswith(prefixes):
                    await _shoot(preview, await alice.slash(channel, "form", name=name), folder / name)
    await env.shutdown()
    await bot.close()


async def _shoot(preview: Any, target: Any, path: Path) -> None:
    for device, width in WIDTHS.items():
        await preview.screenshot(
            Path(f"{path}-{device}.png"), target=target, viewport=(width, 1500), allow_incomplete=True
        )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), tuple(sys.argv[2:]) or ("",)))
