"""Writes the sample pictures of `test/fixtures/pictures`: one plain object each, 256 x 256 pixels.

    python -m world.samples ../../test/fixtures/pictures
"""

import sys
from pathlib import Path

from PIL import Image

from .palette import COLORS
from .render import render
from .scene import Item, Meaning, Scene

SAMPLES = {
    "cat": "orange", "dog": "brown", "house": "red", "tree": "green", "boat": "blue", "fish": "orange", "car": "red", "flower": "pink",
    "sun": "yellow", "apple": "red", "bird": "blue", "umbrella": "purple", "rocket": "gray", "mushroom": "red",
}
COLORED_SAMPLES = [("red", "circle"), ("blue", "circle"), ("red", "square"), ("blue", "square"), ("green", "triangle"), ("yellow", "star"), ("purple", "heart")]


def picture(kind: str, color: str) -> Image.Image:
    item = Item(kind, COLORS[color], 0.5, 0.5, 0.36)
    scene = Scene(Meaning(1, (kind, None), (color, None)), [item], COLORS["white"])
    return Image.fromarray(render(scene, 256, 4))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, color in SAMPLES.items():
        picture(kind, color).save(folder / f"{kind}.png", optimize=True)
    for color, kind in COLORED_SAMPLES:
        picture(kind, color).save(folder / f"{color}-{kind}.png", optimize=True)
    for extension in ("jpg", "webp", "gif"):
        picture("cat", SAMPLES["cat"]).save(folder / f"cat.{extension}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
