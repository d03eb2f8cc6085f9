"""Several processes that train copies of one network."""

import torch
from torch import distributed


class Workers:
    """Keeps the copies of a network in several processes together by averaging their weights now and then.

    Each worker has one core to itself, takes its own optimizer steps and meets the others every `PERIOD` steps
    (local SGD; Stich, 2019). On a shared machine this loses far less than threads that wait for each other in every layer.
    """

    PERIOD = 8

    def __init__(self, rank, count, store):
        self.rank, self.count = rank, count
        if count > 1:
            distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=count)

    @torch.no_grad()
    def meet(self, network, done):
        """Average the weights; everybody leaves with the first worker's share of the work that is done."""
        if self.count == 1:
            return done
        parameters = list(network.parameters())
        flat = torch.cat([p.reshape(-1) for p in parameters] + [torch.tensor([done if self.rank == 0 else 0.0])])
        distributed.all_reduce(flat)
        start = 0
        for p in parameters:
            p.copy_((flat[start:start + p.numel()] / self.count).view_as(p))
            start += p.numel()
        return flat[-1].item()
