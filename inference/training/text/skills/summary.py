"""One-sentence summaries. Meeting notes and notices are rewritten. Any other text is reduced to the main clause of its first sentence."""

import random

from ..example import Example
from ..split import choose
from ..templates import templates
from ..lexicon import FIRST_NAMES, OTHER_WORDS, PLACES, PLAIN_ADJECTIVES, PLAIN_NOUNS, PLAIN_VERBS, TOPICS, WEEKDAYS, one_of, plural, unfamiliar_word

TEMPLATES = templates("""Summarize: {x}|Summarize this: {x}|Summarize the following text in one sentence: {x}|Summarize this text in one sentence.\\n{x}
{x}\\nTL;DR:|{x}\\n\\nTL;DR|Write a one-sentence summary of this text:\\n{x}|{x}\\nSummary:|Give me a short summary: {x}|Summarize this note: {x}
Please summarize this text: {x}|Can you summarize this? {x}|Summarize the text below.\\n\\n{x}|Summarize in one sentence: {q}|Summary of this text: {x}
Write a short summary of the following: {x}|Shorten this text: {x}|What is the main point of this text? {x}|Text: {x}\\nSummary:
Make this shorter: {x}|Give a one line summary.\\n{x}|Summarize this article: {x}|Summarize this email: {x}|Article: {x}\\nOne-sentence summary:
In one sentence, what does this say? {x}|Sum up this text: {x}|I need a summary of this: {x}|tl;dr: {x}|Read this and summarize it. {x}
Briefly summarize: {x}|Summarize the passage: {q}|Condense this into one sentence: {x}|What is this text about? {x}|Summarize for me: {x}
Sum this up: {x}|Sum up the following in a single sentence.\\n{x}|Give the gist of this: {x}|Boil this down to one sentence: {x}|Reduce this text to one sentence: {x}
Cut this down: {x}|What does this text say? {x}|What is this about? {x}|What happened? Summarize: {x}|Read the text and give a summary. {x}|Read this text: {x} Now summarize it.
Here is a text. Summarize it.\\n{x}|Here is a note: {x} Give me a summary.|Here is an email.\\n{x}\\nSummarize it.|{x}\\nSummarize.|{x}\\n\\nSummarize the text above.|{x}\\nIn short:
{x}\\nIn one sentence:|{x} In short,|{x}\\n\\nSummary in one sentence:|Summary please: {x}|Short summary: {x}|Summarize {q}|Summarise this: {x}|Summarise the text: {x}
Can you give me a summary? {x}|Could you summarize this text for me? {x}|Please give a one-sentence summary of the following text. {x}|Please shorten: {x}|Please sum up: {x}
I have no time to read this. Summarize it: {x}|Tell me in one sentence what this says: {x}|Tell me the main point: {x}|The main point of this text?\\n{x}|Main idea: {x}
Extract the main point: {x}|Provide a summary.\\n\\n{x}|Provide a brief summary of this passage: {x}|Compress this: {x}|Simplify this text: {x}|Write a summary: {x}
Write one sentence that sums this up: {x}|Summarize the news: {x}|News: {x}\\nHeadline:|Summarize this message: {x}|Message: {x}\\nSummary:|Document:\\n{x}\\n\\nSummary:
Passage: {x}\\nMain point:|Summarize the story. {x}|Story: {x}\\nSummary:|Summarize this paragraph: {x}|Paragraph: {x} Summary:|Notes: {x}\\nSummary:|Summarize my notes: {x}
Too long, please shorten.\\n{x}|Input: {x}\\nSummary:|Task: summarize. {x}|Your task is to summarize this text in one sentence: {x}|You are a summarizer. {x}""")


FUNCTION_WORDS = "the a of in on at to from with for by and or it its this that their his her some every no two about over under into near".split()
DAYS_AND_TIMES = WEEKDAYS + "January March April June August October December spring summer autumn winter noon midnight".split()


def _name(rng: random.Random, held_out: bool) -> str:
    """Often a name that is in no list. Otherwise the model would guess names that it knows instead of copying."""
    return unfamiliar_word(rng).capitalize() if rng.random() < 0.45 else choose(rng, FIRST_NAMES, held_out)


def _word(rng: random.Random, words: list[str], held_out: bool) -> str:
    draw = rng.random()
    return unfamiliar_word(rng) if draw < 0.25 else rng.choice(OTHER_WORDS) if draw < 0.5 else choose(rng, words, held_out)


def _meeting(rng: random.Random, held_out: bool) -> tuple[str, str]:
    day, later = rng.sample(WEEKDAYS, 2)
    topic = choose(rng, TOPICS, held_out) if rng.random() < 0.5 else f"the {_thing(rng, held_out)}"
    name, other = _name(rng, held_out), _name(rng, held_out)
    task = rng.choice(["the draft", "the slides", "the numbers", "the notes", "a proposal", "the plan", "a demo", "the documents", "a list", "the agenda",
                       f"the {_thing(rng, held_out)}", one_of(_thing(rng, held_out))])
    verb = rng.choice(["prepare", "write", "send", "bring", "check", "finish", "present", "review", "update", "print", "translate", "share"])
    group = rng.choice(["team", "board", "committee", "group", "staff", "council", "class", "club", "family", "crew", _word(rng, PLAIN_NOUNS, held_out)])
    sentences = [f"The {group} met on {day}.", f"They discussed {topic}.", f"{name} will {verb} {task}."]
    extra = [f"{other} asked some questions.", "Everyone agreed with the plan.", "There was coffee and cake.", "The room was too small.",
             f"The next meeting is on {later}.", f"{other} could not come.", "It took two hours.", f"They will meet again on {later}.", "Nobody disagreed.",
             f"{_sentence(rng, held_out)}."]
    for sentence in rng.sample(extra, rng.choice([0, 1, 1, 2, 3])):
        sentences.insert(rng.randint(1, len(sentences)), sentence)
    return " ".join(sentences), f"The {group} met on {day} to discuss {topic}, and {name} will {verb} {task}."


def _notice(rng: random.Random, held_out: bool) -> tuple[str, str]:
    place = choose(rng, PLACES, held_out) if rng.random() < 0.6 else f"the {_thing(rng, held_out)}"
    day, adjective = rng.choice(WEEKDAYS), rng.choice(PLAIN_ADJECTIVES)
    reason = rng.choice(["repairs", "cleaning", "a holiday", "an event", "painting", "an inspection", "a concert", "training", "a private party", "maintenance",
                         one_of(_word(rng, PLAIN_NOUNS, held_out))])
    place = place[0].upper() + place[1:]
    sentences = [rng.choice([f"{place} is in the center of town.", f"{place} is very {adjective}.", f"Many people know {place[0].lower()}{place[1:]}."]),
                 rng.choice(["Many people visit it every day.", "It was built many years ago.", "Families like to go there.", "It is open all year."]),
                 f"It will be closed on {day} for {reason}.",
                 rng.choice(["Visitors should come back later.", "It will open again the next day.", "A sign was placed at the door.", "We are sorry for the trouble."])]
    return " ".join(sentences), f"{place} will be closed on {day} for {reason}."


def _thing(rng: random.Random, held_out: bool) -> str:
    noun = _word(rng, PLAIN_NOUNS, held_out)
    return f"{_word(rng, PLAIN_ADJECTIVES, held_out)} {noun}" if rng.random() < 0.5 else noun


def _number(rng: random.Random) -> str:
    return rng.choice([str(rng.randint(2, 99)), str(rng.randint(2, 99)), str(rng.randint(100, 9999)), rng.choice("two three four five six seven ten twelve forty".split()),
                       f"{rng.choice('two three five eight nine'.split())} {rng.choice(['hundred', 'thousand', 'million'])}"])


def _subject(rng: random.Random, held_out: bool) -> tuple[str, bool]:
    """Also returns whether it is plural."""
    thing = _thing(rng, held_out)
    return rng.choice([(f"the {thing}", False), (f"the {thing}", False), (_name(rng, held_out), False), (one_of(thing), False), (f"our {thing}", False),
                       (f"{_name(rng, held_out)} and {_name(rng, held_out)}", True), (f"{_name(rng, held_out)} {unfamiliar_word(rng).capitalize()}", False),
                       (f"scientists in {unfamiliar_word(rng).capitalize()}", True), (f"{_number(rng)} {plural(thing)}", True), (f"the {plural(thing)}", True),
                       (f"many {plural(thing)}", True), (f"the {thing} of {_name(rng, held_out)}", False)])


def _place(rng: random.Random, held_out: bool) -> str:
    return rng.choice([f" on {rng.choice(WEEKDAYS)}", f" near {choose(rng, PLACES, held_out)}", f" in {rng.randint(1900, 2030)}", " this year", " last week", " yesterday",
                       f" with the {_thing(rng, held_out)}", f" in {unfamiliar_word(rng).capitalize()}", f" for the {_thing(rng, held_out)}", f" to {_name(rng, held_out)}",
                       f" in {rng.choice(DAYS_AND_TIMES)}", f" at the {_thing(rng, held_out)}", f" in the {_thing(rng, held_out)}", f" for {_number(rng)} {rng.choice(['days', 'years', 'hours'])}",
                       f" from {_name(rng, held_out)}", f" at {rng.choice('six seven eight nine ten noon'.split())}", f" under the {_thing(rng, held_out)}", f" by {_name(rng, held_out)}"])


def _clause(rng: random.Random, held_out: bool) -> str:
    """A main clause of random content, without capital and full stop."""
    subject, several = _subject(rng, held_out)
    verb = choose(rng, PLAIN_VERBS, held_out) if rng.random() < 0.75 else _word(rng, PLAIN_VERBS, held_out)
    object_ = rng.choice([f"the {_thing(rng, held_out)}", one_of(_thing(rng, held_out)), f"{_number(rng)} {plural(_word(rng, PLAIN_NOUNS, held_out))}",
                          f"the {_word(rng, PLAIN_NOUNS, held_out)} of the {_thing(rng, held_out)}", _name(rng, held_out)])
    ending = _place(rng, held_out) if rng.random() < 0.6 else ""
    draw = rng.random()
    if draw < 0.2:
        be = rng.choice(["are", "were", "will be", "became"] if several else ["is", "was", "will be", "became"])
        return f"{subject} {be} {rng.choice([one_of(_thing(rng, held_out)), _word(rng, PLAIN_ADJECTIVES, held_out), 'very ' + _word(rng, PLAIN_ADJECTIVES, held_out)])}{ending}"
    if draw < 0.4:
        return f"{subject} {rng.choice(['', '', 'had ', 'were ' if several else 'was '])}{verb}{ending}{_place(rng, held_out)}"
    return f"{subject} {rng.choice(['', '', 'have ' if several else 'has ', 'had '])}{verb} {object_}{ending}"


def _salad(rng: random.Random, held_out: bool) -> str:
    """Words in random order, which can only be copied word by word."""
    words = [rng.choice([rng.choice(FUNCTION_WORDS), rng.choice(OTHER_WORDS), unfamiliar_word(rng), _name(rng, held_out), _number(rng), choose(rng, PLAIN_NOUNS, held_out)])
             for _ in range(rng.randint(3, 10))]
    return " ".join(words)


def _sentence(rng: random.Random, held_out: bool) -> str:
    clause = _clause(rng, held_out) if held_out or rng.random() < 0.75 else _salad(rng, held_out)
    return clause[0].upper() + clause[1:]


SUBORDINATE = [" because {c}", ", because {c}", ", which surprised everyone", ", although {c}", " although {c}", ", while {c}", " so that {c}", " after {c}",
               " before {c}", " when {c}", ", and {c}", ", but {c}", ", so {c}", " since {c}", ", where {c}", " until {c}", " while {c}", ", which is {a}",
               ", since {c}", ", as {c}", ", though {c}", ", who is {a}"]


def _text(rng: random.Random, held_out: bool) -> tuple[str, str]:
    main = _sentence(rng, held_out)
    subordinate = rng.choice(SUBORDINATE).format(c=_clause(rng, held_out), a=_word(rng, PLAIN_ADJECTIVES, held_out)) if rng.random() < 0.35 else ""
    sentences = [main + subordinate + "."]
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
        lead = rng.choice(["", "", "", "", "It is ", "Then ", "Later ", "Also, ", "However, ", "It is said that ", "They said that ", "There is "])
        sentence = lead + (_clause(rng, held_out) if lead else _sentence(rng, held_out)) + "."
        sentences.append(sentence[0].upper() + sentence[1:])
    return " ".join(sentences), main + "."


def summary(rng: random.Random, held_out: bool) -> Example:
    text, short = rng.choices([_meeting, _notice, _text], [2, 1, 5])[0](rng, held_out)
    if rng.random() < 0.1:
        text = text.replace(". ", ".\n")
    return Example("summary", choose(rng, TEMPLATES, held_out).format(x=text, q=f'"{text}"'), short)


REPEAT = templates("""Repeat: {x}|Repeat this: {x}|Repeat after me: {x}|Say this again: {x}|Copy this text: {x}|Copy: {x}|Echo: {x}|Write this down: {x}|Repeat the sentence: {x}|Repeat this word for word: {x}
Please repeat: {x}|Say: {q}|Echo this text: {x}|Repeat the following text.\\n{x}|Type this: {x}|Repeat {q}|Copy this sentence.\\n{x}""")


def repeat(rng: random.Random, held_out: bool) -> Example:
    text = rng.choice([_sentence, _salad])(rng, held_out)
    return Example("repeat", choose(rng, REPEAT, held_out).format(x=text, q=f'"{text}"'), text)
