"""Converts examples to padded tensors. Examples of similar length share a batch, so there is little padding."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from .example import Segments

IGNORED = -100  # cross_entropy's ignore_index
LONGEST = 320


@dataclass(frozen=True)
class Encoded:
    skill: str
    tokens: list[int]
    targets: list[int]  # the tokens to predict, IGNORED elsewhere


def encode(tokenizer: Tokenizer, skills: list[str], written: list[Segments]) -> list[Encoded]:
    """Encodes each segment separately, as prompt and answer are at inference. Skips examples longer than LONGEST."""
    pieces = iter(tokenizer.encode_batch([text for segments in written for text, _ in segments]))
    encoded = []
    for skill, segments in zip(skills, written, strict=True):
        tokens: list[int] = []
        targets: list[int] = []
        for _, is_target in segments:
            ids = next(pieces).ids
            tokens += ids
            targets += ids if is_target else [IGNORED] * len(ids)
        if len(tokens) <= LONGEST:
            encoded.append(Encoded(skill, tokens, targets))
    return encoded


def batches(rng: random.Random, examples: list[Encoded], tokens_per_batch: int) -> Iterator[list[Encoded]]:
    """Batches of at most `tokens_per_batch` tokens, including padding, in random order."""
    ordered = sorted(examples, key=lambda example: len(example.tokens) + rng.random() * 4)
    groups: list[list[Encoded]] = [[]]
    longest = 0
    for example in ordered:
        longest = max(longest, len(example.tokens))
        if longest * (len(groups[-1]) + 1) > tokens_per_batch:
            groups.append([])
            longest = len(example.tokens)
        groups[-1].append(example)
    rng.shuffle(groups)
    yield from groups


def collate(batch: list[Encoded]) -> tuple[torch.Tensor, torch.Tensor]:
    """(tokens, targets), both int64 of batch x longest, padded on the right with 0 and IGNORED."""
    longest = max(len(example.tokens) for example in batch)
    tokens = torch.zeros(len(batch), longest, dtype=torch.long)
    targets = torch.full((len(batch), longest), IGNORED, dtype=torch.long)
    for row, example in enumerate(batch):
        tokens[row, : len(example.tokens)] = torch.tensor(example.tokens)
        targets[row, : len(example.targets)] = torch.tensor(example.targets)
    return tokens, targets
