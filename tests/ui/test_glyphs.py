import io
import re
import runpy
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.ui import custom_ids
from bot.ui.glyphs import FALLBACKS, Glyph, Theme, picture, upload_glyphs
from tests.ui.inert import ID_LENGTH_MAX


class Application:
    """Discord's side of application emojis."""

    def __init__(self, *known: str, refuses: bool = False) -> None:
        self.names = list(known)
        self.made: list[str] = []
        self.refuses = refuses

    async def fetch_application_emojis(self) -> list[Any]:
        return [self._emoji(name) for name in self.names]

    async def create_application_emoji(self, *, name: str, image: bytes) -> Any:
        if self.refuses:
            raise discord.HTTPException(cast("Any", SimpleNamespace(status=400, reason="no")), "no")
        assert image.startswith(b"\x89PNG")
        self.made.append(name)
        return self._emoji(name)

    @staticmethod
    def _emoji(name: str) -> Any:
        return discord.PartialEmoji(name=name, id=1234567890)


async def upload(application: Application) -> dict[Glyph, str]:
    return await upload_glyphs(cast("discord.Client", application))


async def test_missing_glyphs_are_uploaded_and_those_that_are_there_are_used() -> None:
    application = Application("hc_pending", "from_another_app")
    glyphs = await upload(application)
    assert set(glyphs) == set(Glyph)
    assert glyphs[Glyph.PENDING] == "<:hc_pending:1234567890>"
    assert sorted(application.made) == sorted(f"hc_{glyph}" for glyph in Glyph if glyph is not Glyph.PENDING)


async def test_a_refused_upload_leaves_the_look_alikes_in_place() -> None:
    theme = Theme()
    theme.use_glyphs(await upload(Application(refuses=True)))
    assert {glyph: theme.glyph(glyph) for glyph in Glyph} == FALLBACKS


def test_a_command_is_code_until_its_id_is_known() -> None:
    theme = Theme()
    assert theme.command("account link") == "`/account link`"
    assert not theme.knows("account link")
    theme.use_commands({"account": 77})
    assert theme.command("account link") == "</account link:77>"
    assert theme.knows("account unlink")


@pytest.mark.parametrize("name", [*Glyph, "avatar"])
def test_every_picture_is_small_and_square(name: str) -> None:
    data = picture(name)
    image = Image.open(io.BytesIO(data))
    assert image.size == ((256, 256) if name == "avatar" else (128, 128))
    assert len(data) < 256 * 1024
    assert name == "avatar" or image.mode == "RGBA"


def test_the_script_draws_the_pictures_that_are_kept(tmp_path: Any) -> None:
    script = runpy.run_path("scripts/draw_glyphs.py")
    script["main"].__globals__["OUT"] = tmp_path
    script["main"]()
    for name in (*Glyph, "avatar"):
        drawn, kept = Image.open(tmp_path / f"{name}.png"), Image.open(io.BytesIO(picture(name)))
        assert drawn.tobytes() == kept.tobytes()


IDS = st.integers(min_value=1, max_value=2**59)
DIGESTS = st.text(alphabet="0123456789abcdef", min_size=10, max_size=10)
MADE = st.one_of(
    st.builds(custom_ids.change, st.sampled_from(custom_ids.ChangeVerb), IDS, DIGESTS),
    st.builds(custom_ids.confirm_approve, IDS, DIGESTS),
    st.builds(custom_ids.draft, st.sampled_from(custom_ids.DraftVerb), IDS),
    st.builds(custom_ids.account, st.sampled_from(custom_ids.AccountVerb)),
    st.just(custom_ids.CONFIRM_CANCEL),
    st.just(custom_ids.setup_test()),
)
SINGLE = (
    *(custom_ids.change_template(verb) for verb in custom_ids.ChangeVerb),
    *(custom_ids.draft_template(verb) for verb in custom_ids.DraftVerb),
    *(custom_ids.account_template(verb) for verb in custom_ids.AccountVerb),
    custom_ids.CONFIRM_APPROVE_TEMPLATE,
    custom_ids.CONFIRM_CANCEL,
    custom_ids.SETUP_TEMPLATE,
)


@given(MADE)
def test_every_button_is_served_by_exactly_one_class(custom_id: str) -> None:
    assert len(custom_id) <= ID_LENGTH_MAX
    assert sum(bool(re.fullmatch(template, custom_id)) for template in custom_ids.TEMPLATES) == 1
    # discord.py itself only asks for a match at the start.
    assert sum(bool(re.match(template, custom_id)) for template in SINGLE) == 1


@given(st.text())
def test_made_up_ids_are_not_served(custom_id: str) -> None:
    for template in custom_ids.TEMPLATES:
        match = re.fullmatch(template, custom_id)
        assert match is None or custom_id.isascii()
