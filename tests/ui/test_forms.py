"""Forms: fresh for each press, within Discord's limits, read before anything else."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from discord import ui
from pydantic import SecretStr

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of
from bot.services.changes import CardState, ChangeFacts
from bot.services.forms_input import BasicsAnswers, FilesAnswers
from bot.ui.forms.base import FORM_TIMEOUT_S, Form
from bot.ui.forms.files import FilesForm
from bot.ui.forms.link import LinkForm
from bot.ui.forms.proposal import BasicsForm
from bot.ui.forms.words import RejectForm, WhyForm
from tests.ui.samples import PIXEL, UPDATE, WILD

BASELINES = tuple(f"baseline_{number}" for number in range(40))
FILES = files_of(PIXEL, CanonicalFormat.V2)


async def nothing(*_: Any) -> None:
    """Does nothing with what was typed."""


MAKERS: dict[str, Callable[[], Form]] = {
    "link": lambda: LinkForm(nothing, nothing),
    "image": lambda: BasicsForm("image_generation", nothing, nothing, baselines=BASELINES, name="a" * 5000),
    "image without a list": lambda: BasicsForm("image_generation", nothing, nothing),
    "image, prefilled": lambda: BasicsForm(
        "image_generation", nothing, nothing, baselines=BASELINES, record=PIXEL, name="x", with_files=False
    ),
    "text": lambda: BasicsForm("text_generation", nothing, nothing),
    "text, prefilled": lambda: BasicsForm(
        "text_generation", nothing, nothing, record={"parameters": 7_000_000_000, "x": ["y"] * 9}, name="T"
    ),
    "other": lambda: BasicsForm("controlnet_annotator", nothing, nothing),
    "huge": lambda: BasicsForm(
        "lora", nothing, nothing, record={"description": "d" * 2_000_000, "x": "y" * 9000}, name="n"
    ),
    "files": lambda: FilesForm(FILES, nothing, nothing, size_bytes=7_270_000_000),
    "many files": lambda: FilesForm([FileEntry("n" * 300, "https://a.example/" + "x" * 300)] * 99, nothing, nothing),
    "why": lambda: WhyForm("w" * 5000, nothing, nothing),
    "reject": lambda: RejectForm(42, nothing, nothing, facts=ChangeFacts(UPDATE, CardState.PENDING)),
    "reject, hostile": lambda: RejectForm(10**17, nothing, nothing, facts=ChangeFacts(WILD, CardState.PENDING)),
    "reject, unread": lambda: RejectForm(42, nothing, nothing),
}


@pytest.mark.parametrize("name", MAKERS)
async def test_discord_takes_every_form(name: str) -> None:
    form = MAKERS[name]()
    assert 0 < len(form.title) <= 45
    assert 1 <= len(form.children) <= 5
    assert form.timeout == FORM_TIMEOUT_S
    for item in form.walk_children():
        if isinstance(item, ui.Label):
            assert 0 < len(item.text) <= 45
            assert len(item.description or "") <= 100
        if isinstance(item, ui.TextInput):
            assert len(item.default or "") <= (item.max_length or 4000) <= 4000
            assert len(item.placeholder or "") <= 100
        if isinstance(item, ui.Select):
            assert 1 <= len(item.options) <= 25
            assert len(item.placeholder or "") <= 100
            assert all(0 < len(option.label) <= 100 for option in item.options)


async def test_every_press_gets_a_form_of_its_own() -> None:
    made = [MAKERS["link"]() for _ in range(50)]
    assert len({form.custom_id for form in made}) == 50


def type_into(form: Form, **answers: str) -> None:
    """Give the fields values as Discord does with a submit."""
    for item in form.walk_children():
        if isinstance(item, ui.Label):
            field = item.component
            typed = answers.get(item.text.lower().replace(" ", "_").replace("-", "_"), "")
            if isinstance(field, ui.TextInput):
                field._value = typed
            elif isinstance(field, ui.Select):
                field._values = [typed] if typed else []
            elif isinstance(field, ui.RadioGroup):
                field._value = typed or None


async def test_two_people_submitting_at_once_never_see_each_others_key() -> None:
    seen: list[tuple[str, str]] = []
    gate = asyncio.Event()

    def form_for(person: str) -> LinkForm:
        async def done(_: Any, key: SecretStr) -> None:
            await gate.wait()
            seen.append((person, key.get_secret_value()))

        return LinkForm(done, nothing)

    forms = {person: form_for(person) for person in ("rita", "abe")}
    for person, form in forms.items():
        type_into(form, ai_horde_api_key=f"key-of-{person}")
    tasks = [asyncio.ensure_future(form.on_submit(None)) for form in forms.values()]  # type: ignore[arg-type] # unused
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert sorted(seen) == [("abe", "key-of-abe"), ("rita", "key-of-rita")]
    assert all(form.is_finished() for form in forms.values())


async def test_the_key_field_is_never_prefilled() -> None:
    fields = [item for item in MAKERS["link"]().walk_children() if isinstance(item, ui.TextInput)]
    assert [field.default for field in fields] == [None]


async def test_nsfw_is_never_answered_for_anybody() -> None:
    radios = [item for item in MAKERS["image"]().walk_children() if isinstance(item, ui.RadioGroup)]
    assert [option.default for option in radios[0].options] == [False, False]


async def test_an_image_form_hands_on_what_was_typed() -> None:
    form = BasicsForm("image_generation", nothing, nothing, baselines=BASELINES)
    type_into(form, name="Pixel", baseline="baseline_1", nsfw="yes", description="d", files="u")
    assert form.values() == BasicsAnswers(
        "image_generation", "Pixel", "baseline_1", nsfw=True, description="d", files="u"
    )


async def test_the_basics_of_an_image_draft_ask_for_its_style_too() -> None:
    form = BasicsForm("image_generation", nothing, nothing, record=PIXEL, name="x", with_files=False)
    select = next(item for item in form.walk_children() if isinstance(item, ui.Select))
    assert [option.value for option in select.options if option.default] == ["anime"]
    type_into(form, name="x", style="furry")
    assert form.values().style == "furry"


async def test_a_text_form_asks_for_parameters_and_other_fields() -> None:
    form = BasicsForm("text_generation", nothing, nothing)
    type_into(form, name="T", parameters="7B", other_fields="{}")
    assert form.values() == BasicsAnswers("text_generation", "T", None, None, "7B", "", "", "{}")


async def test_a_form_leaves_out_what_it_would_cut() -> None:
    form = MAKERS["huge"]()
    type_into(form, name="n")
    assert form.values().other_fields is None


@pytest.mark.parametrize(("length", "shown"), [(10, 10), (1500, 1500), (4000, 4000), (2_000_000, 4000)])
async def test_a_description_from_a_file_is_shown_as_far_as_a_field_can(length: int, shown: int) -> None:
    form = BasicsForm("blip", nothing, nothing, record={"description": "d" * length}, name="n")
    labels = [item for item in form.walk_children() if isinstance(item, ui.Label) and item.text == "Description"]
    field = labels[0].component
    assert isinstance(field, ui.TextInput)
    assert len(field.default or "") == shown
    assert ("cut here" in (labels[0].description or "")) is (length > 4000)


async def test_files_that_do_not_fit_a_form_are_not_lost_by_it() -> None:
    form = MAKERS["many files"]()
    type_into(form, size_of_all_files="7 GB")
    assert len(form.values().links.splitlines()) == 99


async def test_the_files_form_shows_an_unknown_digest_as_a_dash() -> None:
    form = FilesForm([FileEntry("a", "https://a.example/a"), FILES[0]], nothing, nothing)
    defaults = [item.default for item in form.walk_children() if isinstance(item, ui.TextInput)]
    assert defaults[1] == f"-\n{FILES[0].sha256}"
    type_into(form, download_links="l", sha256="s", file_names="n", size_of_all_files="1")
    assert form.values() == FilesAnswers("l", "s", "n", "1")


async def test_the_rejection_names_whom_it_reaches_and_offers_the_canned_reasons() -> None:
    form = RejectForm(42, nothing, nothing, facts=ChangeFacts(UPDATE, CardState.PENDING))
    texts = [item.content for item in form.walk_children() if isinstance(item, ui.TextDisplay)]
    assert form.title == "Reject #42"
    assert texts == [
        ("**UPDATE · Deliberate** by alice\\#101, who reads this. A rejected change cannot be approved later.")
    ]
    select = next(item for item in form.walk_children() if isinstance(item, ui.Select))
    assert [option.label for option in select.options][0::6] == ["Duplicate of a model we have", "Another reason"]


async def test_a_failure_of_the_handler_is_handed_on() -> None:
    heard: list[Exception] = []

    async def failed(_: Any, error: Exception) -> None:
        heard.append(error)

    form = WhyForm("", nothing, failed)
    problem = ValueError("boom")
    await form.on_error(None, problem)  # type: ignore[arg-type] # unused
    assert heard == [problem]
    assert form.is_finished()
