"""The differences between two drawings of the same kind."""

import random


class Variation:
    """Proportions and details of one drawing. Without a generator it is the canonical drawing: all defaults, no options."""

    def __init__(self, rng: random.Random | None = None):
        self.rng = rng

    def between(self, low: float, default: float, high: float) -> float:
        return default if self.rng is None else self.rng.uniform(low, high)

    def chance(self, probability: float) -> bool:
        """A canonical drawing has what most drawings have."""
        return probability >= 0.5 if self.rng is None else self.rng.random() < probability

    def choice(self, options: list):
        """The first option is the canonical one."""
        return options[0] if self.rng is None else self.rng.choice(options)
