"""Baselines side by side on one benchmark: each scores the articles that the model scored.

After :mod:`misplaced.eval.benchmark` on the data's way: its result says which paragraphs count, and the
embeddings are the model's own, so that only the method differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from misplaced.eval import outliers
from misplaced.eval.baselines import DEVIATIONS, centroid_deviation, centroid_distance
from misplaced.eval.linerules import broken_rules
from misplaced.eval.metrics import Metrics, measure
from misplaced.eval.scored import COUNTED, UNCOUNTED_KIND
from misplaced.eval.texttiling import depth_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from misplaced.document import Document
    from misplaced.eval.benchmark import BenchmarkResult
    from misplaced.eval.scored import BoolArray, FloatArray, Scored
    from misplaced.labelled import LabelledDocument


@dataclass(frozen=True, slots=True)
class Baseline:
    """A way of scoring the paragraphs of an article that needs no training.

    Attributes
    ----------
    name : str
    score : callable
        ``score(document, embeddings)``: foreignness of each paragraph, shape (n,), float64, higher is
        more foreign; `embeddings` of shape (n, d), zero rows for empty paragraphs.
    rule : float or None
        Score from which the method as published flags a paragraph; None where it only ranks.
    package : str or None
        A package of the extra ``bench`` that it needs.
    """

    name: str
    score: Callable[[Document, NDArray[np.floating]], FloatArray]
    rule: float | None = None
    package: str | None = None


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """What one baseline achieves on one benchmark.

    Attributes
    ----------
    baseline : Baseline
    metrics : Metrics
        At the method's own rule; where it has none, at the threshold with the best F1.
    """

    baseline: Baseline
    metrics: Metrics


def on_embeddings(
    score: Callable[[NDArray[np.floating]], FloatArray],
) -> Callable[[Document, NDArray[np.floating]], FloatArray]:
    """Make a scorer of documents out of one that looks at their embeddings only."""
    return lambda document, embeddings: score(embeddings)


def _line_rules(document: Document, embeddings: NDArray[np.floating]) -> FloatArray:
    return broken_rules(paragraph.content for paragraph in document.paragraphs)


BASELINES = (
    Baseline("centroid cosine, leave-one-out", on_embeddings(centroid_distance)),
    Baseline("centroid cosine below mean - 1.5 sd", on_embeddings(centroid_deviation), rule=DEVIATIONS),
    Baseline("PyOD k nearest neighbours", on_embeddings(outliers.nearest_neighbours), package="pyod"),
    Baseline("PyOD local outlier factor", on_embeddings(outliers.local_outlier_factor), package="pyod"),
    Baseline("PyOD ECOD", on_embeddings(outliers.empirical_tails), package="pyod"),
    Baseline("PyOD COPOD", on_embeddings(outliers.copula_tails), package="pyod"),
    Baseline("PyOD isolation forest", on_embeddings(outliers.isolation_forest), package="pyod"),
    Baseline("cleanlab OutOfDistribution", on_embeddings(outliers.neighbour_distance), package="cleanlab"),
    Baseline("TextTiling depths, single paragraphs", on_embeddings(depth_scores)),
    Baseline("TextTiling depths, blocks of two", on_embeddings(partial(depth_scores, block=2))),
    Baseline("C4 line rules", _line_rules, rule=1.0),
)


def compare(
    result: BenchmarkResult,
    labelled: Sequence[LabelledDocument],
    embeddings: Sequence[NDArray[np.floating]],
    baselines: Sequence[Baseline] = BASELINES,
) -> list[BaselineResult]:
    """Score a benchmark with every baseline.

    Parameters
    ----------
    result : BenchmarkResult
        Of the same articles.
    labelled : sequence of LabelledDocument
    embeddings : sequence of ndarray of float, shape (n, d)
        Of each article's paragraphs.
    baselines : sequence of Baseline

    Raises
    ------
    MissingExtraError
        If the package of a baseline is not installed; before anything is scored.
    """
    for baseline in baselines:
        if baseline.package is not None:
            outliers.require(baseline.package)
    documents = [article.unlabelled() for article in labelled]
    counted = counted_paragraphs(labelled)
    return [_measured(baseline, result.scored, documents, embeddings, counted) for baseline in baselines]


def counted_paragraphs(labelled: Sequence[LabelledDocument]) -> BoolArray:
    """Tell which of all articles' paragraphs count, in order, shape (N,)."""
    return np.array(
        [
            label in COUNTED and article.kind != UNCOUNTED_KIND
            for article in labelled
            for label in article.labels
        ],
        dtype=np.bool_,
    )


def _measured(
    baseline: Baseline,
    scored: Scored,
    documents: Sequence[Document],
    embeddings: Sequence[NDArray[np.floating]],
    counted: BoolArray,
) -> BaselineResult:
    scores = [baseline.score(d, rows) for d, rows in zip(documents, embeddings, strict=True)]
    own = replace(scored, score=np.concatenate([np.zeros(0), *scores])[counted])
    return BaselineResult(baseline, measure(own, baseline.rule, calibrated=False))
