"""The two sizes at which the same stages run."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Profile:
    """Everything that differs between a machine with two cores and one with an accelerator."""

    name: str
    size: int                          # picture side
    device: str
    bf16: bool                         # autocast to bfloat16
    compile: bool
    threads: int
    tokens: int                        # caption length, padded
    latent_channels: int
    ae_channels: tuple
    ae_batch: int
    ae_lr: float
    ae_minutes: float                  # of process time (see common.Clock)
    latent_noise: float                # standard deviation, in units of a latent's own
    unet: dict = field(default_factory=dict)
    workers: int = 1                   # processes that train copies of the UNet and average them
    unet_batch: int = 32               # of one worker
    unet_lr: float = 6e-4
    unet_minutes: float = 75
    ema: float = 0.999


cpu = Profile(
    name="cpu", size=128, device="cpu", bf16=False, compile=False, threads=2, tokens=16,
    latent_channels=4, ae_channels=(16, 16, 48, 96), ae_batch=6, ae_lr=2e-3, ae_minutes=26.5, latent_noise=0.1,
    unet=dict(
        sample_size=16, block_out_channels=(64, 128, 192), layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=384, attention_head_dim=4, norm_num_groups=16),
    workers=2, unet_batch=16, unet_lr=8e-4, unet_minutes=66, ema=0.998)

gpu = Profile(
    name="gpu", size=256, device="cuda", bf16=True, compile=True, threads=8, tokens=16,
    latent_channels=8, ae_channels=(32, 64, 128, 192), ae_batch=32, ae_lr=1e-3, ae_minutes=6, latent_noise=0.1,
    unet=dict(
        sample_size=32, block_out_channels=(128, 256, 384), layers_per_block=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=384, attention_head_dim=8, norm_num_groups=32),
    unet_batch=256, unet_lr=3e-4, unet_minutes=17, ema=0.9995)

PROFILES = {p.name: p for p in (cpu, gpu)}
