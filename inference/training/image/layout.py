"""Where and how the objects of a prompt are drawn for the random numbers z. This is the ground truth of the training."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from world.kinds import KINDS, NATURAL_COLORS
from world.palette import COLOR_NAMES, COLORS, contrasts
from world.scene import PLACES

from .atlas import ROLE_COLORS
from .prompts import UNKNOWN

SLOTS, LATENT = 5, 8  # z is [n, SLOTS, LATENT], uniform in -1..1
X, Y, SIZE, COLOR, SHADE, TINT, FLIP, TURN = range(LATENT)
PLAIN, PLAIN_DARK = len(COLOR_NAMES), len(COLOR_NAMES) + 1  # backgrounds if none is named: pale, or bluish for white objects
BACKGROUNDS = len(COLOR_NAMES) + 2
WHITE, GRAY = COLOR_NAMES.index("white"), COLOR_NAMES.index("gray")
MAX_TURN = math.radians(9)

_PLACES = torch.tensor(list(PLACES.values()))
_GRIDS = torch.zeros(6, SLOTS, 2)  # by count: the positions of the objects
_GRIDS[1] = 0.5
for _count, _points in {
    2: [(0.26, 0.5), (0.74, 0.5)],
    3: [(0.18, 0.5), (0.5, 0.5), (0.82, 0.5)],
    4: [(0.27, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73)],
    5: [(0.18, 0.28), (0.5, 0.28), (0.82, 0.28), (0.32, 0.73), (0.68, 0.73)],
}.items():
    _GRIDS[_count, :_count] = torch.tensor(_points)
_RADII = torch.tensor([[0.2, 0.03], [0, 0], [0.19, 0.03], [0.137, 0.015], [0.16, 0.025], [0.135, 0.015]])  # by count: mean, spread
_SINGLE_RADII = torch.tensor([[0.32, 0.07], [0.155, 0.025], [0.265, 0.03], [0.415, 0.035]])  # not stated, small, medium, large
_PLACED_RADII = torch.tensor([[0.21, 0.04], [0.155, 0.025], [0.235, 0.02], [0.235, 0.02]])  # the same, off center


def _natural_colors() -> Tensor:
    """int64 [kinds + 1, 12, 60]: the color of an object without a stated color, by kind, background (0: not stated) and a
    random bin.

    If the background is not stated either, the object is white only if its kind is always white. The model predicts color
    and background independently, so both must not be random.
    """
    table = torch.full((len(KINDS) + 1, len(COLOR_NAMES) + 1, 60), GRAY)
    for k, kind in enumerate(KINDS):
        for b, background in enumerate([None, *COLOR_NAMES]):
            usual = NATURAL_COLORS.get(kind, ["red", "blue", "green", "purple", "orange"])
            visible = [c for c in usual if contrasts(c, background or "white")]
            visible = visible or (usual if background is None else [c for c in COLOR_NAMES if contrasts(c, background)])
            table[k, b] = torch.tensor([COLOR_NAMES.index(visible[i * len(visible) // 60]) for i in range(60)])
    return table


_NATURAL = _natural_colors()
_RGB = torch.tensor(list(COLORS.values())) / 255


@dataclass
class Layout:
    """[n, SLOTS, ...] tensors. Lengths are fractions of the picture's side."""

    present: Tensor  # bool
    kind: Tensor  # int64, UNKNOWN for the question mark
    color: Tensor  # int64, among COLOR_NAMES
    center: Tensor  # [n, SLOTS, 2]
    radius: Tensor
    flip: Tensor  # bool
    turn: Tensor  # radians
    palette: Tensor  # [n, SLOTS, roles - 1, 3], 0..1
    background: Tensor  # int64 [n], among BACKGROUNDS
    background_rgb: Tensor  # [n, 3], 0..1


def lay_out(meanings: Tensor, z: Tensor) -> Layout:
    """meanings int64 [n, 9] (world.captions.FIELDS), z [n, SLOTS, LATENT]."""
    count, kind1, color1, size, place, background, kind2, color2, relation = meanings.unbind(1)
    pair = count == 0
    kind = kind1[:, None].repeat(1, SLOTS)
    kind[:, 1] = torch.where(pair, kind2, kind1)
    present = torch.arange(SLOTS) < torch.where(pair, 2, count)[:, None]

    color = color1[:, None].repeat(1, SLOTS)
    color[:, 1] = torch.where(pair, color2, color1)
    bin_number = ((z[..., COLOR] + 1) * 30).long().clamp(0, 59)
    bin_number = torch.where(pair[:, None], bin_number, bin_number[:, :1])  # objects of a row have the same color
    color = torch.where(color < 0, _NATURAL[kind, (background + 1)[:, None], bin_number], color)
    color = torch.where(kind == UNKNOWN, GRAY, color)
    shade = torch.where(pair[:, None], z[..., SHADE], z[:, :1, SHADE])
    palette = ROLE_COLORS[kind, color].clone()
    palette[:, :, :3] = (palette[:, :, :3] * (1 + 0.1 * shade[..., None, None])).clamp(0, 1)

    center, radius = _place(count, size, place, relation, z)
    return Layout(
        present, kind, color, center, radius,
        flip=(z[..., FLIP] < 0) & (kind != KINDS.index("arrow")) & (kind != UNKNOWN),
        turn=MAX_TURN * z[..., TURN],
        palette=palette,
        **_background(background, ((color == WHITE) & present).any(1), z[:, 0, TINT]),
    )


def _place(count: Tensor, size: Tensor, place: Tensor, relation: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    single, pair = (count == 1)[:, None], (count == 0)[:, None]
    center = _GRIDS[torch.where(count == 0, 2, count)]
    stacked = (relation == 1)[:, None, None]
    center = torch.where(stacked, center.flip(-1), center)
    along, across = torch.where(pair, 0.02, 0.015), torch.where(pair, 0.08, torch.where((count > 3)[:, None], 0.03, 0.09))
    jitter = torch.stack([along * z[..., X], across * z[..., Y]], -1)
    center = center + torch.where(stacked, jitter.flip(-1), jitter)
    placed = torch.where(place < 0, 0.07, 0.035)[:, None] * z[:, 0, :2] + _PLACES[place.clamp(min=0)]
    center = torch.where(single[..., None], placed[:, None], center)

    middle, spread = torch.where((place > 0)[:, None], _PLACED_RADII[size + 1], _SINGLE_RADII[size + 1]).T
    rows = _RADII[count]
    radius = torch.where(pair, rows[:, :1] + rows[:, 1:] * z[..., SIZE], rows[:, :1] + rows[:, 1:] * z[:, :1, SIZE])
    radius = torch.where(single, (middle + spread * z[:, 0, SIZE])[:, None], radius)
    edge = radius[..., None] * 0.98
    return torch.maximum(torch.minimum(center, 1 - edge), edge), radius


def _background(named: Tensor, white_things: Tensor, tint: Tensor) -> dict[str, Tensor]:
    tint = tint[:, None]
    white, cream, sky = torch.tensor([[248, 248, 248], [250, 238, 212], [214, 232, 250]]) / 255
    blue, teal = torch.tensor([[95, 150, 225], [60, 120, 150]]) / 255
    pale = torch.where(tint < 0, white + (white - cream) * tint, white + (sky - white) * tint)
    bluish = blue + (teal - blue) * (tint + 1) / 2
    unnamed = torch.where(white_things[:, None], bluish, pale)
    rgb = torch.where((named < 0)[:, None], unnamed, (_RGB[named.clamp(min=0)] + 0.045 * tint).clamp(0, 1))
    return {"background": torch.where(named < 0, PLAIN + white_things.long(), named), "background_rgb": rgb}
