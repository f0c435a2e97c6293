"""Probabilities that mean what they say: the logistic's held-out log-odds scaled to frequencies.

Between the held-out prediction and the threshold in :mod:`misplaced.training.fitting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def calibrate(
    scores: NDArray[np.float64], classes: NDArray[np.int64], sample_weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Fit one slope and an offset for each class to held-out scores.

    Temperature and bias-corrected scaling (Guo et al., "On calibration of modern neural networks",
    ICML 2017; Alexandari et al., ICML 2020): keeps the model linear, so that it folds into the
    logistic's own coefficients.

    Parameters
    ----------
    scores : ndarray of shape (N, k), float64
        Held-out log-odds.
    classes : ndarray of shape (N,), int64
    sample_weights : ndarray of shape (N,), float64

    Returns
    -------
    slope : float
    offsets : ndarray of shape (k,), float64
    """
    from scipy.optimize import minimize

    rows = np.arange(len(classes))
    weight = sample_weights / sample_weights.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        probabilities = softmax(parameters[0] * scores + parameters[1:])
        chosen = np.maximum(probabilities[rows, classes], 1e-12)
        error = probabilities.copy()
        error[rows, classes] -= 1.0
        error *= weight[:, None]
        gradient = np.concatenate([[(error * scores).sum()], error.sum(axis=0)])
        return float(-(weight * np.log(chosen)).sum()), gradient

    start = np.concatenate([[1.0], np.zeros(scores.shape[1])])
    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    return float(found.x[0]), np.asarray(found.x[1:], dtype=np.float64)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return class probabilities from log-odds, shape (N, k) both."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return probabilities
