from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from misplaced.classifier import CLASSES, Classifier
from misplaced.errors import ArtifactError
from misplaced.report import LABELS

WIDTH = 5
RNG = np.random.default_rng(4)
ROWS = (RNG.standard_normal((120, WIDTH)) * [1, 9, 0.1, 2, 1] + [0, 5, 1, 0, 0]).astype(np.float32)
TARGETS = np.arange(120) % len(CLASSES)
ROWS[:, 0] += TARGETS


def fitted(scaler=None, logistic=None, targets=TARGETS):
    steps = [
        ("scaler", scaler or StandardScaler()),
        ("logistic", logistic or LogisticRegression(max_iter=2000)),
    ]
    return Pipeline(steps).fit(ROWS, targets)


PIPELINE = fitted()
CLASSIFIER = Classifier.from_pipeline(PIPELINE)
rows = st.lists(st.floats(-50, 50, width=32), min_size=WIDTH, max_size=WIDTH)


def test_probabilities_are_the_pipelines_added_up_by_label():
    by_class = PIPELINE.predict_proba(ROWS)
    found = CLASSIFIER.probabilities(ROWS)
    assert found.shape == (len(ROWS), 3)
    assert CLASSIFIER.width == WIDTH
    for column, label in enumerate(LABELS):
        of_label = [i for i, (_, stands_for) in enumerate(CLASSES) if stands_for == label]
        assert of_label
        np.testing.assert_allclose(found[:, column], by_class[:, of_label].sum(axis=1), atol=1e-6)


@given(st.lists(rows, min_size=1, max_size=4))
def test_probabilities_sum_to_one_and_none_is_above_it(matrix):
    found = CLASSIFIER.probabilities(np.array(matrix, dtype=np.float32))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found.min() >= 0
    assert found.max() <= 1


def test_enormous_scores_do_not_overflow():
    found = CLASSIFIER.probabilities(np.full((1, WIDTH), 1e6, dtype=np.float32))
    assert np.isfinite(found).all()


@given(rows, st.sampled_from(["off_topic", "boilerplate"]))
def test_contributions_add_up_to_the_log_odds_of_the_likeliest_classes(row, label):
    row = np.array(row, dtype=np.float32)
    scores = (row.astype(float) - CLASSIFIER.mean) / CLASSIFIER.scale @ CLASSIFIER.weights.T
    scores += CLASSIFIER.intercepts

    def likeliest(wanted):
        return max((i for i, c in enumerate(CLASSES) if c[1] == wanted), key=lambda i: scores[i])

    foreign, own = likeliest(label), likeliest("coherent")
    difference = CLASSIFIER.intercepts[foreign] - CLASSIFIER.intercepts[own]
    total = CLASSIFIER.contributions(row, label).sum() + difference
    assert total == pytest.approx(scores[foreign] - scores[own], abs=1e-9)


def test_the_average_paragraph_has_no_contributions():
    np.testing.assert_allclose(CLASSIFIER.contributions(CLASSIFIER.mean, "off_topic"), 0, atol=1e-12)


def broken_shape():
    pipeline = fitted()
    pipeline[-1].coef_ = pipeline[-1].coef_[:, :-1]
    return pipeline


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"steps": []},
        lambda: fitted(logistic=DummyClassifier()),
        lambda: fitted(scaler=MinMaxScaler()),
        lambda: fitted(scaler=StandardScaler(with_mean=False)),
        lambda: fitted(targets=TARGETS % 2),
        lambda: Pipeline([("logistic", LogisticRegression(max_iter=2000))]).fit(ROWS, TARGETS),
        lambda: Pipeline([("scaler", StandardScaler()), ("logistic", LogisticRegression())]),
        broken_shape,
    ],
    ids=["object", "estimator", "scaler", "uncentred", "classes", "steps", "unfitted", "shape"],
)
def test_other_pipelines_are_refused(make):
    with pytest.raises(ArtifactError, match=r"not a scaler and a logistic over 6 classes.*train the model"):
        Classifier.from_pipeline(make())
