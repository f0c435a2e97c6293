"""Metrics against hand-computed cases and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score, roc_curve

from misplaced.eval import metrics
from misplaced.eval.bootstrap import intervals
from misplaced.eval.calibration import calibration_error
from misplaced.eval.scored import Scored


def scored(scores, labels, documents=None, kinds=None, forms=None) -> Scored:
    n = len(scores)
    return Scored(
        np.array(scores, dtype=np.float64),
        np.array(labels, dtype=np.str_),
        np.array(range(n) if documents is None else documents, dtype=np.int64),
        np.array([""] * n if kinds is None else kinds, dtype=np.str_),
        np.array([""] * n if forms is None else forms, dtype=np.str_),
    )


def generated(seed: int = 3, documents: int = 40) -> Scored:
    rng = np.random.default_rng(seed)
    n = documents * 10
    labels = rng.choice(["coherent", "off_topic", "boilerplate"], n, p=[0.8, 0.1, 0.1])
    # Two decimals: ties occur.
    scores = np.clip(np.round(rng.normal(0.3 + 0.3 * (labels != "coherent"), 0.2), 2), 0, 1)
    kinds = np.repeat(rng.choice(["clean", "topic"], documents), 10)
    return scored(scores, labels, np.repeat(np.arange(documents), 10), kinds)


class TestWholeBenchmark:
    case = scored(
        [0.9, 0.8, 0.7, 0.2, 0.1],
        ["off_topic", "coherent", "boilerplate", "coherent", "coherent"],
        kinds=["a", "clean", "a", "clean", "a"],
    )

    def test_average_precision_by_hand(self):
        # Foreign at ranks 1 and 3: (1/1 + 2/3) / 2.
        assert metrics.measure(self.case, 0.5).ap == pytest.approx(5 / 6)

    def test_average_precision_of_one_label_leaves_the_other_out(self):
        found = metrics.measure(self.case, 0.5)
        assert found.ap_off_topic == pytest.approx(1.0)
        # Without the off_topic paragraph the boilerplate one is second of four.
        assert found.ap_boilerplate == pytest.approx(1 / 2)

    def test_at_threshold_by_hand(self):
        found = metrics.measure(self.case, 0.75)
        assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
        assert found.false_flags_per_1000 == pytest.approx(1000 / 3)
        assert found.false_flags_per_1000_clean == pytest.approx(500)

    def test_a_score_on_the_threshold_is_flagged(self):
        assert metrics.measure(self.case, 0.9).recall == 0.5

    def test_best_f1_and_its_threshold(self):
        found = metrics.measure(self.case, 0.95)
        assert found.best_f1 == pytest.approx(4 / 5)
        assert found.best_f1_threshold == pytest.approx(0.7)

    def test_without_a_threshold_the_best_one_is_used(self):
        found = metrics.measure(self.case, None)
        assert found.threshold == pytest.approx(0.7)
        assert found.f1 == pytest.approx(found.best_f1)

    def test_agrees_with_scikit_learn(self):
        case = generated()
        found = metrics.measure(case, 0.5)
        flagged = case.score >= 0.5
        assert found.ap == pytest.approx(average_precision_score(case.foreign, case.score))
        assert found.precision == pytest.approx(precision_score(case.foreign, flagged))
        assert found.recall == pytest.approx(recall_score(case.foreign, flagged))
        assert found.f1 == pytest.approx(f1_score(case.foreign, flagged))


class TestRecallAtFalsePositiveRate:
    @pytest.mark.parametrize(("coherent", "caught"), [(99, 0), (100, 1), (199, 1), (200, 2), (300, 3)])
    def test_one_in_a_hundred_may_be_passed(self, coherent, caught):
        # Foreign scores lie between the highest coherent ones: each false positive lets one more in.
        scores = [float(-i) for i in range(coherent)] + [-0.5, -1.5, -2.5, -3.5]
        labels = ["coherent"] * coherent + ["off_topic"] * 4
        assert metrics.measure(scored(scores, labels), 0.5).recall_at_1pct_fp == caught / 4

    def test_rate_is_taken_on_clean_documents_where_there_are_any(self):
        scores, labels = [0.9, 0.1, 0.5], ["coherent", "coherent", "off_topic"]
        assert (
            metrics.measure(scored(scores, labels, kinds=["x", "clean", "x"]), 0.5).recall_at_1pct_fp == 1.0
        )
        assert metrics.measure(scored(scores, labels, kinds=["x", "y", "x"]), 0.5).recall_at_1pct_fp == 0.0

    def test_agrees_with_the_roc_curve(self):
        case = generated(documents=60)
        used = case.where(case.foreign | case.reference)
        rate, recall, _ = roc_curve(used.foreign, used.score, drop_intermediate=False)
        assert metrics.measure(case, 0.5).recall_at_1pct_fp == pytest.approx(recall[rate <= 0.01].max())

    def test_equal_scores_do_not_slip_past_the_rate(self):
        case = scored([0.5] * 100 + [0.5], ["coherent"] * 100 + ["off_topic"])
        assert metrics.measure(case, 0.5).recall_at_1pct_fp == 0.0


class TestSlices:
    case = scored(
        [0.9, 0.2, 0.8, 0.6, 0.1],
        ["off_topic", "coherent", "coherent", "boilerplate", "coherent"],
        documents=[0, 0, 1, 2, 2],
        kinds=["topic", "topic", "clean", "date", "date"],
        forms=["run", "run", "", "run", "run"],
    )

    def test_by_kind(self):
        found = metrics.slices(self.case, 0.5, "kind")
        assert list(found) == ["clean", "date", "topic"]
        assert (found["topic"].documents, found["topic"].coherent, found["topic"].foreign) == (1, 1, 1)
        assert found["clean"].ap is None
        assert found["clean"].false_flags_per_1000 == 1000.0
        # The rate comes from the clean document of the whole benchmark: 0.8.
        assert found["topic"].recall_at_1pct_fp == 1.0
        assert found["date"].recall_at_1pct_fp == 0.0
        assert found["date"].recall == 1.0

    def test_documents_without_a_form_are_in_none(self):
        assert {name: part.documents for name, part in metrics.slices(self.case, 0.5, "form").items()} == {
            "run": 2
        }

    def test_by_label_keeps_all_coherent_paragraphs(self):
        found = metrics.slices(self.case, 0.5, "label")
        assert {name: (part.coherent, part.foreign) for name, part in found.items()} == {
            "boilerplate": (3, 1),
            "off_topic": (3, 1),
        }
        assert found["boilerplate"].ap == pytest.approx(0.5)


class TestCalibration:
    def test_by_hand(self):
        # Bins of a fifteenth: 0.01 and 0.05 share one (mean 0.03, none foreign); 0.9 is in another
        # (0.9, all foreign): (2/3) 0.03 + (1/3) 0.1.
        case = scored([0.01, 0.05, 0.9], ["coherent", "coherent", "off_topic"])
        assert calibration_error(case) == pytest.approx(2 / 3 * 0.03 + 1 / 3 * 0.1)

    def test_the_ends_have_bins(self):
        assert calibration_error(scored([0.0, 1.0], ["coherent", "boilerplate"])) == 0.0
        assert calibration_error(scored([1.0, 0.0], ["coherent", "boilerplate"])) == 1.0

    def test_distances_have_none(self):
        assert metrics.measure(generated(), None, calibrated=False).ece is None


class TestDegenerate:
    def test_nothing(self):
        found = metrics.measure(scored([], []), 0.5)
        assert all(
            getattr(found, name) is None for name in found.__slots__ if name not in ("threshold", "intervals")
        )
        assert metrics.slices(scored([], []), 0.5, "kind") == {}

    def test_nothing_foreign(self):
        found = metrics.measure(scored([0.1, 0.7], ["coherent", "coherent"]), 0.5)
        assert (found.ap, found.recall, found.f1, found.best_f1, found.recall_at_1pct_fp) == (None,) * 5
        assert found.precision == 0.0
        assert found.false_flags_per_1000 == 500.0

    def test_nothing_coherent(self):
        found = metrics.measure(scored([0.1, 0.7], ["off_topic", "off_topic"]), 0.5)
        assert (found.ap, found.precision, found.recall) == (1.0, 1.0, 0.5)
        assert (found.false_flags_per_1000, found.recall_at_1pct_fp) == (None, None)

    def test_nothing_flagged(self):
        found = metrics.measure(scored([0.1, 0.2], ["coherent", "off_topic"]), 0.5)
        assert (found.precision, found.recall, found.f1) == (None, 0.0, 0.0)

    @pytest.mark.parametrize(
        "case", [scored([], []), scored([0.4], ["coherent"]), scored([0.4], ["off_topic"])]
    )
    def test_intervals_of_undefined_metrics_are_left_out(self, case):
        found = intervals(case, 0.5, resamples=20, seed=0)
        defined = metrics.measure(case, 0.5)
        assert set(found) == {
            name
            for name in ("ap", "ap_off_topic", "precision", "recall", "f1", "false_flags_per_1000")
            if getattr(defined, name) is not None
        }


class TestIntervals:
    def test_one_document_resampled_is_itself(self):
        # With a single document every resample is the benchmark: the intervals are the values.
        case = generated()
        case = scored(
            case.score, case.label, documents=[0] * len(case.score), kinds=["clean"] * len(case.score)
        )
        found, values = intervals(case, 0.5, resamples=5, seed=0), metrics.measure(case, 0.5)
        assert len(found) == 9
        for name, interval in found.items():
            assert interval == pytest.approx((getattr(values, name),) * 2), name

    def test_seeded(self):
        case = generated()
        assert intervals(case, 0.5, resamples=40, seed=1) == intervals(case, 0.5, resamples=40, seed=1)
        assert intervals(case, 0.5, resamples=40, seed=1) != intervals(case, 0.5, resamples=40, seed=2)

    def test_none_asked_for(self):
        assert intervals(generated(), 0.5, resamples=0, seed=0) == {}

    def test_more_documents_narrow_them(self):
        low, high = intervals(generated(documents=20), 0.5, resamples=200, seed=0)["ap"]
        closer_low, closer_high = intervals(generated(documents=320), 0.5, resamples=200, seed=0)["ap"]
        assert (closer_high - closer_low) < 0.6 * (high - low)
        assert closer_low < metrics.measure(generated(documents=320), 0.5).ap < closer_high

    def test_whole_documents_are_drawn(self):
        # Twenty copies of the same paragraph in one article are one observation, not twenty.
        scores, labels = [0.9] * 20 + [0.1] * 20, ["off_topic"] * 40
        together = scored(scores, labels, documents=[0] * 20 + [1] * 20)
        assert intervals(together, 0.5, resamples=200, seed=0)["recall"] == (0.0, 1.0)
        low, high = intervals(scored(scores, labels), 0.5, resamples=200, seed=0)["recall"]
        assert low > 0.2
        assert high < 0.8


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["coherent", "off_topic", "boilerplate"])),
        min_size=1,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_order_of_paragraphs_does_not_matter(rows, random):
    def of(rows):
        return metrics.measure(scored([score / 20 for score, _ in rows], [label for _, label in rows]), 0.5)

    shuffled = list(rows)
    random.shuffle(shuffled)
    found, again = of(rows), of(shuffled)
    for name in found.__slots__:
        assert getattr(again, name) == pytest.approx(getattr(found, name)), name
        value = getattr(found, name)
        if isinstance(value, float) and not name.startswith("false_flags"):
            assert 0.0 <= value <= 1.0
