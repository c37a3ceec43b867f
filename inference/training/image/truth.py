"""Draws a layout exactly and compares a model's picture with it. Used only in the evaluation."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .atlas import classes_at
from .layout import SLOTS, Layout
from .model import Drawer, to_frame


def grid(side: int) -> Tensor:
    """float [side * side, 2]: the center of each pixel, (x, y) in 0..1, row by row."""
    axis = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return torch.stack([x, y], -1).flatten(0, 1)


def draw_truth(layout: Layout, row: int, side: int, scale: int = 3) -> Tensor:
    """Colors [side, side, 3] in 0..1."""
    xy = grid(side * scale)
    rgb = layout.background_rgb[row].expand(len(xy), 3)
    for slot in range(SLOTS):
        if not layout.present[row, slot]:
            continue
        points = to_frame(xy, layout.center[row, slot], layout.radius[row, slot], layout.flip[row, slot], layout.turn[row, slot])
        part = classes_at(layout.kind[row, slot].expand(len(xy)), points)
        rgb = torch.where((part > 0)[:, None], layout.palette[row, slot][(part - 1).clamp(min=0)], rgb)
    return shrink(rgb, side, scale)


def shrink(points: Tensor, side: int, scale: int) -> Tensor:
    """Averages [(side * scale)^2, c] to [side, side, c]."""
    channels = points.T.unflatten(1, (side * scale, side * scale))
    return F.avg_pool2d(channels[None], scale)[0].permute(1, 2, 0)


@torch.no_grad()
def draw(drawer: Drawer, ids: Tensor, z: Tensor, side: int, scale: int = 3) -> Tensor:
    """The model's picture [side, side, 3] for token ids [t] (padding is dropped) and z [SLOTS, LATENT]."""
    return shrink(drawer(ids[ids != 0][None], z[None], grid(side * scale))[0], side, scale)


def visible(picture: Tensor, background: Tensor) -> Tensor:
    """The foreground of a picture [side, side, 3] with background [3]: bool [side, side]."""
    return (picture - background).abs().amax(-1) > 0.1


def mask_iou(drawn: Tensor, wanted: Tensor) -> float:
    """Intersection over union of two bool masks."""
    return ((drawn & wanted).sum() / (drawn | wanted).sum().clamp(min=1)).item()
