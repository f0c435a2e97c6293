"""The accuracy report: every figure of it is one that was measured."""

from __future__ import annotations

import json
import re

import accuracy
import corpora
import measuring
import numpy as np
import pytest
from provenance import Provenance

from misplaced.errors import CorpusError, UsageError
from misplaced.eval.baselines import centroid_distance
from misplaced.eval.benchmark import run
from misplaced.eval.comparison import Baseline, on_embeddings
from misplaced.labelled import read_labelled

BASELINES = (
    Baseline("distance", on_embeddings(centroid_distance)),
    Baseline("flags all", lambda document, rows: np.ones(len(rows)), rule=1.0),
)
ORIGIN = Provenance("2031-04-01", "abacus, 2 cores", (("Python", "3"),), "small 1", "d" * 64, "words", 0.5)


@pytest.fixture(scope="module")
def measured(quick_detector, data, tmp_path_factory):
    work = tmp_path_factory.mktemp("work")
    return measuring.figures(quick_detector, data, work, baselines=BASELINES, resamples=20)


def cells(text, first, section=""):
    """The cells of the table row that starts with `first`, after the heading that holds `section`."""
    after = text[text.index(section) :]
    row = next(line for line in after.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def report(measured, ablated=None, fragments=("## Errors\n\nRead by hand.\n",)):
    return accuracy.report(ORIGIN, {"wild-dev": "f" * 64}, measured, ablated, fragments)


class TestReport:
    def test_says_where_the_figures_come_from(self, measured):
        text = report(measured)
        for said in ("2031-04-01", "abacus, 2 cores", "d" * 64, "f" * 64, "small 1", "words"):
            assert said in text

    def test_figures_are_those_of_evaluate(self, measured, quick_detector, data):
        alone = run(quick_detector, corpora.frozen(data, "wild-dev"), resamples=20).model.metrics
        low, high = alone.intervals["ap"]
        row = cells(report(measured), "wild-dev")
        assert row[2] == f"{alone.ap:.3f} [{low:.2f}, {high:.2f}]"
        assert row[3:5] == [f"{alone.precision:.3f}", f"{alone.recall:.3f}"]
        assert row[8] == f"{alone.ece:.3f}"

    def test_baselines_stand_beside_the_model(self, measured):
        text = report(measured)
        section = "## Baselines"
        model, distance = cells(text, "**misplaced**", section), cells(text, "distance", section)
        assert model[1] == f"{measured.wild.model.metrics.ap:.3f}"
        assert distance[1] == f"{measured.wild.baseline.metrics.ap:.3f}"
        # No rule of its own: nothing is claimed at a threshold.
        assert distance[-2:] == ["-", "-"]
        assert cells(text, "flags all", section)[-1] == "1000.0"

    def test_hand_written_parts_are_taken_over_as_they_stand(self, measured):
        assert "\n## Errors\n\nRead by hand.\n" in report(measured)

    def test_tables_have_as_many_cells_in_every_row(self, measured):
        blocks = re.findall(r"(?:^\|.*\n)+", report(measured), flags=re.MULTILINE)
        assert len(blocks) >= 8
        for block in blocks:
            assert len({line.count("|") for line in block.splitlines()}) == 1, block

    def test_ablations(self, measured):
        figures = {
            "ap": 0.8,
            "ap_off_topic": 0.7,
            "ap_boilerplate": None,
            "recall_at_1pct_fp": 0.5,
            "f1": 0.6,
        }
        figures["false_flags_per_1000"] = 4.0
        rows = [
            {"without": "nothing", "columns": 0, "figures": {"wild-dev": figures}},
            {"without": "hinges", "columns": 60, "figures": {"wild-dev": figures | {"ap": 0.75}}},
        ]
        ablated = {
            "date": "2031-04-02",
            "encoder": "words",
            "every": 3,
            "benchmarks": ["wild-dev"],
            "rows": rows,
        }
        text = report(measured, ablated)
        assert "one article of 3" in text
        row = cells(text, "hinges")
        assert row[1:6] == ["60", "0.750", "+0.050", "0.700", "-"]
        assert "Not measured" in report(measured, None)


class TestMeasuring:
    def test_lengths_part_the_benchmark(self, measured):
        parts = measured.lengths["inserted-dev"]
        assert sum(p.coherent + p.foreign for p in parts) == measured.inserted.counted
        assert [p.name for p in parts] == ["4-6 paragraphs", "7-15 paragraphs"][-len(parts) :]

    def test_conditions_are_made_from_the_benchmark_and_measured_at_its_threshold(self, measured):
        by_name = {part.name: part for part in measured.conditions}
        dropped = by_name["wild-dev, titles dropped"]
        assert dropped.coherent + dropped.foreign == measured.wild.counted
        assert dropped.metrics.ap != measured.wild.model.metrics.ap
        assert {part.metrics.threshold for part in measured.conditions} == {0.5}
        wrapped = by_name["wild-dev, hard-wrapped, no blank lines"]
        assert wrapped.foreign + wrapped.run_together >= dropped.foreign
        local = by_name[corpora.LOCAL]
        assert local.documents > 100
        assert local.foreign > 150
        galleries = [part for name, part in by_name.items() if "gallery" in name]
        assert len(galleries) == 2
        assert all(0.3 < p.foreign / (p.foreign + p.coherent) < 0.4 for p in galleries)

    def test_articles_on_several_topics_are_counted_as_a_user_sees_them(self, small_detector, data):
        articles = list(read_labelled(corpora.frozen(data, "wild-dev")))
        found = measuring.multi_topic(small_detector, articles)
        assert (found.documents, found.coherent) == (1, articles[0].labels.count("coherent"))
        small_detector.threshold = 1e-9
        assert measuring.multi_topic(small_detector, articles).flagged == found.coherent


class TestCorpora:
    def test_fused_sentences_are_made_from_untouched_articles(self, data, tmp_path, measured):
        made = list(read_labelled(corpora.fused_sentences(data, tmp_path)))
        untouched = {a.id for a in read_labelled(corpora.frozen(data, "inserted-dev")) if a.kind == "clean"}
        assert {article.id for article in made} == untouched
        assert measured.fused.scored.foreign.any()

    def test_same_bytes_every_time(self, data, tmp_path):
        first, second = (corpora.derived(data, tmp_path / name) for name in "ab")
        assert list(first) == list(second)
        assert [p.read_bytes() for p in first.values()] == [p.read_bytes() for p in second.values()]
        blogs = [corpora.held_out_blogs(data, tmp_path / name).read_bytes() for name in "ab"]
        assert blogs[0] == blogs[1]

    def test_blogs_are_the_last_ones(self, data, tmp_path, monkeypatch):
        monkeypatch.setattr(corpora, "HELD_OUT_BLOGS", 5)
        made = list(read_labelled(corpora.held_out_blogs(data, tmp_path)))
        assert [article.id for article in made] == [f"a{n}" for n in range(35, 40)]
        assert {article.kind for article in made} <= {"random", "clean"}
        assert {article.form for article in made} <= {*corpora.PROSE_FORMS, None}

    def test_missing_benchmark_is_named(self, tmp_path):
        with pytest.raises(CorpusError, match=r"no wild-dev\.jsonl\.gz"):
            corpora.frozen(tmp_path, "wild-dev")


@pytest.mark.parametrize("content", ["", "[]", '{"rows": []}', json.dumps({"rows": [], "benchmarks": [1]})])
def test_broken_ablations_are_refused(content, tmp_path):
    path = tmp_path / "ablations.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"ablations\.json: not written by ablations\.py"):
        accuracy.read_ablations(path)


def test_fragments_are_there():
    assert all(fragment.startswith("## ") for fragment in accuracy.read_fragments())
