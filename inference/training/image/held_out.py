"""Writes the held-out prompts and the expected pictures. `inference/evaluation/image.ts` compares these with the pictures of
the shipped weights.

    python -m image.held_out TOKENIZER ../evaluation/data/image

`masks.png` is a sheet of 64 x 64 tiles. White pixels are objects, black pixels are background. `kinds.png` has one row of
48 x 48 tiles for each of some prompts. A row shows every kind in place of the correct one. `prompts.json` has the prompts
with their seeds and tiles.
"""

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor
from world.kinds import KINDS

from .atlas import ROLE_COLORS
from .evaluate import GROUPS
from .layout import LATENT, SLOTS, lay_out
from .prompts import prompts, tokenize
from .truth import draw_truth, visible

EVALUATION_SEED = 5
COUNTS = {"single": 100, "pair": 60, "two": 40, "three": 40, "four": 30, "five": 30, "held-out kind and color": 60, "unknown noun": 60}
COMPARED = {"single": 40, "held-out kind and color": 20}  # number of first prompts of a group for which all kinds are drawn
COLUMNS = 20
NAMED_PROMPTS = [
    "a red circle", "a blue square", "a green triangle", "a yellow star", "a photo of a cat", "a photo of a dog", "a red car",
    "a blue fish", "a white house on a green background", "a pink flower", "a purple heart", "an orange boat",
    "a black umbrella", "a yellow sun on a blue background", "a green tree", "two red apples", "a gray hexagon",
    "a green star above a yellow square", "a brown bird", "three pink mushrooms",
]


def latent(seed: int) -> Tensor:
    """The server's random numbers for a seed, [1, SLOTS, LATENT]. Both sides use the Mersenne Twister."""
    rng = random.Random(seed)
    return torch.tensor([rng.random() * 2 - 1 for _ in range(SLOTS * LATENT)]).reshape(1, SLOTS, LATENT)


def as_bytes(picture: Tensor) -> np.ndarray:
    return (picture * 255).round().to(torch.uint8).numpy()


def sheet(tiles: list[np.ndarray], columns: int) -> Image.Image:
    side = tiles[0].shape[0]
    rows = -(-len(tiles) // columns)
    canvas = np.zeros((rows * side, columns * side, *tiles[0].shape[2:]), np.uint8)
    for number, tile in enumerate(tiles):
        y, x = number // columns * side, number % columns * side
        canvas[y : y + side, x : x + side] = tile
    return Image.fromarray(canvas)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("folder", type=Path)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))

    cases, masks, kinds = [], [], []
    for group, count in COUNTS.items():
        texts, meanings = prompts(EVALUATION_SEED, count, GROUPS[group])
        for number, text in enumerate(texts):
            seed = 1000 + len(cases)
            layout = lay_out(meanings[number : number + 1], latent(seed))
            case = {"group": group, "prompt": text, "seed": seed}
            masks.append(as_bytes(visible(draw_truth(layout, 0, 64), layout.background_rgb[0]).float()))
            if number < COMPARED.get(group, 0):
                case |= {"row": len(kinds) // len(KINDS), "kind": int(layout.kind[0, 0])}
                for kind in range(len(KINDS)):
                    other = replace(layout, kind=torch.full_like(layout.kind, kind), palette=ROLE_COLORS[kind, layout.color])
                    kinds.append(as_bytes(draw_truth(other, 0, 48)))
            cases.append(case)
    sheet(masks, COLUMNS).convert("1").save(options.folder / "masks.png", optimize=True)
    sheet(kinds, len(KINDS)).save(options.folder / "kinds.png", optimize=True)
    content = {"columns": COLUMNS, "kinds": len(KINDS), "cases": cases, "named": NAMED_PROMPTS}
    (options.folder / "prompts.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
    longest = int((tokenize(tokenizer, [case["prompt"] for case in cases]) != 0).sum(1).max())
    print(f"{len(cases)} prompts of at most {longest} tokens")


if __name__ == "__main__":
    main()
