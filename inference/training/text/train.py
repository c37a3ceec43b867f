"""Trains the text model for a given time. Resumes from its checkpoint if there is one.

    python -m text.train FOLDER --minutes 80 [--workers 2]

Each worker uses one core and its own examples. Their gradients are summed before every step. FOLDER then contains
tokenizer.json, checkpoint.pt and averaged/, the model that text.export reads.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from progress import Clock
from tokenizers import Tokenizer
from torch import Tensor
from transformers import LlamaForCausalLM
from transformers.utils import logging

from . import tokenizer as bpe
from .batches import IGNORED, Encoded, batches, collate, encode
from .check import exact_by_skill
from .corpus import conversation, example
from .example import write
from .model import PEAK_LEARNING_RATE, new_model, new_optimizers

HOLD = 0.70  # fraction of the time at the peak learning rate
TOKENS_PER_BATCH = 900  # with examples of similar length
BATCHES_PER_STEP = 4  # per worker, with different lengths, so each step includes several skills
POOL = 3000  # number of examples generated and sorted by length at a time
CONVERSATIONS = 0.08  # fraction of the examples
AVERAGE = 0.998  # decay per step of the averaged weights, which are shipped
STEPS_PER_LINE = 50
SECONDS_PER_CHECKPOINT = 120
SECONDS_PER_CHECK = 300


def answer_loss(model: LlamaForCausalLM, tokens: Tensor, targets: Tensor) -> Tensor:
    """Summed cross-entropy of the answer tokens. The output layer is computed only at their positions."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state[:, :-1]
        wanted = targets[:, 1:]
        logits = model.lm_head(hidden[wanted != IGNORED])
    return F.cross_entropy(logits.float(), wanted[wanted != IGNORED], reduction="sum")


def pool(rng: random.Random, tokenizer: Tokenizer, progress: float) -> list[Encoded]:
    skills, written = [], []
    for _ in range(POOL):
        talks = rng.random() < CONVERSATIONS
        one = conversation(rng, progress) if talks else example(rng, progress=progress)
        skills.append(one.skill)
        written.append(one.as_chat() if talks else write(rng, one))
    return encode(tokenizer, skills, written)


class Trainer:
    """The model, its average, its optimizers and the training progress. All of it is saved in the checkpoint.

    All workers hold the same weights: they start from the same seed or checkpoint and take the same steps.
    """

    def __init__(self, folder: Path, minutes: float, seed: int, worker: int = 0, workers: int = 1) -> None:
        self.folder, self.checkpoint = folder, folder / "checkpoint.pt"
        self.worker, self.workers = worker, workers
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.model, self.averaged = new_model(self.tokenizer), new_model(self.tokenizer)
        self.averaged.load_state_dict(self.model.state_dict())
        self.optimizers = new_optimizers(self.model)
        self.step, spent = 0, 0.0
        if self.checkpoint.exists():
            saved = torch.load(self.checkpoint, weights_only=True)
            self.model.load_state_dict(saved["model"])
            self.averaged.load_state_dict(saved["averaged"])
            for optimizer, state in zip(self.optimizers, saved["optimizers"], strict=True):
                optimizer.load_state_dict(state)
            self.step, spent = saved["step"], saved["spent_seconds"]
        self.clock = Clock(minutes, spent)
        self.fraction = self.clock.fraction
        self.rng = random.Random((seed * 1_000_003 + self.step) * 64 + worker)

    def save(self) -> None:
        self.averaged.save_pretrained(self.folder / "averaged")
        part = self.checkpoint.with_suffix(".part")
        torch.save({"model": self.model.state_dict(), "averaged": self.averaged.state_dict(), "step": self.step,
                    "optimizers": [optimizer.state_dict() for optimizer in self.optimizers], "spent_seconds": self.clock.spent_seconds}, part)
        part.replace(self.checkpoint)

    def groups(self) -> Iterator[tuple[list[Encoded], ...]]:
        """The batches of each step of this worker, until the time is up."""
        while self.fraction < 1:
            drawn = batches(self.rng, pool(self.rng, self.tokenizer, self.fraction), TOKENS_PER_BATCH)
            for group in zip(*[drawn] * BATCHES_PER_STEP, strict=False):
                if self.fraction >= 1:
                    return
                yield group

    def summed(self, loss: float, wanted: int) -> tuple[float, float]:
        """Sums the gradients over the workers, in place. Returns the loss per answer token and the learning rate of the step.

        The clocks are averaged too, because the workers must agree on the rate and on when to stop."""
        gradients = [parameter.grad for parameter in self.model.parameters()]
        rate = self.clock.learning_rate(PEAK_LEARNING_RATE, self.step, hold=HOLD)
        told = torch.tensor([loss, wanted, rate / self.workers, self.clock.fraction / self.workers], dtype=torch.float32)
        flat = torch.cat([gradient.flatten() for gradient in gradients] + [told])
        if self.workers > 1:
            distributed.all_reduce(flat)
        loss, all_wanted, rate, self.fraction = flat[-4:].tolist()
        for gradient, sums in zip(gradients, flat[:-4].split([gradient.numel() for gradient in gradients]), strict=True):
            gradient.copy_(sums.view_as(gradient) / all_wanted)
        return loss / all_wanted, rate

    def train_on(self, group: tuple[list[Encoded], ...]) -> float:
        """Runs one step. Returns the loss per answer token."""
        total, wanted = 0.0, 0
        for tokens, targets in map(collate, group):
            loss = answer_loss(self.model, tokens, targets)
            loss.backward()
            total += loss.item()
            wanted += int((targets != IGNORED).sum())
        loss_per_token, rate = self.summed(total, wanted)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            for parameters in optimizer.param_groups:
                parameters["lr"] = rate
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        with torch.no_grad():
            share = max(1 - AVERAGE, 9 / (self.step + 9))  # the new weights count more at first, when the old ones are poor
            torch._foreach_lerp_(list(self.averaged.parameters()), list(self.model.parameters()), share)
        return loss_per_token

    def check(self, count: int) -> None:
        shares = exact_by_skill(self.averaged, self.tokenizer, count)
        print("held out:", " ".join(f"{skill} {share:.3f}" for skill, share in shares.items()), flush=True)

    def run(self) -> None:
        saved = checked = printed = self.clock.spent_seconds
        tokens, losses = 0, []
        for group in self.groups():
            losses.append(self.train_on(group))
            tokens += sum(len(one.tokens) for batch in group for one in batch)
            if self.worker > 0:
                continue
            now = self.clock.spent_seconds
            if self.step % STEPS_PER_LINE == 0:
                print(f"step {self.step} loss {sum(losses) / len(losses):.4f} | {self.workers * tokens / (now - printed):.0f} tokens/s | "
                      f"{(self.clock.budget_seconds - now) / 60:.1f} min left", flush=True)
                tokens, losses, printed = 0, [], now
            if now - saved > SECONDS_PER_CHECKPOINT:
                saved = now
                self.save()
            if now - checked > SECONDS_PER_CHECK:
                checked = now
                self.check(600)
        if self.worker == 0:
            self.save()
            self.check(4000)


def work(worker: int, options: argparse.Namespace, address: str) -> None:
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    if options.workers > 1:
        distributed.init_process_group("gloo", init_method=address, rank=worker, world_size=options.workers)
    Trainer(options.folder, options.minutes, options.seed, worker, options.workers).run()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--minutes", type=float, required=True)
    arguments.add_argument("--workers", type=int, default=1)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    vocabulary = options.folder / "tokenizer.json"
    if not vocabulary.exists():
        bpe.train(options.seed).save(str(vocabulary))
    if options.workers == 1:
        work(0, options, "")
        return
    with tempfile.TemporaryDirectory() as meeting_point:
        multiprocessing.spawn(work, (options, f"file://{meeting_point}/workers"), nprocs=options.workers)


if __name__ == "__main__":
    main()
