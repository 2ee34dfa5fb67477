"""Names of the service's values in people's words; a value without one is shown as it is."""

from collections.abc import Mapping
from typing import Final

from bot.ui.text import NAME_TITLE, code, plain

CATEGORIES: Final[Mapping[str, str]] = {
    "image_generation": "Image model",
    "text_generation": "Text model",
    "video_generation": "Video model",
    "audio_generation": "Audio model",
    "lora": "LoRA",
    "ti": "Textual inversion",
    "controlnet": "ControlNet",
    "controlnet_annotator": "ControlNet annotator",
    "esrgan": "Upscaler (ESRGAN)",
    "gfpgan": "Face fixer (GFPGAN)",
    "codeformer": "Face fixer (CodeFormer)",
    "clip": "CLIP",
    "blip": "Captions (BLIP)",
    "safety_checker": "Safety checker",
    "miscellaneous": "Other helper model",
}

_VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "stable_diffusion_xl": ("SDXL", "also Pony, Illustrious"),
    "stable_diffusion_1": ("SD 1.x", "also 1.4 and 1.5"),
    "stable_diffusion_2_768": ("SD 2, 768 pixels", ""),
    "stable_diffusion_2_512": ("SD 2, 512 pixels", ""),
    "stable_cascade": ("Stable Cascade", ""),
    "flux_1": ("Flux.1", ""),
    "flux_schnell": ("Flux.1 schnell", ""),
    "flux_dev": ("Flux.1 dev", ""),
    "qwen_image": ("Qwen Image", ""),
    "z_image_turbo": ("Z-Image Turbo", ""),
    "krea2_turbo": ("Krea 2 Turbo", ""),
    "anima": ("Anima", ""),
    "generalist": ("Generalist", "any subject"),
    "control_canny": ("Edges (Canny)", ""),
    "control_depth": ("Depth", ""),
    "control_fakescribbles": ("Fake scribbles", ""),
    "control_hed": ("Soft edges (HED)", ""),
    "control_hough": ("Straight lines (Hough)", ""),
    "control_mlsd": ("Straight lines (MLSD)", ""),
    "control_normal": ("Normal map", ""),
    "control_openpose": ("Pose (OpenPose)", ""),
    "control_scribble": ("Scribble", ""),
    "control_seg": ("Segments", ""),
    "realesrgan": ("RealESRGAN", ""),
    "esrgan": ("ESRGAN", ""),
    "clip": ("CLIP", ""),
    "coca": ("CoCa", ""),
    "unknown": ("Not known", ""),
    "infer": ("Let the service decide", "from the name and the other fields"),
}
"""Label and explanation by value."""


_STATUSES: Final[Mapping[str, str]] = {
    "pending": "waits for an approver",
    "approved": "not live yet",
    "applying": "on its way to live",
    "applied": "live",
}


def status_choice(status: str) -> str:
    """Return a status with its meaning: ``Approved (not live yet)``."""
    meaning = _STATUSES.get(status)
    return f"{status.capitalize()} ({meaning})" if meaning else status.capitalize()


def category_name(category: str) -> str:
    """Return the name of a category; an unknown one as it is."""
    return CATEGORIES.get(category, category)


def category_words(category: str) -> str:
    """Return the name of a category for a message; an unknown one escaped and cut."""
    return CATEGORIES.get(category) or plain(category, NAME_TITLE)


def value_words(value: str, cap: int) -> str:
    """Return a value of a menu for a message; as code where it has no other name than itself."""
    label, _ = option_words(value)
    return code(value, cap) if label == value else plain(label, cap)


def option_words(value: str) -> tuple[str, str | None]:
    """Return label and description of an option; the service's value stands in the description."""
    if value in _VALUES:
        label, hint = _VALUES[value]
        return label, f"{value} · {hint}" if hint else value
    if value.islower() and value.replace("_", "").isalnum():
        words = value.replace("_", " ")
        label = words[:1].upper() + words[1:]
        return label, value if "_" in value else None
    return value, None
