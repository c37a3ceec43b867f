"""A clock for time-limited training, and its progress line."""

import math
import time


class Clock:
    """Counts the seconds of training, including earlier runs, against a budget in minutes."""

    def __init__(self, minutes: float, spent_seconds: float = 0):
        self.budget_seconds = minutes * 60
        self.resumed_seconds = spent_seconds
        self.started = time.monotonic()

    @property
    def spent_seconds(self) -> float:
        return self.resumed_seconds + time.monotonic() - self.started

    @property
    def fraction(self) -> float:
        return min(1.0, self.spent_seconds / self.budget_seconds)

    def learning_rate(self, peak: float, step: int, warmup: int = 100, hold: float = 0.0) -> float:
        """Linear warm-up, the peak for the fraction `hold` of the time, then a cosine decay to 1/50 of the peak."""
        falling = max(0.0, (self.fraction - hold) / (1 - hold))
        return peak * min(1, (step + 1) / warmup) * (0.02 + 0.98 * (1 + math.cos(math.pi * falling)) / 2)

    def line(self, step: int, samples: int, since_seconds: float, **losses: float) -> str:
        left = max(0.0, self.budget_seconds - self.spent_seconds)
        rate = samples / max(1e-9, time.monotonic() - since_seconds)
        told = " ".join(f"{name} {value:.3f}" for name, value in losses.items())
        return f"step {step} {told} | {rate:.0f} samples/s | {left / 60:.1f} min left"
