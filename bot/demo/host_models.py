"""Made-up models on made-up hosts, in the shape of Hugging Face's and Civitai's answers."""

import hashlib
import json
from typing import Any, Final

COMMIT: Final = hashlib.sha1(b"lantern bay", usedforsecurity=False).hexdigest()
LANTERN_BAY: Final = "https://civitai.com/models/31001"
"""Several files and versions; its main file is also in the repository ``lantern-lab/mirror``."""
HARBOUR_MIST: Final = "https://civitai.com/models/31002?modelVersionId=42002"
"""Gone from the host."""
NIGHT_FERRY: Final = "https://huggingface.co/lantern-lab/night-ferry"
"""Gated."""
MIRROR_FILE: Final = "https://huggingface.co/lantern-lab/mirror/blob/main/lantern_bay_xl_v2.safetensors"
TIDE_TABLE: Final = "https://huggingface.co/lantern-lab/tide-table-xl"
"""One file, which its author replaced: the sha256 differs from the one that ``OLD_TIDE_TABLE`` has."""
QUAY: Final = "https://huggingface.co/lantern-lab/Quay-7B"
"""A text model."""
HARBOUR_SHA256: Final = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
"""The sha256 of the file that the first page of the demo gives to type."""
ODDMENTS: Final = "https://huggingface.co/lantern-lab/oddments"
"""A repository that does not tell its category."""


def digest(name: str) -> str:
    """Return a made-up sha256."""
    return hashlib.sha256(f"made up: {name}".encode()).hexdigest()


OLD_TIDE_TABLE: Final = digest("tide table, before it was replaced")


def _hub_file(path: str, size: int, name: str, sha256: str | None = None) -> dict[str, Any]:
    lfs = {"sha256": sha256 or digest(name), "size": size, "pointerSize": 135}
    return {"rfilename": path, "size": size, "blobId": digest(path)[:40], "lfs": lfs}


def _small_file(path: str, size: int) -> dict[str, Any]:
    return {"rfilename": path, "size": size, "blobId": digest(path)[:40]}


def _repo(name: str, *files: dict[str, Any], **more: Any) -> dict[str, Any]:
    repo = {"id": name, "modelId": name, "author": name.partition("/")[0], "sha": COMMIT, "private": False}
    empty = {"gated": False, "disabled": False, "tags": [], "cardData": {}}
    return {**repo, **empty, **more, "siblings": [_small_file(".gitattributes", 1519), *files]}


HUB_REPOS: Final[dict[str, dict[str, Any]]] = {
    repo["id"]: repo
    for repo in (
        _repo(
            "example/harbour",
            _hub_file("harbour_lights.safetensors", 6_938_040_706, "harbour", HARBOUR_SHA256),
            _hub_file("quay_fog.safetensors", 6_938_040_706, "harbour", HARBOUR_SHA256),
        ),
        _repo(
            "lantern-lab/mirror",
            _hub_file("lantern_bay_xl_v2.safetensors", 6_938_041_850, "lantern bay v2 pruned"),
            _hub_file("granite_photo_1.safetensors", 2_132_625_894, "granite photo"),
        ),
        _repo(
            "lantern-lab/night-ferry",
            _hub_file("night-ferry.safetensors", 6_938_040_288, "night ferry"),
            gated="auto",
            pipeline_tag="text-to-image",
            cardData={"license": "other", "license_name": "ask-first", "base_model": "stabilityai/sdxl-turbo"},
        ),
        _repo(
            "lantern-lab/tide-table-xl",
            _hub_file("tide-table-xl.safetensors", 6_938_040_288, "tide table"),
            _small_file("README.md", 2048),
            pipeline_tag="text-to-image",
            tags=["diffusers", "landscapes", "painting", "license:openrail++", "region:us"],
            config={"diffusers": {"_class_name": "StableDiffusionXLPipeline"}},
            cardData={"license": "openrail++", "instance_prompt": "tide style"},
        ),
        _repo(
            "lantern-lab/Quay-7B",
            _hub_file("model-00001-of-00002.safetensors", 9_900_000_000, "quay 1"),
            _hub_file("model-00002-of-00002.safetensors", 4_600_000_000, "quay 2"),
            _small_file("config.json", 640),
            pipeline_tag="text-generation",
            tags=["transformers", "safetensors", "roleplay", "base_model:finetune:lantern-lab/Base-7B"],
            config={
                "architectures": ["MistralForCausalLM"],
                "model_type": "mistral",
                "tokenizer_config": {"chat_template": "<|im_start|>{{ role }}\n{{ content }}<|im_end|>"},
            },
            cardData={"license": "apache-2.0", "base_model": ["lantern-lab/Base-7B"]},
            safetensors={"parameters": {"BF16": 7_248_023_552}, "total": 7_248_023_552},
        ),
        _repo("lantern-lab/oddments", _hub_file("x4_oddment.safetensors", 66_957_746, "oddment")),
    )
}
HUB_CONFIGS: Final = {"lantern-lab/Quay-7B": {"model_type": "mistral", "max_position_embeddings": 32768}}


_UNET: Final = "model.diffusion_model."
_VAE: Final = {"first_stage_model.decoder.conv_in.weight": [512, 4, 3, 3]}
_XL: Final = {
    f"{_UNET}input_blocks.0.0.weight": [320, 4, 3, 3],
    f"{_UNET}input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight": [640, 2048],
    **_VAE,
}
_FIRST: Final = {
    f"{_UNET}input_blocks.0.0.weight": [320, 4, 3, 3],
    f"{_UNET}input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight": [320, 768],
    **_VAE,
}
HUB_TENSORS: Final = {
    "lantern-lab/tide-table-xl/tide-table-xl.safetensors": _XL,
    "lantern-lab/mirror/lantern_bay_xl_v2.safetensors": _XL,
    "lantern-lab/mirror/granite_photo_1.safetensors": _FIRST,
}
"""Shapes of the tensors in the headers of files."""


def tensor_header(shapes: dict[str, list[int]]) -> bytes:
    """Return the start of a ``.safetensors`` file with tensors of these shapes."""
    entries = {name: {"dtype": "F16", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    header = json.dumps(entries).encode()
    return len(header).to_bytes(8, "little") + header


def _civitai_file(file_id: int, name: str, size: int, **more: Any) -> dict[str, Any]:
    return {
        "id": file_id,
        "name": name,
        "type": "Model",
        "sizeKB": size / 1024,
        "metadata": {"format": "SafeTensor", "size": "pruned", "fp": "fp16"},
        "pickleScanResult": "Success",
        "virusScanResult": "Success",
        "scannedAt": "2026-09-14T10:00:00.000Z",
        "primary": True,
        **more,
    }


def _hashed(name: str) -> dict[str, str]:
    sha256 = digest(name).upper()
    return {"SHA256": sha256, "AutoV2": sha256[:10]}


_LANTERN_FILES: Final = [
    _civitai_file(51003, "lanternBayXL_v20.safetensors", 6_938_041_850, hashes=_hashed("lantern bay v2 pruned")),
    _civitai_file(
        51004,
        "lanternBayXL_v20.safetensors",
        13_875_718_450,
        hashes=_hashed("lantern bay v2 full"),
        primary=False,
        metadata={"format": "SafeTensor", "size": "full", "fp": "fp32"},
    ),
]
_LANTERN_VERSIONS: Final = [
    {
        "id": 41002,
        "name": "v2.0",
        "baseModel": "SDXL 1.0",
        "baseModelType": "Standard",
        "publishedAt": "2026-09-14T09:12:00.000Z",
        "availability": "Public",
        "usageControl": "Download",
        "nsfwLevel": 7,
        "trainedWords": ["lantern light, bay at night"],
        "files": _LANTERN_FILES,
    },
    {
        "id": 41001,
        "name": "v1.0",
        "baseModel": "SDXL 1.0",
        "baseModelType": "Standard",
        "publishedAt": "2026-02-01T09:12:00.000Z",
        "availability": "Public",
        "usageControl": "Download",
        "nsfwLevel": 3,
        "trainedWords": ["lantern light"],
        "files": [
            _civitai_file(51001, "lanternBayXL_v10.safetensors", 6_938_040_682, hashes=_hashed("lantern bay v1"))
        ],
    },
]
CIVITAI_MODELS: Final[dict[int, dict[str, Any]]] = {
    31001: {
        "id": 31001,
        "name": "Lantern Bay XL ✨",
        "description": "<p>Harbours at night, painted with light.</p><p><a href='https://example.org'>Support</a></p>",
        "type": "Checkpoint",
        "nsfw": False,
        "nsfwLevel": 7,
        "minor": False,
        "poi": False,
        "creator": {"username": "lanternlab"},
        "tags": ["base model", "landscapes", "painting"],
        "allowCommercialUse": ["Image"],
        "allowNoCredit": False,
        "allowDerivatives": False,
        "modelVersions": _LANTERN_VERSIONS,
    }
}
CIVITAI_VERSIONS: Final[dict[int, dict[str, Any]]] = {
    version["id"]: {
        **version,
        "modelId": model["id"],
        "model": {key: model[key] for key in ("name", "type", "nsfw", "poi")},
    }
    for model in CIVITAI_MODELS.values()
    for version in model["modelVersions"]
}
