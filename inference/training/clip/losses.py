"""The training losses."""

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
    """InfoNCE in both directions. If a caption is also true of another picture, that pair is excluded. The contradictions are
    additional negatives for every picture of which they are false.

    pictures, captions [n, d] and twisted [m, d]: unit vectors. meanings [n, 9]. said [n + m, 9].
    """
    count = len(pictures)
    logits = scale * pictures @ torch.cat([captions, twisted]).T
    true = satisfies(meanings, said)
    true[torch.arange(count), torch.arange(count)] = False
    logits = logits.masked_fill(true, -1e4)
    target = torch.arange(count)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits[:, :count].T, target)) / 2


def field_loss(logits: Tensor, numbers: Tensor) -> Tensor:
    """Cross-entropy of each stated field: logits [n, sum(FIELD_SIZES)], numbers int [n, 9]."""
    wanted = torch.cat([_ordered(numbers), _bound_colors(numbers)], 1)
    losses = [
        F.cross_entropy(part, column, ignore_index=-1, reduction="sum") / len(column)
        for part, column in zip(logits.split(FIELD_SIZES, 1), wanted.T)
    ]
    return torch.stack(losses).sum() / 4


def _ordered(numbers: Tensor) -> Tensor:
    """The order of a pair without a relation is unknown, so its kinds and colors by place are masked."""
    unordered = (numbers[:, COUNT] == 0) & (numbers[:, RELATION] == -1)
    by_place = torch.zeros(numbers.shape[1], dtype=torch.bool)
    by_place[[KIND, COLOR, SECOND_KIND, SECOND_COLOR]] = True
    return numbers.masked_fill(unordered[:, None] & by_place, -1)


def _bound_colors(numbers: Tensor) -> Tensor:
    """int [n, 2]: for a pair of two kinds, the color of the kind that is first in KINDS, and the color of the other kind,
    regardless of their places. -1 for other scenes. This teaches the color of each object also in "a and b"."""
    kind, color, second_kind, second_color = numbers[:, [KIND, COLOR, SECOND_KIND, SECOND_COLOR]].T
    in_order = kind < second_kind
    colors = torch.stack([torch.where(in_order, color, second_color), torch.where(in_order, second_color, color)], 1)
    known = (numbers[:, COUNT] == 0) & (kind >= 0) & (second_kind >= 0) & (kind != second_kind)
    return colors.masked_fill(~known[:, None], -1)
