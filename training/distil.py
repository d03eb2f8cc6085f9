#!/usr/bin/env python3
"""Stage 7: distil the UNet to a few steps without guidance.

Progressive distillation (Salimans and Ho, 2022) in one round, with classifier-free guidance folded in (Meng et al., 2023): from one of
the student's few timesteps the teacher takes several guided DDIM steps, and the student learns the one unguided step that
arrives at the same place. Half of the starting points are noised training latents, half are what the student itself made of them one
step earlier, so that its own errors are among what it learns to correct. Every other batch has any timesteps instead and only the
guidance to learn, so that the student stays a v-prediction UNet that other samplers and numbers of steps can use. Checkpoint: `student.pt`, from which a second run of the same command goes on.
"""

import math

import torch
import torch.nn.functional as F

from common import Clock, Log, arguments, save
from unet import Previews, Samples, build, draw_timesteps, noised, scheduler
from workers import Workers


UNGUIDED = 300               # the first timesteps, which are the last to be drawn


class Steps:
    """The angles of a DDIM schedule: at timestep t, x is cos(phi) of the picture and sin(phi) of the noise."""

    def __init__(self, count, device):
        schedule = scheduler()
        schedule.set_timesteps(count)
        cosines = torch.cat([schedule.alphas_cumprod[schedule.timesteps].sqrt(), torch.ones(1)])
        self.timesteps, self.phi = schedule.timesteps.to(device), torch.arccos(cosines).to(device)

    def turn(self, k):
        """How far step k turns, [n, 1, 1, 1]."""
        return (self.phi[k] - self.phi[k + 1])[:, None, None, None]

    def step(self, x, v, k):
        """One DDIM step from number k to k + 1."""
        return x * self.turn(k).cos() - v * self.turn(k).sin()

    def answer(self, x, reached, k):
        """The v with which `step` reaches `reached`."""
        return (x * self.turn(k).cos() - reached) / self.turn(k).sin()


@torch.no_grad()
def guided(teacher, x, t, context, empty, guidance):
    """The teacher's v by classifier-free guidance, but none at low noise, where it only tints the ground (Kynkäänniemi et al., 2024)."""
    v = teacher(torch.cat([x, x]), t.repeat(2), torch.cat([empty.expand_as(context), context])).sample.float()
    unconditional, conditional = v.chunk(2)
    strength = torch.where(t < UNGUIDED, 1.0, guidance)[:, None, None, None]
    return unconditional + strength * (conditional - unconditional)


def train(rank, args, profile, run):
    torch.set_num_threads(max(1, profile.threads // profile.workers))
    torch.seed()
    workers, first = Workers(rank, profile.workers, run / "workers"), rank == 0
    log, device = Log(run, "distil"), profile.device
    samples = Samples(run, device)
    empty = samples.states[samples.empty].float()[None]
    networks = [build(profile).to(device, memory_format=torch.channels_last) for _ in range(2 + first)]
    teacher, student = networks[:2]
    taught = torch.load(run / "unet.pt", map_location=device)["ema"]
    for network in networks:
        network.load_state_dict(taught)
    teacher.requires_grad_(False)
    optimizer = torch.optim.AdamW(student.parameters(), profile.distil_lr, betas=(0.9, 0.99), weight_decay=0, fused=True)
    clock, step, checkpoint = Clock(profile.distil_minutes, args.until), 0, run / "student.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        student.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        clock.minutes, step = state["minutes"], state["step"]
    workers.meet(student, 0)
    if first:
        average = networks[2].requires_grad_(False)
        if checkpoint.exists():
            average.load_state_dict(state["ema"])
        preview = Previews(profile, run, guidance=1, steps=profile.student_steps)
    if profile.compile:
        teacher.compile()
        student.compile()
    coarse, fine = Steps(profile.student_steps, device), Steps(profile.student_steps * profile.teacher_parts, device)
    alpha_bar = scheduler().alphas_cumprod.to(device)
    done, saved, previewed, mean_loss = clock.done, clock.minutes, clock.minutes, None
    n, everybody = profile.distil_batch, profile.distil_batch * profile.workers

    while done < 1:
        rate = profile.distil_lr * min(1, (step + 1) / 50) * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, context = samples.batch(n, drop=0)
        with torch.autocast(device, torch.bfloat16, enabled=profile.bf16):
            if step % 2:
                t = draw_timesteps(n).to(device)
                x, _ = noised(x, t, alpha_bar)
                target = guided(teacher, x, t, context, empty, profile.guidance)
            else:
                k = torch.randperm(n).to(device) % profile.student_steps
                alone = step % 4 // 2                      # 1: the student comes to k by itself (but nothing precedes the first step)
                before = (k - alone).clamp(min=0)
                x, _ = noised(x, coarse.timesteps[before], alpha_bar)
                if alone:
                    moved = coarse.step(x, student(x, coarse.timesteps[before], context).sample.float(), before).detach()
                    x = torch.where((k > before)[:, None, None, None], moved, x)
                reached = x
                for j in range(profile.teacher_parts):
                    j = k * profile.teacher_parts + j
                    reached = fine.step(reached, guided(teacher, reached, fine.timesteps[j], context, empty, profile.guidance), j)
                t, target = coarse.timesteps[k], coarse.answer(x, reached, k)
            v = student(x, t, context).sample
        loss = F.mse_loss(v.float(), target)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        step += 1
        mean_loss = loss.detach() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.detach()
        if step % Workers.PERIOD:
            continue
        clock.tick()
        done = workers.meet(student, clock.done)
        if not first:
            continue
        with torch.no_grad():
            decay = min(profile.distil_ema, (1 + step) / (10 + step)) ** Workers.PERIOD
            torch._foreach_lerp_(list(average.parameters()), list(student.parameters()), 1 - decay)
        if step % profile.log_every == 0:
            log(pictures=step * everybody, minutes=clock.minutes, left=clock.left, loss=mean_loss.item())
        if clock.minutes - saved > 1 or done >= 1:
            saved = clock.minutes
            save(checkpoint, dict(model=student.state_dict(), ema=average.state_dict(), optimizer=optimizer.state_dict(),
                                  minutes=clock.minutes, step=step, pictures=step * everybody, done=done))
        if clock.minutes - previewed > profile.preview_minutes or done >= 1:
            previewed = clock.minutes
            preview(average, f"student_{round(clock.minutes):03d}")


def main():
    args, profile, run = arguments(__doc__, until=dict(help="rather plan to end at this time of day, HH:MM in UTC"))
    checkpoint = run / "student.pt"
    if checkpoint.exists() and torch.load(checkpoint, map_location="cpu").get("done") == 1:
        print("distil is done")
        return
    (run / "workers").unlink(missing_ok=True)
    if profile.workers == 1:
        train(0, args, profile, run)
    else:
        torch.multiprocessing.spawn(train, (args, profile, run), nprocs=profile.workers)


if __name__ == "__main__":
    main()
