from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from misplaced.training.calibration import calibrate, softmax

RNG = np.random.default_rng(2)


def sampled(scores):
    """Draw classes with the probabilities that scores stand for."""
    cumulative = softmax(scores).cumsum(axis=1)
    return (RNG.random((len(scores), 1)) > cumulative).sum(axis=1).clip(0, scores.shape[1] - 1)


def log_loss(scores, classes, weights):
    chosen = softmax(scores)[np.arange(len(classes)), classes]
    return -(weights * np.log(chosen)).sum() / weights.sum()


@settings(max_examples=25)
@given(st.floats(0.3, 4), st.integers(0, 2), st.floats(-2, 2))
def test_calibrating_never_raises_the_log_loss(overconfidence, shifted, shift):
    true = RNG.normal(0, 2, (400, 3))
    classes, weights = sampled(true), RNG.uniform(0.1, 1, 400)
    scores = true * overconfidence
    scores[:, shifted] += shift
    slope, offsets = calibrate(scores, classes, weights)
    after = log_loss(slope * scores + offsets, classes, weights)
    assert after <= log_loss(scores, classes, weights) + 1e-6


def test_slope_and_offsets_are_found_again():
    true = RNG.normal(0, 2, (20_000, 3))
    classes = sampled(true)
    scores = 2.5 * (true - [0.0, 1.0, -0.5])
    slope, offsets = calibrate(scores, classes, np.ones(len(classes)))
    assert abs(slope - 0.4) < 0.02
    np.testing.assert_allclose(offsets - offsets[0], [0, 1, -0.5], atol=0.1)


def test_weights_count():
    scores = np.zeros((100, 2))
    classes = np.arange(100) % 2
    _, offsets = calibrate(scores, classes, np.where(classes == 1, 3.0, 1.0))
    np.testing.assert_allclose(softmax(offsets[None, :])[0], [0.25, 0.75], atol=1e-3)


def test_enormous_scores_do_not_overflow():
    np.testing.assert_allclose(softmax(np.array([[1e5, 0.0], [-1e5, -1e5]])), [[1, 0], [0.5, 0.5]])
