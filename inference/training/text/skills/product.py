"""Product descriptions: copies the named product and includes an adjective or a list of features."""

import random

from ..example import Example
from ..split import choose
from ..templates import templates
from ..lexicon import COUNTED_THINGS, PLAIN_NOUNS, unfamiliar_word

USES = {
    "kitchen": "mug teapot toaster kettle pan knife plate bowl cup fork spoon blender oven fridge bottle jar apron coffee-maker cutting-board glass",
    "office": "notebook desk lamp keyboard pen pencil stapler chair monitor mouse printer folder planner laptop computer calendar screen desk-lamp",
    "travels": "backpack suitcase water-bottle map tent wallet passport-holder travel-pillow camera bag bicycle sleeping-bag car flashlight compass",
    "home": "blanket pillow candle sofa rug mirror curtain clock vase bed towel carpet shelf picture-frame door-mat broom bookshelf table",
    "wardrobe": "shirt jacket coat dress scarf hat sock shoe belt glove sweater skirt boot tie watch necklace ring sunglasses umbrella sneaker",
    "free time": "guitar ball kite puzzle toy drone piano violin book board-game football racket skateboard doll headphone speaker phone robot",
    "garden": "shovel hose flower-pot bench rake lantern watering-can ladder bird-house hammock fountain seed tree rose wheelbarrow",
}
KIND = {item.replace("-", " "): use for use, items in USES.items() for item in items.split()}
CLAIMS = {
    "waterproof": "dry in any weather", "wooden": "made of real wood", "leather": "made of fine leather", "steel": "made of strong steel",
    "cotton": "made of soft cotton", "ceramic": "made of fine ceramic", "lightweight": "easy to carry", "modern": "modern in every line",
    "classic": "a classic for every day", "handmade": "made by hand with care", "small": "small enough for any place", "large": "with plenty of room",
    "soft": "soft to the touch", "red": "in bright red", "blue": "in bright blue", "green": "in fresh green", "black": "in deep black",
    "white": "in pure white", "electric": "ready at the push of a button", "solar": "powered by the sun", "wireless": "free of cables",
    "portable": "ready to go wherever you go", "smart": "with a mind for your needs", "vintage": "with the charm of old days",
    "foldable": "folded away in a second", "reusable": "made to be used again and again", "stainless steel": "made of stainless steel",
}
FEATURES = """easy to clean,long battery life,two year warranty,three colors,low price,strong handle,free delivery,quiet motor,soft cover,large screen,
fast charging,safe for children,made in France,recycled material,adjustable height,extra pockets,warm lining,non-slip base,touch control,bright light"""
FEATURES = [feature.strip() for feature in FEATURES.split(",")]
TEMPLATES = templates("""Write a product description for {x}.|Write a short product description for {x}.|Describe {x} for an online shop.|Product description for {x}:
Create a product description for {x}.|Write a product description: {x}|Please write a product description for {x}.|Write an ad for {x}.|Write a description of {x} for our shop.
I sell {x}. Write a product description.|Generate a product description for {x}.|Product: {x}\\nDescription:|Write marketing text for {x}.|Can you write a product description for {x}?
Describe this product: {x}|Give me a product description for {x}|Write a catchy product description for {x}.|Help me sell {x}. Write a description.
Write an advertisement for {x}.|Make a product description for {x}.|Compose a product description for {x}.|A product description for {x}, please.
Write a few words about {x} for a catalog.|Our shop sells {x}. Write a product description.|Product description: {x}|Write product copy for {x}.|Product: {x}. Description:
Draft a product description for {x}.|I need a product description for {x}.|Describe {x} for our customers.|Advertise {x}.|Write a sales text for {x}.|Write an online ad for {x}.
Write a product text about {x}.|Could you write a product description for {x}?|Short product description for {x}|Present {x} to our customers.|Marketing copy: {x}""")


def product(rng: random.Random, held_out: bool) -> Example:
    known = rng.choice(list(KIND))  # never held out: the purpose of a new word cannot be known
    new = rng.choice([choose(rng, PLAIN_NOUNS, held_out), unfamiliar_word(rng), choose(rng, COUNTED_THINGS, held_out)])
    thing = rng.choice([known, known, new, new, f"{choose(rng, PLAIN_NOUNS, held_out)} {known}", f"{unfamiliar_word(rng)} {known}"])
    adjective = rng.choice(list(CLAIMS)) if rng.random() < 0.6 else ""
    name = f"{adjective} {thing}".strip()
    claim = CLAIMS.get(adjective, "well made and built to last")
    use = next((use for item, use in KIND.items() if thing == item or thing.endswith(" " + item)), "day")
    article = "" if thing in COUNTED_THINGS or rng.random() < 0.2 else rng.choice(["our ", "this ", "the "]) if rng.random() < 0.15 else "an " if name[0] in "aeiou" else "a "
    prompt = choose(rng, TEMPLATES, held_out).format(x=article + name)
    listed = ""
    if rng.random() < 0.2:
        features = rng.sample(FEATURES, rng.choice([1, 2, 2, 3]))
        prompt += rng.choice(["\nFeatures: ", " Features: ", " Mention: ", " Keywords: "]) + ", ".join(features)
        listed = f" With {' and '.join([', '.join(features[:-1]), features[-1]] if len(features) > 1 else features)}."
    return Example("product", prompt, f"Meet the {name}: {claim}.{listed} A fine choice for your {use}. Order yours today!")
