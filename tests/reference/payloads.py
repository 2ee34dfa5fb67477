"""Records that the service accepts in each dialect: minimal ones, and ones with nearly every field."""

from typing import Any

HASH = "c" * 64
ONE_FILE: dict[str, Any] = {
    "download": [
        {
            "file_name": "x.safetensors",
            "file_url": "https://models.example.org/x/x.safetensors",
            "sha256sum": HASH,
        }
    ]
}

MINIMAL_V2: dict[str, dict[str, Any]] = {
    "blip": {"name": "min blip"},
    "clip": {"name": "min clip"},
    "codeformer": {"name": "min codeformer"},
    "controlnet": {"name": "min controlnet"},
    "controlnet_annotator": {"name": "min controlnet_annotator"},
    "esrgan": {"name": "min esrgan"},
    "gfpgan": {"name": "min gfpgan"},
    "safety_checker": {"name": "min safety_checker"},
    "image_generation": {"name": "min image_generation", "baseline": "stable_diffusion_xl", "nsfw": False},
    "text_generation": {"name": "Min-Text-7B", "parameters": 7_000_000_000},
    "video_generation": {"name": "min video_generation"},
    "audio_generation": {"name": "min audio_generation"},
    "miscellaneous": {"name": "min miscellaneous"},
    "lora": {"name": "min lora"},
    "ti": {"name": "min ti"},
}

FULLER_V2: dict[str, dict[str, Any]] = {
    "image_generation": {
        "name": "Full Image",
        "description": "A fine-tune",
        "version": "1.2",
        "baseline": "stable_diffusion_xl",
        "nsfw": True,
        "inpainting": False,
        "style": "anime",
        "tags": ["anime", "character"],
        "trigger": ["foo style"],
        "showcases": ["https://example.org/1.png"],
        "homepage": "https://example.org/models/1",
        "optimization": "fp16",
        "min_bridge_version": 1,
        "size_on_disk_bytes": 6_938_041_288,
        "requirements": {
            "min_steps": 20,
            "max_steps": 40,
            "cfg_scale": 7,
            "samplers": ["k_euler_a"],
            "schedulers": ["karras"],
        },
        "finetune_series": {"name": "Pony", "version": "6"},
        "config": {
            "download": [
                {
                    "file_name": "full.safetensors",
                    "file_url": "https://models.example.org/x/full.safetensors",
                    "sha256sum": HASH,
                    "size_bytes": 6_938_041_288,
                    "known_slow_download": False,
                },
                {
                    "file_name": "vae.safetensors",
                    "file_url": "https://models.example.org/x/vae.safetensors",
                    "sha256sum": HASH,
                    "file_purpose": "vae",
                },
            ]
        },
        "licensing": {
            "license_expression": "Apache-2.0",
            "license_ids": ["Apache-2.0"],
            "commercial_use": "allowed",
            "redistribution": "allowed_with_conditions",
            "obligations": ["attribution", "include_license"],
            "evidence": [{"source": "https://example.org/x", "description": "model card"}],
        },
    },
    "text_generation": {
        "name": "Org/Full-Text-13B-Q4_K_M",
        "description": "desc",
        "version": "1",
        "parameters": 13_000_000_000,
        "baseline": "llama",
        "nsfw": False,
        "style": "generalist",
        "display_name": "Full Text 13B",
        "url": "https://models.example.org/Org/Full-Text-13B",
        "tags": ["13B", "llama"],
        "instruct_format": "ChatML",
        "settings": {"temperature": 0.8},
        "text_model_group": "Full-Text",
    },
    "controlnet": {
        "name": "control_full",
        "description": "d",
        "controlnet_style": "control_canny",
        "config": ONE_FILE,
    },
    "controlnet_annotator": {
        "name": "openpose_annotator",
        "control_types": ["openpose"],
        "preprocessors": ["OpenposePreprocessor"],
        "config": {
            "download": [
                {
                    "file_name": "annotators/body_pose_model.pth",
                    "file_url": "https://models.example.org/x/body.pth",
                    "sha256sum": HASH,
                }
            ]
        },
    },
    "clip": {"name": "ViT-full", "pretrained_name": "openai/clip", "config": ONE_FILE},
    "video_generation": {
        "name": "Vid",
        "baseline": "wan",
        "nsfw": False,
        "tags": ["video"],
        "config": ONE_FILE,
    },
    "audio_generation": {
        "name": "Aud",
        "baseline": "ace",
        "nsfw": False,
        "tags": ["audio"],
        "config": ONE_FILE,
    },
    "lora": {
        "name": "Lora",
        "baseline": "stable_diffusion_xl",
        "nsfw": False,
        "tags": [],
        "trigger": ["x"],
        "homepage": "https://example.org",
        "config": ONE_FILE,
    },
    "ti": {
        "name": "TI",
        "baseline": "stable_diffusion_1",
        "nsfw": False,
        "trigger": ["x"],
        "config": ONE_FILE,
    },
}

MINIMAL_LEGACY: dict[str, dict[str, Any]] = {
    "image_generation": {"name": "min image", "baseline": "stable_diffusion_xl"},
    "text_generation": {"name": "Org/Min-7B", "parameters": 7_000_000_000},
    "clip": {"name": "C1"},
    "blip": {"name": "B1"},
    "codeformer": {"name": "CF1"},
    "esrgan": {"name": "E1"},
    "gfpgan": {"name": "G1"},
    "safety_checker": {"name": "S1"},
    "miscellaneous": {"name": "M1"},
    "controlnet": {"name": "control_x", "type": "control_canny"},
}

FULLER_LEGACY: dict[str, dict[str, Any]] = {
    "image_generation": {
        "name": "Full L",
        "baseline": "stable diffusion 1",
        "type": "ckpt",
        "inpainting": False,
        "description": "d",
        "tags": ["anime"],
        "showcases": ["https://raw.githubusercontent.com/x/1.png"],
        "version": "1",
        "style": "anime",
        "trigger": ["foo"],
        "homepage": "https://example.org/models/1",
        "nsfw": True,
        "download_all": True,
        "requirements": {"max_steps": 30},
        "config": {
            "files": [{"path": "full.ckpt", "sha256sum": "b" * 64}],
            "download": [
                {
                    "file_name": "full.ckpt",
                    "file_path": "",
                    "file_url": "https://models.example.org/x/full.ckpt",
                }
            ],
        },
        "available": False,
        "size_on_disk_bytes": 1,
    },
    "text_generation": {
        "name": "Org/Full-13B",
        "parameters": 13_000_000_000,
        "baseline": "llama",
        "description": "d",
        "nsfw": False,
        "style": "generalist",
        "url": "https://models.example.org/Org/Full-13B",
        "tags": ["roleplay"],
        "display_name": "Full 13B",
        "instruct_format": "ChatML",
        "settings": {"temperature": 0.7},
    },
}
