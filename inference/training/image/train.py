"""Trains the painter for a given time. Resumes from its checkpoint if there is one.

    python -m image.train TOKENIZER CHECKPOINT --minutes 30
"""

import argparse
import copy
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from optimizers import muon_and_adamw, set_rate
from progress import Clock
from tokenizers import Tokenizer
from torch import Tensor, nn

from .atlas import HAS_ROLE, classes_at, sample_points
from .evaluate import quick_figures
from .layout import LATENT, SLOTS, lay_out
from .model import Painter
from .prompts import prompts, tokenize

BATCH = 96
POINTS = 160  # per object
PEAK_RATE, WEIGHT_DECAY = 2e-3, 0.01
PROMPTS = 300_000
TRAINING_SEED = 2_000_000
REPORT_STEPS, EVALUATE_SECONDS = 50, 180


def losses(painter: Painter, ids: Tensor, meanings: Tensor, z: Tensor) -> dict[str, Tensor]:
    truth = lay_out(meanings, z)
    with torch.autocast("cpu", torch.bfloat16):
        hidden = painter.reader(ids)
    slots, guess = painter.plan(hidden.float(), z)
    present = truth.present
    share = present.float() / present.sum()

    def over_things(loss: Tensor) -> Tensor:
        return (loss * share).sum()

    things = present.flatten().nonzero()[:, 0]
    kind, vectors = truth.kind.flatten()[things], slots.flatten(0, 1)[things]
    points = sample_points(kind, POINTS)
    with torch.autocast("cpu", torch.bfloat16):
        parts = painter.parts(painter.steer(vectors), points)
    role = HAS_ROLE[truth.kind]
    palette_error = (painter.paint(slots, truth.color, z) - truth.palette).abs().mean(-1)
    return {
        "parts": F.cross_entropy(parts.float().flatten(0, 1), classes_at(kind[:, None].expand(-1, POINTS), points).flatten()),
        "place": 4 * over_things(
            (guess.center - truth.center).abs().mean(-1)
            + 0.3 * (guess.log_radius - truth.radius.log()).abs()
            + 0.3 * (guess.turn - truth.turn).abs()
        ),
        "flip": 0.3 * over_things(F.binary_cross_entropy_with_logits(guess.flip, truth.flip.float(), reduction="none")),
        "color": 0.3 * F.cross_entropy(guess.color.flatten(0, 1)[things], truth.color.flatten()[things]),
        "palette": 4 * over_things((palette_error * role).sum(-1) / role.sum(-1)),
        "background": 0.3 * F.cross_entropy(guess.background, truth.background)
        + 2 * (painter.paint_background(truth.background, z) - truth.background_rgb).abs().mean(),
        "present": 0.3 * F.binary_cross_entropy_with_logits(guess.present, present.float()),
        "kind": 0.2 * F.cross_entropy(painter.kind(vectors), kind),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=1)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    painter = Painter(tokenizer.get_vocab_size())
    average = copy.deepcopy(painter)  # of the weights over the last few hundred steps
    optimizers = muon_and_adamw(painter, PEAK_RATE, WEIGHT_DECAY)
    step, spent = 0, 0.0
    if options.checkpoint.exists():
        saved = torch.load(options.checkpoint)
        painter.load_state_dict(saved["painter"])
        average.load_state_dict(saved["average"])
        for optimizer, state in zip(optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        step, spent = saved["step"], saved["spent_seconds"]
        torch.manual_seed(options.seed + step)
    texts, meanings = prompts(TRAINING_SEED, PROMPTS)
    ids = tokenize(tokenizer, texts)
    clock = Clock(options.minutes, spent)

    def keep() -> None:
        state = {"painter": painter.state_dict(), "average": average.state_dict(), "step": step, "spent_seconds": clock.spent_seconds}
        torch.save(state | {"optimizers": [optimizer.state_dict() for optimizer in optimizers]}, options.checkpoint.with_suffix(".partial"))
        options.checkpoint.with_suffix(".partial").rename(options.checkpoint)
        print("held out:", " ".join(f"{name} {value:.3f}," for name, value in quick_figures(average, tokenizer).items()), flush=True)

    evaluated = reported = time.monotonic()
    while clock.fraction < 1:
        set_rate(optimizers, clock.learning_rate(PEAK_RATE, step, hold=0.4))
        rows = torch.randint(len(ids), (BATCH,))
        batch = ids[rows]
        batch = batch[:, : int((batch != 0).sum(1).max())]
        parts = losses(painter, batch, meanings[rows], torch.rand(BATCH, SLOTS, LATENT) * 2 - 1)
        loss = torch.stack(list(parts.values())).sum()
        painter.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(painter.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        decay = min(0.995, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(painter.parameters()), 1 - decay)
        if step % REPORT_STEPS == 0:
            told = {name: part.item() for name, part in parts.items()}
            print(clock.line(step, REPORT_STEPS * BATCH, reported, **told), flush=True)
            reported = time.monotonic()
        if time.monotonic() - evaluated > EVALUATE_SECONDS:
            keep()
            evaluated = reported = time.monotonic()
    keep()


if __name__ == "__main__":
    main()
