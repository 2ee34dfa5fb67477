"""Words of hosts and reference: categories, baselines, instruct formats, tags. Pure."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

CIVITAI_CATEGORIES: Final[Mapping[str, str]] = {
    "Checkpoint": "image_generation",
    "LORA": "lora",
    "LoCon": "lora",
    "DoRA": "lora",
    "TextualInversion": "ti",
    "Controlnet": "controlnet",
    "Upscaler": "esrgan",
    "LLM": "text_generation",
}
"""Category by Civitai's type of a model; other types fit none, or several."""

_SDXL, _SD1, _SD2 = "stable_diffusion_xl", "stable_diffusion_1", "stable_diffusion_2_768"
CIVITAI_BASELINES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("SD 1.4", "SD 1.5", "SD 1.5 LCM", "SD 1.5 Hyper"), _SD1),
    **dict.fromkeys(("SD 2.0 768", "SD 2.1 768"), _SD2),
    **dict.fromkeys(("SDXL 0.9", "SDXL 1.0", "SDXL 1.0 LCM", "SDXL Lightning", "SDXL Hyper", "SDXL Turbo"), _SDXL),
    **dict.fromkeys(("Pony", "Illustrious", "NoobAI"), _SDXL),
    "Stable Cascade": "stable_cascade",
    "Flux.1 S": "flux_schnell",
    "Flux.1 D": "flux_dev",
    "Qwen": "qwen_image",
    "ZImageTurbo": "z_image_turbo",
    "Anima": "anima",
}
"""Baseline by Civitai's base model. Bases that do not tell it (SD 2.1, Krea 2) are left to the person."""

CIVITAI_BASE_LICENCES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("SD 1.4", "SD 1.5", "SD 1.5 LCM", "SD 1.5 Hyper", "Pony"), "CreativeML Open RAIL-M"),
    **dict.fromkeys(("SD 2.0", "SD 2.1", "SD 2.0 768", "SD 2.1 768"), "Open RAIL++-M"),
    **dict.fromkeys(("SDXL 0.9", "SDXL 1.0", "SDXL 1.0 LCM", "SDXL Lightning", "SDXL Hyper"), "Open RAIL++-M"),
    **dict.fromkeys(("Flux.1 S", "Qwen", "ZImageTurbo", "ZImageBase"), "Apache 2.0"),
    **dict.fromkeys(("Flux.1 D", "Flux.1 Krea"), "FLUX.1 dev Non-Commercial"),
    **dict.fromkeys(("SDXL Turbo", "Stable Cascade"), "Stability Non-Commercial"),
    "Illustrious": "FAIPL 1.0-SD",
    "Anima": "CircleStone Non-Commercial",
}
"""Licence of a base model, by Civitai's name of it; the uploader's conditions come on top."""

LICENCE_IDS: Final[Mapping[str, str]] = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "wtfpl": "WTFPL",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "agpl-3.0": "AGPL-3.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "creativeml-openrail-m": "OpenRAIL-M",
    "openrail++": "OpenRAIL++-M",
}
"""Licence in a record by its id on Hugging Face; ids without one mean no licence that the service defines."""

_HUB_BASELINES: Final[Mapping[str, str]] = {
    "compvis/stable-diffusion-v1-4": _SD1,
    "runwayml/stable-diffusion-v1-5": _SD1,
    "stable-diffusion-v1-5/stable-diffusion-v1-5": _SD1,
    "stabilityai/stable-diffusion-2": _SD2,
    "stabilityai/stable-diffusion-2-1": _SD2,
    "stabilityai/stable-diffusion-2-base": "stable_diffusion_2_512",
    "stabilityai/stable-diffusion-2-1-base": "stable_diffusion_2_512",
    "stabilityai/stable-diffusion-xl-base-1.0": _SDXL,
    "stabilityai/sdxl-turbo": _SDXL,
    "stabilityai/stable-cascade": "stable_cascade",
    "black-forest-labs/flux.1-schnell": "flux_schnell",
    "black-forest-labs/flux.1-dev": "flux_dev",
    "qwen/qwen-image": "qwen_image",
    "tongyi-mai/z-image-turbo": "z_image_turbo",
}
_PIPELINE_BASELINES: Final[Mapping[str, str]] = {
    "StableDiffusionXLPipeline": _SDXL,
    "StableDiffusionXLImg2ImgPipeline": _SDXL,
    "StableDiffusionXLInpaintPipeline": _SDXL,
    "StableCascadeDecoderPipeline": "stable_cascade",
    "QwenImagePipeline": "qwen_image",
}

_HUB_TASKS: Final[Mapping[str, str]] = {
    "text-generation": "text_generation",
    "text2text-generation": "text_generation",
    "image-text-to-text": "text_generation",
    "text-to-image": "image_generation",
    "text-to-video": "video_generation",
    "image-to-video": "video_generation",
    "text-to-audio": "audio_generation",
    "text-to-speech": "audio_generation",
}
_HUB_TAGS: Final[Mapping[str, str]] = {
    "controlnet": "controlnet",
    "textual_inversion": "ti",
    "lora": "lora",
    "esrgan": "esrgan",
    "realesrgan": "esrgan",
}

_INSTRUCT_FORMATS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("<|im_start|>", "<|im_end|>"), "ChatML"),
    (("<|start_header_id|>", "assistant"), "Llama 3"),
    (("[SYSTEM_PROMPT]", "[/INST]"), "Mistral V7 Tekken"),
    (("[/INST]",), "Mistral"),
    (("<start_of_turn>",), "Gemma"),
    (("[gMASK]<sop>",), "GLM-4"),
    (("START_OF_TURN_TOKEN",), "CommandR"),
    (("### Instruction:",), "Alpaca"),
    (("<|user|>", "<|model|>"), "Metharme"),
)
"""Instruct format by the pieces of a chat template; the first match counts."""

COUNT_TOLERANCE: Final = 0.15
_BILLIONS: Final = re.compile(r"(?<![0-9A-Za-z.])(\d{1,4}(?:[._]\d{1,2})?)[bB](?![0-9A-Za-z])")
_PLAIN_TAG = re.compile(r"[a-z][a-z0-9 '&-]{2,29}")
_GENERIC_TAGS: Final = frozenset(
    {
        *("base model", "checkpoint", "safetensors", "diffusers", "transformers", "gguf", "pytorch", "peft", "lora"),
        *("text-to-image", "text-generation", "text-generation-inference", "conversational", "merge", "mergekit"),
        *("endpoints-compatible", "autotrain-compatible", "not-for-all-audiences", "image-to-image", "controlnet"),
        *("stable-diffusion", "stable-diffusion-xl", "diffusers-training", "template", "model", "custom-code"),
        *("llama", "mistral", "qwen2", "qwen3", "gemma", "imatrix", "chat", "facebook", "meta", "pytorch-model"),
    }
)
TAGS_MAX: Final = 8
TRIGGERS_MAX: Final = 10
TRIGGER_LENGTH_MAX: Final = 60
_PARAGRAPH_END = re.compile(r"</(?:p|div|h[1-6]|li|ul|ol)>|<br\s*/?>", re.IGNORECASE)
_ELEMENT = re.compile(r"<[^>]{0,2000}>?")
_DESCRIPTION_LENGTH_MIN = 20


def _is_symbol(character: str) -> bool:
    """Return whether it is an emoji or a part of one."""
    return character == "\ufe0f" or unicodedata.category(character) in ("So", "Sk")


def hub_baseline(base_models: Iterable[str], pipeline_class: str) -> str | None:
    """Return the baseline of an image model on Hugging Face, ``None`` if its card does not tell."""
    named = {_HUB_BASELINES[base.lower()] for base in base_models if base.lower() in _HUB_BASELINES}
    return next(iter(named)) if len(named) == 1 else _PIPELINE_BASELINES.get(pipeline_class)


def hub_category(task: str, tags: Iterable[str], architectures: Iterable[str], *, is_gguf: bool) -> str | None:
    """Return the category of a repository, ``None`` if its card does not make it clear."""
    special = [_HUB_TAGS[tag.lower()] for tag in tags if tag.lower() in _HUB_TAGS]
    if special and task not in ("text-generation", "text2text-generation"):
        return special[0] if len(set(special)) == 1 else None
    if task in _HUB_TASKS:
        return _HUB_TASKS[task]
    is_text = is_gguf or any(each.endswith(("ForCausalLM", "ForConditionalGeneration")) for each in architectures)
    return "text_generation" if is_text and not task else None


def stated_parameters(name: str, counted: int | None) -> int | None:
    """Return the parameters in a repository's name if the count confirms it, else the count."""
    stated = [round(float(number.replace("_", ".")) * 10**9) for number in _BILLIONS.findall(name)]
    near = [each for each in stated if counted and abs(each - counted) <= COUNT_TOLERANCE * counted]
    return near[0] if len(near) == 1 else counted


def instruct_format(template: str) -> str | None:
    """Return the instruct format of a chat template, ``None`` if unknown."""
    return next((name for pieces, name in _INSTRUCT_FORMATS if all(piece in template for piece in pieces)), None)


def plain_tags(tags: Iterable[str]) -> list[str]:
    """Return the tags that describe the model, without technical ones."""
    words = (" ".join(tag.lower().replace("_", " ").split()) for tag in tags)
    fitting = (tag for tag in words if _PLAIN_TAG.fullmatch(tag) and tag.replace(" ", "-") not in _GENERIC_TAGS)
    return list(dict.fromkeys(tag for tag in fitting if tag not in _GENERIC_TAGS))[:TAGS_MAX]


def triggers(words: Iterable[str]) -> list[str]:
    """Return trigger words: split at commas, without whole prompts."""
    single = (part.strip() for each in words for part in each.split(","))
    return list(dict.fromkeys(part for part in single if 0 < len(part) <= TRIGGER_LENGTH_MAX))[:TRIGGERS_MAX]


def description(markup: str, limit: int) -> str:
    """Return the first paragraph of an HTML description as plain text, cut to ``limit``."""
    lines = [_ELEMENT.sub("", part) for part in _PARAGRAPH_END.split(markup)]
    texts = [" ".join(html.unescape(line).split()) for line in lines]
    chosen = next((text for text in texts if len(text) >= _DESCRIPTION_LENGTH_MIN), "")
    return chosen if len(chosen) <= limit else f"{chosen[: limit - 1].rstrip()}…"


def model_name(text: str) -> str:
    """Return a name that a record can have: one line, no slash or symbol, 100 characters."""
    visible = "".join(" " if each in "\\/" else each for each in text if each.isprintable() and not _is_symbol(each))
    return " ".join(visible.split())[:100].strip()
