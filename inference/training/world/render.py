"""Draws a scene with Pillow: painted at a larger size, then averaged down for smooth edges."""

import math
import random

import numpy as np
from PIL import Image, ImageDraw

from .geometry import Outline
from .kinds import ROLES, parts, role_colors
from .scene import Item, Scene
from .variation import Variation

OUTLINE = len(ROLES)  # the class of outline pixels in an object's class map


def item_parts(item: Item) -> list[tuple[str, Outline]]:
    """The item's parts in fractions of the picture."""
    variation = Variation(None if item.shape_seed is None else random.Random(item.shape_seed))
    cos, sin = math.cos(math.radians(item.turn)), math.sin(math.radians(item.turn))
    width = item.radius * min(item.stretch, 1) * (-1 if item.flip else 1)
    height = item.radius * min(1 / item.stretch, 1)
    # Outline points are rows: scale, rotate, then move.
    matrix = np.array([[width * cos, width * sin], [-height * sin, height * cos]])
    return [(role, outline @ matrix + (item.x, item.y)) for role, outline in parts(item.kind, variation)]


def class_map(scene: Scene, item: Item, side: int) -> np.ndarray:
    """uint8 [side, side]: the index of the role at each pixel (0 is empty), or OUTLINE."""
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    width = max(1, round(scene.style.outline * item.radius * side)) if scene.style.outline else 0
    for role, outline in item_parts(item):
        # In Pillow the center of a pixel is at its integer coordinate.
        points = [(x, y) for x, y in (outline * side - 0.5).tolist()]
        before = image.copy() if width and role == "hole" else None
        draw.polygon(points, fill=0 if scene.style.hollow else ROLES.index(role))
        if width:
            draw.line([*points, points[0], points[1]], fill=OUTLINE, width=width, joint="curve")
        if before:  # a hole has an outline only inside the object
            image.paste(0, mask=before.point(lambda painted: 0 if painted else 255))
    return np.asarray(image)


def render(scene: Scene, size: int = 64, scale: int = 3, resampler: Image.Resampling = Image.BOX) -> np.ndarray:
    """uint8 [size, size, 3]."""
    side = size * scale
    style = scene.style
    rng = np.random.default_rng(style.seed)
    canvas = np.empty((side, side, 3), np.uint8)
    canvas[:] = scene.background
    if style.background_gradient:
        canvas = _modulate(canvas, 1 + style.background_gradient * _ramp(side, rng))
    for item in scene.items:
        classes = class_map(scene, item, side)
        colors = np.zeros((OUTLINE + 1, 3), np.uint8)
        for role, rgb in role_colors(item.kind, item.rgb).items():
            colors[ROLES.index(role)] = rgb
        colors[OUTLINE] = item.rgb if style.hollow else style.outline_rgb
        painted = classes > 0
        inside = colors[classes[painted]]
        if style.gradient or style.stripes:
            factor = np.ones((side, side), np.float32)
            if style.gradient:
                factor += style.gradient * _ramp(side, rng)
            if style.stripes:
                factor += style.stripes * np.sign(np.sin(_ramp(side, rng) * side / scale * rng.uniform(0.4, 1)))
            inside = _modulate(inside, factor[painted])
        canvas[painted] = inside
    image = Image.fromarray(canvas).resize((size, size), resampler) if scale > 1 else Image.fromarray(canvas)
    if not style.grain:
        return np.asarray(image)
    noisy = np.asarray(image, np.float32) + rng.normal(0, style.grain, (size, size, 1))
    return noisy.clip(0, 255).astype(np.uint8)


def _ramp(side: int, rng: np.random.Generator) -> np.ndarray:
    """float32 [side, side]: rises from -1 to 1 across the picture, in a random direction."""
    angle = rng.uniform(0, 2 * math.pi)
    axis = np.linspace(-0.7, 0.7, side, dtype=np.float32)
    return math.cos(angle) * axis[None, :] + math.sin(angle) * axis[:, None]


def _modulate(colors: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return (colors * factor[..., None]).clip(0, 255).astype(np.uint8)
