"""Prompts for the image model and their meanings."""

import random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from world.captions import phrase, to_numbers
from world.kinds import KINDS, NATURAL_COLORS
from world.palette import COLOR_NAMES, contrasts
from world.scene import LARGE, MEDIUM, PAIR, SMALL, Meaning
from world.words import OPENINGS, with_article

from .unknown_nouns import SENTENCES, TRAINED_NOUNS

UNKNOWN = len(KINDS)  # the kind of the picture that means "I cannot draw that"
LENGTH = 32  # tokens
REQUESTS = [*OPENINGS, "draw ", "draw me ", "please draw ", "show me ", "generate ", "make ", "paint ", "a cartoon of ", "clip art of ", "", "", ""]
ADJECTIVES = ["cute", "nice", "happy", "beautiful", "simple", "pretty", "cartoon", "flat"]


def held_out_pair(kind: str, color: str) -> bool:
    """Whether this kind in this color is held out from training: one unnatural color of each kind."""
    return (KINDS.index(kind) * 7 + COLOR_NAMES.index(color) * 3) % 11 == 0 and color not in NATURAL_COLORS.get(kind, [])


def sample_meaning(rng: random.Random, count: int | None = None, held_out: bool = False) -> Meaning:
    """A random meaning of a prompt. With `held_out`: one object of a kind and color that training never combines."""
    count = rng.choices([1, 2, 3, 4, 5, PAIR], [60, 6, 6, 4, 4, 20])[0] if count is None else count
    kinds, colors = [], []
    for _ in range(2 if count == PAIR else 1):
        kind, color = rng.choice(KINDS), rng.choice(COLOR_NAMES) if held_out or rng.random() < 0.8 else None
        while color and held_out_pair(kind, color) != held_out:
            kind, color = rng.choice(KINDS), rng.choice(COLOR_NAMES)
        kinds.append(kind)
        colors.append(color)
    background = rng.choice(COLOR_NAMES) if rng.random() < 0.45 else None
    if background and not all(color is None or contrasts(color, background) for color in colors):
        background = None
    meaning = Meaning(count, (*kinds, None)[:2], (*colors, None)[:2], background)
    if count == 1:
        meaning.size = rng.choice([SMALL, MEDIUM, LARGE, SMALL]) if rng.random() < 0.35 else None
        meaning.place = rng.randrange(9) if meaning.size != LARGE and rng.random() < 0.25 else None
    elif count == PAIR:
        meaning.relation = rng.choice([0, 1]) if rng.random() < 0.75 else None
    return meaning


def say(rng: random.Random, meaning: Meaning) -> str:
    text = phrase(rng, meaning, rng.choice(ADJECTIVES) if rng.random() < 0.1 else "", REQUESTS)
    return text[0].upper() + text[1:] + "." if rng.random() < 0.05 else text


def sample_unknown(rng: random.Random, nouns: list[str] = TRAINED_NOUNS) -> tuple[str, list[int]]:
    """A prompt for something that the model cannot draw."""
    if nouns is TRAINED_NOUNS and rng.random() < 0.08:
        return rng.choice(SENTENCES), [1, UNKNOWN, -1, -1, -1, -1, -1, -1, -1]
    form = rng.random()
    if form < 0.6:
        noun = rng.choice(nouns)
    elif form < 0.75:
        noun = f"{rng.choice(nouns)} {rng.choice(nouns)}"
    else:
        noun = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9)))
    words = [rng.choice(ADJECTIVES) if rng.random() < 0.15 else "", rng.choice(COLOR_NAMES) if rng.random() < 0.4 else "", noun]
    text = " ".join(filter(None, words))
    text = rng.choice(REQUESTS) + (with_article(text) if rng.random() < 0.8 else text)
    return text, [1, UNKNOWN, -1, -1, -1, -1, -1, -1, -1]


def sample_prompt(rng: random.Random) -> tuple[str, list[int]]:
    """A training prompt and its meaning as numbers (world.captions.FIELDS)."""
    if rng.random() < 0.1:
        return sample_unknown(rng)
    meaning = sample_meaning(rng)
    return say(rng, meaning), to_numbers(meaning)


def prompts(seed: int, count: int, sample=sample_prompt) -> tuple[list[str], Tensor]:
    """Texts, and their meanings int64 [count, 9]."""
    rng = random.Random(seed)
    pairs = [sample(rng) for _ in range(count)]
    return [text for text, _ in pairs], torch.tensor([numbers for _, numbers in pairs])


def tokenize(tokenizer: Tokenizer, texts: list[str]) -> Tensor:
    """int64 [n, LENGTH], padded with 0. Longer texts are truncated."""
    ids = np.zeros((len(texts), LENGTH), np.int64)
    for row, encoding in zip(ids, tokenizer.encode_batch(texts)):
        row[: min(len(encoding.ids), LENGTH)] = encoding.ids[:LENGTH]
    return torch.from_numpy(ids)
