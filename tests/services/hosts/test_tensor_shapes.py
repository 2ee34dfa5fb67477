"""Shapes of tensors tell the base of a model, and nothing where they do not make it clear."""

import pytest

from bot.services.hosts.tensor_shapes import ShapeFacts, shape_facts
from bot.sources.tensors import TensorHeader

UNET = "model.diffusion_model."
FIRST = f"{UNET}input_blocks.0.0.weight"
SECOND_BLOCK = f"{UNET}input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight"
FOURTH_BLOCK = f"{UNET}input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight"
KEY_NORM = "double_blocks.0.img_attn.norm.key_norm.scale"
VAE = "first_stage_model.decoder.conv_in.weight"

type Shapes = dict[str, tuple[int, ...]]


@pytest.mark.parametrize(
    ("shapes", "baselines"),
    [
        ({SECOND_BLOCK: (320, 768)}, {"stable_diffusion_1"}),
        ({SECOND_BLOCK: (320, 1024)}, {"stable_diffusion_2_768", "stable_diffusion_2_512"}),
        ({FOURTH_BLOCK: (640, 2048)}, {"stable_diffusion_xl"}),
        ({FOURTH_BLOCK: (640, 1280)}, set()),
        ({KEY_NORM: (128,), "img_in.weight": (3072, 64), "guidance_in.in_layer.weight": (1,)}, {"flux_1", "flux_dev"}),
        ({KEY_NORM: (128,), "img_in.weight": (3072, 64)}, {"flux_1", "flux_schnell"}),
        ({KEY_NORM: (128,), "img_in.weight": (3072, 384)}, set()),
        ({KEY_NORM: (128,), "img_in.weight": (3072, 64), "distilled_guidance_layer.x": (1,)}, set()),
        ({"cap_embedder.1.weight": (3840, 2560), "noise_refiner.0.attention.k_norm.weight": (128,)}, {"z_image_turbo"}),
        ({"cap_embedder.1.weight": (2304, 2560), "noise_refiner.0.attention.k_norm.weight": (128,)}, set()),
        ({"img_in.weight": (3072, 64), "txt_in.weight": (1,), "txt_norm.weight": (1,)}, {"qwen_image"}),
        ({"img_in.weight": (1,), "txt_in.w": (1,), "txt_norm.w": (1,), "__index_timestep_zero__": (1,)}, set()),
        ({"llm_adapter.x": (1,), "x_embedder.y": (1,), "t_embedder.z": (1,)}, {"anima"}),
        ({"clf.1.weight": (16, 4)}, {"stable_cascade"}),
        ({"joint_blocks.0.context_block.x": (1,)}, set()),
    ],
)
def test_the_base_is_read_from_the_shapes(shapes: Shapes, baselines: set[str]) -> None:
    assert set(shape_facts(TensorHeader(shapes)).baselines) == baselines


def test_inpainting_and_the_vae_are_read_too() -> None:
    plain = {SECOND_BLOCK: (320, 768), FIRST: (320, 4, 3, 3)}
    assert shape_facts(TensorHeader(plain)) == ShapeFacts(("stable_diffusion_1",), has_vae=False, is_inpainting=False)
    inpainting = {SECOND_BLOCK: (320, 768), FIRST: (320, 9, 3, 3), VAE: (512, 4)}
    assert shape_facts(TensorHeader(inpainting)) == ShapeFacts(
        ("stable_diffusion_1",), has_vae=True, is_inpainting=True
    )


def test_a_lora_is_no_base_model() -> None:
    assert shape_facts(TensorHeader({"lora_unet_x.lora_down.weight": (16, 320)})) == ShapeFacts(is_lora=True)
