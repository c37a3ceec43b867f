"""Outlines in an object's own frame: x to the right, y down, the object inside [-1, 1] x [-1, 1]. Each is float64 [n, 2]."""

import math

import numpy as np

Outline = np.ndarray


def polygon(*points: tuple[float, float]) -> Outline:
    return np.array(points, dtype=float)


def rectangle(left: float, top: float, right: float, bottom: float) -> Outline:
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def ellipse(x: float, y: float, rx: float, ry: float | None = None, start: float = 0, end: float = 360) -> Outline:
    """An ellipse around (x, y), or its segment from `start` to `end` degrees (clockwise, 0 is to the right)."""
    ry = rx if ry is None else ry
    angles = np.radians(np.linspace(start, end, 37))
    if end - start == 360:
        angles = angles[:-1]
    return np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], 1)


def regular(corners: int, radius: float = 1, first: float = -90) -> Outline:
    """A regular polygon whose first corner is at `first` degrees (-90 is at the top)."""
    angles = np.radians(first + 360 * np.arange(corners) / corners)
    return radius * np.stack([np.cos(angles), np.sin(angles)], 1)


def star(points: int, inner: float, outer: float = 1) -> Outline:
    angles = np.radians(-90 + 180 * np.arange(2 * points) / points)
    radii = np.where(np.arange(2 * points) % 2 == 0, outer, inner)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)


def heart(notch: float = 1) -> Outline:
    """The heart curve. A `notch` below 1 makes it rounder at the top."""
    t = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    y = 13 * np.cos(t) - 5 * notch * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([16 * np.sin(t) ** 3 / 17, -y / 17], 1)


def line(points: Outline | list[tuple[float, float]], width: float) -> Outline:
    """A polyline thickened to `width`, as one closed outline."""
    path = np.asarray(points, dtype=float)
    step = np.gradient(path, axis=0)
    normal = np.stack([-step[:, 1], step[:, 0]], 1)
    normal *= width / 2 / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    return np.concatenate([path + normal, (path - normal)[::-1]])


def arc(x: float, y: float, radius: float, start: float, end: float, width: float) -> Outline:
    """A thick arc around (x, y), from `start` to `end` degrees."""
    angles = np.radians(np.linspace(start, end, 25))
    return line(np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], 1), width)
