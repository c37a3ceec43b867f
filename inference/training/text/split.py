"""The held-out data. The same rule for every list: the eighth of its items with the smallest hashes is held out."""

import hashlib
import random
from collections.abc import Iterable
from functools import cache


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.md5(key.encode()).digest()[:4], "big")


@cache
def is_held_out(key: str, one_in: int = 8) -> bool:
    """For composed items that are in no list."""
    return _hash(key) % one_in == 0


@cache
def _side(items: tuple[str, ...], held_out: bool) -> tuple[str, ...]:
    kept_back = set(sorted(set(items), key=_hash)[: max(1, len(set(items)) // 8)])
    return tuple(item for item in items if (item in kept_back) == held_out)


def side(items: Iterable[str], held_out: bool) -> tuple[str, ...]:
    """The items on the given side of the split."""
    return _side(tuple(items), held_out)


def choose(rng: random.Random, items: Iterable[str], held_out: bool, having: str = "") -> str:
    """A random item on the given side of the split that contains `having`. Repeated items are more likely."""
    kept = side(items, held_out)
    return rng.choice([item for item in kept if having in item] if having else kept)
