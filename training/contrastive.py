"""Contrast within articles: a paragraph belongs to its own article, not to the others of the batch.

Batches are drawn from one topic, one day or both, so that the others are hard to tell apart, as a
teaser of a related story is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from misplaced.document import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from misplaced.training.articles import Article

#: Paragraphs of an article that take part in a step.
PARAGRAPHS = 6

#: Softness of the contrast; findings of SimCSE and its like hold here: 0.05.
TEMPERATURE = 0.05

#: Words a paragraph needs to speak of its topic.
_MIN_WORDS = 8

#: Share of the steps that draw from one topic, from one topic and time, from one day, and from the
#: articles of unknown topic and day: blogs and pages, which would drown among the news elsewhere. The
#: others draw from anywhere.
_DRAWS = {"topic": 0.3, "event": 0.2, "date": 0.2, "unfiled": 0.2, "random": 0.1}

#: Articles of one topic around a date, from which an "event" batch is drawn.
_NEARBY = 4

#: Share of the paragraphs that are cut to one sentence: lone sentences are inserted too.
_CUT = 0.2


class ArticleBatches:
    """Batches of articles that are hard to tell apart.

    Parameters
    ----------
    articles : sequence of Article
        Only those with a title and at least three paragraphs of prose are used.
    size : int
        Articles a batch.
    seed : int
    """

    def __init__(self, articles: Sequence[Article], size: int, seed: int) -> None:
        self.size, self.seed = size, seed
        self._titles: list[str] = []
        self._prose: list[list[str]] = []
        topics: defaultdict[str, list[int]] = defaultdict(list)
        dated: list[tuple[str, int]] = []
        self._unfiled: list[int] = []
        for article in articles:
            prose = [
                fold(paragraph)
                for paragraph, label in zip(article.paragraphs, article.labels, strict=True)
                if label == "coherent" and len(paragraph.split()) >= _MIN_WORDS
            ]
            if len(prose) < 3 or not fold(article.title or ""):
                continue
            number = len(self._titles)
            self._titles.append(fold(article.title or ""))
            self._prose.append(prose)
            dated.append((article.date or "", number))
            if article.topic:
                topics[article.topic].append(number)
            elif not article.date:
                self._unfiled.append(number)
        self._by_date = [number for _, number in sorted(dated)]
        when = {number: date for date, number in dated}
        self._topics = [
            sorted(numbers, key=lambda n: (when[n], n))
            for _, numbers in sorted(topics.items())
            if len(numbers) >= size
        ]

    def __len__(self) -> int:
        """Articles that can be drawn."""
        return len(self._titles)

    def draw(self, step: int) -> list[tuple[str, list[str]]]:
        """Draw the batch of a step: the same whenever it is asked for.

        Returns
        -------
        list of (title, paragraphs)
            At most :data:`PARAGRAPHS` paragraphs each, in random order; no title twice.
        """
        rng = np.random.default_rng([self.seed, step])
        chosen: dict[str, int] = {}
        for number in self._numbers(rng):
            chosen.setdefault(self._titles[number].casefold(), number)
            if len(chosen) == self.size:
                break
        return [(self._titles[n], self._views(self._prose[n], rng)) for n in chosen.values()]

    def _numbers(self, rng: np.random.Generator) -> list[int]:
        """More candidates than needed: some are the same story again."""
        wanted = 2 * self.size
        draw = str(rng.choice(list(_DRAWS), p=list(_DRAWS.values())))
        pool: Sequence[int] = self._by_date
        if draw in ("topic", "event") and self._topics:
            sizes = np.array([len(t) for t in self._topics], dtype=np.float64)
            pool = self._topics[int(rng.choice(len(self._topics), p=sizes / sizes.sum()))]
        if draw == "unfiled" and len(self._unfiled) >= wanted:
            pool = self._unfiled
        if draw in ("event", "date"):
            reach = min(_NEARBY * self.size, len(pool))
            first = int(rng.integers(0, len(pool) - reach + 1))
            pool = pool[first : first + reach]
        return [pool[int(i)] for i in rng.permutation(len(pool))[:wanted]]

    def _views(self, prose: list[str], rng: np.random.Generator) -> list[str]:
        rows = rng.permutation(len(prose))[:PARAGRAPHS]
        return [_cut(prose[int(row)], rng) for row in rows]


class WeightedBatches:
    """Batches of one corpus at a time: small corpora of other registers would drown among the news.

    Parameters
    ----------
    corpora : sequence of (ArticleBatches, weight)
        A corpus gives batches in proportion to its weight, 0 upwards; those with fewer articles than a
        batch give none.
    seed : int
    """

    def __init__(self, corpora: Sequence[tuple[ArticleBatches, float]], seed: int) -> None:
        drawn = [(one, weight) for one, weight in corpora if len(one) >= one.size and weight > 0]
        self._corpora = [one for one, _ in drawn]
        shares = np.array([weight for _, weight in drawn], dtype=np.float64)
        self._shares, self.seed = shares / shares.sum(), seed

    def __len__(self) -> int:
        """Articles that can be drawn."""
        return sum(map(len, self._corpora))

    def draw(self, step: int) -> list[tuple[str, list[str]]]:
        """Draw the batch of a step, as :meth:`ArticleBatches.draw` does."""
        rng = np.random.default_rng([self.seed, 31, step])
        return self._corpora[int(rng.choice(len(self._corpora), p=self._shares))].draw(step)


def _cut(paragraph: str, rng: np.random.Generator) -> str:
    if rng.random() >= _CUT:
        return paragraph
    sentences = [s for s in paragraph.replace("? ", "?. ").split(". ") if len(s.split()) >= _MIN_WORDS]
    return sentences[int(rng.integers(len(sentences)))] if sentences else paragraph


def texts_of(batch: Sequence[tuple[str, list[str]]]) -> list[str]:
    """Return what is embedded of a batch: the titles, then all paragraphs."""
    return [title for title, _ in batch] + [text for _, views in batch for text in views]


def contrastive_loss(embedded: torch.Tensor, batch: Sequence[tuple[str, list[str]]]) -> torch.Tensor:
    """InfoNCE of every paragraph against the articles of the batch, by three views of an article.

    The views are those that the classifier's features look at: the centroid of the article's other
    paragraphs, its title, and its nearest paragraph.

    Parameters
    ----------
    embedded : Tensor of shape (texts, d)
        Unit vectors of :func:`texts_of` the batch.
    batch : sequence of (title, paragraphs), length a

    Returns
    -------
    Tensor, scalar
        Mean cross-entropy, 0 upwards; log(a) for an encoder that knows nothing.

    References
    ----------
    van den Oord et al., "Representation learning with contrastive predictive coding", 2018;
    Gao et al., "SimCSE", EMNLP 2021 (temperature).
    """
    import torch
    from torch.nn.functional import cross_entropy, normalize

    count = len(batch)
    owner = torch.tensor([a for a, (_, views) in enumerate(batch) for _ in views], device=embedded.device)
    title, rows = embedded[:count], embedded[count:]
    member = torch.nn.functional.one_hot(owner, count).float()
    sums = member.T @ rows
    # Each paragraph sees its own article without itself, every other one whole.
    similarity = rows @ normalize(sums, dim=1).T
    own = (rows * normalize(sums[owner] - rows, dim=1)).sum(1)
    similarity = similarity * (1 - member) + own[:, None] * member
    central = cross_entropy(similarity / TEMPERATURE, owner)
    titled = cross_entropy(rows @ title.T / TEMPERATURE, owner)
    # Nearest paragraph, softly: the likelihood that the closest one is of the same article.
    pairs = rows @ rows.T / TEMPERATURE
    pairs = pairs.masked_fill(torch.eye(len(rows), dtype=torch.bool, device=rows.device), -1e4)
    same = (owner[:, None] == owner[None, :]).logical_and(pairs > -1e3)
    nearest = (pairs.logsumexp(1) - pairs.masked_fill(~same, -1e4).logsumexp(1)).mean()
    return central + 0.5 * titled + 0.5 * nearest
