"""The training loop of every stage that trains."""

import math

import torch

from common import has_bfloat16, save


def cosine(done):
    """Learning rate, as a share of the highest, when this share of the time has passed."""
    return 0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2


def late(done):
    """Flat, then linear to zero in the last third."""
    return min(1, (1 - done) / 0.35 + 0.01)


def fit(network, loss_of, clock, log, rate, *, schedule=cosine, warmup=200, weight_decay=0.01, log_every=80, average=None, decay=0.0,
        checkpoint=None, save_minutes=3, compiled=False, look=None, look_minutes=math.inf):
    """Train the parameters of `network` that require a gradient until `clock` is done; returns the pictures seen.

    `loss_of(done)` gives (loss, pictures in the batch). AdamW at `rate` by `schedule`, gradients clipped to length 1. `average` is a second
    network that becomes the running average of the first. `checkpoint` is a file to go on from: without the optimizer's state in it, the
    learning rate warms up again. `look(average or network, minutes)` is called every `look_minutes` and at the end.
    """
    weights = [p for p in network.parameters() if p.requires_grad]
    device = weights[0].device
    optimizer = torch.optim.AdamW(weights, rate, betas=(0.9, 0.99), weight_decay=weight_decay, fused=True)
    step = begun = pictures = 0
    if checkpoint and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        network.load_state_dict(state["model"])
        step, pictures, clock.minutes, begun = state["step"], state["pictures"], state["minutes"], state["step"]
        if average:
            average.load_state_dict(state["ema"])
        if "optimizer" in state:
            optimizer.load_state_dict(state["optimizer"])
            begun = state["begun"]
    if compiled and has_bfloat16(device.type):
        network.compile()
    saved = looked = clock.minutes
    since, mean_loss, done = (clock.minutes, pictures), None, clock.done

    while done < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step - begun + 1) / warmup) * schedule(done)
        loss, count = loss_of(done)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        step, pictures = step + 1, pictures + count
        mean_loss = loss.detach() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.detach()
        if average:
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - min(decay, (1 + step) / (10 + step)))
        clock.tick()
        done = clock.done
        if step % log_every == 0:
            speed = (pictures - since[1]) / max(clock.minutes - since[0], 1e-6) / 60
            since = clock.minutes, pictures
            log(pictures=pictures, minutes=clock.minutes, left=clock.left, loss=mean_loss.item(), per_second=speed)
        if checkpoint and (clock.minutes - saved > save_minutes or done >= 1):
            saved = clock.minutes
            state = dict(model=network.state_dict(), optimizer=optimizer.state_dict(), step=step, begun=begun, pictures=pictures,
                         minutes=clock.minutes, done=done)
            save(checkpoint, state | (dict(ema=average.state_dict()) if average else {}))
        if look and (clock.minutes - looked > look_minutes or done >= 1):
            looked = clock.minutes
            look(average or network, clock.minutes)
    return pictures
