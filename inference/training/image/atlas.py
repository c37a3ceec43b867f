"""The canonical drawing of each kind as a map of part classes. The model learns to reproduce it at any point."""

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from world.geometry import arc, ellipse, rectangle
from world.kinds import KINDS, ROLES, parts, role_colors
from world.palette import COLOR_NAMES, COLORS

SIDE = 512
REACH = 1.12  # the atlas spans [-REACH, REACH] of the object's frame
NAMES = [*KINDS, "?"]
QUESTION_MARK = [("main", arc(0, -0.4, 0.43, -195, 90, 0.24)), ("main", rectangle(-0.12, -0.05, 0.12, 0.42)), ("main", ellipse(0, 0.78, 0.16))]


def drawing(name: str):
    return QUESTION_MARK if name == "?" else parts(name)


def _draw(name: str) -> np.ndarray:
    image = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    for role, outline in drawing(name):
        draw.polygon([(x, y) for x, y in ((outline / REACH + 1) * SIDE / 2 - 0.5).tolist()], fill=ROLES.index(role))
    return np.asarray(image)


def _edges(classes: np.ndarray) -> np.ndarray:
    """int64 [m, 2]: (row, column) of the pixels next to a border between parts."""
    border = np.zeros_like(classes, bool)
    border[1:] |= classes[1:] != classes[:-1]
    border[:, 1:] |= classes[:, 1:] != classes[:, :-1]
    return np.argwhere(border)


CLASSES = torch.from_numpy(np.stack([_draw(name) for name in NAMES]))  # uint8 [kinds, SIDE, SIDE]
_EDGES = [_edges(classes.numpy()) for classes in CLASSES]
EDGE_COUNT = torch.tensor([len(edges) for edges in _EDGES])
EDGES = torch.zeros(len(NAMES), int(EDGE_COUNT.max()), 2, dtype=torch.int64)
for _row, _pixels in zip(EDGES, _EDGES):
    _row[: len(_pixels)] = torch.from_numpy(_pixels)

# Colors by kind and color name, float [kinds, 11, roles - 1, 3] in 0..1, and the roles of each kind, float
# [kinds, roles - 1].
ROLE_COLORS = torch.zeros(len(NAMES), len(COLOR_NAMES), len(ROLES) - 1, 3)
HAS_ROLE = torch.zeros(len(NAMES), len(ROLES) - 1)
for _kind, _name in enumerate(NAMES):
    for _role in {role for role, _ in drawing(_name)} - {"hole"}:
        HAS_ROLE[_kind, ROLES.index(_role) - 1] = 1
        for _color, _rgb in enumerate(COLORS.values()):
            ROLE_COLORS[_kind, _color, ROLES.index(_role) - 1] = torch.tensor(role_colors(_name, _rgb)[_role]) / 255


def classes_at(kind: Tensor, points: Tensor) -> Tensor:
    """The part class at points of the object's frame: int64 [...] from kind int64 [...] and points [..., 2]."""
    pixel = ((points / REACH + 1) * (SIDE / 2)).floor().long()
    inside = ((pixel >= 0) & (pixel < SIDE)).all(-1)
    pixel = pixel.clamp(0, SIDE - 1)
    return torch.where(inside, CLASSES[kind, pixel[..., 1], pixel[..., 0]].long(), 0)


def sample_points(kind: Tensor, count: int) -> Tensor:
    """Training points [n, count, 2] in the objects' frames for kinds [n]: half anywhere, half next to a border."""
    anywhere = (torch.rand(len(kind), count - count // 2, 2) * 2 - 1) * REACH
    chosen = (torch.rand(len(kind), count // 2) * EDGE_COUNT[kind][:, None]).long()
    beside = EDGES[kind[:, None], chosen].flip(-1) + 0.5 + torch.randn(len(kind), count // 2, 2) * 4
    return torch.cat([anywhere, (beside / SIDE * 2 - 1) * REACH], 1).clamp(-REACH, REACH * 0.9999)
