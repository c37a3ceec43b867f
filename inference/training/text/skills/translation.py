"""English to French: the listed nouns with articles and adjectives, short sentences about them, and fixed phrases."""

import random

from ..example import Example
from ..split import choose, is_held_out
from ..templates import templates
from ..lexicon import ADJECTIVES_AFTER, ADJECTIVES_BEFORE, NOUNS, PHRASES, Noun

COUNTABLE = [noun for noun in NOUNS if noun.countable]
VOWELS = "aeiou"

ZERO_SHOT = templates("""Translate to French: {x}|Translate English to French: {x}|Translate into French: {x}|Translate this to French: {x}
Translate the following text from English to French: {x}|Please translate {q} into French.|Translate {q} to French.
Translate {q} into French.|How do you say {q} in French?|How do I say {q} in French?|What is {q} in French?|Say {q} in French.
What is the French word for {q}?|What is the French for {q}?|English: {x}\\nFrench:|Translate English to French:\\n{x} =>
Translate English to French:\\n{x} ->|Translate English to French: {x} =>|Translate from English to French: {q}
Can you translate {q} to French?|Can you translate {q} into French for me?|French translation of {q}:|Translation to French of {q}?
I want to say {q} in French.|Give me the French for {q}.|Give the French translation: {x}|Text: {x}\\nTranslate the text to French.
{q} in French?|In French, how would you say {q}?|Write {q} in French.|Tell me the French word for {q}.|French for {q}
Translate the word {q} to French|Translate this word into French: {x}|Put this into French: {x}|to French: {x}|{x} in French is
Translate the sentence below into French.\\n{x}|Source (English): {x}\\nTarget (French):|English: {q} French:|Please say {q} in French
Translate to French.\\n\\n{x}|Turn {q} into French.|Convert to French: {x}|You are a translator. Translate to French: {x}
Could you please translate {q} into French?|What do the French say for {q}?|Translate for me into French: {x}|en -> fr: {x}
Say this in French: {x}|How would a French person say {q}?|Translate {q} (English) into French|English to French translation of {q}:|Translate the English text {q} to French.|French word for {q}?
What would {q} be in French?|Can you say {q} in French?|Do you know the French word for {q}?|I need {q} in French.|Please give me the French translation of {q}.|{q} to French
{q} translated to French is|The French word for {q} is|The French translation of {q} is|In French, {q} is|{x} (in French)|Write the French translation of {q}.|Help me say {q} in French.
English: {x}. French:|EN: {x}\\nFR:|EN: {x} FR:|English: {x}\\nTranslate:|{x}\\n\\nTranslate the above to French.|{x}\\nTranslate to French.|{x}\\nIn French:|french: {x}|fr: {x}|"{x}" -> French""")
LEADS_TO_TEXT = templates("""Translate to French|Translate into French|Translate English to French|Translate from English to French|Translate this to French|Translate this into French
Translate the following to French|Translate the text into French|French translation|Give the French translation|Please translate to French|Can you translate this to French?|In French
English to French|Your task is to translate into French|How would you say this in French?|Translate the following word to French|Translate the following English text into French
Translate these words into French|Please translate into French|Give me this in French|What is this in French?|Write this in French|Now translate to French|Translate to the French language
I need this in French|Translation into French|Turn this into French|Say it in French|Could you translate this into French?|English-French|Translate this English text into French""")
SEPARATORS = [": ", ": ", ":\n", ".\n", ".\n\n", "\n", "\n\n", " - ", ":\n\n", ". "]


HEADERS = ["Translate English to French:", "Translate English to French.", "English to French:", "Translate to French:",
           "Translate the words into French.", "Translate each word from English to French.", "English -> French", ""]
ARROWS = ["->", "=>", "→", ":", "=", "-"]
LEADS = ["", "", "", "Example: ", "- ", "English: ", "Word: "]
JOINS = ["\n", "\n", "\n", " ", ", ", "; ", "\n\n"]
TAILS = ["", "", " ?"]


def _with_article(noun: Noun, definite: bool, adjective: str | None = None) -> tuple[str, str]:
    words, french, starts_with_vowel = noun.english, noun.french, noun.elides
    if adjective in ADJECTIVES_AFTER:
        words, french = f"{adjective} {words}", f"{french} {ADJECTIVES_AFTER[adjective][noun.feminine]}"
    elif adjective:
        words, french, starts_with_vowel = f"{adjective} {words}", f"{ADJECTIVES_BEFORE[adjective][noun.feminine]} {french}", False
    if definite:
        return f"the {words}", ("l'" if starts_with_vowel else "la " if noun.feminine else "le ") + french
    return f"{'an' if words[0] in VOWELS else 'a'} {words}", ("une " if noun.feminine else "un ") + french


def _sentence(rng: random.Random) -> tuple[str, str]:
    kind = rng.randrange(7)
    noun = rng.choice(COUNTABLE)
    the, le = _with_article(noun, True)
    a, un = _with_article(noun, False)
    if kind == 0:
        return f"I like {the}", f"J'aime {le}"
    if kind == 1:
        return f"I have {a}", f"J'ai {un}"
    if kind == 2:
        return f"I see {the}", f"Je vois {le}"
    if kind == 3:
        return f"Where is {the}?", f"Où est {le} ?"
    if kind == 4:
        return f"This is {a}", f"C'est {un}"
    adjective, forms = rng.choice(list((ADJECTIVES_AFTER | ADJECTIVES_BEFORE).items()))
    return f"{the.capitalize()} is {adjective}", f"{le.capitalize()} est {forms[noun.feminine]}"


def pair(rng: random.Random) -> tuple[str, str]:
    """An English text and its French translation, with the same capitalization and final punctuation."""
    draw = rng.random()
    if draw < 0.5:
        noun = rng.choice(NOUNS)
        english, french = noun.english, noun.french
    elif draw < 0.60:
        english, french = _with_article(rng.choice(NOUNS), True)
    elif draw < 0.66:
        english, french = _with_article(rng.choice(COUNTABLE), False)
    elif draw < 0.76:
        adjective = rng.choice(list(ADJECTIVES_AFTER) + list(ADJECTIVES_BEFORE))
        english, french = _with_article(rng.choice(COUNTABLE), rng.random() < 0.5, adjective)
    elif draw < 0.86:
        english, french = _sentence(rng)
        return (english, french) if english.endswith("?") or rng.random() < 0.4 else (english + ".", french + ".")
    else:
        english, french = rng.choice(list(PHRASES.items()))
    if rng.random() < 0.2:
        english, french = english[0].upper() + english[1:], french[0].upper() + french[1:]
    return english, french


def _composed(rng: random.Random, held_out: bool) -> str:
    lead = choose(rng, LEADS_TO_TEXT, held_out)
    separator = "\n" if lead.endswith("?") else rng.choice(SEPARATORS)
    return lead + separator + "{x}" + rng.choice(["", "", "", "", " =>", " ->", "\nFrench:", "\nTranslation:", " ="])


def zero_shot(rng: random.Random, held_out: bool) -> Example:
    english, french = pair(rng)
    opening, closing = rng.choice(['""', '""', "''", "“”"])
    quoted = opening + english + closing
    template = choose(rng, ZERO_SHOT, held_out) if rng.random() < 0.6 else _composed(rng, held_out)
    text = quoted if rng.random() < 0.25 else english
    return Example("translation", template.format(x=text, q=quoted if " " in english or rng.random() < 0.8 else english), french)


def few_shot(rng: random.Random, held_out: bool) -> Example:
    """One to five solved lines and one to solve. The answer is the translation without quotes, even if the examples have quotes."""
    while True:
        shots = list(dict.fromkeys(pair(rng) for _ in range(rng.choice([2, 3, 3, 4, 5, 6]))))
        style = [rng.choice(HEADERS), rng.choice(LEADS), rng.choice(ARROWS), rng.choice(JOINS), rng.choice(TAILS)]
        quote = rng.choice(["", "", '"', '"', "'"])
        if len(shots) > 1 and is_held_out("|".join([*style, quote])) == held_out:
            break
    header, lead, arrow, join, tail = style
    french_lead = " French: " if lead == "English: " else f" {arrow} " if arrow != ":" else ": "
    lines = [f"{lead}{quote}{english}{quote}{french_lead}{quote}{french}{quote}" for english, french in shots[:-1]]
    english, french = shots[-1]
    lines.append(f"{lead}{quote}{english}{quote}{french_lead}".rstrip() + tail)
    return Example("translation_few_shot", (header + rng.choice(["\n", " ", "\n\n"]) if header else "") + join.join(lines), french)


def word_list(rng: random.Random, held_out: bool) -> Example:
    """Several lines to translate. Every answer is trained."""
    pairs = list(dict.fromkeys(pair(rng) for _ in range(rng.choice([6, 8, 10, 12]))))
    arrow = rng.choice(["=>", "->", "→", ":", "="])
    lines = [(f"{english} {arrow}" if arrow != ":" else f"{english}:", french) for english, french in pairs]
    header = choose(rng, [header for header in HEADERS if header], held_out)
    lines[0] = (f"{header}\n{lines[0][0]}", lines[0][1])
    return Example("translation_list", lines[-1][0], lines[-1][1], earlier=tuple(lines[:-1]))


def several_words(rng: random.Random, held_out: bool) -> Example:
    nouns = rng.sample(NOUNS, rng.choice([2, 3, 3, 4, 5]))
    text = ", ".join(noun.english for noun in nouns)
    template = choose(rng, ZERO_SHOT, held_out, having="{x}") if rng.random() < 0.6 else _composed(rng, held_out)
    return Example("translation", template.format(x=text, q=text), ", ".join(noun.french for noun in nouns))


def translation(rng: random.Random, held_out: bool) -> Example:
    return rng.choices([zero_shot, few_shot, word_list, several_words], [10, 7, 7, 3])[0](rng, held_out)
