"""Draws and captions the training pictures ahead of time, as numbered files that the trainer reads.

    python -m clip.pool POOL_FOLDER --first 0 --chunks 25

A chunk is a function of its number alone, so chunks may be drawn by several processes and drawn again.
"""

import argparse
import io
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from tokenizers import Tokenizer
from world.captions import FIELDS, contradict, drop_attributes, phrase, to_numbers
from world.kinds import KINDS
from world.palette import COLOR_NAMES
from world.render import render
from world.scene import Scene, sample_scene

from .tokenizer import CONTEXT, encode, train_tokenizer

SIDE, PATCH = 64, 8
GRID = SIDE // PATCH
CHUNK = 4096
CAPTIONS = 4  # per picture, each with its contradiction
TRAINING_SEED = 1_000_000  # chunk n uses this plus n; evaluation uses small seeds
NO_KIND, NO_COLOR = len(KINDS), len(COLOR_NAMES)


def draw_as_found(rng: random.Random, scene: Scene) -> np.ndarray:
    """uint8 [64, 64, 3]: the scene as a picture that has come some way, rescaled and at times compressed."""
    resampler = rng.choice([Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.LANCZOS])
    picture = render(scene, SIDE, rng.choice([2, 2, 3, 4]), resampler)
    travel = rng.random()
    if travel < 0.08:  # once a smaller picture
        side = rng.randint(28, 56)
        small = Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC)
        picture = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    elif travel < 0.2:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "jpeg", quality=rng.randint(40, 90))
        picture = np.asarray(Image.open(file))
    return picture


def patch_labels(scene: Scene) -> np.ndarray:
    """uint8 [2, 8, 8]: the kind and the color of the object that covers the middle of each patch, if any."""
    labels = np.empty((2, GRID, GRID), np.uint8)
    labels[0], labels[1] = NO_KIND, NO_COLOR
    middle = (np.arange(GRID) + 0.5) / GRID
    names = list(zip(scene.meaning.kinds, scene.meaning.colors))
    for number, item in enumerate(scene.items):
        kind, color = names[number if scene.meaning.kinds[1] else 0]
        inside = (abs(middle - item.y) < item.radius * 0.8)[:, None] & (abs(middle - item.x) < item.radius * 0.8)
        labels[:, inside] = [[KINDS.index(kind)], [COLOR_NAMES.index(color)]]
    return labels


def draw_chunk(number: int, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    rng = random.Random(TRAINING_SEED + number)
    pictures = np.empty((CHUNK, SIDE, SIDE, 3), np.uint8)
    labels = np.empty((CHUNK, 2, GRID, GRID), np.uint8)
    meanings = np.empty((CHUNK, len(FIELDS)), np.int8)
    texts: list[str] = []
    said = np.empty((CHUNK, CAPTIONS, 2, len(FIELDS)), np.int8)
    for row in range(CHUNK):
        scene = sample_scene(rng)
        pictures[row], labels[row], meanings[row] = draw_as_found(rng, scene), patch_labels(scene), to_numbers(scene.meaning)
        for caption in range(CAPTIONS):
            meaning = drop_attributes(rng, scene.meaning)
            # A caption without a twist is contradicted by another count.
            twisted = contradict(rng, meaning) or replace(meaning, count=2, kinds=(meaning.kinds[0], None), colors=(meaning.colors[0], None), relation=None)
            for side, spoken in enumerate((meaning, twisted)):
                texts.append(phrase(rng, spoken))
                said[row, caption, side] = to_numbers(spoken)
    tokens = encode(tokenizer, texts).astype(np.uint16).reshape(CHUNK, CAPTIONS, 2, CONTEXT)
    return {"pictures": pictures, "labels": labels, "meanings": meanings, "tokens": tokens, "said": said}


def sample_captions(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return [phrase(rng, drop_attributes(rng, sample_scene(rng).meaning)) for _ in range(count)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--chunks", type=int, default=50)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    vocabulary = options.folder / "tokenizer.json"
    if not vocabulary.exists():
        train_tokenizer(sample_captions(TRAINING_SEED - 1, 60_000)).save(str(vocabulary))
    tokenizer = Tokenizer.from_file(str(vocabulary))
    for number in range(options.first, options.first + options.chunks):
        path = options.folder / f"chunk-{number:03}.npz"
        if not path.exists():
            partial = path.with_suffix(".partial.npz")
            np.savez(partial, **draw_chunk(number, tokenizer))
            partial.rename(path)
            print(f"{path.name}: {CHUNK} pictures", flush=True)


if __name__ == "__main__":
    main()
