"""The words of captions: synonyms, articles, plurals and the templates' pieces."""

SYNONYMS = {
    "gray": ["gray", "grey"],
    "purple": ["purple", "purple", "violet"],
    "circle": ["circle", "circle", "circle", "disc"],
    "ring": ["ring", "ring", "donut"],
    "cross": ["cross", "cross", "plus sign"],
    "oval": ["oval", "ellipse"],
    "diamond": ["diamond", "diamond", "rhombus"],
    "heart": ["heart", "heart", "heart shape"],
    "star": ["star", "star", "five-pointed star"],
    "cat": ["cat", "cat", "cat", "kitten", "cat face"],
    "dog": ["dog", "dog", "dog", "puppy", "dog face"],
    "house": ["house", "house", "home"],
    "moon": ["moon", "moon", "crescent moon"],
    "flower": ["flower", "flower", "daisy"],
    "car": ["car", "car", "automobile"],
    "boat": ["boat", "boat", "ship", "sailboat"],
    "cup": ["cup", "cup", "mug"],
    "mushroom": ["mushroom", "mushroom", "toadstool"],
    "rocket": ["rocket", "rocket", "spaceship"],
}
PLURALS = {"fish": "fish"}
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
SIZES = {0: ["small", "small", "tiny", "little"], 1: ["medium", "medium-sized"], 2: ["large", "big", "big", "huge"]}
PLACES = {
    "center": ["in the center", "in the centre", "in the middle"],
    "top left": ["in the top left corner", "at the top left"],
    "top right": ["in the top right corner", "at the top right"],
    "bottom left": ["in the bottom left corner", "at the bottom left"],
    "bottom right": ["in the bottom right corner", "at the bottom right"],
    "left": ["on the left", "on the left side"],
    "right": ["on the right", "on the right side"],
    "top": ["at the top"],
    "bottom": ["at the bottom"],
}
# Openings before a noun phrase with its article or number. The second list is only for a single object.
OPENINGS = ["a photo of ", "a photo of ", "a drawing of ", "a picture of ", "an image of ", "a simple drawing of ", "a photograph of ", "an illustration of ", "an icon of ", "", "", "", ""]
SINGLE_OPENINGS = ["there is ", "this is "]
# The first object {0} is left of or above the second object {1}.
RELATIONS = {
    0: ["{0} to the left of {1}", "{0} left of {1}", "{0} on the left of {1}", "{1} to the right of {0}", "{1} right of {0}", "{1} on the right of {0}", "{0} on the left and {1} on the right"],
    1: ["{0} above {1}", "{1} below {0}", "{0} over {1}", "{1} under {0}", "{0} on top of {1}"],
}


def with_article(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def plural(noun: str) -> str:
    if noun in PLURALS:
        return PLURALS[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
