import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.hosts.vocabulary import (
    description,
    hub_baseline,
    hub_category,
    instruct_format,
    model_name,
    plain_tags,
    stated_parameters,
    triggers,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Moss XL ✨🌿", "Moss XL"),
        ("  Moss\u200b \\ Fern/Two\n", "Moss Fern Two"),
        ("苔 モス v3", "苔 モス v3"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_hosts_name_becomes_one_that_a_record_can_have(text: str, name: str) -> None:
    assert model_name(text) == name


@given(st.text(max_size=400))
def test_every_text_makes_a_short_name_or_none(text: str) -> None:
    name = model_name(text)
    assert len(name) <= 100
    assert not set(name) & set("\\/\n")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h2>Hi</h2><p>Paints moss on <b>stones</b> &amp; walls.</p><p>More</p>", "Paints moss on stones & walls."),
        ("<p>Paints moss<br/>on stones and on other things</p>", "on stones and on other things"),
        ("Plain words about moss and nothing else", "Plain words about moss and nothing else"),
        ("<p>short</p>", ""),
        ("<p>" + "moss " * 100, "moss moss moss moss moss moss moss mos…"),
        ("<" * 5000, ""),
    ],
)
def test_a_description_is_the_first_paragraph_without_markup(markup: str, text: str) -> None:
    assert description(markup, 39) == text


def test_trigger_words_are_split_and_whole_prompts_dropped() -> None:
    assert triggers(["moss, green light", "moss", "a long prompt " * 9, ""]) == ["moss", "green light"]


def test_technical_tags_are_no_tags_of_a_record() -> None:
    tags = ("diffusers", "base model", "license:mit", "Anime", "low_poly", "en", "region:us", "text-to-image")
    assert plain_tags(tags) == ["anime", "low poly"]


@pytest.mark.parametrize(
    ("bases", "pipeline", "baseline"),
    [
        (["stabilityai/stable-diffusion-xl-base-1.0"], "", "stable_diffusion_xl"),
        (["RunwayML/Stable-Diffusion-v1-5"], "", "stable_diffusion_1"),
        (["fern-lab/unknown"], "StableDiffusionXLPipeline", "stable_diffusion_xl"),
        (["stabilityai/stable-diffusion-2", "runwayml/stable-diffusion-v1-5"], "", None),
        ([], "StableDiffusionPipeline", None),
    ],
)
def test_a_baseline_is_suggested_only_where_the_card_tells_one(
    bases: list[str], pipeline: str, baseline: str | None
) -> None:
    assert hub_baseline(bases, pipeline) == baseline


@pytest.mark.parametrize(
    ("task", "tags", "architectures", "is_gguf", "category"),
    [
        ("text-to-image", ["diffusers"], [], False, "image_generation"),
        ("text-to-image", ["lora"], [], False, "lora"),
        ("", ["controlnet"], [], False, "controlnet"),
        ("", ["controlnet", "lora"], [], False, None),
        ("text-generation", ["lora"], [], False, "text_generation"),
        ("", [], ["MistralForCausalLM"], False, "text_generation"),
        ("", [], [], True, "text_generation"),
        ("image-classification", [], ["ViTForImageClassification"], False, None),
        ("", [], [], False, None),
    ],
)
def test_a_category_is_taken_only_where_the_card_is_clear(
    task: str,
    tags: list[str],
    architectures: list[str],
    is_gguf: bool,  # noqa: FBT001 - a column of the table
    category: str | None,
) -> None:
    assert hub_category(task, tags, architectures, is_gguf=is_gguf) == category


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("<|im_start|>user<|im_end|>", "ChatML"),
        ("[SYSTEM_PROMPT]x[INST]y[/INST]", "Mistral V7 Tekken"),
        ("[INST]y[/INST]", "Mistral"),
        ("### Instruction:\n", "Alpaca"),
        ("", None),
        ("{{ x }}", None),
    ],
)
def test_an_instruct_format_is_suggested_from_the_chat_template(template: str, name: str | None) -> None:
    assert instruct_format(template) == name


@pytest.mark.parametrize(
    ("name", "counted", "stated"),
    [
        ("Moss-7B", 7_248_023_552, 7_000_000_000),
        ("Moss-1.5b-chat", 1_543_714_304, 1_500_000_000),
        ("Moss-24B", 7_248_023_552, 7_248_023_552),
        ("Moss-8x7B", 46_702_792_704, 46_702_792_704),
        ("Moss", 7_248_023_552, 7_248_023_552),
        ("Moss-7B", None, None),
        ("Moss-12B-12b", 12_247_782_400, 12_247_782_400),
    ],
)
def test_the_size_in_a_name_counts_where_the_stored_weights_confirm_it(
    name: str, counted: int | None, stated: int | None
) -> None:
    assert stated_parameters(name, counted) == stated
