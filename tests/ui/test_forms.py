"""Forms: fresh for each press, within Discord's limits, read before anything else."""

import asyncio
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from discord import ui
from pydantic import SecretStr

from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.services.changes import CardState, ChangeFacts
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import first_fields, pages, update_fields
from bot.services.forms.forms_input import SectionAnswers
from bot.ui.forms.base import FORM_TIMEOUT_S, Form
from bot.ui.forms.link import LinkForm
from bot.ui.forms.reasons import RejectForm, RevisionRequestForm, WhyForm
from bot.ui.forms.section import SectionForm, page_of_section, proposal_title
from tests.ui.samples import PIXEL, UPDATE, WILD
from tests.ui.unheard import Unheard, nothing

BASELINES = tuple(f"baseline_{number}" for number in range(12))
V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
TOLD = {"baselines": BASELINES, "licences": ("MIT", "Apache-2.0"), "TextInteractionMode": ("chat", "completion")}


STRANGE = ("showcases", "inpainting", "requirements", "optimization", "finetune_series")
MANY = {"config": {"download": [{"file_name": "n" * 300, "file_url": "https://a.example/" + "x" * 300}] * 99}}


def begin(category: str, *, name: str = "", choices: Any = None) -> SectionForm:
    """The form that begins a proposal."""
    told = TOLD if choices is None else choices
    title, fields = proposal_title("Propose", category), first_fields(category, V2)
    return SectionForm(title, category, fields, nothing, nothing, record={}, dialect=V2, choices=told, name=name)


def update_form(category: str, dialect: CanonicalFormat) -> SectionForm:
    """The form that begins an update."""
    title, fields = proposal_title("Change", category), update_fields(category, dialect)
    return SectionForm(title, category, fields, nothing, nothing, record=PIXEL, dialect=dialect, choices=TOLD)


def form(
    category: str,
    section: Section,
    record: Any,
    *,
    page: int = 0,
    dialect: CanonicalFormat = V2,
    name: str | None = "n",
) -> SectionForm:
    """A form of a draft."""
    title, fields = page_of_section(category, section, page, dialect)
    return SectionForm(
        title, category, fields, nothing, nothing, record=record, dialect=dialect, choices=TOLD, name=name
    )


MAKERS: dict[str, Callable[[], Form]] = {
    "link": lambda: LinkForm(nothing, nothing),
    "image": lambda: begin("image_generation", name="a" * 5000),
    "image without a list": lambda: begin("image_generation", choices={}),
    "image with too many": lambda: begin("image_generation", choices={"baselines": tuple(map(str, range(26)))}),
    "image, prefilled": lambda: form("image_generation", Section.BASICS, PIXEL),
    "text": lambda: begin("text_generation"),
    "text, prefilled": lambda: form("text_generation", Section.BASICS, {"parameters": 7_000_000_000}),
    "other": lambda: begin("controlnet_annotator"),
    "huge": lambda: form(
        "lora", Section.DETAILS, {"homepage": "h" * 2_000_000, "tags": ["t" * 100] * 99, "version": ["odd"]}
    ),
    "files": lambda: form("image_generation", Section.FILES, PIXEL),
    "many files": lambda: form("image_generation", Section.FILES, MANY),
    "strange": lambda: form("image_generation", Section.DETAILS, {key: {"a": [None, {}]} for key in STRANGE}, page=1),
    **{
        f"{category} {dialect} {section} {page}": partial(form, category, section, {}, page=page, dialect=dialect)
        for category in CATEGORIES
        for dialect in CanonicalFormat
        for section in Section
        for page in range(len(pages(category, section, dialect)))
    },
    **{
        f"{category} {dialect} update": partial(update_form, category, dialect)
        for category in CATEGORIES
        for dialect in CanonicalFormat
    },
    "why": lambda: WhyForm("w" * 5000, nothing, nothing),
    "reject": lambda: RejectForm(42, nothing, nothing, facts=ChangeFacts(UPDATE, CardState.PENDING)),
    "reject, hostile": lambda: RejectForm(10**17, nothing, nothing, facts=ChangeFacts(WILD, CardState.PENDING)),
    "reject, unread": lambda: RejectForm(42, nothing, nothing),
    "request, hostile": lambda: RevisionRequestForm(9, nothing, nothing, facts=ChangeFacts(WILD, CardState.PENDING)),
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


def leave(form: Form) -> None:
    """Submit what the form shows, with the lines' ends that a browser may write."""
    for item in form.walk_children():
        if isinstance(item, ui.TextInput):
            item._value = (item.default or "").replace("\n", "\r\n")
        elif isinstance(item, ui.Select):
            item._values = [option.value for option in item.options if option.default]
        elif isinstance(item, ui.RadioGroup):
            item._value = next((option.value for option in item.options if option.default), None)


def selects(form: Form) -> list[ui.Select[Any]]:
    """The selects of a form."""
    return [item for item in form.walk_children() if isinstance(item, ui.Select)]


def texts(form: Form) -> list[str | None]:
    """Return the text in the text fields."""
    return [item.default for item in form.walk_children() if isinstance(item, ui.TextInput)]


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
    submit: Any = SimpleNamespace(extras={})
    tasks = [asyncio.ensure_future(form.on_submit(submit)) for form in forms.values()]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert sorted(seen) == [("abe", "key-of-abe"), ("rita", "key-of-rita")]
    assert all(form.is_finished() for form in forms.values())


async def test_the_key_field_is_never_prefilled() -> None:
    fields = [item for item in MAKERS["link"]().walk_children() if isinstance(item, ui.TextInput)]
    assert [field.default for field in fields] == [None]


async def test_nsfw_is_never_answered_for_a_person() -> None:
    radios = [item for item in MAKERS["image"]().walk_children() if isinstance(item, ui.RadioGroup)]
    assert [option.default for option in radios[0].options] == [False, False]


async def test_a_form_hands_on_what_was_typed() -> None:
    made = begin("image_generation")
    type_into(made, name="Pixel", baseline="baseline_1", nsfw="yes", files_or_link="u", why="w")
    assert made.values() == SectionAnswers(
        "image_generation",
        {"name": "Pixel", "baseline": "baseline_1", "nsfw": "yes", "files": "u", "why": "w"},
    )


async def test_a_name_from_the_command_is_handed_on_untouched() -> None:
    made = begin("blip", name="Pixel")
    type_into(made, name="Pixel")
    assert made.values() == SectionAnswers("blip", {"name": "Pixel"})


async def test_an_untouched_field_is_not_handed_on() -> None:
    made = form("image_generation", Section.BASICS, PIXEL, name="x")
    leave(made)
    assert made.values() == SectionAnswers("image_generation", {"name": "x"})
    type_into(made, name="x", style="furry", nsfw="yes", baseline="stable_diffusion_xl", description="d")
    assert made.values() == SectionAnswers("image_generation", {"name": "x", "style": "furry", "description": "d"})


async def test_a_draft_shows_what_is_in_it() -> None:
    made = form("image_generation", Section.BASICS, PIXEL)
    chosen = [option.value for select in selects(made) for option in select.options if option.default]
    assert chosen == ["stable_diffusion_xl", "anime"]
    radio = next(item for item in made.walk_children() if isinstance(item, ui.RadioGroup))
    assert [option.default for option in radio.options] == [True, False]


async def test_values_are_shown_as_they_were_understood() -> None:
    record = {"parameters": 7_240_000_000, "url": "https://a.example", "baseline": "llama"}
    assert texts(form("text_generation", Section.BASICS, record))[1:4] == ["7.24B", "llama", "https://a.example"]
    record = {"tags": ["a", "b"], "context_window": {"maximum_tokens": 8192}, "settings": {"top_k": 40}}
    assert texts(form("text_generation", Section.DETAILS, record))[2:] == ["a, b", None, "8192"]
    assert texts(form("text_generation", Section.DETAILS, record, page=1))[0] == "top_k: 40"


async def test_several_may_be_chosen_where_several_hold() -> None:
    record = {"interaction_modes": {"chat": {"status": "supported"}, "completion": {"status": "unknown"}}}
    made = form("text_generation", Section.DETAILS, record, page=1)
    select = selects(made)[0]
    assert [(option.value, option.default) for option in select.options] == [("chat", True), ("completion", False)]
    assert (select.min_values, select.max_values) == (0, 2)
    select._values = ["completion", "chat"]
    assert made.values().typed["interaction_modes"] == ("chat", "completion")


async def test_a_value_that_is_on_no_list_can_still_be_kept() -> None:
    made = form("image_generation", Section.BASICS, {"baseline": "pixel_base"})
    assert [option.value for option in selects(made)[0].options] == [*BASELINES, "pixel_base"]


async def test_what_a_select_cannot_hold_is_typed() -> None:
    for name in ("image without a list", "image with too many"):
        labels = [item for item in MAKERS[name]().walk_children() if isinstance(item, ui.Label)]
        assert isinstance(labels[1].component, ui.TextInput)


async def test_an_update_cannot_change_the_name() -> None:
    made = form("blip", Section.BASICS, {}, name=None)
    leave(made)
    assert made.values() == SectionAnswers("blip", {})


@pytest.mark.parametrize(("length", "shown"), [(10, 10), (1500, 1500), (4000, 4000), (2_000_000, 4000)])
async def test_a_description_from_a_file_is_shown_as_far_as_a_field_can(length: int, shown: int) -> None:
    made = form("blip", Section.BASICS, {"description": "d" * length})
    labels = [item for item in made.walk_children() if isinstance(item, ui.Label) and item.text == "Description"]
    field = labels[0].component
    assert isinstance(field, ui.TextInput)
    assert len(field.default or "") == shown
    assert ("Cut to" in (labels[0].description or "")) is (length > 4000)
    leave(made)
    assert made.values().typed == {"name": "n"}


async def test_what_does_not_fit_a_form_is_named_and_not_lost_by_it() -> None:
    for name in ("huge", "many files"):
        made = MAKERS[name]()
        notes = [item.content for item in made.walk_children() if isinstance(item, ui.TextDisplay)]
        assert len(notes) == 1
        assert "Raw JSON" in notes[0]
        leave(made)
        assert made.values().typed == {}


async def test_the_files_form_shows_an_unknown_digest_as_a_dash() -> None:
    known = PIXEL["config"]["download"][0]
    record = {"config": {"download": [{"file_name": "a", "file_url": "https://a.example/a"}, known]}}
    made = form("blip", Section.FILES, record)
    assert texts(made)[1] == f"-\n{known['sha256sum']}"
    leave(made)
    assert made.values().typed == {}
    type_into(made, download_links="l", sha256="s", file_names="n", purposes="-", size_of_all_files="1")
    assert made.values().typed == {
        "links": "l",
        "sha256": "s",
        "names": "n",
        "purposes": "-",
        "size_on_disk_bytes": "1",
    }


async def test_the_rejection_names_whom_it_reaches_and_offers_the_canned_reasons() -> None:
    form = RejectForm(42, nothing, nothing, facts=ChangeFacts(UPDATE, CardState.PENDING))
    texts = [item.content for item in form.walk_children() if isinstance(item, ui.TextDisplay)]
    assert form.title == "Reject #42"
    assert texts == [
        ("**UPDATE · Deliberate** by alice\\#101, who will see this. A rejected change cannot be approved later.")
    ]
    select = next(item for item in form.walk_children() if isinstance(item, ui.Select))
    assert [option.label for option in select.options][0::6] == ["Duplicate of a model we have", "Another reason"]


@pytest.mark.parametrize(
    ("category", "example"),
    [("image_generation", "AlbedoBase XL"), ("text_generation", "acme/Lumen-12B"), ("esrgan", "")],
)
async def test_the_name_of_a_model_has_an_example_of_its_kind(category: str, example: str) -> None:
    label = next(item for item in begin(category).children if isinstance(item, ui.Label))
    assert label.text == "Name"
    assert example in (label.description or "")
    assert ("example" in (label.description or "")) is bool(example)


async def test_an_answer_that_is_there_is_not_asked_for_again() -> None:
    labels = [item for item in MAKERS["image, prefilled"]().children if isinstance(item, ui.Label)]
    assert [item.description for item in labels if item.text == "NSFW"] == [None]
    labels = [item for item in begin("image_generation").children if isinstance(item, ui.Label)]
    assert [item.description for item in labels if item.text == "NSFW"] == ["Choose one."]


async def test_the_request_for_changes_names_the_change_and_who_reads_it() -> None:
    form = RevisionRequestForm(42, nothing, nothing, facts=ChangeFacts(UPDATE, CardState.PENDING))
    assert [item.content for item in form.walk_children() if isinstance(item, ui.TextDisplay)] == [
        (
            "**UPDATE · Deliberate** by alice\\#101, who will see this, and so will everyone on the card. "
            "It is not rejected."
        )
    ]


@pytest.mark.parametrize("is_answered", [True, False])
async def test_a_failure_of_the_handler_is_handed_on_and_one_without_an_answer_can_be_sent_again(
    *, is_answered: bool
) -> None:
    heard = Unheard()
    form = WhyForm("", nothing, heard)
    problem = ValueError("boom")
    interaction: Any = SimpleNamespace(response=SimpleNamespace(is_done=lambda: is_answered), extras={})
    await form.on_error(interaction, problem)
    assert heard.failures == [problem]
    assert form.is_finished() is is_answered


async def test_choices_have_words_for_people_above_the_values_of_the_service() -> None:
    made = form("image_generation", Section.BASICS, {"name": "x", "baseline": "stable_diffusion_xl"}, name="x")
    (select,) = [
        item.component
        for item in made.walk_children()
        if isinstance(item, ui.Label) and item.text == "Baseline" and isinstance(item.component, ui.Select)
    ]
    (chosen,) = [option for option in select.options if option.default]
    assert (chosen.label, chosen.value) == ("SDXL", "stable_diffusion_xl")
    assert chosen.description == "stable_diffusion_xl · also Pony, Illustrious"
