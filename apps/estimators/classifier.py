"""The station "judge" as a classifier: rows of numbers to labels, fitted on labels of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from misplaced.errors import UsageError
from misplaced.report import check_threshold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class CoherenceClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The logistic regression over standardised features that ``misplaced train`` fits.

    Takes any numbers, but is made for those of :class:`ParagraphFeatures`; its penalty suits their many
    columns. With a threshold it is as unwilling to flag as ``detect`` is.

    Parameters
    ----------
    C : float
        Inverse strength of the squared penalty, above 0.
    threshold : float, optional
        Above 0, at most 1: predict something else than `coherent` only where 1 less its probability
        reaches this. None predicts the likeliest class.
    coherent : str or int
        The class that belongs.
    class_weight : dict, "balanced" or None
        As of :class:`sklearn.linear_model.LogisticRegression`.
    max_iter : int
        Iterations of the optimiser.
    tol : float
        Gradient at which it stops.

    Attributes
    ----------
    classes_ : ndarray of shape (c,)
    coef_ : ndarray of shape (c, f) or, of two classes, (1, f)
        On standardised features.
    intercept_ : ndarray of shape (c,) or (1,)
    mean_, scale_ : ndarray of shape (f,)
    n_features_in_, n_iter_ : int
    """

    def __init__(
        self,
        *,
        C: float = 0.01,  # noqa: N803 - scikit-learn's name
        threshold: float | None = None,
        coherent: str | int = "coherent",
        class_weight: Mapping[Any, float] | str | None = None,
        max_iter: int = 300,
        tol: float = 1e-4,
    ) -> None:
        self.C = C
        self.threshold = threshold
        self.coherent = coherent
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> CoherenceClassifier:  # noqa: N803
        """Fit on labelled rows.

        Parameters
        ----------
        X : array-like of shape (n, f)
        y : array-like of shape (n,)
            Labels of two or more kinds.
        sample_weight : array-like of shape (n,), optional

        Raises
        ------
        UsageError
            If the threshold is out of range, or there is one and no row is labelled `coherent`.
        """
        X, y = validate_data(self, X, y, dtype=(np.float64, np.float32))  # noqa: N806
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if self.threshold is not None:
            check_threshold(self.threshold)
            self._coherent()
        scaler = StandardScaler().fit(X, sample_weight=sample_weight)
        logistic = LogisticRegression(
            C=self.C, class_weight=self.class_weight, max_iter=self.max_iter, tol=self.tol
        ).fit(scaler.transform(X), y, sample_weight=sample_weight)
        self.mean_, self.scale_ = scaler.mean_, scaler.scale_
        self.coef_, self.intercept_ = logistic.coef_, logistic.intercept_
        self.n_iter_ = int(np.max(logistic.n_iter_))
        self._logistic = logistic
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return log-odds of every class, shape (n, c); of two classes, those of the second, shape (n,)."""
        standardised = self._standardised(X)
        scores: NDArray[np.float64] = self._logistic.decision_function(standardised)
        return scores

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the probability of every class, shape (n, c), rows summing to 1."""
        standardised = self._standardised(X)
        probabilities: NDArray[np.float64] = self._logistic.predict_proba(standardised)
        return probabilities

    def coherence(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the probability of the class `coherent`, shape (n,).

        Raises
        ------
        UsageError
            If no row that it was fitted on is labelled so.
        """
        found: NDArray[np.float64] = self.predict_proba(X)[:, self._coherent()]
        return found

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return a class for every row, shape (n,)."""
        if self.threshold is None:
            standardised = self._standardised(X)
            labels: NDArray[Any] = self._logistic.predict(standardised)
            return labels
        probabilities = self.predict_proba(X)
        own = self._coherent()
        flagged = 1.0 - probabilities[:, own] >= self.threshold
        probabilities[:, own] = np.where(flagged, -1.0, 2.0)
        found: NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return found

    def _standardised(self, X: Any) -> NDArray[Any]:  # noqa: N803
        check_is_fitted(self)
        rows: NDArray[Any] = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        standardised: NDArray[Any] = (rows - self.mean_) / self.scale_
        return standardised

    def _coherent(self) -> int:
        """The place of the class that belongs."""
        check_is_fitted(self, "classes_")
        found = np.flatnonzero(self.classes_ == self.coherent)
        if not len(found):
            raise UsageError(
                f"no row is labelled {self.coherent!r}", hint=f"name one of {list(self.classes_)} as coherent"
            )
        return int(found[0])
