"""Captions: which part of a scene's meaning they state, and their wording."""

import random
from dataclasses import replace

from .kinds import KINDS
from .palette import COLOR_NAMES
from .scene import LARGE, MEDIUM, PAIR, PLACE_NAMES, Meaning
from .shapes import SHAPES
from .words import NUMBERS, OPENINGS, PLACES, RELATIONS, SINGLE_OPENINGS, SIZES, SYNONYMS, plural, with_article

# A meaning as numbers; -1 means not stated. The count of a pair is 0.
FIELDS = ["count", "kind", "color", "size", "place", "background", "second kind", "second color", "relation"]


def drop_attributes(rng: random.Random, meaning: Meaning) -> Meaning:
    """The part of a meaning that one caption states."""
    kinds, colors = meaning.kinds, meaning.colors
    relation = meaning.relation if rng.random() < 0.65 else None
    if meaning.count == PAIR and relation is None and rng.random() < 0.5:
        kinds, colors = kinds[::-1], colors[::-1]  # "a and b" states no order
    if rng.random() > 0.72 and kinds[0] != kinds[1]:
        colors = (None, None)
    elif meaning.count == 1 and rng.random() < 0.08:
        kinds = (None, None)  # "a red thing"
    return replace(
        meaning,
        kinds=kinds,
        colors=colors,
        background=meaning.background if rng.random() < 0.28 else None,
        size=meaning.size if rng.random() < (0.15 if meaning.size == MEDIUM else 0.4) else None,
        place=meaning.place if meaning.size != LARGE and rng.random() < 0.25 else None,
        relation=relation,
    )


def phrase(rng: random.Random, meaning: Meaning, adjective: str = "", openings: list[str] = OPENINGS) -> str:
    """A caption that states exactly this meaning, plus an optional meaningless `adjective`."""
    colors = [color and _synonym(rng, color) for color in meaning.colors]
    nouns = [_noun(rng, kind) for kind in meaning.kinds]
    if meaning.count == PAIR:
        both = [with_article(" ".join(filter(None, pair))) for pair in zip(colors, nouns)]
        text = " and ".join(both) if meaning.relation is None else rng.choice(RELATIONS[meaning.relation]).format(*both)
    elif meaning.count == 1:
        words = [meaning.size is not None and rng.choice(SIZES[meaning.size]), adjective, colors[0], nouns[0]]
        text = " ".join(filter(None, words))
        openings = openings + SINGLE_OPENINGS
        if meaning.place is None and rng.random() < 0.08:
            openings = [""]
        else:
            text = with_article(text)
        if meaning.place is not None:
            text += " " + rng.choice(PLACES[PLACE_NAMES[meaning.place]])
    else:
        text = " ".join(filter(None, [NUMBERS[meaning.count], adjective, colors[0], plural(nouns[0])]))
    text = rng.choice(openings) + text
    if meaning.background is not None:
        background = _synonym(rng, meaning.background)
        endings = [f" on {with_article(background)} background"] * 4 + [f" on {background}", f" against {with_article(background)} background"]
        text += rng.choice(endings)
    return text


def say_all(rng: random.Random, meaning: Meaning) -> str:
    """A full caption. A medium size is not stated."""
    return phrase(rng, replace(meaning, size=None if meaning.size == MEDIUM else meaning.size))


def to_numbers(meaning: Meaning) -> list[int]:
    """int [9], in the order of FIELDS."""

    def index(names: list[str], name: str | None) -> int:
        return -1 if name is None else names.index(name)

    def said(value: int | None) -> int:
        return -1 if value is None else value

    return [
        meaning.count,
        index(KINDS, meaning.kinds[0]),
        index(COLOR_NAMES, meaning.colors[0]),
        said(meaning.size),
        said(meaning.place),
        index(COLOR_NAMES, meaning.background),
        index(KINDS, meaning.kinds[1]),
        index(COLOR_NAMES, meaning.colors[1]),
        said(meaning.relation),
    ]


def contradict(rng: random.Random, meaning: Meaning) -> Meaning | None:
    """A false meaning in almost the same words, or None if there is none."""
    twists = []
    if meaning.count == PAIR:
        swapped_kinds, swapped_colors = meaning.kinds[::-1], meaning.colors[::-1]
        if meaning.relation is not None and (meaning.kinds != swapped_kinds or meaning.colors != swapped_colors):
            twists += [replace(meaning, kinds=swapped_kinds, colors=swapped_colors)] * 2
        if meaning.kinds[0] != meaning.kinds[1] and meaning.colors[0] != meaning.colors[1]:
            twists += [replace(meaning, colors=swapped_colors)] * 2
    elif meaning.count > 1:
        twists.append(replace(meaning, count=rng.choice([n for n in (2, 3, 4, 5) if n != meaning.count])))
    if meaning.count == 1 and meaning.kinds[0] is not None:
        alike = [kind for kind in KINDS if (kind in SHAPES) == (meaning.kinds[0] in SHAPES) and kind != meaning.kinds[0]]
        twists.append(replace(meaning, kinds=(rng.choice(alike), None)))
    if meaning.place is not None:
        twists.append(replace(meaning, place=rng.choice([place for place in range(9) if place != meaning.place])))
    return rng.choice(twists) if twists else None


def _synonym(rng: random.Random, word: str) -> str:
    return rng.choice(SYNONYMS.get(word, [word]))


def _noun(rng: random.Random, kind: str | None) -> str:
    return rng.choice(["object", "thing", "shape"]) if kind is None else _synonym(rng, kind)
