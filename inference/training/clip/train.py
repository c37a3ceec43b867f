"""Trains the model on a pool of pictures for a given time. Resumes from its checkpoint if there is one.

    python -m clip.train POOL_FOLDER CHECKPOINT --minutes 80
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from optimizers import muon_and_adamw, set_rate
from progress import Clock
from tokenizers import Tokenizer
from torch import Tensor, nn

from .losses import contrastive, field_loss
from .model import ClipTrainee, new_clip, to_pixels
from .pool import CAPTIONS
from .zero_shot import ZeroShot

BATCH = 128
TWISTED = 64  # number of captions per batch that add their contradiction
PEAK_RATE = 1.2e-3
WEIGHT_DECAY = 0.05
REPORT_STEPS, EVALUATE_SECONDS = 25, 300


class Pool:
    """Endless shuffled batches over the chunks on disk. New chunks are included from the next pass."""

    def __init__(self, folder: Path, seed: int):
        self.folder, self.rng = folder, np.random.default_rng(seed)
        self.chunks: dict[Path, dict[str, np.ndarray]] = {}
        self.load()

    def load(self) -> None:
        for path in sorted(self.folder.glob("chunk-???.npz")):
            if path not in self.chunks:
                self.chunks[path] = dict(np.load(path))

    def batches(self) -> Iterator[dict[str, Tensor]]:
        while True:
            self.load()
            chunks = list(self.chunks.values())
            size = len(chunks[0]["pictures"])
            order = self.rng.permutation(len(chunks) * size)
            for start in range(0, len(order) - BATCH + 1, BATCH):
                rows = [divmod(index, size) for index in order[start : start + BATCH].tolist()]
                yield self._batch(chunks, rows)

    def _batch(self, chunks: list[dict[str, np.ndarray]], rows: list[tuple[int, int]]) -> dict[str, Tensor]:
        def gather(name: str) -> Tensor:
            return torch.from_numpy(np.stack([chunks[chunk][name][row] for chunk, row in rows]))

        caption = torch.from_numpy(self.rng.integers(CAPTIONS, size=BATCH))
        batch = {name: gather(name) for name in ("pictures", "labels", "meanings", "tokens", "said")}
        every = torch.arange(BATCH)
        batch["tokens"], batch["said"] = batch["tokens"].to(torch.int64)[every, caption], batch["said"][every, caption]
        return batch


def augment(pixels: Tensor) -> Tensor:
    """Slight changes of brightness and contrast. 1/8 of the batch is enlarged from a side of 24 to 48 pixels."""
    n = len(pixels)
    few = pixels[: n // 8]
    small = F.interpolate(few, size=int(torch.randint(24, 49, ())), mode="area")
    pixels = torch.cat([F.interpolate(small, size=few.shape[-2:], mode="bicubic"), pixels[n // 8 :]])
    return pixels * (1 + 0.16 * (torch.rand(n, 1, 1, 1) - 0.5)) + 0.1 * (torch.rand(n, 1, 1, 1) - 0.5)


def losses(trainee: ClipTrainee, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    said = torch.cat([batch["said"][:, 0], batch["said"][:TWISTED, 1]]).long()
    tokens = torch.cat([batch["tokens"][:, 0], batch["tokens"][:TWISTED, 1]])
    tokens = tokens[:, : int((tokens != 0).sum(1).max())]
    meanings = batch["meanings"].long()
    with torch.autocast("cpu", torch.bfloat16):
        seen, patches = trainee.see(augment(to_pixels(batch["pictures"])))
        read = trainee.read(tokens)
        seen_fields, read_fields = trainee.fields(seen), trainee.fields(read)
        patch_kind, patch_color = trainee.patch_kind(patches), trainee.patch_color(patches)
    captions, twisted = F.normalize(read.float(), dim=-1).split([BATCH, TWISTED])
    scale = trainee.clip.logit_scale.exp().clamp(max=60)
    labels = batch["labels"].long().flatten(2)
    return {
        "contrast": contrastive(F.normalize(seen.float(), dim=-1), captions, twisted, meanings, said, scale),
        "fields": field_loss(seen_fields.float(), meanings) + field_loss(read_fields.float(), said),
        "patches": F.cross_entropy(patch_kind.float().flatten(0, 1), labels[:, 0].flatten())
        + F.cross_entropy(patch_color.float().flatten(0, 1), labels[:, 1].flatten()),
    }


def total(parts: dict[str, Tensor], fraction: float) -> Tensor:
    """The patches have the most weight at the start. The fields always count: they teach the place and color of each object."""
    return parts["contrast"] + parts["fields"] + (0.5 if fraction < 0.5 else 0.25) * parts["patches"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("pool", type=Path)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--minutes", type=float, default=80)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=1)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    tokenizer = Tokenizer.from_file(str(options.pool / "tokenizer.json"))
    trainee = ClipTrainee(new_clip(tokenizer.get_vocab_size()))
    optimizers = muon_and_adamw(trainee, PEAK_RATE, WEIGHT_DECAY)
    step, spent = 0, 0.0
    if options.checkpoint.exists():
        saved = torch.load(options.checkpoint)
        trainee.load_state_dict(saved["trainee"])
        for optimizer, state in zip(optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        step, spent = saved["step"], saved["spent_seconds"]
    held_out, pool = ZeroShot(tokenizer), Pool(options.pool, options.seed + step)
    clock = Clock(options.minutes, spent)

    def keep() -> None:
        state = {"trainee": trainee.state_dict(), "optimizers": [optimizer.state_dict() for optimizer in optimizers]}
        torch.save(state | {"step": step, "spent_seconds": clock.spent_seconds}, options.checkpoint.with_suffix(".partial"))
        options.checkpoint.with_suffix(".partial").rename(options.checkpoint)
        figures = held_out.figures(trainee)
        print("held out:", " ".join(f"{name} {value:.3f}," for name, value in figures.items()), flush=True)

    evaluated, reported = time.monotonic(), time.monotonic()
    for batch in pool.batches():
        if clock.fraction >= 1:
            break
        set_rate(optimizers, clock.learning_rate(PEAK_RATE, step))
        parts = losses(trainee, batch)
        loss = total(parts, clock.fraction)
        trainee.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        if step % REPORT_STEPS == 0:
            told = {name: part.item() for name, part in parts.items()}
            print(clock.line(step, REPORT_STEPS * BATCH, reported, loss=loss.item(), **told), flush=True)
            reported = time.monotonic()
        if time.monotonic() - evaluated > EVALUATE_SECONDS:
            keep()
            evaluated = reported = time.monotonic()
    keep()


if __name__ == "__main__":
    main()
