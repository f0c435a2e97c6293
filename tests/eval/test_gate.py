"""Pins only tighten, and what falls behind them is named."""

from __future__ import annotations

import json

import pytest

from misplaced.errors import CorpusError
from misplaced.eval.benchmark import run
from misplaced.eval.gate import check, update, value_of
from misplaced.eval.pins import Gate, Pins, load_gate

DAY = "2024-05-01"


@pytest.fixture
def result(detector, mixed):
    """Precision, recall and F1 0.5, AP 5/6, 200 false flags per 1,000."""
    return run(detector, mixed, resamples=0)


def gate(result, floors=None, ceilings=None, epsilon=0.003, digest=None):
    return Gate(epsilon, {"mixed": Pins(digest or result.digest, floors or {}, ceilings or {})})


class TestCheck:
    @pytest.mark.parametrize(("floor", "passes"), [(0.4, True), (0.5029, True), (0.504, False)])
    def test_floor_with_epsilon(self, result, floor, passes):
        assert (check(gate(result, {"f1": floor}), [result]) == []) is passes

    @pytest.mark.parametrize(("ceiling", "passes"), [(200.0, True), (199.9, False)])
    def test_ceiling_without(self, result, ceiling, passes):
        assert (check(gate(result, None, {"false_flags_per_1000": ceiling}), [result]) == []) is passes

    def test_one_line_for_each_miss(self, result):
        misses = check(gate(result, {"ap": 0.9, "f1": 0.9, "recall": 0.1}, {"ece": 0.0}), [result])
        assert [miss.split()[:2] for miss in misses] == [
            ["mixed:", "ap"],
            ["mixed:", "f1"],
            ["mixed:", "ece"],
        ]
        assert "0.8333 is under its floor 0.9000" in misses[0]

    def test_other_articles_are_not_compared(self, result):
        (miss,) = check(gate(result, {"ap": 0.99}, digest="0" * 64), [result])
        assert "not the pinned articles" in miss

    def test_a_missing_benchmark_is_a_miss_unless_partial(self, result):
        (miss,) = check(gate(result), [])
        assert miss == "mixed: named in the gate but not measured"
        assert check(gate(result), [], partial=True) == []

    def test_a_metric_that_is_no_longer_defined_is_a_miss(self, result):
        (miss,) = check(gate(result, {"recall_at_1pct_fp.gone": 0.1}), [result])
        assert "undefined" in miss

    def test_recall_on_one_kind(self, result):
        # The clean article's highest score is 0.6: topic (0.9) is above, date (0.4) under it.
        assert value_of(result, "recall_at_1pct_fp.topic") == 1.0
        assert (
            len(
                check(gate(result, {"recall_at_1pct_fp.topic": 1.0, "recall_at_1pct_fp.date": 0.5}), [result])
            )
            == 1
        )


class TestUpdate:
    def test_what_it_pins_passes(self, result):
        fresh, loosened = update(None, [result], date=DAY)
        assert loosened == []
        assert check(fresh, [result]) == []
        pins = fresh.benchmarks["mixed"]
        assert pins.digest == result.digest
        assert pins.floors["ap"] == 0.8333
        assert pins.floors["recall_at_1pct_fp.topic"] == 1.0
        # Five coherent paragraphs: one more flag is 200 of 1,000; three clean ones: 333.
        assert pins.ceilings["false_flags_per_1000"] == 400.0
        assert pins.ceilings["false_flags_per_1000_clean"] == 666.6667

    def test_floors_rise_and_ceilings_fall(self, result):
        updated, loosened = update(
            gate(result, {"ap": 0.5}, {"false_flags_per_1000": 900.0}), [result], date=DAY
        )
        assert loosened == []
        assert updated.benchmarks["mixed"].floors == {"ap": 0.8333}
        assert updated.benchmarks["mixed"].ceilings == {"false_flags_per_1000": 400.0}

    def test_within_epsilon_a_floor_stays(self, result):
        updated, loosened = update(gate(result, {"f1": 0.502}), [result], date=DAY)
        assert loosened == []
        assert updated.benchmarks["mixed"].floors == {"f1": 0.502}

    def test_again_and_again_nothing_creeps(self, result):
        once, _ = update(None, [result], date=DAY)
        twice, loosened = update(once, [result], date=DAY)
        assert (twice, loosened) == (once, [])

    def test_loosening_is_told_and_recorded(self, result):
        updated, loosened = update(
            gate(result, {"ap": 0.9}, {"false_flags_per_1000": 100.0}),
            [result],
            date=DAY,
            reason="new labels",
        )
        assert [(change.pin, change.before, change.after) for change in loosened] == [
            ("ap", 0.9, 0.8333),
            ("false_flags_per_1000", 100.0, 400.0),
        ]
        assert updated.lowered == tuple(loosened)
        assert {(change.date, change.reason, change.benchmark) for change in loosened} == {
            (DAY, "new labels", "mixed")
        }

    def test_other_articles_are_a_loosening(self, result):
        updated, loosened = update(gate(result, {"ap": 0.1}, digest="0" * 64), [result], date=DAY)
        assert [change.pin for change in loosened] == ["digest"]
        assert updated.benchmarks["mixed"].digest == result.digest

    def test_a_metric_that_is_gone_is_a_loosening(self, result):
        updated, (change,) = update(gate(result, {"recall_at_1pct_fp.gone": 0.1}), [result], date=DAY)
        assert change.after is None
        assert updated.benchmarks["mixed"].floors == {}

    def test_benchmarks_not_run_stay(self, result):
        other = Pins("1" * 64, {"ap": 0.7}, {})
        updated, _ = update(Gate(0.003, {"other": other}), [result], date=DAY)
        assert updated.benchmarks["other"] == other


class TestFile:
    def test_round_trip(self, result, tmp_path):
        path = tmp_path / "gate.json"
        written, _ = update(gate(result, {"ap": 0.99}), [result], date=DAY, reason="why")
        path.write_text(written.as_json(), encoding="utf-8")
        assert load_gate(path) == written
        assert json.loads(path.read_text())["schema"] == 1

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "[]",
            '{"schema": 2, "benchmarks": {}}',
            '{"schema": 1}',
            '{"schema": 1, "benchmarks": []}',
            '{"schema": 1, "benchmarks": {"x": {}}}',
            '{"schema": 1, "benchmarks": {"x": 3}}',
            '{"schema": 1, "benchmarks": {"x": {"digest": "1", "floors": {"beauty": 1}}}}',
            '{"schema": 1, "benchmarks": {"x": {"digest": "1", "floors": {"ap": "high"}}}}',
            '{"schema": 1, "benchmarks": {"x": {"digest": "1", "ceilings": {"ece": NaN}}}}',
            '{"schema": 1, "benchmarks": {"x": {"digest": 1}}}',
            '{"schema": 1, "epsilon": null, "benchmarks": {}}',
            '{"schema": 1, "benchmarks": {}, "lowered": [{"when": "today"}]}',
        ],
    )
    def test_what_is_no_gate_file_is_refused_by_name(self, tmp_path, content):
        path = tmp_path / "gate.json"
        path.write_text(content)
        with pytest.raises(CorpusError, match=r"gate\.json: not a gate file"):
            load_gate(path)

    def test_missing(self, tmp_path):
        with pytest.raises(CorpusError, match="--gate-update"):
            load_gate(tmp_path / "none.json")
