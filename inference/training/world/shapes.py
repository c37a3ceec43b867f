"""The twelve plain shapes. Each is a list of parts (role, outline) in painting order. The roles are in `kinds.py`."""

from .geometry import ellipse, heart, polygon, rectangle, regular, star
from .variation import Variation

MAIN, HOLE = "main", "hole"


def circle(v: Variation):
    return [(MAIN, ellipse(0, 0, 0.92))]


def square(v: Variation):
    return [(MAIN, rectangle(-0.84, -0.84, 0.84, 0.84))]


def triangle(v: Variation):
    tip, left = v.choice([0, 0, 0, v.between(-0.3, 0, 0.3)]), v.between(0.8, 0.96, 0.98)
    top, bottom = v.between(-0.97, -0.95, -0.75), v.between(0.7, 0.8, 0.85)
    return [(MAIN, polygon((tip, top), (left, bottom), (-left, bottom)))]


def five_pointed_star(v: Variation):
    return [(MAIN, star(5, v.between(0.36, 0.42, 0.52)))]


def ring(v: Variation):
    return [(MAIN, ellipse(0, 0, 0.95)), (HOLE, ellipse(0, 0, v.between(0.42, 0.55, 0.66)))]


def cross(v: Variation):
    half = v.between(0.2, 0.3, 0.36)
    return [(MAIN, rectangle(-half, -0.95, half, 0.95)), (MAIN, rectangle(-0.95, -half, 0.95, half))]


def heart_shape(v: Variation):
    return [(MAIN, heart(v.between(0.85, 1, 1.1)))]


def diamond(v: Variation):
    width = v.between(0.58, 0.66, 0.8)
    return [(MAIN, polygon((0, -1), (width, 0), (0, 1), (-width, 0)))]


def hexagon(v: Variation):
    return [(MAIN, regular(6, 0.97, v.choice([0, 0, -90])))]


def arrow(v: Variation):
    shaft, head, neck = v.between(0.15, 0.28, 0.33), v.between(0.55, 0.75, 0.8), v.between(-0.05, 0.1, 0.35)
    return [(MAIN, polygon((-1, -shaft), (neck, -shaft), (neck, -head), (1, 0), (neck, head), (neck, shaft), (-1, shaft)))]


def oval(v: Variation):
    return [(MAIN, ellipse(0, 0, 1, v.between(0.5, 0.58, 0.66)))]


def pentagon(v: Variation):
    return [(MAIN, regular(5, 0.98))]


SHAPES = {
    "circle": circle,
    "square": square,
    "triangle": triangle,
    "star": five_pointed_star,
    "ring": ring,
    "cross": cross,
    "heart": heart_shape,
    "diamond": diamond,
    "hexagon": hexagon,
    "arrow": arrow,
    "oval": oval,
    "pentagon": pentagon,
}
