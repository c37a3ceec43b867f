"""Word problems of one to four steps in many wordings. The model must read the text and cannot rely on positions."""

import random

from ..example import Example
from ..split import choose, side
from ..lexicon import COUNTED_THINGS, FIRST_NAMES, PLAIN_ADJECTIVES, PLAIN_NOUNS, one_of, plural, unfamiliar_word
from .arithmetic import Step, chain, solution
from .story_words import (ARRIVALS, ASIDES, COMPOUNDS, CONTAINERS, DEPARTURES, ENDINGS, EXTRA_PEOPLE, GAINS, GIVES, HOLDERS, JOBS, LOSSES, OPENINGS, PEOPLE,
                          PLACES_OF_TRADE, PLAIN_WRAPPERS, QUESTIONS, RECEIVED, SCENES, START_VERBS, STARTS, SUPPOSE, TAKEN, TRAILS, WRAPPERS)

NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty""".split()
HAVE = ("have", "has", "had")


def _things(rng: random.Random, held_out: bool) -> str:
    listed = choose(rng, COUNTED_THINGS, held_out)
    draw = rng.random()
    if draw < 0.55:
        return listed
    if draw < 0.70:
        return plural(choose(rng, PLAIN_NOUNS, held_out))
    if draw < 0.80:
        return plural(unfamiliar_word(rng))
    if draw < 0.90:
        return f"{rng.choice(COMPOUNDS)} {listed}"
    return f"{choose(rng, PLAIN_ADJECTIVES, held_out)} {listed}"


def _name(rng: random.Random, held_out: bool) -> str:
    return unfamiliar_word(rng).capitalize() if rng.random() < 0.4 else choose(rng, FIRST_NAMES, held_out)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


class Story:
    """The people, things and grammar from which the sentences of one problem are built."""

    def __init__(self, rng: random.Random, held_out: bool) -> None:
        self.rng, self.held_out = rng, held_out
        self.things = _things(rng, held_out)
        self.past = rng.random() < 0.5
        self.as_words = rng.random() < 0.12
        self.other = rng.choice([_name(rng, held_out), rng.choice(PEOPLE)])
        draw = rng.random()
        if draw < 0.35:
            self.base_form = True
            self.subject, self.pronoun, self.object = rng.choice([("I", "I", "me")] * 4 + [("you", "you", "you"), ("we", "we", "us")])
            self.introduced = self.subject
            return
        self.base_form = False
        if draw < 0.80:
            self.introduced = self.subject = _name(rng, held_out)
            self.pronoun, self.object = rng.choice([("he", "him"), ("she", "her")])
        elif draw < 0.93:
            job = rng.choice(JOBS)
            self.introduced, self.subject = rng.choice([one_of(job), f"the {job}"]), f"the {job}"
            self.pronoun, self.object = rng.choice([("he", "him"), ("she", "her")])
        else:
            place = rng.choice(PLACES_OF_TRADE)
            self.introduced, self.subject, self.pronoun, self.object = one_of(place), f"the {place}", "it", "it"

    def number(self, value: int) -> str:
        return NUMBER_WORDS[value] if self.as_words and value < len(NUMBER_WORDS) else str(value)

    def counted(self, value: int, extra: str = "") -> str:
        """"3 apples", "1 apple", "3 more apples"."""
        things = self.things
        if value == 1 and things.endswith("s"):
            things = things[:-3] + "y" if things.endswith("ies") else things[:-2] if things.endswith(("shes", "ches", "xes", "toes", "sses")) else things[:-1]
        return f"{self.number(value)} {extra}{things}"

    def verb(self, forms: tuple[str, ...]) -> str:
        base, third, past = forms
        return past if self.past else base if self.base_form else third

    def action(self, step: Step) -> str:
        """The action of one step, without the subject: "buys 3 more"."""
        rng, amount = self.rng, self.number(step.operand)
        trail = rng.choice(TRAILS) if rng.random() < 0.12 else ""
        if step.operator == "+":
            return f"{self.verb(rng.choice(GAINS))} " + rng.choice(
                [f"{amount} more", f"{amount} more", f"{amount}", f"{amount}", self.counted(step.operand), self.counted(step.operand, "more "),
                 f"another {amount}", self.counted(step.operand, "extra ")]) + trail
        if rng.random() < 0.25:
            verb = self.verb(rng.choice(GIVES))
            return rng.choice([f"{verb} {amount} to {self.other}", f"{verb} {self.other} {amount}", f"{verb} {self.counted(step.operand)} to {self.other}"])
        verb = self.verb(rng.choice(LOSSES))
        return f"{verb} " + rng.choice([amount, amount, self.counted(step.operand), f"{amount} of them", f"{amount} of the {self.things}"]) + trail

    def event(self, step: Step) -> str:
        """A clause with another subject: "Tom gives her 3 more"."""
        rng, amount = self.rng, self.number(step.operand)
        tense = 1 if self.past else 0
        many = step.operand != 1
        if step.operator == "+":
            return rng.choice([f"{self.other} {rng.choice(RECEIVED)[tense]} {self.object} " + rng.choice([f"{amount} more", amount, self.counted(step.operand), self.counted(step.operand, "more ")]),
                               f"{amount} more {'come' if many else 'comes'}", f"{self.counted(step.operand, 'more ')} {'arrive' if many else 'arrives'}"])
        was = "were" if self.past and many else "was" if self.past else "are" if many else "is"
        return rng.choice([f"{self.other} {rng.choice(TAKEN)[tense]} {amount} of them", f"{self.other} {rng.choice(TAKEN)[tense]} {amount}",
                           f"{self.counted(step.operand)} {was} {rng.choice(['lost', 'broken', 'eaten', 'stolen', 'sold', 'gone', 'taken away', 'missing'])}",
                           f"{amount} of them {was} {rng.choice(['lost', 'broken', 'eaten', 'stolen', 'sold', 'gone', 'thrown away'])}",
                           f"{amount} of them {'get' if many else 'gets'} {rng.choice(['lost', 'broken', 'eaten', 'stolen'])}"])

    def joined(self, steps: list[Step]) -> str:
        """"buys 3, gives away 2 and loses 1"."""
        rng, parts = self.rng, [self.action(step) for step in steps]
        if len(parts) == 1:
            return parts[0]
        last = rng.choice([" and ", " and ", ", and ", " and then ", ", then ", ", and then ", " but ", ", "])
        return rng.choice([", ", ", ", ", then ", " and "]).join(parts[:-1]) + last + parts[-1]

    def sentences(self, steps: list[Step]) -> list[str]:
        """Sentences of one to three steps each."""
        rng, told, rest = self.rng, [], steps
        while rest:
            count = rng.choice([1, 1, 1, 2, 2, 3])
            part, rest = rest[:count], rest[count:]
            who = self.subject if self.base_form or rng.random() < 0.4 else self.pronoun
            clause = self.event(part[0]) if len(part) == 1 and rng.random() < 0.25 else f"{who} {self.joined(part)}"
            opening = rng.choice(OPENINGS) if rng.random() < 0.4 else ""
            told.append(_capital(f"{opening}{clause}."))
        if rng.random() < 0.05:
            told.insert(rng.randint(0, len(told)), rng.choice(ASIDES))
        return told

    def question(self) -> str:
        does = ("do" if self.base_form else "does") if not self.past or self.rng.random() < 0.9 else "did"
        return choose(self.rng, QUESTIONS, self.held_out).format(t=self.things, s=self.subject, does=does, has="have" if self.base_form else "has")

    def packed(self, step: Step) -> str:
        """The first step of a multiplication: "3 boxes with 4 apples in each"."""
        each, containers = self.counted(step.operand), f"{self.number(step.before)} {self.rng.choice(CONTAINERS)}"
        return f"{containers} " + self.rng.choice([f"with {each} in each", f"of {each}", f"with {each} each", f"with {each} in each one", f"of {each} each"])

    def shared(self, step: Step) -> str:
        among = self.number(step.operand)
        return self.rng.choice([
            f"The {self.things} are shared equally among {among} friends. How many does each friend get?",
            f"{_capital(self.subject)} {self.verb(('share', 'shares', 'shared'))} them equally among {among} people. How many does each one get?",
            f"They are split equally into {among} groups. How many are in each group?",
            f"They are divided equally among {among} children. How many {self.things} does each child get?",
            f"{_capital(self.subject)} {self.verb(('put', 'puts', 'put'))} them into {among} equal groups. How many {self.things} are in each group?"])


def _in_sentences(story: Story, steps: list[Step]) -> str:
    rng, divides = story.rng, steps[-1].operator == "/"
    told = steps[:-1] if divides else steps
    if steps[0].operator == "*":
        first, told = _capital(f"{story.introduced} {story.verb(HAVE)} {story.packed(steps[0])}."), told[1:]
    elif rng.random() < 0.25 and told:
        count = rng.choice([1, 1, 2, 3])
        join = rng.choice([" and ", " and ", ", ", ", then ", " and then ", " but "])
        first = _capital(f"{story.introduced} {story.verb(HAVE)} {story.counted(steps[0].before)}{join}{story.joined(told[:count])}.")
        told = told[count:]
    elif rng.random() < 0.1:
        holder = rng.choice(HOLDERS)
        first = rng.choice([f"{_capital(one_of(holder))} {rng.choice(['holds', 'has', 'contains'])} {story.counted(steps[0].before)}.",
                            f"There are {story.counted(steps[0].before)} in a {holder}."])
    else:
        first = _capital(choose(rng, STARTS, story.held_out).format(
            S=story.introduced, s=story.subject, a=story.number(steps[0].before), t=story.things, **{key: story.verb(forms) for key, forms in START_VERBS.items()}))
    return " ".join([first, *story.sentences(told), story.shared(steps[-1]) if divides else story.question()])


def _as_condition(story: Story, steps: list[Step]) -> str:
    """One sentence: "If I have 3 apples and buy 2 more, then give away 1, how many do I have?" """
    rng = story.rng
    verb = story.verb(HAVE) if rng.random() < 0.7 else story.verb(rng.choice(list(START_VERBS.values())[3:])) if rng.random() < 0.6 else f"{story.verb(START_VERBS['starts'])} with"
    start = story.packed(steps[0]) if steps[0].operator == "*" else story.counted(steps[0].before)
    text = f"{rng.choice(SUPPOSE)}{story.introduced} {verb} {start}"
    for step in steps[1:] if steps[0].operator == "*" else steps:
        clause = story.event(step) if rng.random() < 0.15 else (f"{story.pronoun} " if rng.random() < 0.15 else "") + story.action(step)
        text += rng.choice([" and ", " and ", ", then ", " and then ", ", and then ", ", ", ", and ", ", "]) + clause
    question = story.question()
    if text.startswith(("If", "When")) or rng.random() < 0.3:
        return f"{text}, {question[0].lower()}{question[1:]}"
    return f"{text}. {question}"


def _in_place(story: Story, steps: list[Step]) -> str:
    """"There are 9 birds on the pond. 4 more arrive. How many birds are on the pond now?" """
    rng, scene = story.rng, story.rng.choice(SCENES)
    if rng.random() < 0.5:
        story.things = rng.choice(EXTRA_PEOPLE)
    things, amount = story.things, story.number(steps[0].before)
    be = "were" if story.past else "are"
    condition = rng.random() < 0.2
    first = f"If there {be} {amount} {things} {scene}" if condition else rng.choice(
        [f"There {be} {amount} {things} {scene}", f"{amount} {things} {be} {scene}", f"{_capital(scene)} there {be} {amount} {things}", f"{amount} {things} {be} {rng.choice(['playing', 'waiting', 'sitting', 'standing'])} {scene}"])
    parts = []
    for step in steps:
        many = rng.choice(["", "", "of them ", things + " "]) if step.operator == "-" else rng.choice(["more ", "more ", f"more {things} ", f"other {things} "])
        parts.append(f"{story.number(step.operand)} {many}{rng.choice(ARRIVALS if step.operator == '+' else DEPARTURES)}")
    question = rng.choice([f"How many {things} are {scene} now?", f"How many {things} are there?", f"How many {things} are {scene}?", "How many are left?", f"How many {things} are left?",
                           "How many are there now?", f"How many {things} are still {scene}?", f"How many {things} remain {scene}?", f"What is the number of {things} {scene} now?"]) \
        if not story.held_out and rng.random() < 0.7 else rng.choice([one for one in side(QUESTIONS, story.held_out) if "{s}" not in one]).format(t=things)
    if condition:
        return first + "".join(rng.choice([" and ", " and then ", ", ", ", then "]) + part for part in parts) + f", {question[0].lower()}{question[1:]}"
    if rng.random() < 0.3 and len(parts) > 1:
        parts = [f"{parts[0]} and {rng.choice(['', 'then '])}{parts[1]}", *parts[2:]]
    told = [f"{rng.choice(['', '', '', 'Then ', 'Later ', 'After that, ', 'Soon '])}{part}" for part in parts]
    return " ".join(_capital(one) + "." for one in [first, *told]) + " " + question


def word_problem(rng: random.Random, held_out: bool, ceiling: int, count: int) -> Example:
    story = Story(rng, held_out)
    steps = chain(rng, count, ceiling, held_out)
    draw = rng.random()
    if draw < 0.15 and all(step.operator in "+-" for step in steps):
        text = _in_place(story, steps)
    elif draw < 0.5 and steps[-1].operator != "/":
        text = _as_condition(story, steps)
    else:
        text = _in_sentences(story, steps)
    wrapper = rng.choice(PLAIN_WRAPPERS) if rng.random() < 0.5 else choose(rng, WRAPPERS, held_out)
    return Example(f"word_problem_{count}", wrapper.format(q=text + rng.choice(ENDINGS)), solution(steps))
