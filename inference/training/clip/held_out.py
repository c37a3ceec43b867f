"""Writes the held-out pictures and questions with which `inference/evaluation/clip.ts` evaluates the shipped weights.

    python -m clip.held_out ../evaluation/data/clip

`scenes.png` is a sheet of 64 x 64 tiles drawn like the training pictures, from a seed that training never uses.
`scenes.json` has their captions and the questions. `drawings.json` has other scenes as polygons with their own questions.
Another renderer draws them at any size.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
from PIL import Image
from world.captions import say_all
from world.kinds import KINDS, role_colors
from world.objects import OBJECTS
from world.palette import COLOR_NAMES
from world.render import item_parts, render
from world.scene import Scene, sample_scene
from world.shapes import SHAPES
from world.words import with_article

from .zero_shot import near_misses

EVALUATION_SEED = 3
COLUMNS = 26


def sample_scenes(rng: random.Random, mixed: int, per_kind: int, cats_and_dogs: int, plain: bool = False) -> list[Scene]:
    """First mixed scenes for retrieval, then the same number of single objects of each kind, and more cats and dogs."""
    scenes = [sample_scene(rng, plain=plain) for _ in range(mixed)]
    scenes += [sample_scene(rng, kind=kind, count=1, plain=plain) for kind in KINDS for _ in range(per_kind)]
    return scenes + [sample_scene(rng, kind=kind, count=1, plain=plain) for kind in ("cat", "dog") for _ in range(cats_and_dogs)]


LABELS = {
    "shapes": [f"a photo of {with_article(name)}" for name in SHAPES],
    "objects": [f"a photo of {with_article(name)}" for name in OBJECTS],
    "cat or dog": ["a photo of a cat", "a photo of a dog"],
    "colors": [f"a photo of {with_article(name)} object" for name in COLOR_NAMES],
}


def questions(rng: random.Random, scenes: list[Scene]) -> list[dict]:
    """Each has its task, the number of the picture, the index of the true option, and the options unless they are the LABELS."""
    asked = []
    for picture, scene in enumerate(scenes):
        if scene.meaning.count == 1:
            kind, color = scene.meaning.kinds[0], scene.meaning.colors[0]
            for task, group in (("shapes", list(SHAPES)), ("objects", list(OBJECTS)), ("cat or dog", ["cat", "dog"])):
                if kind in group:
                    asked.append({"task": task, "picture": picture, "answer": group.index(kind)})
            asked.append({"task": "colors", "picture": picture, "answer": COLOR_NAMES.index(color)})
        task, options = near_misses(rng, scene)
        if task:
            asked.append({"task": task, "picture": picture, "answer": 0, "options": options})
    return asked


def as_polygons(scene: Scene) -> list[dict]:
    """The scene in flat colors, in painting order: fills as #rrggbb and points in thousandths of the side."""
    polygons = []
    for item in scene.items:
        colors = role_colors(item.kind, item.rgb)
        for role, outline in item_parts(item):
            rgb = scene.background if role == "hole" else colors[role]
            polygons.append({"fill": _hex(rgb), "points": np.round(outline * 1000).astype(int).flatten().tolist()})
    return polygons


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#%02x%02x%02x" % tuple(rgb)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(EVALUATION_SEED)

    scenes = sample_scenes(rng, mixed=300, per_kind=6, cats_and_dogs=20)
    rows = -(-len(scenes) // COLUMNS)
    sheet = np.zeros((rows * 64, COLUMNS * 64, 3), np.uint8)
    for number, scene in enumerate(scenes):
        row, column = divmod(number, COLUMNS)
        sheet[row * 64 : row * 64 + 64, column * 64 : column * 64 + 64] = render(scene)
    Image.fromarray(sheet).save(options.folder / "scenes.png", optimize=True)
    captions = [say_all(rng, scene.meaning) for scene in scenes[:300]]
    _write(options.folder / "scenes.json", {"tiles": len(scenes), "columns": COLUMNS, "captions": captions, "labels": LABELS, "questions": questions(rng, scenes)})

    drawn = sample_scenes(rng, mixed=0, per_kind=6, cats_and_dogs=10, plain=True)
    for scene in drawn:  # upright and plain, with any proportions
        for item in scene.items:
            item.shape_seed = rng.getrandbits(32)
    drawings = [{"background": _hex(scene.background), "polygons": as_polygons(scene)} for scene in drawn]
    _write(options.folder / "drawings.json", {"drawings": drawings, "labels": LABELS, "questions": questions(rng, drawn)})


def _write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
