"""Figures of the painter on held-out prompts, in Python. `inference/evaluation/image.ts` measures the main figures with the
shipped weights.

    python -m image.evaluate TOKENIZER CHECKPOINT
"""

import argparse
import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from world.captions import to_numbers
from world.kinds import KINDS
from world.scene import PAIR

from .atlas import ROLE_COLORS
from .layout import LATENT, SLOTS, Layout, lay_out
from .model import Drawer, Painter
from .prompts import prompts, sample_meaning, sample_unknown, say, tokenize
from .truth import draw, draw_truth, mask_iou, visible
from .unknown_nouns import HELD_OUT_NOUNS

HELD_OUT_SEED = 11


def _asked(rng: random.Random, **wanted) -> tuple[str, list[int]]:
    meaning = sample_meaning(rng, **wanted)
    return say(rng, meaning), to_numbers(meaning)


GROUPS = {
    "single": partial(_asked, count=1),
    "pair": partial(_asked, count=PAIR),
    "two": partial(_asked, count=2),
    "three": partial(_asked, count=3),
    "four": partial(_asked, count=4),
    "five": partial(_asked, count=5),
    "held-out kind and color": partial(_asked, count=1, held_out=True),
    "unknown noun": partial(sample_unknown, nouns=HELD_OUT_NOUNS),
}


class Group:
    """Held-out prompts of one group, their ground truth, and the pictures of a painter, all at 64 x 64 pixels."""

    def __init__(self, tokenizer: Tokenizer, name: str, count: int):
        self.texts, meanings = prompts(HELD_OUT_SEED, count, GROUPS[name])
        self.ids = tokenize(tokenizer, self.texts)
        self.z = torch.rand(count, SLOTS, LATENT, generator=torch.Generator().manual_seed(HELD_OUT_SEED)) * 2 - 1
        self.layout = lay_out(meanings, self.z)

    def ious(self, drawer: Drawer) -> list[float]:
        self.pictures = [draw(drawer, ids, z, 64) for ids, z in zip(self.ids, self.z)]
        return [
            mask_iou(
                visible(picture, _background(drawer, ids, z)),
                visible(draw_truth(self.layout, row, 64), self.layout.background_rgb[row]),
            )
            for row, (picture, ids, z) in enumerate(zip(self.pictures, self.ids, self.z))
        ]

    def nearest_kinds(self) -> float:
        """The share of single-object pictures that are nearer to their own kind, drawn at the correct place, than to any other."""
        right = [nearest_kind(self.layout, row, picture) == self.layout.kind[row, 0] for row, picture in enumerate(self.pictures)]
        return sum(map(bool, right)) / len(right)


@torch.no_grad()
def _background(drawer: Drawer, ids: Tensor, z: Tensor) -> Tensor:
    """The background color [3]: the color far outside the canvas."""
    return drawer(ids[ids != 0][None], z[None], torch.tensor([[-9.0, -9.0]]))[0, 0]


def nearest_kind(layout: Layout, row: int, picture: Tensor) -> int:
    errors = []
    for kind in range(len(KINDS)):
        other = replace(layout, kind=torch.full_like(layout.kind, kind), palette=ROLE_COLORS[kind, layout.color])
        errors.append(((draw_truth(other, row, 64, 1) - picture) ** 2).mean())
    return int(torch.stack(errors).argmin())


def figures(painter: Painter, tokenizer: Tokenizer, count: int, names: list[str], kinds: bool) -> dict[str, float]:
    drawer = Drawer(painter.eval())
    told = {}
    for name in names:
        group = Group(tokenizer, name, count)
        told[name] = sum(group.ious(drawer)) / count
        if kinds and name in ("single", "held-out kind and color"):
            told[f"{name}: nearest of all kinds"] = group.nearest_kinds()
    return told


def quick_figures(painter: Painter, tokenizer: Tokenizer) -> dict[str, float]:
    return figures(painter, tokenizer, 40, list(GROUPS), kinds=False)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--count", type=int, default=300)
    options = arguments.parse_args()
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    painter = Painter(tokenizer.get_vocab_size())
    painter.load_state_dict(torch.load(options.checkpoint)["average"])
    for name, value in figures(painter, tokenizer, options.count, list(GROUPS), kinds=True).items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
