"""The thirty kinds of objects that can be drawn, and the colors of their parts.

A drawing is a list of parts (role, outline) in painting order. `main` has the color that a caption names. `dark`
and `light` are shades of it. `eye` contrasts with it. `first` to `third` are fixed accents of the kind, such as the trunk
of a tree. A `hole` shows the background.
"""

from .geometry import Outline
from .objects import OBJECTS
from .palette import COLORS, Rgb, distance, luminance, shade
from .shapes import SHAPES
from .variation import Variation

ROLES = ["hole", "main", "dark", "light", "eye", "first", "second", "third"]
KINDS = [*SHAPES, *OBJECTS]
DRAWINGS = SHAPES | OBJECTS

ACCENTS: dict[str, list[Rgb]] = {
    "cat": [(240, 120, 140), (250, 250, 240)],
    "dog": [(240, 110, 130), (15, 15, 15)],
    "house": [(250, 240, 170)],
    "tree": [(110, 70, 40)],
    "flower": [(50, 140, 60), (250, 215, 60)],
    "car": [(200, 230, 250), (30, 30, 30), (255, 235, 120)],
    "boat": [(110, 70, 40), (245, 245, 240)],
    "mushroom": [(240, 225, 195), (250, 250, 250)],
    "apple": [(100, 60, 30), (60, 160, 60)],
    "bird": [(250, 170, 30)],
    "rocket": [(170, 220, 250), (250, 250, 250), (255, 150, 30)],
    "snowman": [(245, 130, 30), (30, 30, 30)],
}
# Replaces an accent that would be invisible on the main color.
SUBSTITUTES: dict[str, list[Rgb]] = {
    "cat": [(190, 60, 90), (60, 60, 60)],
    "dog": [(190, 60, 90), (235, 235, 235)],
    "house": [(120, 170, 220)],
    "flower": [(30, 90, 40), (150, 90, 40)],
    "car": [(70, 110, 150), (110, 110, 110), (230, 120, 40)],
    "boat": [(70, 45, 25), (170, 200, 230)],
    "mushroom": [(180, 160, 130), (200, 60, 60)],
    "apple": [(70, 40, 20), (20, 90, 40)],
    "bird": [(120, 60, 20)],
    "rocket": [(60, 110, 170), (90, 90, 95), (220, 60, 30)],
    "snowman": [(190, 70, 20), (120, 120, 120)],
    "tree": [(70, 45, 25)],
}
NATURAL_COLORS = {
    "cat": ["orange", "gray", "black", "brown", "white"],
    "dog": ["brown", "white", "black", "gray", "orange"],
    "house": ["red", "brown", "white", "yellow"],
    "tree": ["green"],
    "sun": ["yellow", "orange"],
    "moon": ["yellow", "white", "gray"],
    "fish": ["orange", "blue", "red"],
    "flower": ["pink", "red", "purple", "yellow"],
    "car": ["red", "blue", "black", "white"],
    "boat": ["brown", "red", "white", "blue"],
    "cup": ["white", "blue", "red"],
    "umbrella": ["red", "black", "purple"],
    "cloud": ["white", "gray"],
    "mushroom": ["red", "brown"],
    "apple": ["red", "green"],
    "bird": ["blue", "red", "yellow"],
    "rocket": ["white", "gray", "red"],
    "snowman": ["white"],
}


def parts(kind: str, variation: Variation | None = None) -> list[tuple[str, Outline]]:
    """The drawing of a kind. Without a variation, the canonical drawing."""
    return DRAWINGS[kind](variation or Variation())


def role_colors(kind: str, main: Rgb) -> dict[str, Rgb]:
    """The color of each role except `hole` if `main` is the object's color."""
    dim = luminance(main) <= 60
    colors = {
        "main": main,
        "dark": (95, 95, 95) if dim else shade(main, 0.55),
        "light": (130, 130, 130) if dim else shade(main, 1.28),
        "eye": (20, 20, 20) if luminance(main) > 70 else (240, 240, 240),
    }
    for role, accent, substitute in zip(ROLES[5:], ACCENTS.get(kind, []), SUBSTITUTES.get(kind, [])):
        colors[role] = accent if distance(accent, main) > 55 else substitute
    return colors


def named_color(kind: str, name: str) -> dict[str, Rgb]:
    return role_colors(kind, COLORS[name])
