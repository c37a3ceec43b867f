"""The eleven basic color terms of English (Berlin and Kay, 1969), with their RGB values here."""

Rgb = tuple[int, int, int]

COLORS: dict[str, Rgb] = {
    "red": (220, 40, 40),
    "orange": (245, 140, 30),
    "yellow": (245, 220, 50),
    "green": (50, 160, 70),
    "blue": (40, 90, 215),
    "purple": (130, 60, 175),
    "pink": (245, 150, 190),
    "brown": (125, 75, 40),
    "black": (25, 25, 25),
    "white": (248, 248, 248),
    "gray": (140, 140, 145),
}
COLOR_NAMES = list(COLORS)

# Other shades with the same name, such as pure red or navy blue.
SHADES: dict[str, list[Rgb]] = {
    "red": [(255, 0, 0), (200, 20, 50), (235, 70, 60)],
    "orange": [(255, 165, 0), (255, 120, 0), (240, 150, 60)],
    "yellow": [(255, 255, 0), (255, 215, 0), (250, 235, 100)],
    "green": [(0, 128, 0), (0, 200, 0), (90, 190, 90), (30, 110, 50), (0, 255, 0)],
    "blue": [(0, 0, 255), (30, 60, 150), (70, 130, 230), (90, 160, 240)],
    "purple": [(128, 0, 128), (150, 50, 200), (100, 60, 150)],
    "pink": [(255, 192, 203), (255, 105, 180), (240, 130, 170)],
    "brown": [(139, 69, 19), (150, 95, 55), (100, 60, 30)],
    "black": [(0, 0, 0), (40, 40, 45)],
    "white": [(255, 255, 255), (240, 240, 240)],
    "gray": [(128, 128, 128), (165, 165, 165), (110, 110, 115)],
}


def shade(color: Rgb, factor: float) -> Rgb:
    return tuple(round(max(0, min(255, channel * factor))) for channel in color)


def luminance(color: Rgb) -> float:
    return 0.30 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def distance(first: Rgb, second: Rgb) -> float:
    return sum((a - b) ** 2 for a, b in zip(first, second)) ** 0.5


def contrasts(first: str, second: str) -> bool:
    """Whether an object of the first color is clearly visible on a background of the second color."""
    return distance(COLORS[first], COLORS[second]) > 105
