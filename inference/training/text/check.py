"""Accuracy on held-out examples, cheap enough to measure during training."""

import random
from collections import defaultdict

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from .batches import IGNORED, batches, collate, encode
from .corpus import example
from .example import write

TOKENS_PER_BATCH = 4000


@torch.no_grad()
def exact_by_skill(model: LlamaForCausalLM, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """Per skill, the share of examples in which every answer token is the most likely one, given the true previous tokens.
    For a list this includes every answer of the list."""
    rng = random.Random(4242)
    drawn = [example(rng, held_out=True) for _ in range(count)]
    encoded = encode(tokenizer, [one.skill for one in drawn], [write(rng, one) for one in drawn])
    results: dict[str, list[bool]] = defaultdict(list)
    for batch in batches(rng, encoded, TOKENS_PER_BATCH):
        tokens, targets = collate(batch)
        with torch.autocast("cpu", torch.bfloat16):
            likeliest = model(input_ids=tokens, use_cache=False).logits[:, :-1].argmax(-1)
        right = ((likeliest == targets[:, 1:]) | (targets[:, 1:] == IGNORED)).all(1)
        for one, is_right in zip(batch, right.tolist(), strict=True):
            results[one.skill].append(is_right)
    return {skill: sum(right) / len(right) for skill, right in sorted(results.items())}
