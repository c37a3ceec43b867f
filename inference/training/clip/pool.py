"""Creates the training pictures and captions in advance, as numbered files for the trainer.

    python -m clip.pool POOL_FOLDER --first 0 --chunks 25

A chunk depends only on its number. Several processes can create chunks, and a chunk can be created again.
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
from world.scene import Meaning, Scene, sample_scene

from .tokenizer import CONTEXT, encode, train_tokenizer

SIDE, PATCH = 64, 8
GRID = SIDE // PATCH
CHUNK = 4096
CAPTIONS = 4  # per picture, each with a contradiction
# Chunk n uses these seeds plus n. The evaluation uses small seeds.
TRAINING_SEED, CAPTION_SEED = 1_000_000, 1_500_000
NO_KIND, NO_COLOR = len(KINDS), len(COLOR_NAMES)


def draw_as_found(rng: random.Random, scene: Scene) -> np.ndarray:
    """uint8 [64, 64, 3]: the scene as a picture with artifacts of rescaling and sometimes of compression."""
    resampler = rng.choice([Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.LANCZOS])
    picture = render(scene, SIDE, rng.choice([2, 2, 3, 4]), resampler)
    travel = rng.random()
    if travel < 0.08:  # enlarged from a smaller picture
        side = rng.randint(28, 56)
        small = Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC)
        picture = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    elif travel < 0.2:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "jpeg", quality=rng.randint(40, 90))
        picture = np.asarray(Image.open(file))
    return picture


def patch_labels(scene: Scene) -> np.ndarray:
    """uint8 [2, 8, 8]: the kind and the color of the object that covers the center of each patch, if any."""
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
    meanings = []
    for row in range(CHUNK):
        scene = sample_scene(rng)
        pictures[row], labels[row] = draw_as_found(rng, scene), patch_labels(scene)
        meanings.append(scene.meaning)
    captions = caption(number, meanings, tokenizer)
    return {"pictures": pictures, "labels": labels, "meanings": np.array([to_numbers(m) for m in meanings], np.int8), **captions}


def caption(number: int, meanings: list[Meaning], tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """Tokens [n, CAPTIONS, 2, CONTEXT] and their meanings [n, CAPTIONS, 2, fields]: a caption and its contradiction."""
    rng = random.Random(CAPTION_SEED + number)
    texts: list[str] = []
    said = np.empty((len(meanings), CAPTIONS, 2, len(FIELDS)), np.int8)
    for row, meaning in enumerate(meanings):
        for number_of_caption in range(CAPTIONS):
            spoken = drop_attributes(rng, meaning)
            # If there is no contradiction in similar words, another count is used.
            count_twist = replace(spoken, count=2, kinds=(spoken.kinds[0], None), colors=(spoken.colors[0], None), relation=None)
            for side, version in enumerate((spoken, contradict(rng, spoken) or count_twist)):
                texts.append(as_written(rng, phrase(rng, version)))
                said[row, number_of_caption, side] = to_numbers(version)
    tokens = encode(tokenizer, texts).astype(np.uint16).reshape(len(meanings), CAPTIONS, 2, CONTEXT)
    return {"tokens": tokens, "said": said}


def as_written(rng: random.Random, text: str) -> str:
    """Typical variations in labels and prompts: a full stop, no articles, "this is"."""
    if rng.random() < 0.06:
        text = text.replace(" a ", " ").replace(" an ", " ")
    if rng.random() < 0.1 and text.startswith(("a photo", "a picture", "a drawing", "an image")):
        text = f"this is {text}"
    return text + "." if rng.random() < 0.12 else text


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
