"""Whole trajectories of diffusers' schedulers over a made-up denoiser: what the Swift schedulers must reproduce.

The denoiser is tanh(a * x + b * t / 1000), so that a mistake at one step shows at every later one. All draws come from
one generator in the order of StableDiffusionPipeline and StableDiffusionImg2ImgPipeline.
"""

import importlib.util
import json
import math
import sys
import types
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
    "heun": "HeunDiscreteScheduler",
    "dpm2": "KDPM2DiscreteScheduler",
    "dpm2a": "KDPM2AncestralDiscreteScheduler",
    "lms": "LMSDiscreteScheduler",
    "deis": "DEISMultistepScheduler",
    "tcd": "TCDScheduler",
}

WITHOUT_GENERATOR = (
    diffusers.PNDMScheduler, diffusers.UniPCMultistepScheduler, diffusers.HeunDiscreteScheduler,
    diffusers.KDPM2DiscreteScheduler, diffusers.LMSDiscreteScheduler, diffusers.DEISMultistepScheduler,
)

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
    "heun": ("heun", {}),
    "dpm2": ("dpm2", {}),
    "dpm2-ancestral": ("dpm2a", {}),
    "lms": ("lms", {}),
    "deis": ("deis", {}),
    "tcd": ("tcd", {}),
}

# The functions of k_diffusion.sampling.
K_SAMPLERS = {
    "euler": ("sample_euler", {}),
    "euler-ancestral": ("sample_euler_ancestral", {}),
    "heun": ("sample_heun", {}),
    "lms": ("sample_lms", {}),
    "dpm2": ("sample_dpm_2", {}),
    "dpm2-ancestral": ("sample_dpm_2_ancestral", {}),
    "dpm++-2s-ancestral": ("sample_dpmpp_2s_ancestral", {}),
    "dpm++-sde": ("sample_dpmpp_sde", {}),
    "dpm++-2m": ("sample_dpmpp_2m", {}),
    "dpm++-2m-sde": ("sample_dpmpp_2m_sde", {"solver_type": "midpoint"}),
    "dpm++-2m-sde-heun": ("sample_dpmpp_2m_sde", {"solver_type": "heun"}),
    "dpm++-3m-sde": ("sample_dpmpp_3m_sde", {}),
}
CHURNING = ["euler", "heun", "dpm2"]
STOCHASTIC = [
    "euler-ancestral", "dpm2-ancestral", "dpm++-2s-ancestral", "dpm++-sde", "dpm++-2m-sde", "dpm++-2m-sde-heun",
    "dpm++-3m-sde",
]
SCHEDULES = ["normal", "karras", "exponential", "sgm-uniform", "simple", "beta"]
# What AUTOMATIC1111's web UI calls `discard_next_to_last_sigma`.
DISCARDING = ["dpm2", "dpm2-ancestral", "dpm++-3m-sde"]


def make(folder: Path) -> None:
    """Writes one file of cases for each scheduler, and one for the samplers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in _cases().items():
        lines = ",\n".join(json.dumps(_run(case), separators=(",", ":")) for case in cases)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    k_diffusion = _k_diffusion()
    for name, cases in {"k_diffusion": _k_cases(), "solver_schedules": _solver_cases()}.items():
        run = _run_k if name == "k_diffusion" else _run_solver
        lines = ",\n".join(json.dumps(run(case, *k_diffusion), separators=(",", ":")) for case in cases)
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
        # Those of two evaluations a step are in `second_order`.
        if sampler not in ("heun", "dpm2", "dpm2-ancestral") or steps == 4
        # From the middle on, diffusers' linear multistep counts slopes that it does not have.
        if sampler != "lms" or strength == 1.0
    ]

    second_order: list[dict] = []
    for kind in ("heun", "dpm2", "dpm2a", "lms"):
        kinds = ["epsilon", "v_prediction"] if kind.startswith("dpm2") else predictions
        second_order += [
            _case(kind, steps, prediction_type=prediction, timestep_spacing=spacing, **LATENT)
            for spacing in spacings for steps, prediction in [(1, "epsilon"), (4, "epsilon"), (7, kinds[-1])]
        ]
        second_order += [
            _case(kind, 6, **(LATENT | extra))
            for extra in (
                {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True}, *betas)
            # There, diffusers takes the root of less than nothing.
            if kind != "dpm2a" or extra is not betas[0]
        ]
        if kind != "lms":
            second_order += image_to_image(kind, **LATENT, timestep_spacing="leading", steps_offset=1)
    second_order += [_case("heun", 10, **LATENT, **clip)]
    cases["second_order"] = second_order

    cases["deis"] = [
        *grid("deis", predictions, **LATENT),
        *[
            _case("deis", steps, **LATENT, solver_order=order, lower_order_final=lower)
            for steps in (3, 8, 14, 15, 20) for order in (1, 2, 3) for lower in (True, False)
        ],
        *image_to_image("deis", **LATENT, timestep_spacing="leading", steps_offset=1),
        *[
            _case("deis", 10, **(LATENT | extra))
            for extra in (
                {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}, {"use_beta_sigmas": True}, dynamic,
                {"use_flow_sigmas": True, "prediction_type": "flow_prediction", "flow_shift": 3.0}, *betas)
        ],
    ]

    cases["tcd"] = [
        *[
            _case("tcd", steps, eta=eta, prediction_type=prediction)
            for steps in (1, 2, 4, 7, 20, 50) for prediction in predictions for eta in (0.0, 0.3, 1.0)
        ],
        *image_to_image("tcd", eta=0.3),
        *[_case("tcd", 5, eta=0.5, **extra) for extra in (
            {"original_inference_steps": 100}, zero_snr, betas[0])],
    ]

    # Numbers of steps that diffusers takes with other options only.
    cases["step_counts"] = [
        *[_case("pndm", steps, **LATENT, **spacing) for steps in (1, 2, 3)
          for spacing in ({}, {"timestep_spacing": "trailing"}, {"steps_offset": 1})],
        *[_case(kind, steps, eta=0.3 if kind == "tcd" else 0.0) for kind in ("lcm", "tcd")
          for steps in (51, 100, 150)],
        *[_case(kind, steps, **LATENT) for kind in ("ddim", "euler", "ancestral", "dpm", "unipc", "deis")
          for steps in (1, 2, 3, 4, 5, 20, 150)],
        *[_case("pndm", steps, skip_prk_steps=skips, **LATENT) for skips in (True, False)
          for steps in (4, 5, 20, 150)],
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
    if isinstance(scheduler, diffusers.PNDMScheduler) and steps < 4:
        scheduler = type(scheduler).from_config(scheduler.config, skip_prk_steps=True)
    if isinstance(scheduler, (diffusers.LCMScheduler, diffusers.TCDScheduler)):
        original = max(scheduler.config.original_inference_steps, steps)
        scheduler = type(scheduler).from_config(scheduler.config, original_inference_steps=original)
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
    if isinstance(scheduler, diffusers.TCDScheduler):
        # No eta of a case is the scheduler's own.
        keywords["eta"] = 0.3 if case.get("sampler") else case["eta"]
    if not isinstance(scheduler, WITHOUT_GENERATOR):
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


def _k_diffusion() -> tuple:
    """k_diffusion's `sampling` and `external` without what the rest of the package needs."""
    place = importlib.util.find_spec("k_diffusion").submodule_search_locations
    package = types.ModuleType("k_diffusion")
    package.__path__ = list(place)
    utils = types.ModuleType("k_diffusion.utils")
    utils.append_dims = lambda x, count: x[(...,) + (None,) * (count - x.ndim)]
    odeint, sde = types.ModuleType("torchdiffeq"), types.ModuleType("torchsde")
    odeint.odeint = None
    sys.modules |= {
        "k_diffusion": package, "k_diffusion.utils": utils, "torchdiffeq": odeint, "torchsde": sde}
    package.utils = utils
    sampling = importlib.import_module("k_diffusion.sampling")
    sampling.trange = lambda *arguments, **_: range(*arguments)
    package.sampling = sampling
    return sampling, importlib.import_module("k_diffusion.external")


def _k_case(sampler: str, steps: int, *, strength: float | None = None, config: dict = {}, **options) -> dict:
    return {
        "config": {"_class_name": "EulerDiscreteScheduler", **LATENT, **config}, "sampler": sampler, "steps": steps,
        "strength": strength, "options": options,
    }


def _k_cases() -> list[dict]:
    velocity = {"prediction_type": "v_prediction"}
    cases = []
    for sampler in K_SAMPLERS:
        # Without a schedule, diffusers' DPM-Solver++ has levels of its own.
        is_multistep = sampler.startswith("dpm++-2m")
        for schedule in SCHEDULES if is_multistep else [None, *SCHEDULES]:
            options = {} if schedule is None else {"schedule": schedule}
            cases += [_k_case(sampler, steps, **options) for steps in (1, 2, 3, 4, 5, 20, 150)]
            cases.append(_k_case(sampler, 4, config=velocity, **options))
        cases += [
            _k_case(sampler, steps, strength=strength, schedule=schedule, rules=rules)
            for schedule in ("karras", "normal")
            for steps, strength in [(10, 0.7), (20, 0.05), (20, 0.01), (4, 0.999), (5, 1.0)]
            for rules in ("native", "webUI")
        ]
        cases.append(_k_case(sampler, 10, strength=0.0, schedule="karras", rules="webUI"))
    for sampler in CHURNING:
        cases += [
            _k_case(sampler, steps, churn=churn, schedule=schedule, **options)
            for steps in (4, 20)
            for schedule in ("normal", "karras")
            for churn, options in [
                (5.0, {}), (100.0, {"noiseScale": 1.1}), (20.0, {"churnMinimum": 0.2, "churnMaximum": 8.0})]
        ]
        cases.append(_k_case(sampler, 10, strength=0.5, churn=7.0, schedule="exponential", rules="native"))
    for sampler in STOCHASTIC:
        cases += [
            _k_case(sampler, steps, eta=eta, noiseScale=scale, schedule=schedule)
            for steps in (3, 20)
            for schedule in ("karras", "simple")
            for eta, scale in [(0.0, 1.0), (0.5, 1.0), (1.3, 0.9), (1.0, 1.05)]
        ]
    return cases


def _solver_cases() -> list[dict]:
    """UniPC and DEIS at levels that end at zero, which diffusers' schedulers are told one by one."""
    return [
        _k_case(sampler, steps, schedule=schedule)
        for sampler in ("unipc", "deis") for schedule in SCHEDULES for steps in (1, 2, 3, 4, 5, 20, 150)
    ]


def _levels(case: dict, sampling, external) -> tuple:
    """The noise levels, what the denoiser is told at each, and k-diffusion's schedule of the model."""
    config, options = case["config"], case["options"]
    euler = diffusers.EulerDiscreteScheduler.from_config(dict(config))
    training = ((1 - euler.alphas_cumprod) / euler.alphas_cumprod) ** 0.5
    model = external.DiscreteSchedule(training, quantize=False)
    n = case["steps"]
    discards = options.get("rules") == "webUI" and case["sampler"] in DISCARDING
    n += discards
    low, high = float(model.sigma_min), float(model.sigma_max)
    schedule = options.get("schedule")
    if schedule is None:
        euler.set_timesteps(n)
        sigmas, timesteps = euler.sigmas, [float(t) for t in euler.timesteps]
    else:
        if schedule == "normal":
            sigmas = model.get_sigmas(n)
        elif schedule == "karras":
            sigmas = sampling.get_sigmas_karras(n, low, high)
        elif schedule == "exponential":
            sigmas = sampling.get_sigmas_exponential(n, low, high)
        elif schedule == "sgm-uniform":
            start, end = model.sigma_to_t(torch.tensor(high)), model.sigma_to_t(torch.tensor(low))
            ts = torch.linspace(float(start), float(end), n + 1)[:-1]
            sigmas = torch.FloatTensor([*[float(model.t_to_sigma(t)) for t in ts], 0.0])
        elif schedule == "simple":
            stride = len(model.sigmas) / n
            sigmas = torch.FloatTensor([*[float(model.sigmas[-(1 + int(i * stride))]) for i in range(n)], 0.0])
        else:
            from scipy import stats

            points = [stats.beta.ppf(x, 0.6, 0.6) for x in 1 - np.linspace(0, 1, n)]
            sigmas = torch.FloatTensor([*[low + x * (high - low) for x in points], 0.0])
        timesteps = [float(model.sigma_to_t(sigma)) for sigma in sigmas[:-1]]
    if discards:
        sigmas, timesteps = torch.cat([sigmas[:-2], sigmas[-1:]]), timesteps[:-1]
    return sigmas, timesteps, model


def _denoise(config: dict, x: torch.Tensor, sigma: torch.Tensor, t: float) -> tuple:
    """The scaled sample, the made-up network's answer, and the clean sample that it means."""
    scaled = x / (sigma**2 + 1) ** 0.5
    output = torch.tanh(A * scaled + B * t / 1000)
    if config.get("prediction_type") == "v_prediction":
        return scaled, output, output * (-sigma / (sigma**2 + 1) ** 0.5) + x / (sigma**2 + 1)
    return scaled, output, x - sigma * output


def _steps_made(case: dict) -> int:
    """How many steps image to image makes, by diffusers' rule or the web UI's."""
    steps, strength = case["steps"], case["strength"]
    if strength is None:
        return steps
    if case["options"].get("rules") == "webUI":
        return int(min(strength, 0.999) * steps) + 1
    return max(1, int(steps * strength))


def _run_k(case: dict, sampling, external) -> dict:
    """A trajectory of k-diffusion: what the denoiser is asked, scaled, and the latents at the end."""
    sigmas, timesteps, model = _levels(case, sampling, external)
    begin = case["steps"] - _steps_made(case)
    sigmas, timesteps = sigmas[begin:], timesteps[begin:]
    options = case["options"]
    name, keywords = K_SAMPLERS[case["sampler"]]
    names = {"eta": "eta", "noiseScale": "s_noise", "churn": "s_churn", "churnMinimum": "s_tmin",
             "churnMaximum": "s_tmax"}
    keywords = keywords | {names[key]: value for key, value in options.items() if key in names}

    generator = torch.Generator().manual_seed(1234)

    class Torch:
        """torch, with noise from the generator."""

        def __getattr__(self, item):
            return getattr(torch, item)

        def randn_like(self, x):
            return torch.randn(x.shape, generator=generator)

    sampling.torch = Torch()
    if "sde" in case["sampler"]:
        keywords["noise_sampler"] = lambda *_: torch.randn(SHAPE, generator=generator)
    if case["strength"] is None:
        x = torch.randn(SHAPE, generator=generator) * _initial(case, sigmas)
    else:
        original = torch.randn(SHAPE, generator=generator)
        x = original + torch.randn(SHAPE, generator=generator) * sigmas[0]
    asked, told = [], []

    def denoiser(x, sigma, **_):
        sigma = sigma[0]
        known = [t for level, t in zip(sigmas, timesteps) if level == sigma]
        told.append(known[0] if known else float(model.sigma_to_t(sigma)))
        scaled, _, denoised = _denoise(case["config"], x, sigma, told[-1])
        asked.append(scaled)
        return denoised

    if len(timesteps) == 1 and name in ("sample_dpmpp_2m_sde", "sample_dpmpp_3m_sde"):
        # k-diffusion trips over a variable when the first step is the last; it would give the clean sample.
        last = denoiser(x, sigmas[:1])
    else:
        last = getattr(sampling, name)(denoiser, x, sigmas, disable=True, **keywords)
    return _recorded(case, asked, told, last)


def _run_solver(case: dict, sampling, external) -> dict:
    """A trajectory of a multistep solver of diffusers at given levels."""
    sigmas, timesteps, _ = _levels(case, sampling, external)
    steps = case["steps"]
    kind = {"unipc": "unipc", "deis": "deis"}[case["sampler"]]
    scheduler = getattr(diffusers, CLASSES[kind]).from_config(dict(case["config"]))
    scheduler.set_timesteps(steps)
    scheduler.sigmas = sigmas.clone()
    scheduler.set_begin_index(0)
    generator = torch.Generator().manual_seed(1234)
    x = torch.randn(SHAPE, generator=generator) * sigmas[0] / (sigmas[0] ** 2 + 1) ** 0.5
    asked, told = [], []
    for index, t in enumerate(timesteps):
        asked.append(x)
        told.append(t)
        output = torch.tanh(A * x + B * t / 1000)
        if kind == "deis" and index == steps - 1:
            # The clean sample, to which a step of first order leads.
            alpha, sigma = scheduler._sigma_to_alpha_sigma_t(sigmas[index])
            x = (x - sigma * output) / alpha
        else:
            x = scheduler.step(output, scheduler.timesteps[index], x).prev_sample
    return _recorded(case, asked, told, x)


def _initial(case: dict, sigmas: torch.Tensor) -> float:
    """The standard deviation of pure noise; k-diffusion's unless the levels are diffusers'."""
    if "schedule" in case["options"]:
        return float(sigmas[0])
    scheduler = diffusers.EulerDiscreteScheduler.from_config(dict(case["config"]))
    scheduler.set_timesteps(case["steps"])
    return float(scheduler.init_noise_sigma)


def _recorded(case: dict, asked: list, told: list, last: torch.Tensor) -> dict:
    """The first and the last number of what the denoiser was asked, where that is not too long."""
    ends = [x.flatten()[[0, -1]] for x in asked] if case["steps"] <= 4 else []
    case = {key: value for key, value in case.items() if key != "config"} | {
        "prediction": case["config"].get("prediction_type", "epsilon")}
    assert last.isfinite().all(), case
    return {
        **{key: value for key, value in case.items() if value is not None}, "evaluations": len(asked),
        "timesteps": _numbers(torch.tensor(told)) if ends else [],
        "asked": _numbers(torch.cat(ends)) if ends else [], "last": _numbers(last.flatten()),
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
