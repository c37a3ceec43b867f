"""Writes the generated half of the evaluation.

    python -m text.held_out ../evaluation/data/text

Prompts with templates, names, things and numbers that training never uses, each with its only correct answer. The other
half, hand-written.json in the same folder, was written by hand.
"""

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path

from .example import Example
from .skills.arithmetic import bare_sum
from .skills.code import FUNCTIONS, TEMPLATES, answer_of, third_person
from .skills.product import product
from .skills.sentiment import direct, in_context
from .skills.small_talk import small_talk
from .skills.summary import summary
from .skills.translation import few_shot, zero_shot
from .skills.word_problems import word_problem
from .split import choose

SEED = 20_261_123


def _every_function(rng: random.Random) -> list[Example]:
    drawn = []
    for function in FUNCTIONS:
        tasks, source = answer_of(function)
        for _ in range(2):
            task = rng.choice(tasks)
            drawn.append(Example("code", choose(rng, TEMPLATES, True).format(do=task, does=third_person(task)), source))
    return drawn


def _distinct(count: int, draw: Callable[[], Example]) -> list[Example]:
    found: dict[str, Example] = {}
    for _ in range(count * 50):
        one = draw()
        if not one.earlier:
            found.setdefault(one.prompt, one)
        if len(found) == count:
            break
    return list(found.values())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    folder = arguments.parse_args().folder
    rng = random.Random(SEED)
    figures = {
        "word problems": [one for steps in (1, 2, 3, 4) for one in _distinct(50, lambda: word_problem(rng, True, 100, steps))],  # noqa: B023
        "sums": _distinct(40, lambda: bare_sum(rng, True, 100)),
        "translation": _distinct(70, lambda: zero_shot(rng, True)) + _distinct(50, lambda: few_shot(rng, True)),
        "sentiment": _distinct(70, lambda: direct(rng, True)) + _distinct(50, lambda: in_context(rng, True)),
        "summaries": _distinct(100, lambda: summary(rng, True)),
        "code": _every_function(rng),
        "products": _distinct(40, lambda: product(rng, True)),
        "openers": _distinct(15, lambda: small_talk(rng, True)),
    }
    sections = []
    for figure, examples in figures.items():
        rng.shuffle(examples)
        items = [json.dumps({"prompt": one.prompt, "chat": rng.random() < 0.6, "answer": one.answer}, ensure_ascii=False) for one in examples]
        sections.append(f"  {json.dumps(figure)}: [\n    " + ",\n    ".join(items) + "\n  ]")
    (folder / "generated.json").write_text("{\n" + ",\n".join(sections) + "\n}\n")


if __name__ == "__main__":
    main()
