#!/usr/bin/env python3
"""Makes pictures with a whole pipeline of another program, and prints what it took as JSON. `compare.py` starts it.

Timed is what a person waits for: from the prompt to the bytes of a PNG file in memory.
"""

import argparse
import io
import json
import os
import resource
import statistics
import time
from pathlib import Path

from checkpoint import single_file

THREADS = len(os.sched_getaffinity(0))
PROMPT = "red heart"


def diffusers(folder: Path, side: int, steps: int):
    import torch
    from diffusers import StableDiffusionPipeline

    torch.set_num_threads(THREADS)
    pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.unet.to(memory_format=torch.channels_last)
    pipeline.vae.to(memory_format=torch.channels_last)
    return lambda: pipeline(PROMPT, width=side, height=side, num_inference_steps=steps, guidance_scale=1).images[0]


def stable_diffusion_cpp(folder: Path, side: int, steps: int):
    from stable_diffusion_cpp import StableDiffusion

    checkpoint = single_file(folder, folder.with_suffix(".safetensors"))
    pipeline = StableDiffusion(model_path=str(checkpoint), n_threads=THREADS, verbose=False)
    return lambda: pipeline.generate_image(
        prompt=PROMPT, width=side, height=side, sample_steps=steps, cfg_scale=1.0, sample_method="euler")[0]


PIPELINES = {"pytorch": diffusers, "stable-diffusion.cpp": stable_diffusion_cpp}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pipeline", choices=PIPELINES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--repeat", type=int, default=1, help="pictures to time, after one that is not")
    options = parser.parse_args()

    make = PIPELINES[options.pipeline](options.folder, options.side, options.steps)
    make().save(io.BytesIO(), "PNG")
    times = []
    for _ in range(options.repeat):
        start = time.perf_counter()
        make().save(io.BytesIO(), "PNG")
        times.append(1000 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": statistics.median(times) if times else None, "peak_rss_mb": peak}))


if __name__ == "__main__":
    main()
