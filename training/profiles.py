"""The sizes at which the same stages run."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Profile:
    """Everything that differs between a machine with two cores and one with an accelerator. Minutes are of wall time."""

    name: str
    device: str
    threads: int
    size: int                          # image side
    most_others: int                   # drawings beyond curation.py's nouns, glyphs and emoji each, at most
    tokens: int                        # caption length, padded
    latent_channels: int
    ae_channels: tuple
    ae_batch: int
    ae_lr: float
    ae_minutes: float
    ae_small: float                    # share of the autoencoder's time at half size
    latent_noise: float                # standard deviation, in units of a latent's own
    encode_batch: int
    unet_batch: int
    unet_lr: float
    unet_minutes: float
    ema: float
    decoder_minutes: float
    scorer_batch: int
    scorer_minutes: float
    log_every: int                     # steps
    preview_minutes: float
    unet: dict = field(default_factory=dict)


def unet(size, channels, layers, heads, groups):
    return dict(
        sample_size=size, block_out_channels=channels, layers_per_block=layers,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=384, attention_head_dim=heads, norm_num_groups=groups)


# Two cores, six hours.
cpu = Profile(
    name="cpu", device="cpu", threads=2, size=128, most_others=100_000, tokens=16,
    latent_channels=8, ae_channels=(24, 32, 64, 128), ae_batch=8, ae_lr=2e-3, ae_minutes=66, ae_small=0.6, latent_noise=0.05, encode_batch=16,
    unet_batch=64, unet_lr=6e-4, unet_minutes=270, ema=0.999, unet=unet(16, (96, 160, 256), 1, 4, 16),
    decoder_minutes=15, scorer_batch=128, scorer_minutes=5, log_every=80, preview_minutes=15)

# The same model on one accelerator of the H200 class: seven minutes of training, and less than two to start, encode, compile, write and measure.
gpu = replace(
    cpu, name="gpu", device="cuda", threads=8, ae_batch=64, ae_minutes=1.2, encode_batch=512, unet_batch=512, unet_lr=1e-3, unet_minutes=4.8,
    decoder_minutes=0.5, scorer_batch=512, scorer_minutes=0.3, log_every=100, preview_minutes=2.4)

# Every line of every stage in a few minutes of any computer; what comes out is noise.
smoke = replace(
    cpu, name="smoke", size=64, most_others=30, ae_channels=(8, 8, 16, 16), ae_minutes=0.15, unet_batch=16, unet_minutes=0.3,
    decoder_minutes=0.1, scorer_minutes=0.15, log_every=8, preview_minutes=0.2, unet=unet(8, (16, 32, 48), 1, 4, 16))

PROFILES = {p.name: p for p in (cpu, gpu, smoke)}
