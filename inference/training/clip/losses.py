"""What the trainee is asked for."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .model import FIELD_SIZES

COUNT, KIND, COLOR, SECOND_KIND, SECOND_COLOR, RELATION = 0, 1, 2, 6, 7, 8
SWAPPED = [COUNT, SECOND_KIND, SECOND_COLOR, 3, 4, 5, KIND, COLOR, RELATION]


def satisfies(meanings: Tensor, said: Tensor) -> Tensor:
    """Whether picture i satisfies caption j: bool [pictures, captions], from int [pictures, 9] and int [captions, 9]."""

    def holds(numbers: Tensor) -> Tensor:
        return ((said[None] == -1) | (said[None] == numbers[:, None])).all(-1)

    swappable = (said[:, COUNT] == 0) & (said[:, RELATION] == -1)  # "a and b" is as true as "b and a"
    return holds(meanings) | (holds(meanings[:, SWAPPED]) & swappable[None])


def contrastive(pictures: Tensor, captions: Tensor, twisted: Tensor, meanings: Tensor, said: Tensor, scale: Tensor) -> Tensor:
    """InfoNCE both ways. A caption that happens to be true of another picture is left out there, and the contradicting
    captions are further negatives for every picture of which they are not true by chance.

    pictures, captions [n, d] and twisted [m, d]: unit vectors; meanings [n, 9]; said [n + m, 9].
    """
    count = len(pictures)
    logits = scale * pictures @ torch.cat([captions, twisted]).T
    true = satisfies(meanings, said)
    true[torch.arange(count), torch.arange(count)] = False
    logits = logits.masked_fill(true, -1e4)
    target = torch.arange(count)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits[:, :count].T, target)) / 2


def field_loss(logits: Tensor, numbers: Tensor) -> Tensor:
    """Cross-entropy of each field that is said: logits [n, sum(FIELD_SIZES)], numbers int [n, 9], averaged over fields.

    The order of a pair without a relation is unknown: its kinds and colors are not asked for.
    """
    numbers = numbers.clone()
    unordered = (numbers[:, COUNT] == 0) & (numbers[:, RELATION] == -1)
    numbers[unordered] = torch.where(torch.tensor([i in (KIND, COLOR, SECOND_KIND, SECOND_COLOR) for i in range(9)]), -1, numbers[unordered])
    losses = [
        F.cross_entropy(part, wanted, ignore_index=-1, reduction="sum") / max(1, len(wanted))
        for part, wanted in zip(logits.split(FIELD_SIZES, 1), numbers.T)
    ]
    return torch.stack(losses).sum() / 4
