"""Byte-level BPE of 2,048 entries, trained on the corpus. Every digit is a separate token."""

import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from .corpus import example
from .example import SPECIAL_TOKENS, write

VOCABULARY = 2048
EXAMPLES = 60_000


def train(seed: int) -> Tokenizer:
    rng = random.Random(seed)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIAL_TOKENS,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    texts = (text for _ in range(EXAMPLES) for text, _ in write(rng, example(rng)))
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
