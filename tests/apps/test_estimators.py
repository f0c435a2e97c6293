"""The estimators in scikit-learn's own checks and in pipelines."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from misplaced.apps.estimators import CoherenceClassifier, MisplacedRemover, ParagraphFeatures


@parametrize_with_checks(
    [
        ParagraphFeatures(),
        CoherenceClassifier(),
        MisplacedRemover(),
    ]
)
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)
