"""The sizes at which the same stages run."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Profile:
    """Everything that differs between a machine with two cores and one with an accelerator. Minutes are of wall time."""

    name: str
    size: int                          # picture side
    device: str
    bf16: bool                         # autocast to bfloat16
    compile: bool
    threads: int
    others: float                      # share of the samples for things that curation.py does not list
    most_others: int                   # how many of those at most
    tokens: int                        # caption length, padded
    latent_channels: int
    ae_channels: tuple
    ae_batch: int
    ae_lr: float
    ae_minutes: float
    ae_small: float                    # share of the autoencoder's time at half size
    latent_noise: float                # standard deviation, in units of a latent's own
    encode_batch: int
    workers: int                       # processes that train copies of a UNet and average them
    unet_batch: int                    # of one worker
    unet_lr: float
    unet_minutes: float
    ema: float
    student_steps: int
    teacher_parts: int                 # guided steps of the teacher for one of the student
    guidance: float
    distil_batch: int
    distil_lr: float
    distil_minutes: float
    distil_ema: float
    decoder_minutes: float
    scorer_batch: int
    scorer_minutes: float
    log_every: int                     # steps; a multiple of workers.Workers.PERIOD
    preview_minutes: float
    unet: dict = field(default_factory=dict)


def unet(size, channels, layers, heads, groups):
    return dict(
        sample_size=size, block_out_channels=channels, layers_per_block=layers,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=384, attention_head_dim=heads, norm_num_groups=groups)


# Two shared cores, two hours and a quarter.
cpu = Profile(
    name="cpu", size=128, device="cpu", bf16=False, compile=False, threads=2, others=0, most_others=0, tokens=16,
    latent_channels=4, ae_channels=(16, 16, 48, 96), ae_batch=6, ae_lr=2e-3, ae_minutes=27, ae_small=0.9, latent_noise=0.1,
    encode_batch=16, workers=2, unet_batch=16, unet_lr=6e-4, unet_minutes=75, ema=0.998, unet=unet(16, (64, 128, 192), 1, 4, 16),
    student_steps=4, teacher_parts=1, guidance=2.5, distil_batch=8, distil_lr=3e-4, distil_minutes=25, distil_ema=0.99,
    decoder_minutes=10, scorer_batch=128, scorer_minutes=4, log_every=48, preview_minutes=8)

# One accelerator with 80 GB: twenty minutes, and about four more to start, compile and write.
gpu = Profile(
    name="gpu", size=256, device="cuda", bf16=True, compile=True, threads=8, others=0.35, most_others=4000, tokens=16,
    latent_channels=8, ae_channels=(16, 32, 64, 128), ae_batch=64, ae_lr=1e-3, ae_minutes=4, ae_small=0.5, latent_noise=0.1,
    encode_batch=64, workers=1, unet_batch=512, unet_lr=5e-4, unet_minutes=9.5, ema=0.999, unet=unet(32, (96, 160, 256), 2, 4, 32),
    student_steps=4, teacher_parts=2, guidance=3, distil_batch=512, distil_lr=3e-4, distil_minutes=4.5, distil_ema=0.99,
    decoder_minutes=1, scorer_batch=512, scorer_minutes=0.7, log_every=80, preview_minutes=3)

# Every line of every stage in a few minutes of any computer; what comes out is noise.
smoke = replace(
    cpu, name="smoke", size=64, teacher_parts=2, others=0.05, most_others=30, ae_channels=(8, 8, 16, 16), ae_minutes=0.15, unet_minutes=0.3, distil_minutes=0.3,
    decoder_minutes=0.1, scorer_minutes=0.15, log_every=8, preview_minutes=0.2, unet=unet(8, (16, 32, 48), 1, 4, 16))

PROFILES = {p.name: p for p in (cpu, gpu, smoke)}
