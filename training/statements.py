"""Fit what is said of documents as a whole: whether a title fits, whether there are several topics.

Beside :mod:`misplaced.training.fitting`, from the same corpora and embeddings. Everything is held
out by article: the thresholds are chosen on documents that the logistic was not fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced import title, topics
from misplaced.logistic import Logistic
from misplaced.statements import StatementModel
from misplaced.training.digests import Body, compose
from misplaced.training.split import is_held_out
from misplaced.training.titles import title_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from misplaced.features.terms import TermWeights
    from misplaced.labelled import LabelledDocument

#: A title is called foreign in at most this share of the articles that it stands over. Some of them
#: rightly: in about 1 of 200 crawled articles the body does belong to another title.
MOST_FALSE_MISMATCHES = 1 / 500

#: Of documents about one thing, this share at most is called multi-topic.
MOST_FALSE_TOPICS = 1 / 100

#: Documents that a statement is learned from at least: below, nothing is said.
MIN_DOCUMENTS = 50

#: How many documents about one thing a composed digest stands against, and a real one counts for.
_COMPOSED, _REAL_WEIGHT = 5, 10.0

#: The kind of documents that are about several things.
_MULTI = "multi"

_FOLDS = 4


@dataclass(frozen=True)
class _Examples:
    """What a logistic is fitted on, as arrays of N rows.

    Attributes
    ----------
    measures : ndarray of shape (N, m), float64
    positive : ndarray of shape (N,), bool
    folds : ndarray of shape (N,), int64
    weights : ndarray of shape (N,), float64
    """

    measures: NDArray[np.float64]
    positive: NDArray[np.bool_]
    folds: NDArray[np.int64]
    weights: NDArray[np.float64]

    @property
    def usable(self) -> bool:
        """Whether both classes are in every part that a fold is fitted on."""
        return all(
            self.positive[self.folds != fold].any() and not self.positive[self.folds != fold].all()
            for fold in range(_FOLDS)
        )


def fit_statements(
    corpora: Mapping[str, Sequence[LabelledDocument]],
    vectors: Mapping[str, NDArray[np.float32]],
    weights: TermWeights,
    *,
    seed: int = 0,
    held_out: float = 0.0,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> StatementModel:
    """Fit both statements.

    Parameters
    ----------
    corpora : mapping of str to sequence of LabelledDocument
        By name.
    vectors : mapping of str to ndarray of shape (d,), float32
        Embeddings of all titles and paragraphs, white space folded.
    weights : TermWeights
    seed : int
    held_out : float
        Share of the sources that the encoder was not tuned on; only their articles are used, as an
        encoder ties the titles that it was tuned on to their bodies better than any others. 0 says
        that it knows none of them.
    track : callable
        Wraps an iterable of known length to show its progress: ``track(iterable, total, what)``.

    Returns
    -------
    StatementModel
        Without a statement that the corpora do not suffice for (:data:`MIN_DOCUMENTS`).
    """
    rng = np.random.default_rng(seed)
    variants: dict[str, list[LabelledDocument]] = {}
    for documents in corpora.values():
        for document in documents:
            if held_out > 0 and not is_held_out(document.source, held_out):
                continue
            variants.setdefault(document.id, []).append(document)
    # An article in several corpora, with other insertions in each, is one article.
    articles = [found[rng.integers(len(found))] for found in variants.values()]
    return StatementModel(
        fit_title(articles, vectors, weights, rng, track(articles, len(articles), "titles")),
        fit_topics(list(variants.values()), vectors, rng, track),
    )


def fit_title(
    articles: Sequence[LabelledDocument],
    vectors: Mapping[str, NDArray[np.float32]],
    weights: TermWeights,
    rng: np.random.Generator,
    shown: Iterable[LabelledDocument],
) -> Logistic | None:
    """Fit the probability that a title belongs elsewhere; parameters as in :func:`title_pairs`."""
    pairs = title_pairs(articles, vectors, weights, rng, shown)
    own = pairs.drawn == "own"
    if own.sum() < MIN_DOCUMENTS:
        return None
    examples = _Examples(pairs.measures, ~own, pairs.articles % _FOLDS, np.ones(len(own)))
    if not examples.usable:
        return None
    return _decided(title.NAMES, examples, pairs.drawn, "own", MOST_FALSE_MISMATCHES)


def fit_topics(
    articles: Sequence[Sequence[LabelledDocument]],
    vectors: Mapping[str, NDArray[np.float32]],
    rng: np.random.Generator,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> Logistic | None:
    """Fit the probability that a document has several topics.

    Parameters
    ----------
    articles : sequence of sequences of LabelledDocument
        The variants of each article. All that are not of the kind ``multi`` are examples of one topic.
    vectors, rng, track
        As in :func:`fit_statements`.
    """
    measures: list[NDArray[np.float64]] = []
    found: list[tuple[int, str]] = []
    pools: list[list[Body]] = [[] for _ in range(_FOLDS)]
    for number, variants in enumerate(track(articles, len(articles), "topics")):
        bodies = [(d.kind, body) for d in variants if (body := Body.of(d, vectors)) is not None]
        for kind, body in bodies:
            measured = topics.topic_measures(body.embeddings, body.lengths)
            if measured is not None:
                measures.append(measured)
                found.append((number % _FOLDS, "multi" if kind == _MULTI else "one"))
        pools[number % _FOLDS] += [b for kind, b in bodies[:1] if kind != _MULTI and len(b.opening)]
    for number in range(sum(map(len, pools)) // _COMPOSED):
        digest = compose(pools[number % _FOLDS], rng, topics.MIN_PARAGRAPHS)
        measured = None if digest is None else topics.topic_measures(*digest)
        if measured is not None:
            measures.append(measured)
            found.append((number % _FOLDS, "composed"))
    drawn = np.array([kind for _, kind in found], dtype=np.str_)
    if (drawn == "one").sum() < MIN_DOCUMENTS:
        return None
    sample_weights = np.where(drawn == "multi", _REAL_WEIGHT, 1.0)
    folds = np.array([fold for fold, _ in found], dtype=np.int64)
    examples = _Examples(np.array(measures), drawn != "one", folds, sample_weights)
    if not examples.usable:
        return None
    return _decided(topics.NAMES, examples, drawn, "one", MOST_FALSE_TOPICS)


def _decided(
    names: Sequence[str], examples: _Examples, drawn: NDArray[np.str_], spared: str, most: float
) -> Logistic:
    """Fit, and set the intercept so that 0.5 is where few enough of the spared are held to be positive.

    Moving the intercept is stating another base rate (King and Zeng, "Logistic regression in rare
    events data", 2001), and positives are far rarer than among the examples.
    """
    score = _held_out(examples)
    threshold = _strictest(score[drawn == spared], most)
    figures = {"documents": float((drawn == spared).sum())}
    for kind in sorted(set(drawn.tolist())):
        name = "false_statements" if kind == spared else f"found_{kind}"
        figures[name] = round(float((score[drawn == kind] >= threshold).mean()), 4)
    weighted, intercept = _fit(examples)
    return Logistic(dict(zip(names, weighted.tolist(), strict=True)), intercept - threshold, figures)


def _held_out(examples: _Examples) -> NDArray[np.float64]:
    """Log-odds of every row by a logistic fitted on the other folds, shape (N,)."""
    score = np.zeros(len(examples.positive))
    for fold in range(_FOLDS):
        test = examples.folds == fold
        weighted, intercept = _fit(examples, ~test)
        score[test] = examples.measures[test] @ weighted + intercept
    return score


def _fit(examples: _Examples, chosen: NDArray[np.bool_] | None = None) -> tuple[NDArray[np.float64], float]:
    """Weights for the measures as they are, shape (m,), and the intercept."""
    from sklearn.linear_model import LogisticRegression

    kept = np.ones(len(examples.positive), dtype=np.bool_) if chosen is None else chosen
    rows = examples.measures[kept]
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    logistic = LogisticRegression(max_iter=1000)
    logistic.fit((rows - mean) / spread, examples.positive[kept], sample_weight=examples.weights[kept])
    weighted = logistic.coef_[0] / spread
    return weighted, float(logistic.intercept_[0] - weighted @ mean)


def _strictest(score: NDArray[np.float64], share: float) -> float:
    """Return the lowest threshold that at most a share of the scores reaches."""
    return float(np.nextafter(np.sort(score)[::-1][int(share * len(score))], np.inf))
