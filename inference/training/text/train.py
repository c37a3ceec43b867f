"""Trains the text model for a given number of minutes on one core: python train.py --minutes 85 --out FOLDER

Run again with the same folder, it goes on from its last checkpoint. FOLDER then holds tokenizer.json, checkpoint.pt and
averaged/, the model that export.py takes.
"""

import argparse
import math
import random
import time
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

import tokenizer as bpe
from batches import IGNORED, Encoded, batches, collate, encode
from corpus import conversation, example
from example import END, PAD, write

PEAK_LEARNING_RATE = 2e-3
WARM_UP_STEPS = 100
DECAY_FROM = 0.70  # of the time; constant before, then straight down to 2%
AVERAGE = 0.998  # decay per step of the averaged weights, which are the ones shipped
TOKENS_PER_BATCH = 2600
POOL = 3000  # examples made and sorted by length at a time
CONVERSATIONS = 0.08
SECONDS_BETWEEN_CHECKS = 600
SECONDS_BETWEEN_CHECKPOINTS = 120


def new_model(tokenizer: Tokenizer) -> LlamaForCausalLM:
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=192, intermediate_size=512, num_hidden_layers=6, num_attention_heads=6,
        num_key_value_heads=3, head_dim=32, max_position_embeddings=512, rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=None,
        eos_token_id=tokenizer.token_to_id(END), pad_token_id=tokenizer.token_to_id(PAD),
        # Written-out attention: at these sizes a step takes 224 ms, against 361 ms with torch's fused CPU kernel.
        attn_implementation="eager"))


def learning_rate(step: int, progress: float) -> float:
    decay = 1.0 if progress < DECAY_FROM else max(0.02, (1 - progress) / (1 - DECAY_FROM))
    return PEAK_LEARNING_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * decay


def loss_of(model: LlamaForCausalLM, tokens: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of the answers' tokens. Only their positions go through the output layer."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state[:, :-1]
        wanted = targets[:, 1:]
        logits = model.lm_head(hidden[wanted != IGNORED])
    return F.cross_entropy(logits.float(), wanted[wanted != IGNORED])


@torch.no_grad()
def exact_by_skill(model: LlamaForCausalLM, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """The share of held-out examples of which every answer token is the likeliest one, given the ones before."""
    rng = random.Random(4242)
    drawn = [example(rng, held_out=True) for _ in range(count)]
    hits: dict[str, list[bool]] = defaultdict(list)
    for batch in batches(rng, encode(tokenizer, [one.skill for one in drawn], [write(rng, one) for one in drawn]), 4000):
        tokens, targets = collate(batch)
        with torch.autocast("cpu", torch.bfloat16):
            best = model(input_ids=tokens, use_cache=False).logits[:, :-1].argmax(-1)
        right = ((best == targets[:, 1:]) | (targets[:, 1:] == IGNORED)).all(1)
        for one, is_right in zip(batch, right.tolist(), strict=True):
            hits[one.skill].append(is_right)
    return {skill: sum(results) / len(results) for skill, results in sorted(hits.items())}


def pool(rng: random.Random, tokenizer: Tokenizer, progress: float) -> list[Encoded]:
    drawn = [conversation(rng, progress) if rng.random() < CONVERSATIONS else example(rng, progress=progress) for _ in range(POOL)]
    written = [one.as_chat() if _mixes_skills(one) else write(rng, one) for one in drawn]
    return encode(tokenizer, [one.skill for one in drawn], written)


def _mixes_skills(one) -> bool:
    """A conversation is chat only; lists of sums come as text, too."""
    return bool(one.earlier) and one.skill != "sum"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)

    vocabulary = options.out / "tokenizer.json"
    if not vocabulary.exists():
        bpe.train(options.seed).save(str(vocabulary))
    tokenizer = Tokenizer.from_file(str(vocabulary))

    model = new_model(tokenizer)
    averaged = new_model(tokenizer)
    averaged.load_state_dict(model.state_dict())
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    scales = [parameter for parameter in model.parameters() if parameter.ndim == 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.05}, {"params": scales, "weight_decay": 0.0}],
                                  lr=PEAK_LEARNING_RATE, betas=(0.9, 0.98), fused=True)
    step, trained_tokens, elapsed_before = 0, 0, 0.0
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        averaged.load_state_dict(saved["averaged"])
        optimizer.load_state_dict(saved["optimizer"])
        step, trained_tokens, elapsed_before = saved["step"], saved["trained_tokens"], saved["elapsed"]
    rng = random.Random(options.seed * 1_000_003 + step)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, from step {step}", flush=True)

    budget, started = options.minutes * 60, time.monotonic()
    elapsed, last_save, last_check, recent = elapsed_before, elapsed_before, elapsed_before, []

    def save() -> None:
        averaged.save_pretrained(options.out / "averaged")
        torch.save({"model": model.state_dict(), "averaged": averaged.state_dict(), "optimizer": optimizer.state_dict(), "step": step,
                    "trained_tokens": trained_tokens, "elapsed": elapsed}, checkpoint.with_suffix(".part"))
        checkpoint.with_suffix(".part").replace(checkpoint)

    def check(count: int) -> None:
        print("held out:", " ".join(f"{skill} {share:.3f}" for skill, share in exact_by_skill(averaged, tokenizer, count).items()), flush=True)

    while elapsed < budget:
        for batch in batches(rng, pool(rng, tokenizer, elapsed / budget), TOKENS_PER_BATCH):
            elapsed = elapsed_before + time.monotonic() - started
            if elapsed >= budget:
                break
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, elapsed / budget)
            tokens, targets = collate(batch)
            loss = loss_of(model, tokens, targets)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            with torch.no_grad():
                weight = 1 - min(AVERAGE, (step + 1) / (step + 10))
                torch._foreach_lerp_(list(averaged.parameters()), list(model.parameters()), weight)
            step += 1
            trained_tokens += sum(len(one.tokens) for one in batch)
            recent.append(loss.item())
            if step % 100 == 0:
                speed = trained_tokens / max(elapsed, 1e-9)
                print(f"step {step} loss {sum(recent) / len(recent):.4f} {speed:.0f} tokens/s "
                      f"lr {learning_rate(step, elapsed / budget):.5f} {math.ceil((budget - elapsed) / 60)} min left", flush=True)
                recent.clear()
            if elapsed - last_save > SECONDS_BETWEEN_CHECKPOINTS:
                last_save = elapsed
                save()
            if elapsed - last_check > SECONDS_BETWEEN_CHECKS:
                last_check = elapsed
                check(1000)
    save()
    check(5000)


if __name__ == "__main__":
    main()
