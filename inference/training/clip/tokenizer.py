"""A small byte-pair tokenizer like CLIP's: lower case, words end in </w>, with start and end tokens around the text."""

from collections.abc import Iterable
from itertools import chain

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CONTEXT = 32
PAD, UNKNOWN, START, END = "<|pad|>", "<|unk|>", "<|startoftext|>", "<|endoftext|>"
SPECIAL = [PAD, UNKNOWN, START, END]
PAD_ID, UNKNOWN_ID, START_ID, END_ID = range(4)
# What `pre_tokenizers.Whitespace` splits in Python, where \w has the letters of all languages. In JavaScript
# it has those of ASCII.
WORDS = r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]+|[^\s\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]+"


def train_tokenizer(captions: Iterable[str], vocabulary: int = 640) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True)
    printable = [chr(code) for code in range(33, 127)]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=SPECIAL, initial_alphabet=printable, end_of_word_suffix="</w>", min_frequency=2, show_progress=False
    )
    # Each printable character must also be known at the end of a word. Otherwise unseen words would contain
    # unknown tokens.
    tokenizer.train_from_iterator(chain([" ".join(printable)] * 2, captions), trainer)
    frame = [(START, START_ID), (END, END_ID)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=frame)
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    return tokenizer


def encode(tokenizer: Tokenizer, texts: list[str], length: int = CONTEXT) -> np.ndarray:
    """int64 [n, length], padded. Longer texts are truncated but keep the end token."""
    ids = np.full((len(texts), length), PAD_ID, np.int64)
    for row, encoding in zip(ids, tokenizer.encode_batch(texts)):
        tokens = encoding.ids if len(encoding.ids) <= length else [*encoding.ids[: length - 1], END_ID]
        row[: len(tokens)] = tokens
    return ids
