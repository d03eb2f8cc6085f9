"""Whole models with random weights, a folder each: `model/` as the hub has them, `cases.json`, `expected.safetensors`.

cases.json: what was asked of the model; `sampler` is null for the folder's own scheduler, else the name of one made of
its configuration (diffusers: `from_config`); `clipSkip` counts skipped layers from 0; `strength` is null for text to
image; picture i has a generator of its own, seeded with `seeds[i]`; `syntax` is there where the prompts are read as
`weighting.py` does instead of cut off; `isMasked` where a part of the picture is kept.
expected.safetensors: `CASE.pixels` [pictures, height, width, 3] as bytes, `CASE.latents`
[steps, pictures, channels, height, width] after each step of the scheduler, the last of which are decoded,
`CASE.prompt_embeds` [1, length, width], with guidance `CASE.negative_prompt_embeds`, for Stable Diffusion XL
`CASE.pooled_prompt_embeds` and its negative, for image to image `CASE.image` [1, height, width, 3] as bytes, and for
a masked one `CASE.mask` [1, height, width, 1], white where it is drawn anew.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import diffusers
import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderTiny,
    DDIMScheduler,
    EulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    PNDMScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    BertConfig,
    BertModel,
    BertTokenizer,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

from reference import prepare, rename_tensors, save_json, save_tensors
from weighting import embeddings as weighted_embeddings

CROSS, PLAIN = "CrossAttnDownBlock2D", "DownBlock2D"
UP_CROSS, UP_PLAIN = "CrossAttnUpBlock2D", "UpBlock2D"

SAMPLERS = {
    "ddim": ("DDIMScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "dpm++-2m": ("DPMSolverMultistepScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
}

BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000)

MERGES = ["c a", "ca t</w>", "r e", "re d</w>", "t h", "th e</w>", "o n</w>", "h a", "ha t</w>", "d o", "do g</w>"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ["red", "heart", "icon", "blue", "star", "a", "un", "##happy"]


# Parts


def clip_tokenizer(pad: str) -> CLIPTokenizer:
    symbols = sorted(ByteLevel.alphabet())
    tokens = symbols + [symbol + "</w>" for symbol in symbols] + [merge.replace(" ", "") for merge in MERGES]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={token: number for number, token in enumerate(tokens)}, merges=[tuple(merge.split()) for merge in MERGES],
        pad_token=pad, model_max_length=77)


def bert_tokenizer() -> BertTokenizer:
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *",.!-", *LETTERS, *("##" + letter for letter in LETTERS)]
    tokens += [word for word in WORDS if word not in tokens]
    return BertTokenizer(vocab={token: number for number, token in enumerate(tokens)}, model_max_length=16)


def clip(tokenizer: CLIPTokenizer, projection: bool = False, **settings):
    kind = CLIPTextModelWithProjection if projection else CLIPTextModel
    return prepare(kind(CLIPTextConfig(**(dict(
        vocab_size=len(tokenizer), hidden_size=24, intermediate_size=48, num_hidden_layers=3, num_attention_heads=3,
        max_position_embeddings=77, bos_token_id=0, pad_token_id=1, eos_token_id=2, initializer_factor=10.0,
    ) | settings))))


def unet(**settings) -> UNet2DConditionModel:
    return prepare(UNet2DConditionModel(**(dict(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=(CROSS, PLAIN), up_block_types=(UP_PLAIN, UP_CROSS), cross_attention_dim=24,
        attention_head_dim=2) | settings)))


def autoencoder(**settings) -> AutoencoderKL:
    settings = dict(block_out_channels=(4, 8, 8, 8), latent_channels=4) | settings
    levels = len(settings["block_out_channels"])
    return prepare(AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * levels, up_block_types=("UpDecoderBlock2D",) * levels,
        sample_size=64, layers_per_block=1, norm_num_groups=4, **settings))


def published(scheduler, **settings):
    """The scheduler with the keys of others in its file, as published models have them."""
    scheduler.register_to_config(**settings)
    return scheduler


# Cases


def case(name: str, prompt: str = "a red cat", negative: str = "", size: tuple[int, int] = (64, 64), steps: int = 3,
         guidance: float = 7.5, sampler: str | None = None, seeds: tuple[int, ...] = (7,), strength: float | None = None,
         clip_skip: int = 0, syntax: str | None = None, masked: bool = False) -> dict:
    options = ({"syntax": syntax} if syntax else {}) | ({"isMasked": True} if masked else {})
    return {
        "name": name, "prompt": prompt, "negativePrompt": negative, "width": size[0], "height": size[1],
        "steps": steps, "guidanceScale": guidance, "sampler": sampler, "seeds": list(seeds), "strength": strength,
        "clipSkip": clip_skip,
    } | options


def picture(width: int, height: int) -> torch.Tensor:
    """A smooth picture [1, 3, height, width] of bytes, as if it had come from a file."""
    y, x = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    channels = [0.5 + 0.5 * torch.sin(6 * x + 2 * y), x * y, ((x - 0.4) ** 2 + (y - 0.6) ** 2 < 0.08).float()]
    return (torch.stack(channels)[None] * 255).round().byte()


def mask(width: int, height: int) -> torch.Tensor:
    """A mask [1, 1, height, width] of bytes, whose edges are those of latents, so that no resizing matters."""
    latent = torch.zeros(1, 1, height // 8, width // 8)
    latent[:, :, 1:6, 2:5] = 1
    latent[:, :, 5:7, 4:] = 1
    latent[:, :, 3, 3] = 0
    return (torch.nn.functional.interpolate(latent, scale_factor=8) * 255).byte()


def embeddings(pipe, asked: dict, guided: bool) -> dict[str, torch.Tensor]:
    extra = {"prompt_2": None} if "XL" in type(pipe).__name__ else {}
    values = pipe.encode_prompt(
        prompt=asked["prompt"], device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=guided,
        negative_prompt=asked["negativePrompt"] or None, clip_skip=asked["clipSkip"] or None, **extra)
    names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    return {name: value for name, value in zip(names, values) if value is not None and (guided or "neg" not in name)}


def run(pipe, to_image, asked: dict) -> dict[str, torch.Tensor]:
    guided = asked["guidanceScale"] > 1 and pipe.unet.config.time_cond_proj_dim is None
    components = dict(pipe.components)
    if asked["sampler"]:
        name, settings = SAMPLERS[asked["sampler"]]
        components["scheduler"] = getattr(diffusers, name).from_config(pipe.scheduler.config, **settings)
    options = {key: pipe.config[key] for key in (
        "requires_safety_checker", "force_zeros_for_empty_prompt", "requires_aesthetics_score") if key in pipe.config}
    arguments = dict(
        prompt=asked["prompt"], num_inference_steps=asked["steps"], guidance_scale=asked["guidanceScale"],
        generator=[torch.Generator().manual_seed(seed) for seed in asked["seeds"]],
        num_images_per_prompt=len(asked["seeds"]), clip_skip=asked["clipSkip"] or None, output_type="np")
    if "syntax" in asked:
        expected = weighted_embeddings(pipe, asked["prompt"], asked["negativePrompt"], asked["syntax"], asked["clipSkip"])
        arguments |= {"prompt": None} | expected
    else:
        expected = embeddings(pipe, asked, guided)
    kind = type(pipe)
    if asked["strength"] is not None:
        kind = to_image
        if asked.get("isMasked"):
            kind = StableDiffusionXLInpaintPipeline if "XL" in kind.__name__ else StableDiffusionInpaintPipeline
            arguments["mask_image"] = mask(asked["width"], asked["height"]).float() / 255
            arguments |= dict(width=asked["width"], height=asked["height"])
            expected["mask"] = mask(asked["width"], asked["height"]).permute(0, 2, 3, 1)
        options.pop("requires_aesthetics_score", None) if kind is not type(pipe) else None
        image = picture(asked["width"], asked["height"])
        expected["image"] = image.permute(0, 2, 3, 1)
        arguments |= dict(image=image.float() / 255, strength=asked["strength"])
    else:
        arguments |= dict(width=asked["width"], height=asked["height"])
    if kind is not LatentConsistencyModelPipeline and "syntax" not in asked:
        arguments["negative_prompt"] = asked["negativePrompt"] or None
    if "XL" in kind.__name__:
        options["add_watermarker"] = False
    pipeline = kind(**components, **options)
    pipeline.set_progress_bar_config(disable=True)
    steps = []

    def keep(_, step, timestep, values):
        steps.append(values["latents"].clone())
        return values

    images = pipeline(**arguments, callback_on_step_end=keep).images
    expected["pixels"] = torch.from_numpy((images * 255).round().astype("uint8"))
    expected["latents"] = torch.stack(steps)
    return {f"{asked['name']}.{name}": tensor for name, tensor in expected.items()}


def write(folder: Path, pipe, to_image, cases: list[dict], unset: tuple[str, ...] = ()) -> None:
    """Saves the model, loads it again and records its answers: the expected ones are those of the files.

    The keys in `unset` are left out of the scheduler's file, so that each scheduler has its own default for them.
    """
    model = folder / "model"
    pipe.to(torch.float16).save_pretrained(model)
    for path in model.glob("tokenizer*/tokenizer.json"):
        write_vocabulary(path)
    path = model / "text_encoder" / "model.safetensors"
    if path.exists() and isinstance(pipe.text_encoder, CLIPTextModel):
        rename_tensors(path, lambda name: "text_model." + name)
    path = model / "scheduler" / "scheduler_config.json"
    save_json({key: value for key, value in json.loads(path.read_text()).items() if key not in unset}, path)

    pipe = type(pipe).from_pretrained(model, dtype=torch.float32)
    if isinstance(pipe.text_encoder, CLIPTextModel):
        # Where diffusers 0.42 still looks for the final norm when layers are skipped; transformers 5 moved it.
        pipe.text_encoder.__dict__["text_model"] = SimpleNamespace(final_layer_norm=pipe.text_encoder.final_layer_norm)
    expected = {}
    for asked in cases:
        expected |= run(pipe, to_image, asked)
    save_tensors(expected, folder / "expected.safetensors")
    save_json(cases, folder / "cases.json")


def write_vocabulary(path: Path) -> None:
    """Replaces tokenizer.json by the files that the published models have."""
    model = json.loads(path.read_text())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    if model["type"] == "BPE":
        (path.parent / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False))
        (path.parent / "merges.txt").write_text("\n".join(["#version: 0.2", *MERGES]) + "\n")
        path.unlink()
    else:
        (path.parent / "vocab.txt").write_text("\n".join(tokens) + "\n")


# Models


def make_sd15(folder: Path) -> None:
    tokenizer = clip_tokenizer("<|endoftext|>")
    pipe = StableDiffusionPipeline(
        vae=autoencoder(), text_encoder=clip(tokenizer), tokenizer=tokenizer, unet=unet(),
        scheduler=published(
            PNDMScheduler(**BETAS, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1), clip_sample=False),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    write(folder, pipe, StableDiffusionImg2ImgPipeline, [
        case("pndm", negative="the dog", steps=5),
        case("unguided", guidance=1),
        case("ddim-pair", sampler="ddim", seeds=(7, 8)),
        case("euler-ancestral-pair", "the cat on the hat!", sampler="euler-ancestral", seeds=(123, 124)),
        case("dpm", "Café 42, it's", "dog", size=(64, 48), sampler="dpm++-2m", steps=4),
        # In a syntax of ours, since diffusers skips no layers for the negative prompt.
        case("clip-skip", sampler="euler", clip_skip=1, steps=2, syntax="plain"),
        case("long", "the cat on the hat " * 30, sampler="unipc", steps=4, syntax="plain"),
        case("weighted", "(red:1.4) [cat] BREAK the dog", "(hat)", sampler="dpm++-2m", steps=3, syntax="weighted"),
        case("image-to-image", "a dog", "cat", sampler="ddim", strength=0.6, steps=5, seeds=(7, 8)),
        case("image-to-image-euler", "", sampler="euler", strength=0.6, steps=5, guidance=1),
        case("masked-pndm", "a dog", strength=0.7, steps=6, masked=True),
        case("masked-ddim", "a dog", "cat", sampler="ddim", strength=0.6, steps=5, masked=True),
        case("masked-euler", "a dog", sampler="euler", strength=0.6, steps=5, masked=True),
        case("masked-dpm", "a dog", sampler="dpm++-2m", strength=0.8, steps=5, size=(64, 72), masked=True),
        case("masked-from-noise", "a dog", sampler="euler", strength=1, steps=3, guidance=1, masked=True),
    ], unset=("timestep_spacing", "prediction_type"))


def make_turbo(folder: Path) -> None:
    tokenizer = clip_tokenizer("!")
    pipe = StableDiffusionPipeline(
        vae=prepare(AutoencoderTiny(
            encoder_block_out_channels=(12,) * 4, decoder_block_out_channels=(12,) * 4, num_encoder_blocks=(1, 1, 1, 1),
            num_decoder_blocks=(1, 1, 1, 1))),
        text_encoder=clip(tokenizer, hidden_act="gelu", num_hidden_layers=2), tokenizer=tokenizer,
        unet=unet(use_linear_projection=True, attention_head_dim=[1, 2]),
        scheduler=published(
            EulerDiscreteScheduler(**BETAS, steps_offset=1, timestep_spacing="trailing"), clip_sample=False,
            set_alpha_to_one=False, skip_prk_steps=True),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    write(folder, pipe, StableDiffusionImg2ImgPipeline, [
        case("one-step", steps=1, guidance=0, seeds=(7, 8)),
        case("two-steps", "the dog", steps=2, guidance=0),
        case("image-to-image", "a hat", steps=3, guidance=0, strength=0.6),
    ])


def make_lcm(folder: Path) -> None:
    tokenizer = clip_tokenizer("<|endoftext|>")
    pipe = LatentConsistencyModelPipeline(
        vae=autoencoder(), text_encoder=clip(tokenizer, num_hidden_layers=2), tokenizer=tokenizer,
        unet=unet(time_cond_proj_dim=32), scheduler=LCMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=True),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    write(folder, pipe, StableDiffusionImg2ImgPipeline, [
        case("four-steps", steps=4, guidance=8.5, seeds=(7, 8)),
        case("one-step", "the dog", steps=1, guidance=1),
    ])


def make_sdxl(folder: Path) -> None:
    first, second = clip_tokenizer("<|endoftext|>"), clip_tokenizer("!")
    pipe = StableDiffusionXLPipeline(
        vae=autoencoder(scaling_factor=0.13025), tokenizer=first, tokenizer_2=second,
        text_encoder=clip(first, num_hidden_layers=2),
        text_encoder_2=clip(second, projection=True, hidden_size=16, num_attention_heads=2, num_hidden_layers=3,
                            hidden_act="gelu", projection_dim=20),
        unet=unet(
            block_out_channels=(8, 16), down_block_types=(PLAIN, CROSS), up_block_types=(UP_CROSS, UP_PLAIN),
            cross_attention_dim=40, attention_head_dim=[1, 2], use_linear_projection=True,
            transformer_layers_per_block=[1, 2], addition_embed_type="text_time", addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 20),
        scheduler=published(
            EulerDiscreteScheduler(**BETAS, steps_offset=1, timestep_spacing="leading"), clip_sample=False,
            set_alpha_to_one=False, skip_prk_steps=True, sample_max_value=1.0),
        force_zeros_for_empty_prompt=True, add_watermarker=False)
    write(folder, pipe, StableDiffusionXLImg2ImgPipeline, [
        case("no-negative-prompt", seeds=(7, 8)),
        case("negative-prompt", negative="the dog", size=(48, 64), guidance=5),
        case("unguided", "the hat", guidance=1, sampler="dpm++-2m"),
        case("clip-skip", clip_skip=1, steps=2),
        case("image-to-image", "a dog", "cat", strength=0.6, steps=5),
        case("masked", "a dog", "cat", strength=0.6, steps=5, masked=True),
        case("weighted", "(red:1.4) [cat] BREAK the dog", "(hat)", syntax="weighted"),
    ])


def make_refiner(folder: Path) -> None:
    tokenizer = clip_tokenizer("!")
    pipe = StableDiffusionXLImg2ImgPipeline(
        vae=autoencoder(scaling_factor=0.13025), tokenizer=None, tokenizer_2=tokenizer, text_encoder=None,
        text_encoder_2=clip(tokenizer, projection=True, num_hidden_layers=2, hidden_act="gelu", projection_dim=20),
        unet=unet(
            down_block_types=(PLAIN, CROSS), up_block_types=(UP_CROSS, UP_PLAIN), attention_head_dim=[1, 2],
            use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=5 * 8 + 20),
        scheduler=EulerDiscreteScheduler(**BETAS, steps_offset=1, timestep_spacing="leading"),
        requires_aesthetics_score=True, force_zeros_for_empty_prompt=False, add_watermarker=False)
    write(folder, pipe, StableDiffusionXLImg2ImgPipeline, [case("refine", "a red dog", strength=0.3, steps=8)])


def make_icons(folder: Path) -> None:
    """As the bundled model: BERT, 16 tokens, v-prediction from pure noise, an autoencoder without attention."""
    tokenizer = bert_tokenizer()
    encoder = prepare(BertModel(BertConfig(
        vocab_size=len(tokenizer), hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=32, initializer_range=0.2), add_pooling_layer=False))
    pipe = StableDiffusionPipeline(
        vae=autoencoder(block_out_channels=(8, 8, 12, 12), latent_channels=8, mid_block_add_attention=False,
                        scaling_factor=1.0),
        text_encoder=encoder, tokenizer=tokenizer,
        unet=unet(
            in_channels=8, out_channels=8, block_out_channels=(8, 12, 16), down_block_types=(PLAIN, CROSS, CROSS),
            up_block_types=(UP_CROSS, UP_CROSS, UP_PLAIN), attention_head_dim=4),
        scheduler=DDIMScheduler(
            **BETAS, clip_sample=False, prediction_type="v_prediction", timestep_spacing="trailing",
            rescale_betas_zero_snr=True, set_alpha_to_one=True, steps_offset=0),
        safety_checker=None, feature_extractor=None, image_encoder=None, requires_safety_checker=False)
    write(folder, pipe, StableDiffusionImg2ImgPipeline, [
        case("guided", "Red heart, icon", steps=4, guidance=4, seeds=(7, 8)),
        case("unguided", "unhappy star!", steps=4, guidance=1),
        case("negative-prompt", "blue heart", "red", size=(64, 32), steps=3, guidance=4),
        case("euler", "blue star", steps=4, guidance=4, sampler="euler"),
        case("long", "a blue heart icon " * 8, steps=2, guidance=4),
        case("image-to-image", "red star", steps=5, guidance=4, strength=0.6),
    ])


def make(folder: Path) -> None:
    makers = [make_sd15, make_turbo, make_lcm, make_sdxl, make_refiner, make_icons]
    for number, maker in enumerate(makers):
        torch.manual_seed(70 + number)
        maker(folder / maker.__name__.removeprefix("make_"))
