"""A scene: its content and the style of the drawing. Sampled from a seeded generator."""

import random
from dataclasses import dataclass, field

from .kinds import KINDS, NATURAL_COLORS
from .palette import COLOR_NAMES, COLORS, SHADES, Rgb, contrasts, distance

PAIR = 0  # the `count` of a scene with two different objects, instead of 1 to 5 of the same kind
SMALL, MEDIUM, LARGE = 0, 1, 2
LEFT, ABOVE = 0, 1  # the first object of a pair is left of, or above, the second
PLACES = {
    "center": (0.5, 0.5),
    "top left": (0.27, 0.27),
    "top right": (0.73, 0.27),
    "bottom left": (0.27, 0.73),
    "bottom right": (0.73, 0.73),
    "left": (0.25, 0.5),
    "right": (0.75, 0.5),
    "top": (0.5, 0.25),
    "bottom": (0.5, 0.75),
}
PLACE_NAMES = list(PLACES)


@dataclass
class Meaning:
    """What a caption may state. None means not stated. In a pair, `kinds` and `colors` have the left or upper object first."""

    count: int
    kinds: tuple[str | None, str | None]
    colors: tuple[str | None, str | None]
    background: str | None = None
    size: int | None = None
    place: int | None = None
    relation: int | None = None


@dataclass
class Item:
    """One drawn object. x, y and radius are fractions of the picture's side. The turn is in degrees."""

    kind: str
    rgb: Rgb
    x: float
    y: float
    radius: float
    turn: float = 0
    flip: bool = False
    stretch: float = 1
    shape_seed: int | None = None  # None draws the canonical shape


@dataclass
class Style:
    """The style of a scene. The default is plain flat color."""

    outline: float = 0  # line width relative to the object's radius
    outline_rgb: Rgb = (20, 20, 20)
    hollow: bool = False  # only outlines in the object's color, no fill
    gradient: float = 0  # factor by which one side is lighter and the other darker
    grain: float = 0  # standard deviation of the noise, out of 255
    stripes: float = 0  # contrast of a stripe pattern over the objects
    background_gradient: float = 0
    seed: int = 0


@dataclass
class Scene:
    meaning: Meaning
    items: list[Item]
    background: Rgb
    style: Style = field(default_factory=Style)


def sample_scene(rng: random.Random, *, kind: str | None = None, color: str | None = None, count: int | None = None, plain: bool = False) -> Scene:
    """A random scene. `plain` uses only upright canonical drawings in flat color."""
    count = rng.choices([1, 2, 3, 4, 5, PAIR], [50, 6, 6, 3, 3, 32])[0] if count is None else count
    background = rng.choice(["white"] * 5 + COLOR_NAMES)
    while color is not None and not contrasts(color, background):
        background = rng.choice(["white"] * 5 + COLOR_NAMES)
    first = kind or rng.choice(KINDS)
    meaning = Meaning(count, (first, None), (color or pick_color(rng, first, background), None), background)
    if count == 1:
        places = _place_single(rng, meaning)
    elif count == PAIR:
        places = _place_pair(rng, meaning)
    else:
        places = _place_row(rng, count)
    style = Style(seed=rng.getrandbits(32)) if plain else sample_style(rng, meaning)
    objects = list(zip(meaning.kinds, meaning.colors)) if count == PAIR else [(first, meaning.colors[0])] * count
    canonical = plain or rng.random() < 0.3
    shape_seed = rng.getrandbits(32)
    shades = {name: shade_of(rng, name) for name in COLOR_NAMES}
    upright = plain or rng.random() < 0.4
    items = [
        Item(
            name, shades[color_name], x, y, radius,
            turn=0 if upright else rng.uniform(-14, 14),
            flip=rng.random() < (0 if name == "arrow" else 0.5),
            stretch=1 if plain or name in ("circle", "square", "oval") else rng.uniform(0.88, 1.12),
            shape_seed=None if canonical else shape_seed,
        )
        for (name, color_name), (x, y, radius) in zip(objects, places)
    ]
    return Scene(meaning, items, _shade_beside(rng, background, [item.rgb for item in items]), style)


def pick_color(rng: random.Random, kind: str, background: str, avoid: str | None = None) -> str:
    allowed = [name for name in COLOR_NAMES if contrasts(name, background) and name != avoid]
    natural = [name for name in NATURAL_COLORS.get(kind, []) if name in allowed]
    return rng.choice(natural) if natural and rng.random() < 0.3 else rng.choice(allowed)


def shade_of(rng: random.Random, name: str) -> Rgb:
    """A shade that still has this color name."""
    base = rng.choice(SHADES[name]) if rng.random() < 0.3 else COLORS[name]
    return tuple(round(max(0, min(255, channel + rng.uniform(-14, 14)))) for channel in base)


def _shade_beside(rng: random.Random, name: str, others: list[Rgb]) -> Rgb:
    """A shade of the background on which the objects are still visible."""
    for _ in range(8):
        rgb = shade_of(rng, name)
        if all(distance(rgb, other) > 80 for other in others):
            return rgb
    return COLORS[name]


def _place_single(rng: random.Random, meaning: Meaning) -> list[tuple[float, float, float]]:
    meaning.size = rng.choice([SMALL, MEDIUM, MEDIUM, LARGE, LARGE])
    radius = {SMALL: rng.uniform(0.14, 0.18), MEDIUM: rng.uniform(0.22, 0.31), LARGE: rng.uniform(0.36, 0.49)}[meaning.size]
    meaning.place = 0 if meaning.size == LARGE else rng.choice([0, 0, 0, *range(1, 9)])
    x, y = PLACES[PLACE_NAMES[meaning.place]]
    x, y = (min(max(v + rng.uniform(-0.05, 0.05), radius), 1 - radius) for v in (x, y))
    return [(x, y, radius)]


def _place_row(rng: random.Random, count: int) -> list[tuple[float, float, float]]:
    if count >= 4 and rng.random() < 0.5:  # two rows
        top = count // 2 if rng.random() < 0.5 else count - count // 2
        rows = [(top, 0.27), (count - top, 0.73)]
        radius = rng.uniform(0.12, 0.15)
        return [((i + 0.5) / n + rng.uniform(-0.02, 0.02), y + rng.uniform(-0.05, 0.05), radius) for n, y in rows for i in range(n)]
    low, high = {2: (0.16, 0.23), 3: (0.12, 0.158), 4: (0.1, 0.12), 5: (0.08, 0.097)}[count]
    radius = rng.uniform(low, high)
    places = [((i + 0.5) / count + rng.uniform(-0.02, 0.02), 0.5 + rng.uniform(-0.18, 0.18), radius) for i in range(count)]
    places = [(min(max(x, radius), 1 - radius), y, r) for x, y, r in places]
    return [(y, x, r) for x, y, r in places] if rng.random() < 0.3 else places


def _place_pair(rng: random.Random, meaning: Meaning) -> list[tuple[float, float, float]]:
    first, color = meaning.kinds[0], meaning.colors[0]
    second = first if rng.random() < 0.18 else rng.choice([kind for kind in KINDS if kind != first])
    same_color = second != first and rng.random() < 0.2
    meaning.kinds = (first, second)
    meaning.colors = (color, color if same_color else pick_color(rng, second, meaning.background, avoid=color))
    meaning.relation = rng.choice([LEFT, LEFT, ABOVE])
    drift = rng.uniform(-0.1, 0.1)
    near, far, r1, r2 = 0.26 + rng.uniform(-0.02, 0.02), 0.74 + rng.uniform(-0.02, 0.02), rng.uniform(0.16, 0.24), rng.uniform(0.16, 0.24)
    across = [(near, 0.5 + drift, r1), (far, 0.5 - drift, r2)]
    return across if meaning.relation == LEFT else [(y, x, r) for x, y, r in across]


def sample_style(rng: random.Random, meaning: Meaning) -> Style:
    style = Style(seed=rng.getrandbits(32))
    if rng.random() < 0.3:
        style.outline = rng.uniform(0.04, 0.12)
        if "black" in (meaning.colors[0], meaning.colors[1], meaning.background) or rng.random() < 0.2:
            style.outline_rgb = rng.choice([(90, 90, 95), (255, 255, 255), (60, 60, 60)])
    elif rng.random() < 0.06 and "ring" not in meaning.kinds and "circle" not in meaning.kinds:
        style.outline, style.hollow = rng.uniform(0.1, 0.16), True
    if rng.random() < 0.25:
        style.gradient = rng.uniform(0.1, 0.3)
    if rng.random() < 0.12:
        style.stripes = rng.uniform(0.08, 0.2)
    if rng.random() < 0.2:
        style.background_gradient = rng.uniform(0.05, 0.15)
    if rng.random() < 0.25:
        style.grain = rng.uniform(3, 14)
    return style
