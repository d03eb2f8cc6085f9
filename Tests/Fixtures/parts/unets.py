"""Conditional U-nets of every kind: a folder each, with config.json, diffusion_pytorch_model.safetensors and
expected.safetensors.

expected.safetensors: `sample` [2, channels, height, width], `timestep` [2], `encoder_hidden_states`
[2, length, width], where the kind has them `timestep_cond`, `text_embeds` and `time_ids`, and `output`.
"""

from pathlib import Path

import torch
from diffusers import UNet2DConditionModel

from reference import prepare, random, save_model, save_tensors

CROSS, PLAIN = "CrossAttnDownBlock2D", "DownBlock2D"
UP_CROSS, UP_PLAIN = "CrossAttnUpBlock2D", "UpBlock2D"

KINDS = {
    # Stable Diffusion 1.5: eight heads everywhere, 1×1 convolutions around transformers. 12 × 20 does not halve evenly.
    "sd15": dict(
        sample_size=16, block_out_channels=(8, 16, 16, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=(CROSS, CROSS, CROSS, PLAIN), up_block_types=(UP_PLAIN, UP_CROSS, UP_CROSS, UP_CROSS),
        cross_attention_dim=24, attention_head_dim=8),
    # Stable Diffusion 2.1: heads by resolution, linear projections.
    "sd21": dict(
        sample_size=(16, 24), block_out_channels=(8, 16, 16), layers_per_block=2, norm_num_groups=4,
        down_block_types=(CROSS, CROSS, PLAIN), up_block_types=(UP_PLAIN, UP_CROSS, UP_CROSS), cross_attention_dim=32,
        attention_head_dim=[1, 2, 4], use_linear_projection=True, upcast_attention=True),
    "sdxl": dict(
        sample_size=16, block_out_channels=(8, 16, 16), layers_per_block=2, norm_num_groups=4,
        down_block_types=(PLAIN, CROSS, CROSS), up_block_types=(UP_CROSS, UP_CROSS, UP_PLAIN), cross_attention_dim=40,
        attention_head_dim=[1, 2, 4], use_linear_projection=True, transformer_layers_per_block=[1, 1, 2],
        addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=6 * 8 + 20),
    "sdxl-refiner": dict(
        sample_size=16, block_out_channels=(8, 12, 16, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=(PLAIN, CROSS, CROSS, PLAIN), up_block_types=(UP_PLAIN, UP_CROSS, UP_CROSS, UP_PLAIN),
        cross_attention_dim=20, attention_head_dim=[1, 2, 4, 4], use_linear_projection=True,
        transformer_layers_per_block=2, addition_embed_type="text_time", addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=5 * 8 + 20),
    "lcm": dict(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=(CROSS, PLAIN), up_block_types=(UP_PLAIN, UP_CROSS), cross_attention_dim=24,
        attention_head_dim=4, time_cond_proj_dim=32),
    # The bundled model's: attention at coarser resolutions only.
    "bundled": dict(
        sample_size=16, block_out_channels=(8, 16, 20), layers_per_block=1, norm_num_groups=4,
        down_block_types=(PLAIN, CROSS, CROSS), up_block_types=(UP_CROSS, UP_CROSS, UP_PLAIN), cross_attention_dim=24,
        attention_head_dim=4),
    # Distilled small models: no middle block, other numbers of layers.
    "no-mid": dict(
        sample_size=16, block_out_channels=(8, 12, 16), layers_per_block=[1, 2, 1], norm_num_groups=4,
        down_block_types=(PLAIN, CROSS, CROSS), up_block_types=(UP_CROSS, UP_CROSS, UP_PLAIN), mid_block_type=None,
        cross_attention_dim=24, attention_head_dim=[1, 3, 2]),
    # Other numbers of transformer layers on the way up, a plain middle block, the other padding, other embeddings.
    "asymmetric": dict(
        sample_size=16, block_out_channels=(8, 16), layers_per_block=2, norm_num_groups=4,
        down_block_types=(CROSS, CROSS), up_block_types=(UP_CROSS, UP_CROSS), mid_block_type="UNetMidBlock2D",
        cross_attention_dim=[24, 24], attention_head_dim=4, transformer_layers_per_block=[0, [2, 1]],
        reverse_transformer_layers_per_block=[[1, 0, 2], 1], use_linear_projection=True, downsample_padding=0,
        flip_sin_to_cos=False, freq_shift=1, time_embedding_dim=48, norm_eps=1e-6, in_channels=8, out_channels=3),
}

# Height and width of the latents, and the length of the prompt.
SIZES = {"sd15": (12, 20, 77), "sd21": (8, 12, 33), "sdxl": (8, 12, 16), "sdxl-refiner": (16, 8, 15)}


def make(folder: Path) -> None:
    for number, (name, settings) in enumerate(KINDS.items()):
        torch.manual_seed(30 + number)
        unet = prepare(UNet2DConditionModel(**settings))
        height, width, length = SIZES.get(name, (8, 8, 16))
        context = settings["cross_attention_dim"]
        if isinstance(context, list):
            context = context[0]
        inputs = {
            "sample": random(2, unet.config.in_channels, height, width),
            "timestep": torch.tensor([981.0, 260.5]),
            "encoder_hidden_states": random(2, length, context),
        }
        added = {}
        if unet.config.time_cond_proj_dim:
            inputs["timestep_cond"] = random(2, unet.config.time_cond_proj_dim)
        if unet.config.addition_embed_type:
            ids = [[1024, 768, 0, 16, 1024, 1024], [512, 512, 0, 0, 640, 512]]
            if name == "sdxl-refiner":
                ids = [[1024, 768, 0, 0, 6], [512, 512, 16, 0, 2.5]]
            added = {"text_embeds": random(2, 20), "time_ids": torch.tensor(ids).float()}
        output = unet(**inputs, added_cond_kwargs=added).sample
        save_model(unet, folder / name)
        save_tensors(inputs | added | {"output": output}, folder / name / "expected.safetensors")
