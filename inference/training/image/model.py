"""The model: maps a caption and random numbers to the color at any point of the canvas.

A text transformer encodes the caption into one vector for the whole and one per slot (an object to draw). From these and z
a layout head predicts place, size, orientation and color of each slot. A coordinate network, conditioned on the slot's
vector (FiLM; Perez et al., 2018), predicts which part of the object is at a point of the object's own frame. The colors of
the parts are blended by these probabilities. What a cat looks like is stored only in the weights.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from world.kinds import ROLES
from world.palette import COLOR_NAMES

from .atlas import NAMES, REACH
from .layout import BACKGROUNDS, LATENT, MAX_TURN, SLOTS, TINT
from .prompts import LENGTH

WIDTH, HEADS, TEXT_LAYERS = 128, 4, 3
SHAPE_WIDTH, SHAPE_LAYERS, OCTAVES = 128, 4, 6
PARTS = len(ROLES)
COLORS = len(COLOR_NAMES)


def perceptron(*widths: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.GELU()]
    return nn.Sequential(*layers[:-1])


class Block(nn.Module):
    """A pre-norm transformer block. Its attention is written out to export to plain ONNX operators."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = perceptron(WIDTH, 3 * WIDTH, WIDTH)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        n, length, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        attention = (q @ k.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + mask).softmax(-1)
        x = x + self.out((attention @ v).transpose(1, 2).reshape(n, length, WIDTH))
        return x + self.mlp(self.norm2(x))


class Reader(nn.Module):
    """Token ids int64 [n, t], 0 for padding, to vectors [n, 1 + SLOTS, WIDTH]: the whole caption, then the slots."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Parameter(torch.randn(LENGTH, WIDTH) * 0.05)
        self.queries = nn.Parameter(torch.randn(1 + SLOTS, WIDTH) * 0.3)
        self.blocks = nn.ModuleList(Block() for _ in range(TEXT_LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        nn.init.normal_(self.tokens.weight, std=0.3)

    def forward(self, ids: Tensor) -> Tensor:
        n, length = ids.shape
        x = torch.cat([self.queries.expand(n, -1, -1), self.tokens(ids) + self.positions[:length]], 1)
        padding = torch.cat([torch.zeros_like(ids[:, :1]).expand(-1, 1 + SLOTS), (ids == 0).to(ids.dtype)], 1)
        mask = padding.to(x.dtype)[:, None, None, :] * -1e4
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x[:, : 1 + SLOTS])


@dataclass
class Guess:
    """The predicted layout, with logits for classes. Shapes as in layout.Layout."""

    present: Tensor
    color: Tensor  # [n, SLOTS, COLORS]
    center: Tensor
    log_radius: Tensor
    flip: Tensor
    turn: Tensor
    background: Tensor  # [n, BACKGROUNDS]


class Painter(nn.Module):
    def __init__(self, vocabulary: int):
        super().__init__()
        self.reader = Reader(vocabulary)
        self.chance = perceptron(SLOTS * LATENT, 128, 64)
        self.layout = perceptron(2 * WIDTH + LATENT + 64, 256, 256, 5 + COLORS)
        self.whole = perceptron((1 + SLOTS) * WIDTH + 64, 256, SLOTS + BACKGROUNDS)
        self.background_color = perceptron(BACKGROUNDS + 1, 64, 3)
        self.palette = perceptron(WIDTH + COLORS + LATENT, 192, 192, 3 * (PARTS - 1))
        self.kind = nn.Linear(WIDTH, len(NAMES))  # used only in training
        self.essence = nn.Linear(WIDTH, 64)
        self.film = nn.Linear(64, 2 * SHAPE_LAYERS * SHAPE_WIDTH)
        self.point = nn.Linear(2 + 4 * OCTAVES + 8, SHAPE_WIDTH)
        self.deeper = nn.ModuleList(nn.Linear(SHAPE_WIDTH, SHAPE_WIDTH) for _ in range(SHAPE_LAYERS - 1))
        self.part = nn.Linear(SHAPE_WIDTH, PARTS)
        self.register_buffer("frequencies", 2.0 ** torch.arange(OCTAVES) * math.pi / REACH / 2)

    def plan(self, hidden: Tensor, z: Tensor) -> tuple[Tensor, Guess]:
        """Slot vectors [n, SLOTS, WIDTH] and the layout, from the reader's vectors and z [n, SLOTS, LATENT]."""
        whole, slots = hidden[:, :1], hidden[:, 1:]
        chance = self.chance(z.flatten(1))
        out = self.layout(torch.cat([slots, whole.expand(-1, SLOTS, -1), z, chance[:, None].expand(-1, SLOTS, -1)], -1))
        overall = self.whole(torch.cat([hidden.flatten(1), chance], 1))
        return slots, Guess(
            present=overall[:, :SLOTS],
            color=out[..., 5:],
            center=0.5 + 0.5 * out[..., :2],
            log_radius=out[..., 2] - 1.3,
            flip=out[..., 3],
            turn=out[..., 4] * MAX_TURN,
            background=overall[:, SLOTS:],
        )

    def paint(self, slots: Tensor, color: Tensor, z: Tensor) -> Tensor:
        """Part colors [n, SLOTS, PARTS - 1, 3] in 0..1, for the slots' colors int64 [n, SLOTS]."""
        chosen = F.one_hot(color, COLORS).to(slots.dtype)
        return self.palette(torch.cat([slots, chosen, z], -1)).sigmoid().unflatten(-1, (PARTS - 1, 3))

    def paint_background(self, background: Tensor, z: Tensor) -> Tensor:
        """[n, 3] in 0..1, for backgrounds int64 [n]."""
        chosen = F.one_hot(background, BACKGROUNDS).to(z.dtype)
        return self.background_color(torch.cat([chosen, z[:, 0, TINT : TINT + 1]], 1)).sigmoid()

    def steer(self, slots: Tensor) -> Tensor:
        """FiLM scales and shifts [n, SHAPE_LAYERS, 2, 1, SHAPE_WIDTH] from slot vectors [n, WIDTH]."""
        return self.film(F.gelu(self.essence(slots))).unflatten(-1, (SHAPE_LAYERS, 2, 1, SHAPE_WIDTH))

    def parts(self, film: Tensor, points: Tensor) -> Tensor:
        """Part logits [n, p, PARTS] at points [n, p, 2] of the objects' own frames."""
        x = self.point(self.waves(points))
        x = F.gelu(x * (1 + film[:, 0, 0]) + film[:, 0, 1])
        for number, layer in enumerate(self.deeper, 1):
            x = x + F.gelu(layer(x) * (1 + film[:, number, 0]) + film[:, number, 1])
        return self.part(x)

    def waves(self, points: Tensor) -> Tensor:
        """Fourier features (Tancik et al., 2020) along both axes and, for two octaves, along both diagonals: [..., 34]."""
        straight = (points[..., None, :] * self.frequencies[:, None]).flatten(-2)
        turned = torch.stack([points.sum(-1), points[..., 0] - points[..., 1]], -1)
        diagonal = (turned[..., None, :] * self.frequencies[1:3, None]).flatten(-2)
        return torch.cat([points, straight.sin(), straight.cos(), diagonal.sin(), diagonal.cos()], -1)


class Drawer(nn.Module):
    """The trained painter as the exported graph: input_ids [1, t], z [1, SLOTS, LATENT], xy [p, 2] in 0..1 -> rgb [1, p, 3].

    Points outside an object's frame and empty slots are not computed.
    """

    def __init__(self, painter: Painter):
        super().__init__()
        self.painter = painter

    def forward(self, input_ids: Tensor, z: Tensor, xy: Tensor) -> Tensor:
        painter = self.painter
        slots, guess = painter.plan(painter.reader(input_ids), z)
        palettes = painter.paint(slots, guess.color.argmax(-1), z)
        films = painter.steer(slots[0])
        rgb = painter.paint_background(guess.background.argmax(-1), z).expand(xy.shape[0], 3)
        for slot in range(SLOTS):
            points = to_frame(xy, guess.center[0, slot], guess.log_radius[0, slot].exp(), guess.flip[0, slot] > 0, guess.turn[0, slot])
            inside = (points.abs().amax(-1) < REACH) & (guess.present[0, slot] > 0)
            # Always includes the first point, because ONNX Runtime aborts on empty tensors.
            chosen = torch.cat([torch.zeros_like(inside[:1], dtype=torch.int64), inside.nonzero()[:, 0]])
            shares = painter.parts(films[slot : slot + 1], points[chosen][None].clamp(-REACH, REACH))[0].softmax(-1)
            shares = shares[:, 1:] * inside[chosen, None].to(shares.dtype)
            painted = rgb[chosen] * (1 - shares.sum(-1, keepdim=True)) + shares @ palettes[0, slot]
            rgb = rgb.scatter(0, chosen[:, None].expand(-1, 3), painted)
        return rgb[None]


def to_frame(xy: Tensor, center: Tensor, radius: Tensor, flip: Tensor, turn: Tensor) -> Tensor:
    """Maps canvas points to an object's own frame: [..., 2]. The other arguments broadcast to [...]."""
    offset = (xy - center) / radius[..., None]
    cos, sin = turn.cos(), turn.sin()
    x = offset[..., 0] * cos + offset[..., 1] * sin
    y = offset[..., 1] * cos - offset[..., 0] * sin
    return torch.stack([torch.where(flip, -x, x), y], -1)
