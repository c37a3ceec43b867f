"""The optimizers of the vision models."""

import torch
from torch import nn


def muon_and_adamw(module: nn.Module, rate: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al., 2024) for the linear layers between hidden states, AdamW for all other parameters.

    Muon orthogonalizes the update of a matrix. Its rate is scaled so that both optimizers use the same rate.
    """
    linear = [layer.weight for layer in module.modules() if isinstance(layer, nn.Linear) and min(layer.weight.shape) >= 64]
    chosen = {id(weight) for weight in linear}
    others = [parameter for parameter in module.parameters() if id(parameter) not in chosen]
    return [
        torch.optim.Muon(linear, lr=rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.97), weight_decay=0, fused=True),
    ]


def set_rate(optimizers: list[torch.optim.Optimizer], rate: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate
