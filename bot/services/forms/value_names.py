"""Names that people know for categories, baselines and other values of the service."""

from collections.abc import Mapping
from typing import Final

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

VALUES: Final[Mapping[str, tuple[str, str]]] = {
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
