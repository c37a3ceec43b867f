"""Chains of sums with every intermediate result, and single sums.

The answer is one short canonical chain. It makes arithmetic learnable at this model size, because each step needs only the
previous result. "Start with 3. 3 + 2 = 5. 5 - 1 = 4. The answer is 4."

All numbers are from 0 to 100. 1/25 of the sums with a two-digit number is never trained, in any problem or drill. Every
held-out problem contains at least one of these.
"""

import random
from dataclasses import dataclass

from ..example import Example
from ..split import choose, is_held_out

LARGEST = 100


@dataclass(frozen=True)
class Step:
    before: int
    operator: str
    operand: int

    @property
    def after(self) -> int:
        return {"+": self.before + self.operand, "-": self.before - self.operand,
                "*": self.before * self.operand, "/": self.before // max(1, self.operand)}[self.operator]

    def __str__(self) -> str:
        return f"{self.before} {self.operator} {self.operand} = {self.after}."

    @property
    def is_held_out(self) -> bool:
        big = max(self.before, self.operand) >= 10 and self.operator in "+-"
        return big and is_held_out(f"{self.before}{self.operator}{self.operand}", one_in=25)


def solution(steps: list[Step]) -> str:
    return f"Start with {steps[0].before}. {' '.join(map(str, steps))} The answer is {steps[-1].after}."


def chain(rng: random.Random, count: int, ceiling: int, held_out: bool) -> list[Step]:
    """`count` sums, each starting from the previous result, with no number above `ceiling`."""
    while True:
        steps: list[Step] = []
        value = rng.randint(2, ceiling * 6 // 10)
        for index in range(count):
            operator = rng.choices("+-*/", [10, 10, 2 if index == 0 else 0, 1 if index == count - 1 else 0])[0]
            if operator == "*":
                value = rng.randint(2, 9)
                step = Step(value, "*", rng.randint(2, 10))
            elif operator == "/":
                divisors = [number for number in range(2, 11) if value and value % number == 0 and value // number <= 10]
                if not divisors:
                    break
                step = Step(value, "/", rng.choice(divisors))
            else:
                most = min(30, ceiling - value if operator == "+" else value - (rng.random() < 0.9))
                if most < 1:
                    break
                step = Step(value, operator, rng.randint(1, most))
            value = step.after
            steps.append(step)
        if len(steps) == count and value <= LARGEST and any(step.is_held_out for step in steps) == held_out:
            return steps


SUM_QUESTIONS = """What is {x}?|Calculate {x}.|Compute {x}.|How much is {x}?|{x}?|{x} = ?|What does {x} equal?|Solve {x}|What's {x}?|Work out {x}.|Please calculate {x}
Evaluate {x}.|Tell me what {x} is.|Add it up: {x}|Calculate: {x}|Compute: {x}|Sum: {x}|{x} is|{x}=?|{x} equals|What is the result of {x}?|What do you get for {x}?
Can you calculate {x}?|Can you work out {x}?|I need the result of {x}.|Give me the result of {x}|Find {x}.|Find the value of {x}.|What is the value of {x}?
Quick: {x}?|Q: What is {x}?\\nA:|Question: {x}\\nAnswer:|Do the math: {x}|Math: {x}|Answer this: {x}|{x}, please|How much does {x} make?|Simplify {x}"""
SUM_QUESTIONS = SUM_QUESTIONS.replace("\n", "|").replace("\\n", "\n").split("|")
SPOKEN = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


def _expression(steps: list[Step], rng: random.Random) -> str:
    style = rng.choice(["plain", "plain", "plain", "spoken", "tight"])
    parts = [(SPOKEN[step.operator] if style == "spoken" else step.operator, str(step.operand)) for step in steps]
    gap = "" if style == "tight" else " "
    return str(steps[0].before) + "".join(f"{gap}{operator}{gap}{operand}" for operator, operand in parts)


def bare_sum(rng: random.Random, held_out: bool, ceiling: int) -> Example:
    """A question about one sum, one chain of sums, or a list of sums in which every result is trained."""
    draw = rng.random()
    if draw < 0.45:
        lines = [chain(rng, 1, ceiling, held_out)[0] for _ in range(rng.choice([8, 10, 12, 14]))]
        turns = [(f"{step.before} {step.operator} {step.operand} =", str(step.after)) for step in lines]
        return Example("sum", turns[-1][0], turns[-1][1], earlier=tuple(turns[:-1]))
    steps = chain(rng, 1 if draw < 0.8 else rng.choice([2, 3, 4]), ceiling, held_out)
    if len(steps) > 1 and any(step.operator in "*/" for step in steps):
        steps = chain(rng, 1, ceiling, held_out)  # precedence is not taught
    text = _expression(steps, rng)
    if len(steps) == 1 and rng.random() < 0.3:
        return Example("sum", f"{text} =", str(steps[0].after))
    answer = str(steps[0]) if len(steps) == 1 else solution(steps)
    return Example("sum", choose(rng, SUM_QUESTIONS, held_out).format(x=text), answer)
