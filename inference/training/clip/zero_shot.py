"""Zero-shot figures on held-out scenes, in Python. `inference/evaluation/clip.ts` measures the same with the shipped weights.

    python -m clip.zero_shot TOKENIZER CHECKPOINT
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from world.captions import say_all
from world.objects import OBJECTS
from world.palette import COLOR_NAMES
from world.render import render
from world.scene import Scene, sample_scene
from world.shapes import SHAPES
from world.words import with_article

from .model import ClipTrainee, new_clip
from .tokenizer import encode

HELD_OUT_SEED = 7


class ZeroShot:
    """Held-out scenes of this seed. `plain` draws flat canonical scenes."""

    def __init__(self, tokenizer: Tokenizer, scenes: int = 1500, seed: int = HELD_OUT_SEED, plain: bool = False):
        rng = random.Random(seed)
        self.tokenizer = tokenizer
        self.scenes = [sample_scene(rng, plain=plain) for _ in range(scenes)]
        self.captions = [say_all(rng, scene.meaning) for scene in self.scenes]
        self.pictures = torch.from_numpy(np.stack([render(scene) for scene in self.scenes]))

    def figures(self, trainee: ClipTrainee) -> dict[str, float]:
        trainee.eval()
        seen = trainee.embed_pictures(self.pictures)
        read = self._read(trainee, self.captions)
        single = [i for i, scene in enumerate(self.scenes) if scene.meaning.count == 1]
        figures = retrieval(seen, read)
        kinds = [self.scenes[i].meaning.kinds[0] for i in single]
        for name, group in (("shapes", list(SHAPES)), ("objects", list(OBJECTS)), ("cat or dog", ["cat", "dog"])):
            labels = self._read(trainee, [f"a photo of {with_article(kind)}" for kind in group])
            members = [(i, group.index(kind)) for i, kind in zip(single, kinds) if kind in group]
            figures[name] = accuracy(seen[[i for i, _ in members]], labels, [kind for _, kind in members])
        labels = self._read(trainee, [f"a photo of {with_article(color)} object" for color in COLOR_NAMES])
        figures["colors"] = accuracy(seen[single], labels, [COLOR_NAMES.index(self.scenes[i].meaning.colors[0]) for i in single])
        figures |= self._choices(trainee, seen)
        trainee.train()
        return figures

    def _read(self, trainee: ClipTrainee, texts: list[str]) -> Tensor:
        return trainee.embed_tokens(torch.from_numpy(encode(self.tokenizer, texts)))

    def _choices(self, trainee: ClipTrainee, seen: Tensor) -> dict[str, float]:
        """Choices between a true caption and its near misses."""
        rng = random.Random(1)
        tasks: dict[str, list[tuple[int, list[str]]]] = {"color x shape": [], "left or right": [], "binding": [], "count": []}
        for i, scene in enumerate(self.scenes):
            name, options = near_misses(rng, scene)
            if name:
                tasks[name].append((i, options))
        figures = {}
        for name, cases in tasks.items():
            read = self._read(trainee, [option for _, options in cases for option in options]).reshape(len(cases), -1, seen.shape[1])
            scores = torch.einsum("nd,nkd->nk", seen[[i for i, _ in cases]], read)
            figures[name] = (scores.argmax(1) == 0).float().mean().item()
        return figures


def near_misses(rng: random.Random, scene: Scene) -> tuple[str, list[str]]:
    """The name of a task and its options. The true option is first."""
    (kind, other), (color, other_color) = scene.meaning.kinds, scene.meaning.colors
    if scene.meaning.count == 1 and kind in SHAPES:
        wrong_kind = rng.choice([name for name in SHAPES if name != kind])
        wrong_color = rng.choice([name for name in COLOR_NAMES if name != color])
        return "color x shape", [with_article(f"{c} {k}") for c, k in ((color, kind), (wrong_color, kind), (color, wrong_kind), (wrong_color, wrong_kind))]
    if scene.meaning.count > 1:
        names = ["one", "two", "three", "four", "five"]
        counts = [scene.meaning.count, *[n for n in range(1, 6) if n != scene.meaning.count]]
        return "count", [f"a photo of {names[n - 1]} {color} {kind}" + ("s" if n > 1 and kind != "fish" else "") for n in counts]
    if scene.meaning.count != 0 or kind == other or color == other_color:
        return "", []
    first, second = with_article(f"{color} {kind}"), with_article(f"{other_color} {other}")
    if scene.meaning.relation == 0 and rng.random() < 0.5:
        return "left or right", [f"{first} to the left of {second}", f"{second} to the left of {first}"]
    return "binding", [f"{first} and {second}", f"{with_article(f'{other_color} {kind}')} and {with_article(f'{color} {other}')}"]


def retrieval(seen: Tensor, read: Tensor) -> dict[str, float]:
    """The share whose counterpart is the nearest of 100, in both directions."""
    rounds = []
    for start in range(0, len(seen) - 99, 100):
        similarity = seen[start : start + 100] @ read[start : start + 100].T
        rounds.append([(similarity.argmax(dim) == torch.arange(100)).float().mean().item() for dim in (1, 0)])
    to_text, to_picture = np.mean(rounds, 0).tolist()
    return {"picture to text": to_text, "text to picture": to_picture}


def accuracy(seen: Tensor, labels: Tensor, wanted: list[int]) -> float:
    return ((seen @ labels.T).argmax(1) == torch.tensor(wanted)).float().mean().item()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--scenes", type=int, default=3000)
    options = arguments.parse_args()
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    trainee = ClipTrainee(new_clip(tokenizer.get_vocab_size()))
    trainee.load_state_dict(torch.load(options.checkpoint)["trainee"])
    for name, plain in (("as in training", False), ("plain", True)):
        print(f"{name}, {options.scenes} scenes")
        for figure, value in ZeroShot(tokenizer, options.scenes, HELD_OUT_SEED + 1, plain).figures(trainee).items():
            print(f"  {figure}: {value:.3f}")


if __name__ == "__main__":
    main()
