"""Labelled lines as an objective: what a line is must show in its embedding.

Real pages teach what no generator does: how pointers, captions, by-lines and furniture read. The
head sees what the classifier's features see, the line's own embedding and its likeness to the
article, and is thrown away afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from misplaced.document import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from misplaced.training.articles import Article

#: Title or None, lines, and their kinds.
Labelled: TypeAlias = tuple[str | None, list[str], list[int]]

#: What a line can be. ``ignore`` teaches nothing.
KINDS = ("coherent", "off_topic", "boilerplate", "caption", "meta")

#: How much an example counts: foreign lines are rare.
_WEIGHTS = (1.0, 3.0, 2.0, 1.5, 1.5)

#: Lines of an article that take part in a step, in reading order.
_LINES = 36

#: Multiplies cosines, so that they reach the head at the scale of its other inputs.
_COSINE_SCALE = 4.0

#: Unit vectors have entries of about 0.05; the head should not need huge weights to read them.
_OWN_SCALE = 8.0


class LabelledLines:
    """Articles with labels, dealt one a step in an order that repeats on every machine.

    Parameters
    ----------
    articles : sequence of Article
        Those with a foreign line and those without take turns at their natural rate.
    seed : int
    """

    def __init__(self, articles: Sequence[Article], seed: int) -> None:
        self._articles = [a for a in articles if any(label in KINDS for label in a.labels)]
        self.seed = seed

    def __len__(self) -> int:
        """Articles that can be drawn."""
        return len(self._articles)

    def draw(self, step: int) -> Labelled:
        """Draw a step's article.

        Returns
        -------
        title : str or None
        lines : list of str
            At most 36 that follow each other.
        kinds : list of int
            Index into :data:`KINDS`, -1 for lines that teach nothing.
        """
        epoch, place = divmod(step, len(self._articles))
        order = np.random.default_rng([self.seed, 7, epoch]).permutation(len(self._articles))
        article = self._articles[int(order[place])]
        rng = np.random.default_rng([self.seed, 8, step])
        first = int(rng.integers(0, max(len(article.paragraphs) - _LINES, 0) + 1))
        lines, kinds = [], []
        for paragraph, label in list(zip(article.paragraphs, article.labels, strict=True))[
            first : first + _LINES
        ]:
            if fold(paragraph):
                lines.append(fold(paragraph))
                kinds.append(KINDS.index(label) if label in KINDS else -1)
        title = fold(article.title or "") or None
        return (title if rng.random() < 0.9 else None), lines, kinds


def line_head(dimension: int) -> torch.nn.Module:
    """A linear layer from a line's embedding and four likenesses to :data:`KINDS`."""
    import torch

    torch.manual_seed(0)
    return torch.nn.Linear(dimension + 4, len(KINDS))


def texts_of(drawn: Labelled) -> list[str]:
    """Return what is embedded of an article: its title, where it has one, and the lines."""
    title, lines, _ = drawn
    return [title, *lines] if title else lines


def supervised_loss(embedded: torch.Tensor, head: torch.nn.Module, drawn: Labelled) -> torch.Tensor:
    """Cross-entropy of the lines' kinds, weighted by rarity.

    Parameters
    ----------
    embedded : Tensor of shape (texts, d)
        Unit vectors of :func:`texts_of` the article.
    head : Module
        See :func:`line_head`.
    drawn : Labelled

    Returns
    -------
    Tensor, scalar
    """
    import torch

    _, lines, kinds = drawn
    if not lines or max(kinds) < 0:
        return embedded.sum() * 0
    scores = line_scores(embedded, head, drawn)
    weights = torch.tensor(_WEIGHTS, device=scores.device)
    return torch.nn.functional.cross_entropy(
        scores, torch.tensor(kinds, device=scores.device), weight=weights, ignore_index=-1
    )


def line_scores(embedded: torch.Tensor, head: torch.nn.Module, drawn: Labelled) -> torch.Tensor:
    """Score the lines of an article.

    Returns
    -------
    Tensor of shape (n, 5)
        Logits of :data:`KINDS`.
    """
    import torch
    from torch.nn.functional import normalize

    title, _, _ = drawn
    rows = embedded[1:] if title else embedded
    named = rows @ embedded[0] if title else rows.sum(1) * 0
    rest = (rows * normalize(rows.sum(0, keepdim=True) - rows, dim=1)).sum(1)
    pairs = rows @ rows.T - 2 * torch.eye(len(rows), device=rows.device)
    nearest = pairs.max(1).values if len(rows) > 1 else rest
    lead = rows @ normalize(rows[:3].sum(0), dim=0)
    likeness = torch.stack([rest, nearest, named, lead], dim=1)
    logits: torch.Tensor = head(torch.cat([_OWN_SCALE * rows, _COSINE_SCALE * likeness], dim=1))
    return logits
