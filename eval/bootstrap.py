"""How far the metrics would move on other articles of the same make: bootstrapped 95 % intervals.

Beside :mod:`misplaced.eval.metrics` on the data's way. Whole documents are resampled, because the
paragraphs of one article are not independent of each other (Efron and Tibshirani, 1993, "An
Introduction to the Bootstrap", chapter 8). A resample is a vector of integer weights, so that scores
are sorted once and many resamples are measured in one pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.eval.metrics import FALSE_POSITIVE_RATE, Interval
from misplaced.eval.scored import CLEAN_KIND, FOREIGN, BoolArray, FloatArray, Scored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

#: Resamples measured at once: bounds memory at some 200 bytes a paragraph and resample.
_BATCH = 32

_PERCENTILES = (2.5, 97.5)


def intervals(scored: Scored, threshold: float | None, *, resamples: int, seed: int) -> dict[str, Interval]:
    """Compute 95 % percentile intervals by resampling documents.

    Parameters
    ----------
    scored : Scored
    threshold : float or None
        For precision, recall, F1 and false flags; without it, they have no interval.
    resamples : int
        0 for no intervals.
    seed : int
        Of the resampling; the same seed gives the same intervals.

    Returns
    -------
    dict of str to (float, float)
        By the name of the field of :class:`misplaced.eval.metrics.Metrics`; a metric that is undefined
        in every resample is left out.
    """
    draws: dict[str, list[FloatArray]] = {}
    for weights in _weights(scored, resamples, np.random.default_rng(seed)):
        values = _ranked(scored, weights)
        if threshold is not None:
            values |= _thresholded(scored, weights, threshold)
        for name, value in values.items():
            draws.setdefault(name, []).append(value)
    found: dict[str, Interval] = {}
    for name, parts in draws.items():
        defined = np.concatenate(parts)
        defined = defined[np.isfinite(defined)]
        if len(defined):
            low, high = np.percentile(defined, _PERCENTILES)
            found[name] = (float(low), float(high))
    return found


def _weights(scored: Scored, resamples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Yield batches of paragraph weights, shape (b, n): how often each one's document was drawn."""
    documents, which = np.unique(scored.document, return_inverse=True)
    if not len(documents):
        return
    share = np.full(len(documents), 1.0 / len(documents))
    for start in range(0, resamples, _BATCH):
        size = min(_BATCH, resamples - start)
        drawn = rng.multinomial(len(documents), share, size=size)
        yield drawn[:, which].astype(np.float64)


def _ranked(scored: Scored, weights: FloatArray) -> dict[str, FloatArray]:
    """Metrics of the ranking, each of shape (b,)."""
    order = np.argsort(-scored.score, kind="stable")
    score, label, weights = scored.score[order], scored.label[order], weights[:, order]
    # A threshold cannot part equal scores: only the last of each run of equals is a cut.
    cuts = np.flatnonzero(np.append(np.diff(score) != 0, True))
    coherent = label == "coherent"
    found = {"ap": _average_precision(weights, ~coherent, coherent, cuts)}
    for name in FOREIGN:
        found[f"ap_{name}"] = _average_precision(weights, label == name, coherent, cuts)
    reference = scored.reference[order]
    found["recall_at_1pct_fp"] = _recall_at(weights, ~coherent, reference, cuts)
    return found


def _average_precision(
    weights: FloatArray, positive: BoolArray, negative: BoolArray, cuts: NDArray[np.intp]
) -> FloatArray:
    """Average precision of weighted paragraphs in descending order of score, shape (b,)."""
    hits = np.cumsum(weights * positive, axis=1)[:, cuts]
    flags = hits + np.cumsum(weights * negative, axis=1)[:, cuts]
    gained = np.diff(hits, axis=1, prepend=0.0)
    return _ratio((gained * _ratio(hits, flags, empty=0.0)).sum(axis=1), hits[:, -1])


def _recall_at(
    weights: FloatArray,
    positive: BoolArray,
    reference: BoolArray,
    cuts: NDArray[np.intp],
) -> FloatArray:
    """Recall at the lowest cut that at most 1 % of the reference passes, shape (b,)."""
    hits = np.cumsum(weights * positive, axis=1)[:, cuts]
    false = np.cumsum(weights * reference, axis=1)[:, cuts]
    passed = (_ratio(false, false[:, -1:]) <= FALSE_POSITIVE_RATE).sum(axis=1)
    rows = np.arange(len(weights))
    recall = np.where(passed > 0, hits[rows, passed - 1], 0.0)
    return np.where(false[:, -1] > 0, _ratio(recall, hits[:, -1]), np.nan)


def _thresholded(scored: Scored, weights: FloatArray, threshold: float) -> dict[str, FloatArray]:
    """Metrics at the threshold, each of shape (b,)."""
    flagged, foreign = scored.score >= threshold, scored.foreign
    clean = ~foreign & (scored.kind == CLEAN_KIND)

    def total(mask: BoolArray) -> FloatArray:
        return np.asarray(weights @ mask.astype(np.float64), dtype=np.float64)

    hits, flags, positives = total(flagged & foreign), total(flagged), total(foreign)
    return {
        "precision": _ratio(hits, flags),
        "recall": _ratio(hits, positives),
        "f1": np.where(positives > 0, _ratio(2 * hits, flags + positives), np.nan),
        "false_flags_per_1000": 1000 * _ratio(flags - hits, total(~foreign)),
        "false_flags_per_1000_clean": 1000 * _ratio(total(flagged & clean), total(clean)),
    }


def _ratio(numerator: FloatArray, denominator: FloatArray, *, empty: float = np.nan) -> FloatArray:
    """Divide; `empty` where the denominator is 0."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    filled = np.full(numerator.shape, empty)
    return np.asarray(np.divide(numerator, denominator, out=filled, where=denominator != 0), dtype=np.float64)
