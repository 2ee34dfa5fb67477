"""Facts from a file's tensor shapes: baselines, VAE, inpainting, LoRA. Pure."""

from dataclasses import dataclass
from typing import Final

from bot.sources.tensors import TensorHeader

_PREFIX: Final = "model.diffusion_model."
_SD1: Final = ("stable_diffusion_1",)
_SD2: Final = ("stable_diffusion_2_768", "stable_diffusion_2_512")
_SDXL: Final = ("stable_diffusion_xl",)
_CROSS_ATTENTION: Final = {
    ("input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight", 768): _SD1,
    ("input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight", 1024): _SD2,
    ("input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight", 2048): _SDXL,
}
"""Baselines by the last dimension of a cross attention, as InvokeAI tells them apart."""
_INPUT: Final = "input_blocks.0.0.weight"
_INPAINTING_CHANNELS: Final = 9
_FLUX_CHANNELS: Final = 64
_Z_IMAGE_WIDTH: Final = 3840
_VAE: Final = "first_stage_model."
_LORA: Final = (".lora_down.", ".lora_up.", ".lora_a.", ".lora_b.", "lora_unet_", "lora_te")


@dataclass(frozen=True, slots=True)
class ShapeFacts:
    """Facts from the shapes.

    Attributes:
        baselines: those that fit; empty if the shapes do not tell.
        has_vae: whether the VAE is in the file; ``None`` for families whose files need not have it.
        is_inpainting: ``None`` if the shapes do not tell.
        is_lora: the file changes another model.
    """

    baselines: tuple[str, ...] = ()
    has_vae: bool | None = None
    is_inpainting: bool | None = None
    is_lora: bool = False


def shape_facts(header: TensorHeader) -> ShapeFacts:
    """Read the facts that a header makes clear."""
    if any(part in name.casefold() for name in header.shapes for part in _LORA):
        return ShapeFacts(is_lora=True)
    shapes = {name.removeprefix(_PREFIX): shape for name, shape in header.shapes.items()}
    unet = next(
        (baselines for (name, width), baselines in _CROSS_ATTENTION.items() if shapes.get(name, ())[-1:] == (width,)),
        None,
    )
    if unet is not None:
        channels = shapes.get(_INPUT, ())[1:2]
        return ShapeFacts(
            unet,
            has_vae=any(name.startswith(_VAE) for name in header.shapes),
            is_inpainting=channels == (_INPAINTING_CHANNELS,) if channels else None,
        )
    return ShapeFacts(_transformer(shapes))


def _transformer(shapes: dict[str, tuple[int, ...]]) -> tuple[str, ...]:
    """Return the baselines of a model without a UNet, as ComfyUI and InvokeAI tell them apart."""
    flux = ("double_blocks.0.img_attn.norm.key_norm.scale", "double_blocks.0.img_attn.norm.key_norm.weight")
    if any(name in shapes for name in flux):
        is_first = shapes.get("img_in.weight", ())[1:2] == (_FLUX_CHANNELS,)
        is_other = any(name.startswith(("distilled_guidance_layer", "double_stream_modulation")) for name in shapes)
        has_guidance = any(name.startswith("guidance_in.") for name in shapes)
        named = "flux_dev" if has_guidance else "flux_schnell"
        return ("flux_1", named) if is_first and not is_other else ()
    if "noise_refiner.0.attention.k_norm.weight" in shapes:
        return ("z_image_turbo",) if shapes.get("cap_embedder.1.weight", ())[:1] == (_Z_IMAGE_WIDTH,) else ()
    parts = {name.partition(".")[0] for name in shapes}
    if {"txt_in", "txt_norm", "img_in"} <= parts and not parts & {"context_embedder", "__index_timestep_zero__"}:
        return ("qwen_image",)
    if {"llm_adapter", "x_embedder", "t_embedder"} <= parts:
        return ("anima",)
    return ("stable_cascade",) if "clf.1.weight" in shapes else ()
