"""Whether a review is positive or negative (or neutral, where the prompt offers it), asked directly or with solved examples."""

import random

from ..example import Example
from ..split import choose, is_held_out
from ..lexicon import FIRST_NAMES

GOOD = """wonderful excellent amazing great fantastic brilliant lovely perfect superb delightful beautiful good enjoyable awesome
outstanding terrific marvelous charming impressive incredible fabulous magnificent pleasant splendid exceptional remarkable stunning
fun nice cool gorgeous phenomenal refreshing reliable delicious tasty comfortable clever funny moving touching exciting thrilling
inspiring memorable flawless elegant friendly helpful fast solid unforgettable satisfying captivating entertaining hilarious
heartwarming spectacular first-rate well-made top-notch great-value""".split()
BAD = """terrible awful horrible bad boring disappointing poor dreadful annoying dull ugly useless broken pathetic mediocre lousy
disgusting unpleasant horrendous atrocious appalling abysmal tedious confusing frustrating overpriced slow rude cheap flimsy weak
predictable pointless painful bland tasteless uncomfortable noisy dirty unreliable defective faulty forgettable lifeless ridiculous
stupid sloppy clumsy messy depressing irritating unbearable unwatchable unusable laughable shoddy second-rate worthless
miserable cold stale nasty lame underwhelming""".split()
SUBJECTS = """movie film book product restaurant phone hotel food service story game show music camera laptop acting plot coffee pizza
seller meal waiter room album song novel series app website tablet headphones speaker keyboard screen battery blender vacuum chair
sofa mattress shirt jacket dress pair of shoes backpack toy puzzle course lesson teacher doctor concert play museum tour guide
flight airline train ride taxi beach pool gym haircut dentist cake soup burger salad steak breakfast dinner dessert wine beer
delivery packaging support staff ending script cast director soundtrack performance design quality experience stay visit trip
purchase tool knife pan kettle lamp clock watch ring bag umbrella tent bicycle car tire printer mouse charger cable case"""
SUBJECTS = [word.strip() for word in SUBJECTS.replace("pair of shoes", "pair~of~shoes").replace("\n", " ").split(" ")]
SUBJECTS = [word.replace("~", " ") for word in SUBJECTS if word]

# {w} is a word of the right polarity, {W} the same capitalized, {s} a subject, {d} an adverb, {a} "a" or "an".
EITHER = """The {s} was {w}.|The {s} was {d} {w}!|What {a} {w} {s}!|This {s} is {w}.|This is {a} {w} {s}.|{W} {s}.|Absolutely {w}!
Simply {w}.|It was {w}.|The {s} is {d} {w}.|I found the {s} {w}.|{W}!|{A} {w} {s} from start to finish.|The {s} turned out to be {w}.
We thought the {s} was {w}.|{n} said the {s} was {w}.|Such {a} {w} {s}.|I thought it was {w}.|The {s} felt {w} to me.|{W}, just {w}.
My {s} is {w}.|One word: {w}.|This {s} was {d} {w}, to be honest.|It is {a} {w} {s}.|The {s} looks {w}.|Honestly, {w}.
{W} {s}, {w2} too.|The {s} was {w} and {w2}.|Both {w} and {w2}.|How {w}!|The {s}? {W}.|Everything about the {s} was {w}.|{d} {w} {s}"""
POSITIVE = """I loved this {s}.|I love the {s}!|Loved it!|Loved every minute of it.|I really enjoyed the {s}.|Best {s} ever.|The {s} made me smile.
I am very happy with this {s}.|Highly recommended.|I would recommend this {s} to everyone.|It works very well.|Works like a charm.
I would buy this {s} again.|The {s} exceeded my expectations.|I like this {s} a lot.|Not bad at all, the {s} was {w}.|Five stars.
Five stars for this {s}.|The staff were friendly and the {s} was {w}.|Worth every penny.|Money well spent.|I could not be happier.
A must see.|I can't wait to come back.|It never disappoints.|I will come back for the {s}.|10/10.|Two thumbs up!|You will love it.
Great value for the money.|It made my day.|I am impressed by the {s}.|My favorite {s}.|The {s} is worth it.|Exactly what I needed.
I smiled the whole time.|Everyone in my family loved the {s}.|Could not put it down.|This {s} changed my life for the better.|So good!
Very satisfied with the {s}.|It works perfectly.|I enjoyed it.|I would give it ten stars.|The {s} was not boring at all.|Thank you, {w} {s}!"""
NEGATIVE = """I hated this {s}.|I hate the {s}.|Hated it!|Hated every minute of it.|I really disliked the {s}.|Worst {s} ever.|The {s} made me angry.
I am very unhappy with this {s}.|Avoid it.|I would not recommend this {s} to anyone.|It does not work at all.|It stopped working.
I want my money back for this {s}.|The {s} was a waste of money.|Waste of money.|Waste of time.|A complete waste of time.|I do not like this {s}.
Not good at all, the {s} was {w}.|One star.|One star for this {s}.|The staff were rude and the {s} was {w}.|It broke after one day.
Not worth the price.|I could not be more disappointed.|I fell asleep.|I will never come back.|It fell apart within a week.|Zero stars.
Do not buy this {s}.|Stay away from this {s}.|I regret buying it.|Never again.|Save your money.|1/10.|Two thumbs down.|I left early.
The {s} arrived broken.|I returned the {s} the next day.|It ruined my day.|The {s} was not {g}.|The {s} is not {g} at all.|So bad!
I expected more from this {s}.|Nothing works.|The {s} let me down.|I am disappointed with the {s}.|I would give it zero stars.|It makes no sense."""
NEUTRAL = """The {s} arrived on Tuesday.|I bought the {s} last week.|The {s} is in the box.|It is a {s}.|The {s} has two parts.|We ordered the {s} at noon.
The {s} opens at nine.|{n} has the same {s}.|The {s} was delivered by post.|The {s} comes in three sizes.|I saw the {s} yesterday.|The {s} is blue.
The {s} costs twenty dollars.|There is a {s} next to the door.|The {s} lasts two hours.|The {s} starts at eight."""

DIRECT = """Is this review positive or negative? {x}|Classify the sentiment of this review as positive or negative: {x}
Classify the sentiment of this review as positive or negative. Review: {q} Sentiment:|Classify the text into positive or negative.\\nText: {x}\\nSentiment:
What is the sentiment of this review? {x}|Sentiment analysis: {q}\\nSentiment:|Classify the sentiment: {q}|Review: {x}\\nSentiment:
Is the following sentence positive or negative?\\n{x}|Answer with one word, positive or negative. {x}|Text: {q} Sentiment:|{q} Positive or negative?
Decide if this is positive or negative: {q}|Is {q} positive or negative?|Sentiment of {q}:|Label this review as positive or negative.\\n{x}
Does the writer like it? Answer positive or negative. {x}|Classify this customer review (positive/negative): {x}|Review: {q}\\nIs the review positive or negative?
What is the sentiment of the following text? {x}|Determine the sentiment.\\n\\n{x}|Tell me the sentiment of this sentence: {x}|Tweet: {x}\\nSentiment:
Positive or negative: {x}|Rate the sentiment of this comment as positive or negative: {q}|Comment: {x}\\nLabel (positive or negative):|Sentiment: {q} ->
Here is a review: {q} What is its sentiment?|Read the review and say whether it is positive or negative. {x}|Classify: {q}|{x}\\n\\nSentiment:
Analyze the sentiment of this text: {q}|How does this review sound, positive or negative? {x}|Feedback: {x}\\nSentiment:|I got this review: {q}. Positive or negative?"""
THREE_WAY = ["Classify the text into neutral, negative or positive.\nText: {x}\nSentiment:", "Is this positive, negative or neutral? {x}",
             "Classify the sentiment as positive, negative or neutral: {q}", "Sentiment (positive, neutral, negative) of {q}:",
             "Positive, neutral or negative?\n{x}", "Label the text positive, negative or neutral.\n{x}",
             "Choose one of positive, negative, neutral for this review: {x}", "What is the sentiment, positive, negative or neutral? {q}",
             "Text: {x}\nLabel (positive, negative, neutral):", "Answer positive, negative or neutral. {x}"]


def _lines(text: str) -> list[str]:
    return text.replace("\n", "|").replace("\\n", "\n").split("|")


DIRECT_TEMPLATES = _lines(DIRECT)
SENTENCES = {"positive": _lines(EITHER) + _lines(POSITIVE) * 2, "negative": _lines(EITHER) + _lines(NEGATIVE) * 2, "neutral": _lines(NEUTRAL)}
ADVERBS = ["very", "really", "so", "absolutely", "truly", "quite", "incredibly", "extremely", "totally", "surprisingly"]


def _sentence(rng: random.Random, label: str, held_out: bool) -> str:
    word, second = rng.sample(GOOD if label == "positive" else BAD, 2)
    article = "an" if word[0] in "aeiou" else "a"
    # Only frames around a listed word are held out: nothing tells a new model what an unseen idiom means.
    frame = choose(rng, _lines(EITHER), held_out) if held_out else rng.choice([f for f in SENTENCES[label] if not ("{w}" in f and is_held_out(f))])
    return frame.format(s=choose(rng, SUBJECTS, held_out), w=word, w2=second, W=word.capitalize(), a=article, A=article.capitalize(),
                        d=rng.choice(ADVERBS), n=choose(rng, FIRST_NAMES, held_out), g=rng.choice(GOOD))


def review(rng: random.Random, label: str, held_out: bool) -> str:
    text = " ".join(_sentence(rng, label, held_out) for _ in range(rng.choice([1, 1, 1, 2, 2, 3])))
    if rng.random() < 0.1:
        text = text.lower()
    return text.rstrip(".") if rng.random() < 0.15 else text


def direct(rng: random.Random, held_out: bool) -> Example:
    three_way = rng.random() < 0.15
    label = rng.choice(["positive", "negative"] + (["neutral"] if three_way and not held_out else []))
    text = review(rng, label, held_out)
    quote = rng.choice(['"', '"', '"', "'"])
    template = choose(rng, THREE_WAY if three_way else DIRECT_TEMPLATES, held_out)
    return Example("sentiment", template.format(x=f'"{text}"' if rng.random() < 0.2 else text, q=quote + text + quote), label)


HEADERS = ["", "", "Classify the sentiment of each review as positive or negative.", "Classify the sentiment as positive or negative.",
           "Decide whether the sentiment is positive or negative.", "Label each text.", "Sentiment analysis.", "Positive or negative?",
           "Classify the reviews.", "Follow the examples."]
FIELDS = [("Review", "Sentiment"), ("Review", "Sentiment"), ("Text", "Sentiment"), ("Text", "Label"), ("Input", "Output"), ("Tweet", "Sentiment"), ("Q", "A"), ("Comment", "Class")]
LABELS = [("positive", "negative")] * 8 + [("Positive", "Negative"), ("POSITIVE", "NEGATIVE"), ("good", "bad"), ("pos", "neg"), ("happy", "unhappy")]


def in_context(rng: random.Random, held_out: bool) -> Example:
    """Two to five labeled reviews, then one to label in the same words. Both labels are shown."""
    while True:
        header, fields, quote = rng.choice(HEADERS), rng.choice(FIELDS), rng.choice(["", '"', '"'])
        layout, gap = rng.choice(["field", "field", "inline", "arrow"]), rng.choice(["\n\n", "\n", "\n", " "])
        if is_held_out(f"{header}|{fields}|{quote}|{layout}|{gap}") == held_out:
            break
    names = dict(zip(("positive", "negative"), rng.choice(LABELS), strict=True))
    labels = ["positive", "negative", *rng.choices(["positive", "negative"], k=rng.choice([0, 0, 1, 2, 3]))]
    rng.shuffle(labels)
    labels.append(rng.choice(["positive", "negative"]))
    arrow = rng.choice(["->", "=>", "→", "//", "-"])

    def line(label: str, solved: bool) -> str:
        text = f"{quote}{review(rng, label, held_out)}{quote}"
        shown = f" {names[label]}" if solved else ""
        if layout == "arrow":
            return f"{text} {arrow}{shown}"
        return f"{fields[0]}: {text}{' ' if layout == 'inline' else chr(10)}{fields[1]}:{shown}"

    lines = [line(label, True) for label in labels[:-1]] + [line(labels[-1], False)]
    return Example("sentiment_in_context", (header + rng.choice(["\n", "\n\n", " "]) if header else "") + gap.join(lines), names[labels[-1]])


def review_list(rng: random.Random, held_out: bool) -> Example:
    """Reviews to label one after the other, every label of which is trained."""
    fields, quote, short = rng.choice(FIELDS), rng.choice(["", '"']), rng.random() < 0.6
    labels = [rng.choice(["positive", "negative"]) for _ in range(12 if short else 6)]
    texts = [_sentence(rng, label, held_out) if short else review(rng, label, held_out) for label in labels]
    arrow = rng.choice(["->", "=>", "→", ":"])
    lines = [(f"{quote}{text}{quote} {arrow}" if short else f"{fields[0]}: {quote}{text}{quote}\n{fields[1]}:", label)
             for text, label in zip(texts, labels, strict=True)]
    lines[0] = (f"{choose(rng, [header for header in HEADERS if header], held_out)}\n{lines[0][0]}", lines[0][1])
    return Example("sentiment_list", lines[-1][0], lines[-1][1], earlier=tuple(lines[:-1]))


def sentiment(rng: random.Random, held_out: bool) -> Example:
    return rng.choices([direct, in_context, review_list], [5, 3, 2])[0](rng, held_out)
