"""The mixture of all skills. The same seed gives the same corpus. Examples are generated when training needs them."""

import random

from .example import Example
from .skills.arithmetic import bare_sum
from .skills.code import code
from .skills.product import product
from .skills.refusal import refusal
from .skills.sentiment import sentiment
from .skills.small_talk import small_talk
from .skills.summary import repeat, summary
from .skills.translation import translation
from .skills.word_problems import word_problem

# Shares of the examples. Word problems and copying of unseen words are learned last, so they have the largest
# shares.
SHARES = {word_problem: 15, bare_sum: 4, translation: 18, sentiment: 28, refusal: 12, summary: 18, repeat: 5, code: 3, product: 3, small_talk: 4}
WARM_UP = 0.2  # fraction of the training in which the limit of the sums grows from 10 to 100
CEILINGS = [10, 20, 50, 100]


def _steps(rng: random.Random, progress: float) -> int:
    """Number of steps of a word problem: few at first."""
    return rng.choice([1, 1, 2] if progress < WARM_UP / 3 else [1, 1, 1, 2, 2, 3, 3, 4])


def _ceiling(rng: random.Random, progress: float) -> int:
    """The largest number of an arithmetic example: first only small numbers, later all, small ones still often."""
    return rng.choice(CEILINGS[: 1 + int(min(1.0, progress / WARM_UP) * (len(CEILINGS) - 1))])


def _typed(rng: random.Random, prompt: str) -> str:
    """Imitates human typing: sometimes without the final punctuation, without a capital, or with an extra space."""
    draw = rng.random()
    if draw < 0.05 and prompt[-1:] in ".?!":
        return prompt[:-1]
    if draw < 0.10:
        return prompt[0].lower() + prompt[1:]
    if draw < 0.12:
        return prompt + " "
    if draw < 0.15 and len(prompt) < 60:
        return "Please " + prompt[0].lower() + prompt[1:]
    return prompt


def example(rng: random.Random, held_out: bool = False, progress: float = 1.0) -> Example:
    """One example of a random skill. `progress`, from 0 to 1, is the completed fraction of the training."""
    skill = rng.choices(list(SHARES), list(SHARES.values()))[0]
    ceiling = CEILINGS[-1] if held_out else _ceiling(rng, progress)
    if skill is word_problem:
        drawn = word_problem(rng, held_out, ceiling, _steps(rng, progress))
    elif skill is bare_sum:
        drawn = bare_sum(rng, held_out, ceiling)
    else:
        drawn = skill(rng, held_out)
    if held_out:
        return drawn
    if not drawn.earlier:
        drawn = Example(drawn.skill, _typed(rng, drawn.prompt), drawn.answer, line_break=drawn.line_break)
    return drawn


def conversation(rng: random.Random, progress: float) -> Example:
    """Two or three unrelated turns. The model answers the last one."""
    turns = [example(rng, progress=progress) for _ in range(rng.choice([2, 2, 3]))]
    earlier = tuple((turn.prompt, turn.answer) for turn in turns[:-1])
    return Example(turns[-1].skill, turns[-1].prompt, turns[-1].answer, earlier)
