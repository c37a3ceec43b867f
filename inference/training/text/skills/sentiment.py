"""Classifies a review as positive or negative (or neutral if the prompt offers it), directly or with solved examples."""

import random

from ..example import Example
from ..split import choose, is_held_out, side
from ..templates import templates
from ..lexicon import FIRST_NAMES, OTHER_WORDS, unfamiliar_word

GOOD = """wonderful excellent amazing great fantastic brilliant lovely perfect superb delightful beautiful good enjoyable awesome
outstanding terrific marvelous charming impressive incredible fabulous magnificent pleasant splendid exceptional remarkable stunning
fun nice cool gorgeous phenomenal refreshing reliable delicious tasty comfortable clever funny moving touching exciting thrilling
inspiring memorable flawless elegant friendly helpful fast solid unforgettable satisfying captivating entertaining hilarious
heartwarming spectacular first-rate well-made top-notch great-value happy glad favorite ideal sweet cozy spotless generous smooth bright joyful superior effective sturdy durable handy
trustworthy recommendable admirable astonishing breathtaking enchanting thoughtful witty sublime masterful polished vivid genius""".split()
BAD = """terrible awful horrible bad boring disappointing poor dreadful annoying dull ugly useless broken pathetic mediocre lousy
disgusting unpleasant horrendous atrocious appalling abysmal tedious confusing frustrating overpriced slow rude cheap flimsy weak
predictable pointless painful bland tasteless uncomfortable noisy dirty unreliable defective faulty forgettable lifeless ridiculous
stupid sloppy clumsy messy depressing irritating unbearable unwatchable unusable laughable shoddy second-rate worthless
miserable cold stale nasty lame underwhelming sad angry unhappy worst disgraceful filthy unfriendly dishonest fake ruined rotten bitter ugly shabby
unhelpful crude unfair unsafe dangerous outdated inferior incomplete inaccurate sluggish buggy ineffective fragile lousy dreary hideous unwelcome wasteful exhausting""".split()
SUBJECTS = """movie film book product restaurant phone hotel food service story game show music camera laptop acting plot coffee pizza
seller meal waiter room album song novel series app website tablet headphones speaker keyboard screen battery blender vacuum chair
sofa mattress shirt jacket dress pair of shoes backpack toy puzzle course lesson teacher doctor concert play museum tour guide
flight airline train ride taxi beach pool gym haircut dentist cake soup burger salad steak breakfast dinner dessert wine beer
delivery packaging support staff ending script cast director soundtrack performance design quality experience stay visit trip
purchase tool knife pan kettle lamp clock watch ring bag umbrella tent bicycle car tire printer mouse charger cable case"""
SUBJECTS = [word.strip() for word in SUBJECTS.replace("pair of shoes", "pair~of~shoes").replace("\n", " ").split(" ")]
SUBJECTS = [word.replace("~", " ") for word in SUBJECTS if word]

# {w} is a word of the right polarity, {W} the same capitalized, {s} a subject, {d} an adverb, {a} "a" or
# "an", {g} a good word and {b} a bad word, regardless of the polarity.
EITHER = templates("""The {s} was {w}.|The {s} was {d} {w}!|What {a} {w} {s}!|This {s} is {w}.|This is {a} {w} {s}.|{W} {s}.|Absolutely {w}!
Simply {w}.|It was {w}.|The {s} is {d} {w}.|I found the {s} {w}.|{W}!|{A} {w} {s} from start to finish.|The {s} turned out to be {w}.
We thought the {s} was {w}.|{n} said the {s} was {w}.|Such {a} {w} {s}.|I thought it was {w}.|The {s} felt {w} to me.|{W}, just {w}.
My {s} is {w}.|One word: {w}.|This {s} was {d} {w}, to be honest.|It is {a} {w} {s}.|The {s} looks {w}.|Honestly, {w}.
{W} {s}, {w2} too.|The {s} was {w} and {w2}.|Both {w} and {w2}.|How {w}!|The {s}? {W}.|Everything about the {s} was {w}.|{d} {w} {s}
{W} and {w2}.|{W}, {w2} and {w3}.|{W} {s} and {w2} {s2}.|The {s} was {w} and the {s2} was {w2}.|{A} {w} and {w2} {s}.|The {s} is {w}, the {s2} is {w2}.|{d} {w}!
I must say the {s} is {w}.|In my opinion the {s} was {w}.|Overall, {a} {w} {s}.|Overall it was {d} {w}.|The {s} seems {w}.|The {s} sounds {w}.|The {s} tastes {w}.
We had {a} {w} {s}.|We had {a} {w} time.|I had {a} {w} day with this {s}.|They served {a} {w} {s}.|Got {a} {w} {s}.|I bought this {s} and it is {w}.|I use this {s} every day, it is {w}.
My family thinks the {s} is {w}.|My kids find the {s} {w}.|{n} called it {w}.|Everyone said it was {w}.|All in all, {w}.|Just {w}.|So {w}!|Very {w} {s}.|The most {w} {s} I know.
It has {a} {w} {s}.|It comes with {a} {w} {s}.|There was {a} {w} {s}.|The {s} of this {s2} is {w}.|The {s} and the {s2} were {w}.|{W}, as always.|{W} as usual.|{W} from the first minute.
Even the {s} was {w}.|The {s} could not be more {w}.|This was {a} {w} {s}, and {a2} {w2} {s2}.|{W} quality.|{W} service.|{W} experience.|{A} {w} experience.|{A} {w} {s} indeed.
I stayed here last week: {w}.|We visited in May. {W}!|After a month the {s} is still {w}.|For this price the {s} is {w}.|The {s} made {a} {w} impression.|I would call the {s} {w}.
You get {a} {w} {s}.|Sadly or not, {w}.|The {s} they sell is {w}.|Yesterday I tried the {s}: {w}.|{n} and I found it {w}.|To me the {s} is {w}.|{s}: {w}|the {s} is {w} lol|{w} {s}""")
POSITIVE = templates("""I loved this {s}.|I love the {s}!|Loved it!|Loved every minute of it.|I really enjoyed the {s}.|Best {s} ever.|The {s} made me smile.
I am very happy with this {s}.|Highly recommended.|I would recommend this {s} to everyone.|It works very well.|Works like a charm.
I would buy this {s} again.|The {s} exceeded my expectations.|I like this {s} a lot.|Not bad at all, the {s} was {w}.|Five stars.
Five stars for this {s}.|The staff were friendly and the {s} was {w}.|Worth every penny.|Money well spent.|I could not be happier.
A must see.|I can't wait to come back.|It never disappoints.|I will come back for the {s}.|10/10.|Two thumbs up!|You will love it.
Great value for the money.|It made my day.|I am impressed by the {s}.|My favorite {s}.|The {s} is worth it.|Exactly what I needed.
I smiled the whole time.|Everyone in my family loved the {s}.|Could not put it down.|This {s} changed my life for the better.|So good!
Very satisfied with the {s}.|It works perfectly.|I enjoyed it.|I would give it ten stars.|The {s} was not boring at all.|Thank you, {w} {s}!
We love it.|We loved the {s}.|{n} loves this {s}.|I love how {w} it is.|I adore this {s}.|I like it.|I liked the {s} very much.|I really like the {s}.|Liked it a lot.|Not bad.|Not {b} at all.
The {s} is not {b}.|Nothing to complain about.|No problems at all.|No complaints.|I will order again.|We will visit again soon.|I would do it again.|Would buy again.|Would recommend.|I recommend it.
Recommended to all my friends.|Better than expected.|Better than my old {s}.|The best {s} I have had.|The best I have ever tried.|Best money I spent.|Best decision.|Happy with it.|Happy customer.
I was so happy that I told all my friends.|I laughed a lot.|I laughed and cried.|The {s} runs without any problems.|It arrived early and works well.|Fits perfectly.|It fits well.|It does what it should.
It still works after three years.|Everything went well.|Everything was in order and {w}.|They helped me at once.|The seller answered quickly.|Fast delivery and {w} {s}.|Very well done.|Well done!
A real treat.|A pleasure.|What a joy.|A masterpiece.|A gem.|A bargain.|A success.|I am a fan.|I am in love with this {s}.|I cannot stop using it.|I can only recommend this {s}.|Keep it up!|Bravo!
It brightened my day.|Everybody should have one.|It tastes like home.|The {s} deserves more praise.|I was pleasantly surprised.|I was afraid it would be {b}, but it was {w}.|No longer {b}: now it is {w}.""")
NEGATIVE = templates("""I hated this {s}.|I hate the {s}.|Hated it!|Hated every minute of it.|I really disliked the {s}.|Worst {s} ever.|The {s} made me angry.
I am very unhappy with this {s}.|Avoid it.|I would not recommend this {s} to anyone.|It does not work at all.|It stopped working.
I want my money back for this {s}.|The {s} was a waste of money.|Waste of money.|Waste of time.|A complete waste of time.|I do not like this {s}.
Not good at all, the {s} was {w}.|One star.|One star for this {s}.|The staff were rude and the {s} was {w}.|It broke after one day.
Not worth the price.|I could not be more disappointed.|I fell asleep.|I will never come back.|It fell apart within a week.|Zero stars.
Do not buy this {s}.|Stay away from this {s}.|I regret buying it.|Never again.|Save your money.|1/10.|Two thumbs down.|I left early.
The {s} arrived broken.|I returned the {s} the next day.|It ruined my day.|The {s} was not {g}.|The {s} is not {g} at all.|So bad!
I expected more from this {s}.|Nothing works.|The {s} let me down.|I am disappointed with the {s}.|I would give it zero stars.|It makes no sense.
We hate it.|We hated the {s}.|{n} hates this {s}.|I hate how {w} it is.|I dislike it.|I disliked the {s} very much.|I did not like the {s}.|I didn't like it.|I don't like it at all.|Not {g}.|Not {g} at all.
Nothing is {g} here.|Many problems.|Only problems with this {s}.|I have many complaints.|I will not order again.|We will not visit again.|I would not do it again.|Would not buy again.|Not recommended.
I cannot recommend it.|I warned all my friends.|Worse than expected.|Worse than my old {s}.|The worst {s} I have had.|The worst I have ever tried.|Worst money I spent.|Worst decision.|Unhappy with it.|Unhappy customer.
I was so angry that I told all my friends.|I almost cried.|I yawned all the time.|The {s} crashes all the time.|It arrived late and does not work.|It does not fit.|It never worked.|It does not do what it should.
It broke the first time I used it.|It stopped working after a month.|Everything went wrong.|Everything was late and {w}.|They did not help me.|The seller did not answer.|Nobody answered the phone.|Nobody helped us.
Slow delivery and {w} {s}.|Badly done.|A bad joke.|A nightmare.|A mess.|A shame.|A disaster.|A scam.|A failure.|I am not a fan.|I am sick of this {s}.|I stopped using it.|I can only warn you.|Shame on them!
It made me sick.|Nobody should buy this.|It tastes like plastic.|The {s} deserves no praise.|I was badly surprised.|I hoped it would be {g}, but it was {w}.|No longer {g}: now it is {w}.|Refund, please!""")
NEUTRAL = templates("""The {s} arrived on Tuesday.|I bought the {s} last week.|The {s} is in the box.|It is a {s}.|The {s} has two parts.|We ordered the {s} at noon.
The {s} opens at nine.|{n} has the same {s}.|The {s} was delivered by post.|The {s} comes in three sizes.|I saw the {s} yesterday.|The {s} is blue.
The {s} costs twenty dollars.|There is a {s} next to the door.|The {s} lasts two hours.|The {s} starts at eight.|The {s} weighs two kilos.|I have a {s}.|The {s} is on the table.""")

DIRECT = templates("""Is this review positive or negative? {x}|Classify the sentiment of this review as positive or negative: {x}
Classify the sentiment of this review as positive or negative. Review: {q} Sentiment:|Classify the text into positive or negative.\\nText: {x}\\nSentiment:
What is the sentiment of this review? {x}|Sentiment analysis: {q}\\nSentiment:|Classify the sentiment: {q}|Review: {x}\\nSentiment:
Is the following sentence positive or negative?\\n{x}|Answer with one word, positive or negative. {x}|Text: {q} Sentiment:|{q} Positive or negative?
Decide if this is positive or negative: {q}|Is {q} positive or negative?|Sentiment of {q}:|Label this review as positive or negative.\\n{x}
Does the writer like it? Answer positive or negative. {x}|Classify this customer review (positive/negative): {x}|Review: {q}\\nIs the review positive or negative?
What is the sentiment of the following text? {x}|Determine the sentiment.\\n\\n{x}|Tell me the sentiment of this sentence: {x}|Tweet: {x}\\nSentiment:
Positive or negative: {x}|Rate the sentiment of this comment as positive or negative: {q}|Comment: {x}\\nLabel (positive or negative):|Sentiment: {q} ->
Here is a review: {q} What is its sentiment?|Read the review and say whether it is positive or negative. {x}|Classify: {q}|{x}\\n\\nSentiment:
Analyze the sentiment of this text: {q}|How does this review sound, positive or negative? {x}|Feedback: {x}\\nSentiment:|I got this review: {q}. Positive or negative?
Sentiment? {x}|Sentiment: {x}|What sentiment does this text have? {x}|Say positive or negative: {x}|Is the tone positive or negative? {x}|Positive/negative? {x}|Review: {q}\\nPositive or negative?
Label: positive or negative.\\nReview: {x}|Classify this tweet as positive or negative: {x}|Classify this sentence as positive or negative.\\n\\n{x}|Classify the following review as positive or negative:\\n{x}
Predict the sentiment of the review (positive or negative).\\nReview: {x}\\nAnswer:|Do you think this review is positive or negative? {x}|Tell me if this review is positive or negative. {x}
Was the customer happy? Answer positive or negative. {x}|Customer review: {x}\\nSentiment:|Review text: {x}\\nPolarity:|Text: {x}\\nIs this positive or negative?|Sentence: {x}\\nSentiment:
Input: {x}\\nSentiment:|Message: {x}\\nSentiment (positive/negative):|Classify this as positive or negative: {x}|Is this text positive or negative? {q}|{x} -> positive or negative?|{x}\\nIs this positive or negative?
Please classify this review as positive or negative: {q}|Please tell me the sentiment: {x}|Give the sentiment of this review: {x}|Give one word, positive or negative, for this text: {x}|Find the sentiment: {x}
Judge this review as positive or negative. {x}|A customer wrote: {q} Is that positive or negative?|Someone wrote {q}. Positive or negative?|Does this sound positive or negative? {x}|Detect the sentiment: {x}""")
THREE_WAY = ["Classify the text into neutral, negative or positive.\nText: {x}\nSentiment:", "Is this positive, negative or neutral? {x}",
             "Classify the sentiment as positive, negative or neutral: {q}", "Sentiment (positive, neutral, negative) of {q}:",
             "Positive, neutral or negative?\n{x}", "Label the text positive, negative or neutral.\n{x}",
             "Choose one of positive, negative, neutral for this review: {x}", "What is the sentiment, positive, negative or neutral? {q}",
             "Text: {x}\nLabel (positive, negative, neutral):", "Answer positive, negative or neutral. {x}"]


SENTENCES = {"positive": list(side(EITHER, False)) + POSITIVE, "negative": list(side(EITHER, False)) + NEGATIVE, "neutral": NEUTRAL}
ADVERBS = ["very", "really", "so", "absolutely", "truly", "quite", "incredibly", "extremely", "totally", "surprisingly"]


def _sentence(rng: random.Random, label: str, held_out: bool) -> str:
    word, second, third = rng.sample(GOOD if label == "positive" else BAD, 3)
    article = lambda word: "an" if word[0] in "aeiou" else "a"  # noqa: E731
    # Only frames around a listed word are held out, because the meaning of an unseen idiom cannot be known.
    frame = choose(rng, EITHER, True) if held_out else rng.choice(SENTENCES[label])
    subject = lambda: unfamiliar_word(rng) if not held_out and rng.random() < 0.1 else choose(rng, SUBJECTS, held_out)  # noqa: E731
    return frame.format(s=subject(), s2=subject(), w=word, w2=second, w3=third, W=word.capitalize(), a=article(word), A=article(word).capitalize(), a2=article(second),
                        d=rng.choice(ADVERBS), n=choose(rng, FIRST_NAMES, held_out), g=rng.choice(GOOD), b=rng.choice(BAD))


PREPOSITIONS = "in on at from with for by of about after before during through around near under over without".split()


WHEN_AND_WHAT = """always often sometimes again soon early late first last next final start finish begin end middle half whole part minute hour day week month year
morning night home work way thing place people everyone today yesterday now then here there still even just so too more most much many all every some one two""".split()


def _words_of(sentences: list[str]) -> set[str]:
    return {word.strip(".,!?:") for sentence in sentences for word in sentence.lower().split() if "{" not in word}


TURNING = """not no never nothing cannot good bad like worth works fan stars thumbs complaints problems praise deserves recommend recommended expected surprised cried
helped longer than""".split()
# Neutral words, and words that occur in both praise and criticism, except those that reverse the meaning.
SILENT_WORDS = WHEN_AND_WHAT + sorted((_words_of(POSITIVE) & _words_of(NEGATIVE)) - set(TURNING))


def _aside(rng: random.Random) -> str:
    """Neutral words. Without them the model reads unknown words as a sign of sentiment."""
    word = lambda: rng.choice(SILENT_WORDS) if rng.random() < 0.5 else unfamiliar_word(rng) if rng.random() < 0.3 else rng.choice(OTHER_WORDS)  # noqa: E731
    return rng.choice([f" {rng.choice(PREPOSITIONS)} the {word()}", f", as {word()}", f", {word()} {word()}", f" {rng.choice(PREPOSITIONS)} {word()} {rng.choice(PREPOSITIONS)} {word()}",
                       f", {word()}", f" this {word()}", f", said the {word()}", f" {rng.choice(PREPOSITIONS)} {word()} {word()}"])


def _with_asides(rng: random.Random, sentence: str) -> str:
    point = sentence[-1] if sentence[-1] in ".!" else ""
    body = sentence[: len(sentence) - len(point)]
    if rng.random() < 0.45:
        body += _aside(rng)
    if rng.random() < 0.2:
        opening = _aside(rng).strip(" ,")
        body = f"{opening[0].upper()}{opening[1:]}{rng.choice([', ', ': ', ' '])}{body[0].lower()}{body[1:]}"
    return body + point


def review(rng: random.Random, label: str, held_out: bool) -> str:
    sentences = [_sentence(rng, label, held_out) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))]
    text = " ".join(sentences if held_out else (_with_asides(rng, sentence) for sentence in sentences))
    if rng.random() < 0.1:
        text = text.lower()
    return text.rstrip(".") if rng.random() < 0.15 else text


def direct(rng: random.Random, held_out: bool) -> Example:
    three_way = rng.random() < 0.15
    label = rng.choice(["positive", "negative"] + (["neutral"] if three_way and not held_out else []))
    text = review(rng, label, held_out)
    quote = rng.choice(['"', '"', '"', "'"])
    template = choose(rng, THREE_WAY if three_way else DIRECT, held_out)
    return Example("sentiment", template.format(x=f'"{text}"' if rng.random() < 0.2 else text, q=quote + text + quote), label)


HEADERS = ["", "", "Classify the sentiment of each review as positive or negative.", "Classify the sentiment as positive or negative.",
           "Decide whether the sentiment is positive or negative.", "Label each text.", "Sentiment analysis.", "Positive or negative?",
           "Classify the reviews.", "Follow the examples."]
FIELDS = [("Review", "Sentiment"), ("Review", "Sentiment"), ("Text", "Sentiment"), ("Text", "Label"), ("Input", "Output"), ("Tweet", "Sentiment"), ("Q", "A"), ("Comment", "Class")]
LABELS = [("positive", "negative")] * 8 + [("Positive", "Negative"), ("POSITIVE", "NEGATIVE"), ("good", "bad"), ("pos", "neg"), ("happy", "unhappy")]


def in_context(rng: random.Random, held_out: bool) -> Example:
    """Two to five labeled reviews, then one to label with the same words. Both labels occur."""
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
    """Several reviews to label. Every label is trained."""
    fields, quote, short = rng.choice(FIELDS), rng.choice(["", '"']), rng.random() < 0.6
    labels = [rng.choice(["positive", "negative"]) for _ in range(12 if short else 6)]
    texts = [_with_asides(rng, _sentence(rng, label, held_out)) if short else review(rng, label, held_out) for label in labels]
    arrow = rng.choice(["->", "=>", "→", ":"])
    lines = [(f"{quote}{text}{quote} {arrow}" if short else f"{fields[0]}: {quote}{text}{quote}\n{fields[1]}:", label)
             for text, label in zip(texts, labels, strict=True)]
    lines[0] = (f"{choose(rng, [header for header in HEADERS if header], held_out)}\n{lines[0][0]}", lines[0][1])
    return Example("sentiment_list", lines[-1][0], lines[-1][1], earlier=tuple(lines[:-1]))


def sentiment(rng: random.Random, held_out: bool) -> Example:
    return rng.choices([direct, in_context, review_list], [5, 3, 2])[0](rng, held_out)
