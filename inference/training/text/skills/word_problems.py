"""Word problems of one to four steps, answered with every intermediate result, and bare sums.

The answer is one short canonical chain, because it is what makes arithmetic learnable at this size: each step needs only
the result written just before it. "Start with 3. 3 + 2 = 5. 5 - 1 = 4. The answer is 4."

All numbers stay from 0 to 100. A 25th of the sums with a number of two digits is never trained, in no problem and no drill;
every held-out problem needs at least one of those.
"""

import random
from dataclasses import dataclass

from ..example import Example
from ..split import choose, is_held_out
from ..lexicon import COUNTED_THINGS, FIRST_NAMES, PLAIN_ADJECTIVES, PLAIN_NOUNS, invented_word

NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
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
    """`count` sums, each starting from the last result, with no number above `ceiling`."""
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


# base form, third person, past
GAINS = [("buy", "buys", "bought"), ("find", "finds", "found"), ("get", "gets", "got"), ("receive", "receives", "received"),
         ("pick", "picks", "picked"), ("win", "wins", "won"), ("collect", "collects", "collected"), ("make", "makes", "made"),
         ("add", "adds", "added"), ("borrow", "borrows", "borrowed"), ("pick up", "picks up", "picked up"), ("earn", "earns", "earned"),
         ("take", "takes", "took"), ("order", "orders", "ordered"), ("bring home", "brings home", "brought home")]
LOSSES = [("give away", "gives away", "gave away"), ("lose", "loses", "lost"), ("eat", "eats", "ate"), ("sell", "sells", "sold"),
          ("use", "uses", "used"), ("break", "breaks", "broke"), ("drop", "drops", "dropped"), ("throw away", "throws away", "threw away"),
          ("donate", "donates", "donated"), ("spend", "spends", "spent"), ("use up", "uses up", "used up"), ("return", "returns", "returned"),
          ("give back", "gives back", "gave back"), ("share", "shares", "shared"), ("remove", "removes", "removed")]
GIVES = [("give", "gives", "gave"), ("lend", "lends", "lent"), ("sell", "sells", "sold"), ("send", "sends", "sent"), ("hand", "hands", "handed")]
CONTAINERS = ["boxes", "bags", "baskets", "packs", "jars", "bowls", "rows", "shelves", "plates", "crates"]
PEOPLE = ["a friend", "my friend", "a neighbor", "the neighbor", "my sister", "my brother", "a classmate", "the teacher", "mom", "dad"]

STARTS_WITH_NAME = ["{s} {has} {a} {t}.", "{s} {has} {a} {t} in a box.", "{s} {starts} with {a} {t}.", "At first {s} {has} {a} {t}.",
                    "{s} {has} {a} {t} at home.", "In the morning {s} {has} {a} {t}.", "{s} {owns} {a} {t}.", "{s} {buys} {a} {t}."]
QUESTIONS = ["How many {t} {does} {s} have now?", "How many {t} {does} {s} have?", "How many {does} {s} have now?", "How many {does} {s} have?",
             "How many {t} {does} {s} have left?", "How many {does} {s} have left?", "How many {t} are left?", "How many {t} are there now?",
             "How many {t} {does} {s} have in the end?", "How many {t} {does} {s} end up with?", "What is the number of {t} now?",
             "How many {t} {does} {s} have in total?", "Now, how many {t} {does} {s} have?", "How many {t} remain?"]
WRAPPERS = ["{q}", "{q}", "Q: {q}", "Question: {q}", "Solve: {q}", "Solve this problem: {q}", "Q: {q}\nA:", "Question: {q}\nAnswer:", "Problem: {q}",
            "Here is a problem. {q}", "Math problem: {q}", "Please solve this. {q}", "{q} Answer:", "Can you solve this? {q}", "Word problem: {q}",
            "Help me with this: {q}"]
ENDINGS = ["", "", " Let's think step by step.", " Let's think step by step.", "\nLet's think step by step.", " Think step by step.",
           " Show your steps.", " Explain step by step.", " Solve it step by step.", "\nShow your work."]


# For stories about a place, in which nobody owns anything.
SCENES = ["on the pond", "in the room", "on the bus", "in the park", "on the table", "in the garage", "on the tree", "in the class", "in the basket",
          "in the zoo", "on the shelf", "at the party", "in the garden", "on the farm", "in the box", "in the yard", "in the shop", "on a wire", "here"]
ARRIVALS = ["arrive", "come", "join them", "are added", "land", "get on", "are brought", "walk in", "are put there", "show up"]
DEPARTURES = ["leave", "go home", "fly away", "are taken away", "get off", "are sold", "are eaten", "run away", "break", "disappear", "are removed", "fall down"]


def _things(rng: random.Random, held_out: bool) -> str:
    draw = rng.random()
    if draw < 0.7:
        return choose(rng, COUNTED_THINGS, held_out)
    if draw < 0.9:
        return choose(rng, PLAIN_NOUNS, held_out) + "s"
    return f"{choose(rng, PLAIN_ADJECTIVES, held_out)} {choose(rng, COUNTED_THINGS, held_out)}"


def _person(rng: random.Random, held_out: bool) -> str:
    return invented_word(rng).capitalize() if rng.random() < 0.4 else choose(rng, FIRST_NAMES, held_out)


def _number(rng: random.Random, value: int, as_words: bool) -> str:
    return NUMBER_WORDS[value] if as_words and value < len(NUMBER_WORDS) else str(value)


class Story:
    """One problem's people, things and grammar, from which its sentences are built."""

    def __init__(self, rng: random.Random, held_out: bool) -> None:
        self.rng = rng
        self.first_person = rng.random() < 0.4
        self.subject = rng.choice(["I", "I", "I", "I", "you", "we"]) if self.first_person else _person(rng, held_out)
        self.other = rng.choice([_person(rng, held_out), rng.choice(PEOPLE)])
        self.things = _things(rng, held_out)
        self.past = rng.random() < 0.45
        self.as_words = rng.random() < 0.08

    def verb(self, forms: tuple[str, str, str]) -> str:
        base, third, past = forms
        return past if self.past else base if self.first_person else third

    def action(self, step: Step) -> str:
        """What happens in one step, without its subject: "buys 3 more"."""
        rng, amount = self.rng, _number(self.rng, step.operand, self.as_words)
        if step.operator == "+":
            return f"{self.verb(rng.choice(GAINS))} " + rng.choice(
                [f"{amount} more", f"{amount} more", f"{amount} more {self.things}", f"another {amount}", f"{amount} extra {self.things}"])
        if rng.random() < 0.25:
            verb = self.verb(rng.choice(GIVES))
            return rng.choice([f"{verb} {amount} to {self.other}", f"{verb} {self.other} {amount}", f"{verb} {amount} {self.things} to {self.other}"])
        verb = self.verb(rng.choice(LOSSES))
        return rng.choice([f"{verb} {amount}", f"{verb} {amount}", f"{verb} {amount} {self.things}", f"{verb} {amount} of them"])

    def sentence(self, step: Step) -> str:
        rng, amount = self.rng, _number(self.rng, step.operand, self.as_words)
        draw = rng.random()
        if draw < 0.12:
            them = {"I": "me", "we": "us"}.get(self.subject, self.subject)
            verb = ("gave" if self.past else "gives") if step.operator == "+" else ("took" if self.past else "takes")
            other = self.other[0].upper() + self.other[1:]
            return f"{other} {verb} {them} {amount} more." if step.operator == "+" else f"{other} {verb} {amount} of them."
        if draw < 0.2:
            if step.operator == "+":
                return rng.choice([f"Then {amount} more come.", f"Then {amount} more {self.things} arrive."])
            return rng.choice([f"{amount.capitalize()} of them get lost.", f"Then {amount} {self.things} break.", f"Then {amount} are gone."])
        who = self.subject if self.first_person or rng.random() < 0.5 else rng.choice(["He", "She"])
        opening = rng.choice(["", "", "", "Then ", "Later ", "After that, ", "The next day "])
        if opening and who in ("He", "She"):
            who = who.lower()
        text = f"{opening}{who} {self.action(step)}."
        return text[0].upper() + text[1:]

    def question(self, held_out: bool) -> str:
        question = choose(self.rng, QUESTIONS, held_out)
        does = "do" if self.first_person else "does"
        return question.format(t=self.things, s=self.subject, does=does)

    def start(self, step: Step) -> tuple[str, bool]:
        """The opening clause, and whether it already tells the first step (a multiplication)."""
        rng, value = self.rng, _number(self.rng, step.before, self.as_words)
        has = self.verb(("have", "has", "had"))
        if step.operator == "*":
            each = _number(rng, step.operand, self.as_words)
            container = rng.choice(CONTAINERS)
            clause = rng.choice([f"{value} {container} with {each} {self.things} in each", f"{value} {container} of {each} {self.things}",
                                 f"{value} {container} with {each} {self.things} each"])
            return f"{self.subject} {has} {clause}", True
        return f"{self.subject} {has} {value} {self.things}", False


def _shared(story: Story, step: Step) -> str:
    among = _number(story.rng, step.operand, story.as_words)
    return story.rng.choice([f"The {story.things} are shared equally among {among} friends. How many does each friend get?",
                             f"{story.subject} {story.verb(('share', 'shares', 'shared'))} them equally among {among} people. How many does each one get?",
                             f"They are split equally into {among} groups. How many are in each group?"])


def _in_sentences(story: Story, steps: list[Step], held_out: bool) -> str:
    rng = story.rng
    opening, tells_first = story.start(steps[0])
    if tells_first or rng.random() < 0.4:
        parts = [opening[0].upper() + opening[1:] + "."]
    else:
        forms = {"has": ("have", "has", "had"), "starts": ("start", "starts", "started"), "owns": ("own", "owns", "owned"), "buys": ("buy", "buys", "bought")}
        start = choose(rng, STARTS_WITH_NAME, held_out).format(
            s=story.subject, a=_number(rng, steps[0].before, story.as_words), t=story.things, **{key: story.verb(form) for key, form in forms.items()})
        parts = [start[0].upper() + start[1:]]
    rest = steps[1:] if tells_first else steps
    divides = steps[-1].operator == "/"
    parts += [story.sentence(step) for step in (rest[:-1] if divides else rest)]
    return " ".join([*parts, _shared(story, steps[-1]) if divides else story.question(held_out)])


def _as_condition(story: Story, steps: list[Step], held_out: bool) -> str:
    """One sentence: "If I have 3 apples and buy 2 more, then give away 1, how many do I have?" """
    rng = story.rng
    opening, tells_first = story.start(steps[0])
    text = "If " + opening
    rest = steps[1:] if tells_first else steps
    for index, step in enumerate(rest):
        joins = [" and ", ", then ", " and then ", ", and then ", ", "] if index else [" and ", " and ", ", then ", " and then ", ", "]
        text += rng.choice(joins) + story.action(step)
    question = story.question(held_out)
    return text + ", " + question[0].lower() + question[1:]


def _in_place(story: Story, steps: list[Step]) -> str:
    """"There are 9 birds on the pond. 4 more arrive. How many birds are on the pond now?" """
    rng, scene, things = story.rng, story.rng.choice(SCENES), story.things
    parts = [f"There {rng.choice(['are', 'are', 'were'])} {_number(rng, steps[0].before, story.as_words)} {things} {scene}."]
    for step in steps:
        amount = _number(rng, step.operand, story.as_words)
        opening = rng.choice(["", "", "Then ", "Later ", "After that, "])
        if step.operator == "+":
            parts.append(f"{opening}{amount} more {rng.choice(['', '', things + ' '])}{rng.choice(ARRIVALS)}.")
        else:
            parts.append(f"{opening}{amount} {rng.choice(['', 'of them ', things + ' '])}{rng.choice(DEPARTURES)}.")
    question = rng.choice([f"How many {things} are {scene} now?", f"How many {things} are there?", f"How many {things} are {scene}?", "How many are left?",
                           f"How many {things} are left?", "How many are there now?", f"How many {things} are still {scene}?"])
    return " ".join(part[0].upper() + part[1:] for part in [*parts, question])


def word_problem(rng: random.Random, held_out: bool, ceiling: int, count: int) -> Example:
    story = Story(rng, held_out)
    steps = chain(rng, count, ceiling, held_out)
    draw = rng.random()
    if draw < 0.15 and all(step.operator in "+-" for step in steps):
        text = _in_place(story, steps)
    elif draw < 0.5 and steps[-1].operator != "/":
        text = _as_condition(story, steps, held_out)
    else:
        text = _in_sentences(story, steps, held_out)
    prompt = choose(rng, WRAPPERS, held_out).format(q=text + rng.choice(ENDINGS))
    return Example(f"word_problem_{count}", prompt, solution(steps))


SUM_QUESTIONS = ["What is {x}?", "Calculate {x}.", "Compute {x}.", "How much is {x}?", "{x}?", "{x} = ?", "What does {x} equal?", "Solve {x}",
                 "What's {x}?", "Work out {x}.", "Please calculate {x}", "Evaluate {x}.", "Tell me what {x} is.", "Add it up: {x}"]
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
