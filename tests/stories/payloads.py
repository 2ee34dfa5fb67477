"""Small records that the service takes, one a category, as people would attach them."""

from typing import Any

SHA256 = "9aba26abf0d3" + "0" * 52
URL = "https://huggingface.co/example/resolve/main/model.safetensors"

V2: dict[str, dict[str, Any]] = {
    "image_generation": {"baseline": "stable_diffusion_xl", "nsfw": False},
    "text_generation": {"parameters": 7_000_000_000},
    "controlnet": {"controlnet_style": "control_canny"},
    "clip": {"description": "An encoder."},
    "blip": {"description": "Captions pictures."},
    "codeformer": {"description": "Mends faces."},
    "esrgan": {"description": "Makes pictures larger."},
    "gfpgan": {"description": "Mends faces, the older way."},
    "safety_checker": {"description": "Looks before any person does."},
    "miscellaneous": {"description": "Layers with transparency."},
    "controlnet_annotator": {"description": "Draws outlines."},
    "video_generation": {"description": "Moves."},
    "audio_generation": {"description": "Sounds."},
    "lora": {"description": "Leans another model."},
    "ti": {"description": "Teaches a word."},
}
"""Fields beside the name, in the v2 vocabulary."""

LEGACY: dict[str, dict[str, Any]] = {
    "image_generation": {"baseline": "stable_diffusion_xl", "nsfw": False},
    "text_generation": {"parameters": 7_000_000_000},
    "controlnet": {"type": "control_canny"},
    **{
        category: V2[category]
        for category in ("clip", "blip", "codeformer", "esrgan", "gfpgan", "safety_checker", "miscellaneous")
    },
}
"""Fields beside the name, in the legacy vocabulary."""

CONFIG_V2: dict[str, list[dict[str, str]]] = {
    "download": [{"file_name": "model.safetensors", "file_url": URL, "sha256sum": SHA256}]
}
CONFIG_LEGACY: dict[str, list[dict[str, str]]] = {
    "download": [{"file_name": "model.safetensors", "file_path": "", "file_url": URL}],
    "files": [{"path": "model.safetensors", "sha256sum": SHA256}],
}
