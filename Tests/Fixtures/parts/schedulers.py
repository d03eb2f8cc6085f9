"""Whole trajectories of diffusers' schedulers over a made-up denoiser: what the Swift schedulers must reproduce.

The denoiser is tanh(a * x + b * t / 1000), so that a mistake at one step shows at every later one. All draws come from
one generator in the order of StableDiffusionPipeline and StableDiffusionImg2ImgPipeline.
"""

import json
import math
from pathlib import Path

import diffusers
import numpy as np
import torch

SHAPE = (1, 4, 2, 2)
A, B = 0.8, 0.3
STEPS = [1, 2, 4, 7, 20, 25, 50]

CLASSES = {
    "ddim": "DDIMScheduler",
    "pndm": "PNDMScheduler",
    "euler": "EulerDiscreteScheduler",
    "ancestral": "EulerAncestralDiscreteScheduler",
    "dpm": "DPMSolverMultistepScheduler",
    "unipc": "UniPCMultistepScheduler",
    "lcm": "LCMScheduler",
    "flow": "FlowMatchEulerDiscreteScheduler",
}

LATENT = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}

# The scheduler_config.json of well-known models.
MODELS = {
    "sd15": {
        "_class_name": "PNDMScheduler", **LATENT, "num_train_timesteps": 1000, "set_alpha_to_one": False,
        "skip_prk_steps": True, "steps_offset": 1, "trained_betas": None, "clip_sample": False,
    },
    "sd21": {
        "_class_name": "DDIMScheduler", **LATENT, "num_train_timesteps": 1000, "set_alpha_to_one": False,
        "prediction_type": "v_prediction", "skip_prk_steps": True, "steps_offset": 1, "clip_sample": False,
    },
    "sdxl": {
        "_class_name": "EulerDiscreteScheduler", **LATENT, "interpolation_type": "linear", "prediction_type": "epsilon",
        "sample_max_value": 1.0, "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1,
        "timestep_spacing": "leading", "use_karras_sigmas": False, "clip_sample": False, "trained_betas": None,
    },
    "turbo": {
        "_class_name": "EulerDiscreteScheduler", **LATENT, "prediction_type": "epsilon",
        "timestep_spacing": "trailing", "steps_offset": 1, "clip_sample": False, "set_alpha_to_one": False,
        "skip_prk_steps": True,
    },
}

# What a sampler changes, as one would write it with diffusers.
SAMPLERS = {
    "ddim": ("ddim", {}),
    "pndm": ("pndm", {}),
    "euler": ("euler", {}),
    "euler-karras": ("euler", {"use_karras_sigmas": True}),
    "euler-ancestral": ("ancestral", {}),
    "dpm++-2m": ("dpm", {}),
    "dpm++-2m-karras": ("dpm", {"use_karras_sigmas": True}),
    "dpm++-2m-sde": ("dpm", {"algorithm_type": "sde-dpmsolver++"}),
    "dpm++-2m-sde-karras": ("dpm", {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True}),
    "unipc": ("unipc", {}),
    "lcm": ("lcm", {}),
}


def make(folder: Path) -> None:
    """Writes one file of cases for each scheduler, and one for the samplers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in _cases().items():
        lines = ",\n".join(json.dumps(_run(case), separators=(",", ":")) for case in cases)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    schedules = [_noise_schedule(name, options) for name, options in _noise_schedules().items()]
    lines = ",\n".join(json.dumps(schedule, separators=(",", ":")) for schedule in schedules)
    (folder / "noise_schedules.json").write_text(f"[\n{lines}\n]\n")


def _case(
    kind: str, steps: int, *, strength: float = 1.0, eta: float = 0.0, mu: float | None = None, **options
) -> dict:
    config = {"_class_name": CLASSES[kind], **options}
    return {"config": config, "steps": steps, "strength": strength, "eta": eta, "mu": mu}


def _cases() -> dict[str, list[dict]]:
    cases: dict[str, list[dict]] = {}
    predictions = ["epsilon", "v_prediction", "sample"]
    spacings = ["linspace", "leading", "trailing"]

    def grid(kind: str, kinds: list[str], **options) -> list[dict]:
        """Every prediction type with every spacing, and every number of steps with one of them or another."""
        made = [
            _case(kind, 7, prediction_type=prediction, timestep_spacing=spacing, steps_offset=offset, **options)
            for prediction in kinds
            for spacing in spacings
            for offset in ([0, 1] if spacing == "leading" else [0])
        ]
        for index, steps in enumerate(STEPS):
            spacing, prediction = spacings[index % 3], kinds[index % len(kinds)]
            made.append(_case(kind, steps, prediction_type=prediction, timestep_spacing=spacing, **options))
            made.append(_case(kind, steps, **options))
        return made

    def image_to_image(kind: str, **options) -> list[dict]:
        return [
            _case(kind, steps, strength=strength, **options)
            for steps, strength in [(10, 0.7), (20, 0.3), (20, 0.29), (7, 0.5), (4, 0.25), (5, 1.0)]
        ]

    clip = {"clip_sample": True, "clip_sample_range": 0.8}
    dynamic = {"thresholding": True, "dynamic_thresholding_ratio": 0.9, "sample_max_value": 1.5}
    zero_snr = {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction", "timestep_spacing": "trailing"}
    betas = [
        {"beta_schedule": "squaredcos_cap_v2"},
        {"trained_betas": [round(0.001 + 0.0004 * i, 6) for i in range(40)], "num_train_timesteps": 40},
        {"num_train_timesteps": 200, "beta_start": 0.0005, "beta_end": 0.05},
    ]

    ddim = {"clip_sample": False, **LATENT}
    cases["ddim"] = [
        *grid("ddim", predictions, **ddim),
        *image_to_image("ddim", **ddim, steps_offset=1),
        *[_case("ddim", 10, **(LATENT | extra)) for extra in ({}, clip, dynamic, {"set_alpha_to_one": False})],
        *[_case("ddim", 10, eta=eta, **ddim) for eta in (0.5, 1.0)],
        *[_case("ddim", 10, **({"clip_sample": False} | extra)) for extra in betas],
        _case("ddim", 10, **ddim, **zero_snr),
    ]

    pndm = {"skip_prk_steps": True, **LATENT}
    cases["pndm"] = [
        *grid("pndm", ["epsilon", "v_prediction"], **pndm),
        *image_to_image("pndm", **pndm, steps_offset=1),
        *[
            _case("pndm", steps, **LATENT, timestep_spacing=spacing, prediction_type=prediction)
            for steps in (4, 5, 10, 25)
            for spacing, prediction in [("leading", "epsilon"), ("linspace", "v_prediction"), ("trailing", "epsilon")]
        ],
        *[_case("pndm", 10, skip_prk_steps=True, **extra) for extra in betas],
        _case("pndm", 10, **pndm, set_alpha_to_one=True),
        _case("pndm", 20, strength=0.5, **LATENT),
    ]

    cases["euler"] = [
        *grid("euler", predictions, **LATENT),
        *grid("euler", ["epsilon", "v_prediction"], use_karras_sigmas=True, **LATENT),
        *image_to_image("euler", **LATENT, timestep_spacing="leading", steps_offset=1),
        *[
            _case("euler", 12, **(LATENT | extra))
            for extra in (
                {"interpolation_type": "log_linear"}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True},
                {"final_sigmas_type": "sigma_min"}, {"use_karras_sigmas": True, "sigma_min": 0.1, "sigma_max": 10.0},
                {"timestep_type": "continuous", "prediction_type": "v_prediction", "use_karras_sigmas": True,
                 "sigma_min": 0.002, "sigma_max": 700.0},
                zero_snr, *betas,
            )
        ],
    ]
    cases["euler_ancestral"] = [
        *grid("ancestral", ["epsilon", "v_prediction"], **LATENT),
        *image_to_image("ancestral", **LATENT, timestep_spacing="leading", steps_offset=1),
        *[_case("ancestral", 12, **(LATENT | extra)) for extra in (zero_snr, *betas)],
    ]

    dpm: list[dict] = []
    for order in (1, 2, 3):
        for algorithm in ("dpmsolver++", "sde-dpmsolver++"):
            for solver in ("midpoint", "heun"):
                options = {**LATENT, "solver_order": order, "algorithm_type": algorithm, "solver_type": solver}
                dpm += [_case("dpm", 8, **options), _case("dpm", 20, use_karras_sigmas=True, **options)]
    dpm += grid("dpm", predictions, **LATENT)
    dpm += image_to_image("dpm", **LATENT, steps_offset=1, timestep_spacing="leading")
    dpm += image_to_image("dpm", **LATENT, algorithm_type="sde-dpmsolver++", use_karras_sigmas=True)
    dpm += [
        _case("dpm", steps, **(LATENT | {"solver_order": 3} | extra))
        for steps in (10, 20)
        for extra in (
            {"lower_order_final": False}, {"euler_at_final": True}, {"final_sigmas_type": "sigma_min"},
            {"final_sigmas_type": "sigma_min", "euler_at_final": True},
            {"final_sigmas_type": "sigma_min", "euler_at_final": True, "use_karras_sigmas": True},
            {"use_lu_lambdas": True}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True}, dynamic,
            {"use_flow_sigmas": True, "prediction_type": "flow_prediction", "flow_shift": 3.0},
            {"algorithm_type": "deis", "solver_type": "logrho", "final_sigmas_type": "sigma_min"}, zero_snr,
        )
    ]
    # From 15 steps on, the last ones keep their order.
    dpm += [_case("dpm", steps, **LATENT, solver_order=3, final_sigmas_type="sigma_min") for steps in (14, 15)]
    dpm += [_case("dpm", 10, **extra) for extra in betas]
    dpm += [
        _case("dpm", 10, **betas[0], lambda_min_clipped=-5.1, timestep_spacing=spacing) for spacing in spacings[:2]
    ]
    dpm += [_case("dpm", 10, **betas[0], use_karras_sigmas=True, lambda_min_clipped=-5.1)]
    cases["dpm_solver"] = dpm

    cases["unipc"] = [
        *grid("unipc", predictions, **LATENT),
        *[
            _case("unipc", steps, **LATENT, solver_order=order, solver_type=solver, predict_x0=predict,
                  prediction_type=prediction, final_sigmas_type="sigma_min")
            for steps in (5, 20)
            for order in (1, 2, 3)
            for solver, predict, prediction in [
                ("bh1", True, "epsilon"), ("bh2", False, "epsilon"), ("bh1", False, "v_prediction"),
                ("bh2", False, "sample")]
        ],
        *image_to_image("unipc", **LATENT, steps_offset=1, timestep_spacing="leading"),
        *[
            _case("unipc", 10, **(LATENT | extra))
            for extra in (
                {"use_karras_sigmas": True}, {"use_karras_sigmas": True, "solver_order": 3, "solver_type": "bh1",
                 "final_sigmas_type": "sigma_min"},
                {"disable_corrector": [0, 1, 4]}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True},
                {"final_sigmas_type": "sigma_min"}, {"final_sigmas_type": "sigma_min", "use_karras_sigmas": True},
                {"lower_order_final": False, "final_sigmas_type": "sigma_min"}, dynamic, {"solver_type": "midpoint"},
                {"use_flow_sigmas": True, "prediction_type": "flow_prediction", "flow_shift": 3.0}, zero_snr, *betas,
            )
        ],
    ]

    cases["lcm"] = [
        *[
            _case("lcm", steps, prediction_type=prediction)
            for steps in (1, 2, 4, 7, 20, 50) for prediction in predictions
        ],
        *image_to_image("lcm"),
        *[_case("lcm", 5, **extra) for extra in (
            {"original_inference_steps": 100}, {"timestep_scaling": 1.0}, clip, dynamic, zero_snr, betas[0])],
    ]

    cases["flow_match_euler"] = [
        *[_case("flow", steps, shift=shift) for steps in STEPS for shift in (1.0, 3.0)],
        *image_to_image("flow", shift=3.0),
        *[
            _case("flow", 10, mu=0.8, use_dynamic_shifting=True, time_shift_type=shift, **extra)
            for shift in ("exponential", "linear") for extra in ({}, {"shift_terminal": 0.02})
        ],
        *[_case("flow", 10, shift=2.0, **extra) for extra in (
            {"stochastic_sampling": True}, {"use_karras_sigmas": True}, {"use_exponential_sigmas": True},
            {"use_beta_sigmas": True})],
    ]

    cases["samplers"] = [
        {"config": config, "sampler": sampler, "steps": steps, "strength": strength, "eta": 0.0, "mu": None}
        for config in MODELS.values()
        for sampler in [None, *SAMPLERS]
        for steps, strength in [(4, 1.0), (20, 1.0), (20, 0.6)]
    ]
    return cases


def _run(case: dict) -> dict:
    """One trajectory: every timestep, two numbers of the latents after every step, all of them after the last."""
    config = case["config"]
    scheduler = getattr(diffusers, config["_class_name"]).from_config(dict(config))
    if case.get("sampler"):
        kind, changes = SAMPLERS[case["sampler"]]
        scheduler = getattr(diffusers, CLASSES[kind]).from_config(scheduler.config, **changes)
    steps, strength = case["steps"], case["strength"]
    scheduler.set_timesteps(steps, **({} if case["mu"] is None else {"mu": case["mu"]}))

    generator = torch.Generator().manual_seed(1234)
    timesteps = scheduler.timesteps
    initial_sigma = float(getattr(scheduler, "init_noise_sigma", 1.0))
    if strength < 1:
        start = steps - min(int(steps * strength), steps)
        timesteps = timesteps[start * scheduler.order:]
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(start * scheduler.order)
        original = torch.randn(SHAPE, generator=generator)
        noise = torch.randn(SHAPE, generator=generator)
        add_noise = getattr(scheduler, "add_noise", None) or (lambda x, n, t: scheduler.scale_noise(x, t, n))
        latents = add_noise(original, noise, timesteps[:1])
    else:
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(0)
        latents = torch.randn(SHAPE, generator=generator) * initial_sigma

    scale = getattr(scheduler, "scale_model_input", lambda sample, timestep: sample)
    keywords = {"eta": case["eta"]} if isinstance(scheduler, diffusers.DDIMScheduler) else {}
    if not isinstance(scheduler, (diffusers.PNDMScheduler, diffusers.UniPCMultistepScheduler)):
        keywords["generator"] = generator
    begin = _numbers(latents.flatten()[[0, -1]])
    trace = []
    for t in timesteps:
        output = torch.tanh(A * scale(latents, t) + B * float(t) / 1000)
        latents = scheduler.step(output, t, latents, **keywords).prev_sample
        trace += latents.flatten()[[0, -1]].tolist()
    assert all(math.isfinite(number) for number in trace), case
    return {
        **{key: value for key, value in case.items() if value is not None},
        "timesteps": _numbers(timesteps.float()), "initial": float(f"{initial_sigma:.9g}"), "begin": begin,
        "trace": _numbers(torch.tensor(trace)), "last": _numbers(latents.flatten()),
    }


def _noise_schedules() -> dict[str, dict]:
    zero = {"rescale_betas_zero_snr": True}
    return {
        "stable diffusion": LATENT,
        "linear": {"beta_schedule": "linear"},
        "another linear": {"beta_schedule": "linear", "beta_start": 0.0015, "beta_end": 0.0195},
        "squared cosine": {"beta_schedule": "squaredcos_cap_v2"},
        "zero terminal SNR": {**LATENT, **zero},
        "short": {**LATENT, "num_train_timesteps": 37},
    }


def _noise_schedule(name: str, options: dict) -> dict:
    """The bits of the cumulative product, of which the last matter near timestep 0."""
    alpha_bar = diffusers.DDIMScheduler(**options).alphas_cumprod.numpy()
    indices = sorted({*range(0, len(alpha_bar), 37), *range(8), len(alpha_bar) - 1})
    bits = alpha_bar[indices].view(np.uint32).tolist()
    # The rescaling takes square roots, which PyTorch computes with a wrong last bit on some processors.
    slack = 1 if "rescale_betas_zero_snr" in options else 0
    config = {"_class_name": "DDIMScheduler", **options}
    return {"name": name, "config": config, "indices": indices, "bits": bits, "slack": slack}


def _numbers(values: torch.Tensor) -> list[float]:
    numbers = [float(f"{value:.8g}") for value in values.tolist()]
    return [int(number) if number.is_integer() else number for number in numbers]


if __name__ == "__main__":
    make(Path(__file__).parent.parent / "data" / "schedulers")
