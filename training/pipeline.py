"""The logistic itself: features scaled, one row for each class, calibrated by held-out scores.

Within :mod:`misplaced.training.fitting`, which chooses a threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.classifier import CLASSES
from misplaced.training.calibration import calibrate, softmax

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from misplaced.training.table import Table

    Folds = Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]

#: Iterations of the optimiser; the figures stop moving well before.
_ITERATIONS = 300

#: How much wider the context network's columns are scaled than to a spread of 1.
_TRUST = 20.0

#: Log-odds of a class that the corpora do not show.
_NEVER = -50.0


def all_classes(pipeline: Any) -> Any:
    """Give a logistic that knows some of the classes a row for each; the others never win."""
    logistic = pipeline[-1]
    known = logistic.classes_
    coefficients, intercepts = logistic.coef_, logistic.intercept_
    if len(known) == 2:  # one row stands for the second class against the first
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([[0.0], intercepts])
    logistic.coef_ = np.zeros((len(CLASSES), coefficients.shape[1]), dtype=coefficients.dtype)
    logistic.intercept_ = np.full(len(CLASSES), _NEVER, dtype=intercepts.dtype)
    logistic.coef_[known] = coefficients
    logistic.intercept_[known] = intercepts
    logistic.classes_ = np.arange(len(CLASSES))
    return pipeline


def fit_pipeline(
    rows: NDArray[np.float32],
    classes: NDArray[np.int64],
    sample_weights: NDArray[np.float64],
    regularisation: float,
    trusted: int,
) -> Any:
    """Fit scaler and logistic.

    Parameters
    ----------
    rows : ndarray of shape (N, f), float32
        The last columns, `trusted` in number, are the context network's.
    classes : ndarray of shape (N,), int64
    sample_weights : ndarray of shape (N,), float64
    regularisation : float
        Inverse strength C of the squared penalty.
    trusted : int

    Returns
    -------
    sklearn.pipeline.Pipeline
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(rows)
    # A wider scale is a weaker penalty: six columns that sum all evidence up must not count as little as
    # any six of a thousand.
    scaler.scale_[rows.shape[1] - trusted :] /= _TRUST
    scaled = scaler.transform(rows)
    logistic = LogisticRegression(C=regularisation, max_iter=_ITERATIONS, tol=1e-3, warm_start=trusted > 0)
    if trusted:
        # Columns of so different scales are slow to fit: begin where the network alone leads to.
        alone = LogisticRegression(C=regularisation, max_iter=_ITERATIONS, tol=1e-3)
        alone.fit(scaled[:, -trusted:], classes, sample_weight=sample_weights)
        logistic.classes_, logistic.intercept_ = alone.classes_, alone.intercept_
        logistic.coef_ = np.pad(alone.coef_, ((0, 0), (rows.shape[1] - trusted, 0)))
    logistic.fit(scaled, classes, sample_weight=sample_weights)
    return Pipeline([("scaler", scaler), ("logistic", logistic)])


def table_folds(table: Table, count: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Divide a table's rows into what is fitted on and what is predicted, no article in two parts."""
    from sklearn.model_selection import StratifiedGroupKFold

    # Stratified: a rare class must be in every training part, or a fold lacks a column.
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return list(splitter.split(table.classes, table.classes, table.groups))


def cross_fitted(
    table: Table,
    folds: Folds,
    fit_weights: NDArray[np.float64],
    regularisation: float,
    trusted: int,
) -> tuple[Any, NDArray[np.float64]]:
    """Fit on all rows, calibrated by held-out scores.

    Parameters
    ----------
    table : Table
        Of N rows.
    folds : iterable of (ndarray, ndarray)
        See :func:`table_folds`.
    fit_weights : ndarray of shape (N,), float64
    regularisation, trusted
        See :func:`fit_pipeline`.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        With a row for each class of :data:`misplaced.classifier.CLASSES`.
    probabilities : ndarray of shape (N, classes), float64
        Held out.
    """
    scores = np.zeros((len(table.classes), len(CLASSES)))
    for train, test in folds:
        part = fit_pipeline(
            table.matrix[train], table.classes[train], fit_weights[train], regularisation, trusted
        )
        scores[test] = all_classes(part).decision_function(table.matrix[test])
    honest = ~table.seen  # an encoder is too sure of what it was tuned on
    slope, offsets = calibrate(scores[honest], table.classes[honest], fit_weights[honest])
    pipeline = all_classes(fit_pipeline(table.matrix, table.classes, fit_weights, regularisation, trusted))
    logistic = pipeline[-1]
    logistic.coef_ = logistic.coef_ * slope
    logistic.intercept_ = logistic.intercept_ * slope + offsets
    return pipeline, softmax(slope * scores + offsets)
