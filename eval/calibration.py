"""Whether a probability of 0.8 means that 8 of 10 such paragraphs are foreign.

Beside :mod:`misplaced.eval.metrics` on the data's way, for scores that are probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from misplaced.eval.scored import FloatArray, Scored

#: Equal-width bins over 0 to 1: the customary number.
CALIBRATION_BINS = 15


def reliability(scored: Scored, bins: int = CALIBRATION_BINS) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compare predicted with observed shares of foreign paragraphs in equal-width bins.

    Returns
    -------
    predicted, observed : ndarray of float64, shape (k,)
        Mean score, and share of foreign paragraphs, of each bin that is not empty.
    weight : ndarray of float64, shape (k,)
        The bin's share of the paragraphs; sums to 1.
    """
    which = np.clip((scored.score * bins).astype(np.int64), 0, bins - 1)
    count = np.bincount(which, minlength=bins).astype(np.float64)
    used = count > 0
    predicted = np.bincount(which, scored.score, bins)[used] / count[used]
    observed = np.bincount(which, scored.foreign.astype(np.float64), bins)[used] / count[used]
    return predicted, observed, count[used] / max(1, len(scored.score))


def calibration_error(scored: Scored) -> float | None:
    """Compute the expected calibration error of the probability of being foreign, 0 to 1.

    Over :data:`CALIBRATION_BINS` equal-width bins of the probability (Naeini et al., 2015, "Obtaining
    well calibrated probabilities using Bayesian binning"), binary form: the mean distance between
    predicted and observed share, weighted by the bin's paragraphs. ``None`` without paragraphs.
    """
    if not len(scored.score):
        return None
    predicted, observed, weight = reliability(scored)
    return float((weight * np.abs(predicted - observed)).sum())
