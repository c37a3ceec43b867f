"""One-sentence summaries: meeting notes and notices are told anew; any other text is cut to the main clause of its first sentence."""

import random

from ..example import Example
from ..split import choose
from ..lexicon import FIRST_NAMES, PLACES, PLAIN_ADJECTIVES, PLAIN_NOUNS, PLAIN_VERBS, TOPICS, WEEKDAYS, invented_word

TEMPLATES = """Summarize: {x}|Summarize this: {x}|Summarize the following text in one sentence: {x}|Summarize this text in one sentence.\\n{x}
{x}\\nTL;DR:|{x}\\n\\nTL;DR|Write a one-sentence summary of this text:\\n{x}|{x}\\nSummary:|Give me a short summary: {x}|Summarize this note: {x}
Please summarize this text: {x}|Can you summarize this? {x}|Summarize the text below.\\n\\n{x}|Summarize in one sentence: {q}|Summary of this text: {x}
Write a short summary of the following: {x}|Shorten this text: {x}|What is the main point of this text? {x}|Text: {x}\\nSummary:
Make this shorter: {x}|Give a one line summary.\\n{x}|Summarize this article: {x}|Summarize this email: {x}|Article: {x}\\nOne-sentence summary:
In one sentence, what does this say? {x}|Sum up this text: {x}|I need a summary of this: {x}|tl;dr: {x}|Read this and summarize it. {x}
Briefly summarize: {x}|Summarize the passage: {q}|Condense this into one sentence: {x}|What is this text about? {x}|Summarize for me: {x}"""
TEMPLATES = TEMPLATES.replace("\n", "|").replace("\\n", "\n").split("|")


def _name(rng: random.Random, held_out: bool) -> str:
    """Often a name that no list holds: a summary copies, and what it has copied before it would otherwise guess."""
    return invented_word(rng).capitalize() if rng.random() < 0.35 else choose(rng, FIRST_NAMES, held_out)


def _meeting(rng: random.Random, held_out: bool) -> tuple[str, str]:
    day, later = rng.sample(WEEKDAYS, 2)
    topic, name, other = choose(rng, TOPICS, held_out), _name(rng, held_out), _name(rng, held_out)
    task = rng.choice(["the draft", "the slides", "the numbers", "the notes", "a proposal", "the plan", "a demo", "the documents", "a list", "the agenda"])
    verb = rng.choice(["prepare", "write", "send", "bring", "check", "finish", "present"])
    group = rng.choice(["team", "board", "committee", "group", "staff", "council", "class"])
    sentences = [f"The {group} met on {day}.", f"They discussed {topic}.", f"{name} will {verb} {task}."]
    extra = [f"{other} asked some questions.", "Everyone agreed with the plan.", "There was coffee and cake.", "The room was too small.",
             f"The next meeting is on {later}.", f"{other} could not come.", "It took two hours.", f"They will meet again on {later}.", "Nobody disagreed."]
    for sentence in rng.sample(extra, rng.choice([0, 1, 1, 2, 3])):
        sentences.insert(rng.randint(1, len(sentences)), sentence)
    return " ".join(sentences), f"The {group} met on {day} to discuss {topic}, and {name} will {verb} {task}."


def _notice(rng: random.Random, held_out: bool) -> tuple[str, str]:
    place, day, adjective = choose(rng, PLACES, held_out), rng.choice(WEEKDAYS), rng.choice(PLAIN_ADJECTIVES)
    reason = rng.choice(["repairs", "cleaning", "a holiday", "an event", "painting", "an inspection", "a concert", "training", "a private party", "maintenance"])
    sentences = [rng.choice([f"{place.capitalize()} is in the center of town.", f"{place.capitalize()} is very {adjective}.", f"Many people know {place}."]),
                 rng.choice(["Many people visit it every day.", "It was built many years ago.", "Families like to go there.", "It is open all year."]),
                 f"It will be closed on {day} for {reason}.",
                 rng.choice(["Visitors should come back later.", "It will open again the next day.", "A sign was placed at the door.", "We are sorry for the trouble."])]
    return " ".join(sentences), f"{place.capitalize()} will be closed on {day} for {reason}."


def _thing(rng: random.Random, held_out: bool) -> str:
    noun = invented_word(rng) if rng.random() < 0.35 else choose(rng, PLAIN_NOUNS, held_out)
    return f"{choose(rng, PLAIN_ADJECTIVES, held_out)} {noun}" if rng.random() < 0.5 else noun


def _clause(rng: random.Random, held_out: bool) -> str:
    """A main clause of random content, without its capital and point."""
    subject = rng.choice([f"the {_thing(rng, held_out)}", f"the {_thing(rng, held_out)}", _name(rng, held_out), f"a {_thing(rng, held_out)}",
                          f"{_name(rng, held_out)} and {_name(rng, held_out)}", invented_word(rng).capitalize(),
                          f"scientists in {invented_word(rng).capitalize()}", f"{rng.randint(2, 90)} {choose(rng, PLAIN_NOUNS, held_out)}s"])
    verb = choose(rng, PLAIN_VERBS, held_out)
    object_ = rng.choice([f"the {_thing(rng, held_out)}", f"a {_thing(rng, held_out)}", f"{rng.randint(2, 99)} {choose(rng, PLAIN_NOUNS, held_out)}s",
                          f"the {choose(rng, PLAIN_NOUNS, held_out)} of the {_thing(rng, held_out)}", _name(rng, held_out)])
    ending = rng.choice(["", "", f" on {rng.choice(WEEKDAYS)}", f" near {choose(rng, PLACES, held_out)}", f" in {rng.randint(1900, 2030)}", " this year",
                         f" with the {_thing(rng, held_out)}", " last week", f" in {invented_word(rng).capitalize()}", f" for the {_thing(rng, held_out)}"])
    if rng.random() < 0.25:
        return f"{subject} {rng.choice(['is', 'was', 'will be', 'became'])} {rng.choice([_thing(rng, held_out), choose(rng, PLAIN_ADJECTIVES, held_out)])}{ending}"
    return f"{subject} {rng.choice(['', 'has ', 'have '])}{verb} {object_}{ending}"


SUBORDINATE = [" because {c}", ", because {c}", ", which surprised everyone", ", although {c}", " although {c}", ", while {c}", " so that {c}", " after {c}",
               " before {c}", " when {c}", ", and {c}", ", but {c}", ", so {c}", " since {c}", ", where {c}", " until {c}"]


def _text(rng: random.Random, held_out: bool) -> tuple[str, str]:
    main = _clause(rng, held_out)
    main = main[0].upper() + main[1:]
    subordinate = rng.choice(SUBORDINATE).format(c=_clause(rng, held_out)) if rng.random() < 0.4 else ""
    sentences = [main + subordinate + "."]
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
        clause = _clause(rng, held_out)
        sentences.append(rng.choice(["", "", "", "Then ", "Later ", "Also, ", "However, ", "It is said that "]) + clause + ".")
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences), main + "."


def summary(rng: random.Random, held_out: bool) -> Example:
    text, short = rng.choices([_meeting, _notice, _text], [2, 1, 4])[0](rng, held_out)
    if rng.random() < 0.1:
        text = text.replace(". ", ".\n")
    return Example("summary", choose(rng, TEMPLATES, held_out).format(x=text, q=f'"{text}"'), short)
