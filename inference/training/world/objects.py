"""The eighteen drawn objects. Each is a list of parts (role, outline) in painting order. The roles are in `kinds.py`."""

import math

from .geometry import arc, ellipse, line, polygon, rectangle
from .variation import Variation

HOLE, MAIN, DARK, LIGHT, EYE, FIRST, SECOND, THIRD = "hole", "main", "dark", "light", "eye", "first", "second", "third"


def cat(v: Variation):
    wide, tall, ear, spread = v.between(0.75, 0.85, 0.9), v.between(0.62, 0.75, 0.8), v.between(0.85, 1, 1), v.between(0.6, 0.76, 0.85)
    parts = []
    for side in (-1, 1):
        parts.append((MAIN, polygon((side * wide * 0.95, -0.05), (side * spread, -ear), (side * 0.12, -0.5))))
        if v.chance(0.4):
            parts.append((FIRST, polygon((side * wide * 0.78, -0.3), (side * spread * 0.98, -ear * 0.8), (side * 0.34, -0.5))))
    parts.append((MAIN, ellipse(0, 0.1, wide, tall)))
    eye_width, eye_height, apart = v.between(0.07, 0.125, 0.15), v.between(0.1, 0.15, 0.18), v.between(0.28, 0.325, 0.4)
    if v.chance(0.25):
        parts += [(SECOND, ellipse(side * apart, -0.05, eye_width * 1.5, eye_height * 1.2)) for side in (-1, 1)]
        eye_width *= 0.6
    parts += [(EYE, ellipse(side * apart, -0.05, eye_width, eye_height)) for side in (-1, 1)]
    parts.append((FIRST, polygon((-0.12, 0.22), (0.12, 0.22), (0, 0.37))))
    if v.chance(0.45):
        parts += [(DARK, arc(side * 0.12, 0.4, 0.12, 0, 180, 0.05)) for side in (-1, 1)]
    if v.chance(0.8):
        reach, width = v.between(0.85, 1, 1.05), v.between(0.035, 0.05, 0.06)
        for side in (-1, 1):
            for end in v.choice([[0.25, 0.42], [0.18, 0.35, 0.52]]):
                parts.append((DARK, line([(side * 0.25, 0.35), (side * reach, end)], width)))
    return parts


def dog(v: Variation):
    wide, length, drop = v.between(0.6, 0.7, 0.75), v.between(0.5, 0.575, 0.62), v.between(-0.2, -0.125, 0.05)
    ears = [(DARK, ellipse(side * v.between(0.66, 0.75, 0.8), drop, v.between(0.2, 0.25, 0.28), length)) for side in (-1, 1)]
    head = [(MAIN, ellipse(0, 0, wide, v.between(0.74, 0.8, 0.85)))]
    parts = ears + head if v.chance(0.3) else head + ears
    eye, apart = v.between(0.08, 0.12, 0.14), v.between(0.2, 0.235, 0.3)
    if v.chance(0.2):
        parts.append((LIGHT, ellipse(-apart, -0.22, eye * 2, eye * 2.2)))
    parts += [(EYE, ellipse(side * apart, -0.21, eye, eye * 1.1)) for side in (-1, 1)]
    parts.append((LIGHT, ellipse(0, v.between(0.36, 0.4, 0.45), v.between(0.33, 0.4, 0.43), v.between(0.28, 0.35, 0.37))))
    if v.chance(0.35):
        parts.append((FIRST, ellipse(0, 0.7, 0.13, 0.2)))
        parts.append((DARK, line([(-0.2, 0.55), (0, 0.6), (0.2, 0.55)], 0.05)))
    parts.append((SECOND, ellipse(0, 0.24, v.between(0.15, 0.2, 0.22), v.between(0.1, 0.14, 0.16))))
    if v.chance(0.35):
        parts.append((SECOND, line([(0, 0.3), (0, 0.52)], 0.04)))
    return parts


def house(v: Variation):
    eaves, wall, pitch = v.between(0.8, 1, 1), v.between(0.65, 0.75, 0.8), v.between(-1, -1, -0.8)
    top = v.between(-0.25, -0.15, 0)
    parts = []
    if v.chance(0.35):
        parts.append((DARK, rectangle(0.4, -0.9, 0.6, -0.2)))
    parts += [(MAIN, rectangle(-wall, top, wall, 0.95)), (DARK, polygon((-eaves, top + 0.03), (0, pitch), (eaves, top + 0.03)))]
    door = v.choice([0, 0, 0.3])
    parts.append((DARK, rectangle(door - 0.18, 0.35, door + 0.18, 0.95)))
    windows = [(-0.6, -0.3), (0.3, 0.6)] if door == 0 else [(-0.5, -0.1)]
    parts += [(FIRST, rectangle(left, 0.1, right, 0.4)) for left, right in windows]
    return parts


def tree(v: Variation):
    half = v.between(0.1, 0.15, 0.18)
    crown = v.choice(["cloud", "cloud", "ball", "fir"])
    parts = [(FIRST, rectangle(-half, 0.2, half, 1))]
    if crown == "cloud":
        parts += [(MAIN, ellipse(-0.28, -0.05, 0.48, 0.5)), (MAIN, ellipse(0.28, -0.05, 0.48, 0.5)), (MAIN, ellipse(0, -0.48, 0.5, 0.5))]
    elif crown == "ball":
        parts.append((MAIN, ellipse(0, -0.3, v.between(0.6, 0.7, 0.8), v.between(0.6, 0.7, 0.72))))
    else:
        width = v.between(0.6, 0.7, 0.8)
        parts += [(MAIN, polygon((-width * k, y), (0, y - 0.8), (width * k, y))) for k, y in ((1, 0.55), (0.82, 0.15), (0.64, -0.2))]
    return parts


def sun(v: Variation):
    rays, size, spread = v.choice([8, 8, 10, 12]), v.between(0.45, 0.55, 0.6), v.between(0.12, 0.3, 0.36)
    parts = []
    thin = v.chance(0.3)
    for ray in range(rays):
        angle = 2 * math.pi * ray / rays

        def at(radius: float, turn: float = 0) -> tuple[float, float]:
            return radius * math.cos(angle + turn), radius * math.sin(angle + turn)

        if thin:
            parts.append((MAIN, line([at(size + 0.12), at(0.98)], 0.1)))
        else:
            parts.append((MAIN, polygon(at(0.98), at(size * 0.97, spread * 8 / rays), at(size * 0.97, -spread * 8 / rays))))
    return parts + [(MAIN, ellipse(0, 0, size))]


def moon(v: Variation):
    shift = v.between(0.4, 0.55, 0.65)
    return [(MAIN, ellipse(0, 0, 0.93)), (HOLE, ellipse(shift, -0.05, v.between(0.78, 0.85, 0.9), v.between(0.8, 0.88, 0.92)))]


def fish(v: Variation):
    tail, tall = v.between(0.4, 0.55, 0.6), v.between(0.4, 0.5, 0.55)
    parts = [(MAIN, ellipse(-0.22, 0, 0.78, tall)), (v.choice([MAIN, DARK]), polygon((0.4, 0), (1, -tail), (0.85, 0), (1, tail)))]
    if v.chance(0.75):
        parts.append((DARK, polygon((-0.35, -tall * 0.9), (0.1, -0.82), (0.2, -tall * 0.75))))
    if v.chance(0.3):
        parts.append((DARK, polygon((-0.15, 0), (0.15, -0.15), (0.15, 0.2))))
    if v.chance(0.3):
        parts.append((LIGHT, ellipse(-0.6, -0.1, 0.17)))
    return parts + [(EYE, ellipse(-0.61, -0.11, v.between(0.08, 0.11, 0.12)))]


def flower(v: Variation):
    petals, reach, size = v.choice([6, 5, 8]), v.between(0.36, 0.42, 0.44), v.between(0.2, 0.27, 0.28)
    parts = [(FIRST, rectangle(-0.06, 0.1, 0.06, 1)), (FIRST, ellipse(0.27, 0.61, 0.23, 0.11))]
    if v.chance(0.4):
        parts.append((FIRST, ellipse(-0.27, 0.7, 0.23, 0.11)))
    for petal in range(petals):
        angle = 2 * math.pi * petal / petals
        parts.append((MAIN, ellipse(reach * math.cos(angle), -0.3 + reach * math.sin(angle), size)))
    return parts + [(SECOND, ellipse(0, -0.3, v.between(0.16, 0.22, 0.26)))]


def car(v: Variation):
    roof, wheel = v.between(-0.58, -0.5, -0.4), v.between(0.22, 0.26, 0.28)
    parts = [
        (MAIN, polygon((-0.62, -0.04), (-0.38, roof), (0.35, roof), (0.66, -0.04))),
        (MAIN, rectangle(-1, -0.08, 1, v.between(0.34, 0.38, 0.45))),
        (FIRST, polygon((-0.44, -0.1), (-0.29, roof + 0.1), (-0.03, roof + 0.1), (-0.03, -0.1))),
        (FIRST, polygon((0.06, -0.1), (0.06, roof + 0.1), (0.27, roof + 0.1), (0.46, -0.1))),
    ]
    if v.chance(0.3):
        parts.append((THIRD, ellipse(0.92, 0.08, 0.08, 0.1)))
    for x in (-0.55, 0.55):
        parts.append((SECOND, ellipse(x, 0.41, wheel)))
        if v.chance(0.75):
            parts.append((LIGHT, ellipse(x, 0.41, wheel * 0.42)))
    return parts


def boat(v: Variation):
    bow, deck = v.between(0.55, 0.65, 0.75), v.between(0.3, 0.35, 0.4)
    parts = [(MAIN, polygon((-1, deck), (1, deck), (bow, 0.85), (-bow, 0.85))), (FIRST, rectangle(-0.05, -1, 0.05, deck))]
    parts.append((v.choice([LIGHT, LIGHT, SECOND]), polygon((0.1, -0.95), (0.85, 0.22), (0.1, 0.22))))
    if v.chance(0.65):
        parts.append((v.choice([DARK, LIGHT, SECOND]), polygon((-0.1, -0.7), (-0.7, 0.22), (-0.1, 0.22))))
    return parts


def cup(v: Variation):
    foot, handle = v.between(0.4, 0.53, 0.6), v.between(0.32, 0.38, 0.4)
    return [
        (MAIN, ellipse(0.62, 0, handle, handle * 1.1)),
        (HOLE, ellipse(0.62, 0, handle * 0.52, handle * 0.6)),
        (MAIN, polygon((-0.7, -0.7), (0.6, -0.7), (foot - 0.05, 0.85), (-foot - 0.05, 0.85))),
        (DARK, ellipse(-0.05, -0.7, 0.65, v.between(0.1, 0.15, 0.18))),
    ]


def umbrella(v: Variation):
    parts = [(MAIN, ellipse(0, 0, 0.98, v.between(0.8, 0.95, 0.98), 180, 360))]
    if v.chance(0.75):
        parts += [(HOLE, ellipse(x, 0, 0.327, 0.17)) for x in (-0.653, 0, 0.653)]
    parts.append((DARK, rectangle(-0.05, -0.2, 0.05, 0.8)))
    return parts + [(DARK, arc(0.17, 0.78, 0.17, 0, 180, 0.1))]


def cloud(v: Variation):
    return [
        (MAIN, ellipse(-0.6, 0.2, 0.4, 0.35)),
        (MAIN, ellipse(0.6, 0.2, 0.4, v.between(0.3, 0.35, 0.4))),
        (MAIN, ellipse(v.between(-0.3, -0.22, -0.1), -0.1, v.between(0.38, 0.43, 0.48), 0.5)),
        (MAIN, ellipse(0.24, -0.05, 0.38, 0.45)),
        (MAIN, rectangle(-0.6, 0.05, 0.6, 0.55)),
    ]


def mushroom(v: Variation):
    stem, cap = v.between(0.2, 0.3, 0.38), v.between(0.8, 0.9, 0.98)
    parts = [(FIRST, polygon((-stem, -0.1), (stem, -0.1), (stem * 1.2, 0.9), (-stem * 1.2, 0.9)))]
    parts.append((MAIN, ellipse(0, 0, 0.95, cap, 180, 360)))
    if v.chance(0.85):
        parts += [(SECOND, ellipse(x, y, 0.15)) for x, y in ((-0.42, -0.33), (0.04, -0.62), (0.45, -0.28))]
    return parts


def apple(v: Variation):
    parts = [(MAIN, ellipse(-0.35, 0.14, 0.5, 0.73)), (MAIN, ellipse(0.35, 0.14, 0.5, 0.73))]
    if v.chance(0.25):
        parts = [(MAIN, ellipse(0, 0.15, 0.85, 0.78))]
    parts.append((FIRST, line([(0, -0.42), (v.between(-0.1, 0, 0.1), -0.95)], 0.12)))
    if v.chance(0.8):
        parts.append((SECOND, ellipse(0.31, -0.8, 0.26, 0.15)))
    return parts


def bird(v: Variation):
    parts = [(MAIN, polygon((-0.6, 0.1), (-1, -0.3), (-1, 0.35)))]
    parts += [(MAIN, ellipse(-0.12, 0.15, 0.63, v.between(0.42, 0.5, 0.54))), (MAIN, ellipse(0.42, -0.42, v.between(0.29, 0.33, 0.36)))]
    parts += [(FIRST, polygon((0.68, -0.52), (1.03, -0.38), (0.68, -0.26))), (EYE, ellipse(0.49, -0.48, v.between(0.06, 0.075, 0.09)))]
    parts.append((DARK, ellipse(-0.18, 0.15, v.between(0.28, 0.33, 0.36), v.between(0.18, 0.25, 0.28))))
    return parts + [(FIRST, rectangle(x, 0.6, x + 0.06, 0.95)) for x in (-0.2, 0.1)]


def rocket(v: Variation):
    half = v.between(0.28, 0.35, 0.38)
    nose = v.choice([MAIN, MAIN, DARK])
    parts = [(THIRD, polygon((-half * 0.7, 0.56), (half * 0.7, 0.56), (0, 1)))]
    parts += [(DARK, polygon((side * half, 0.1), (side * v.between(0.65, 0.75, 0.8), 0.7), (side * half, 0.55))) for side in (-1, 1)]
    parts += [(MAIN, rectangle(-half, -0.36, half, 0.57)), (nose, polygon((-half, -0.35), (0, -1), (half, -0.35)))]
    return parts + [(FIRST, ellipse(0, -0.12, v.between(0.14, 0.18, 0.2)))]


def snowman(v: Variation):
    parts = [(MAIN, ellipse(0, 0.47, 0.6, 0.53)), (MAIN, ellipse(0, -0.27, 0.42, 0.42))]
    parts += [(EYE, ellipse(side * 0.135, -0.35, 0.065)) for side in (-1, 1)]
    parts.append((FIRST, polygon((0, -0.25), (0.35, -0.17), (0, -0.1))))
    if v.chance(0.85):
        parts += [(SECOND, rectangle(-0.35, -0.72, 0.35, -0.62)), (SECOND, rectangle(-0.22, -1, 0.22, -0.66))]
    if v.chance(0.4):
        parts += [(EYE, ellipse(0, y, 0.05)) for y in (0.25, 0.5)]
    return parts


OBJECTS = {drawing.__name__: drawing for drawing in (
    cat, dog, house, tree, sun, moon, fish, flower, car, boat, cup, umbrella, cloud, mushroom, apple, bird, rocket, snowman,
)}
