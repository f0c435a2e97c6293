from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.document import Document
from misplaced.errors import UsageError
from misplaced.report import Report, ScoredParagraph

shares = st.floats(0, 1)


def scored(index, coherence, off_topic, reasons=()):
    probabilities = {
        "coherent": coherence,
        "off_topic": off_topic,
        "boilerplate": 1 - coherence - off_topic,
    }
    return ScoredParagraph(index, "x", 0, 1, 1, coherence, "coherent", False, probabilities, reasons)


def report(*rows):
    document = Document.from_paragraphs(["x"] * len(rows))
    return Report(document, tuple(scored(i, *row) for i, row in enumerate(rows)), 0.5).rethreshold(0.5)


@given(st.lists(st.tuples(shares, shares), max_size=6), st.floats(0.001, 1))
def test_flagged_iff_foreignness_reaches_the_threshold(rows, threshold):
    judged = report(*((c, (1 - c) * share) for c, share in rows)).rethreshold(threshold)
    assert judged.threshold == threshold
    for paragraph in judged.paragraphs:
        assert paragraph.flagged == (1 - paragraph.coherence >= threshold)
        assert (paragraph.label == "coherent") == (not paragraph.flagged)
    assert judged.findings == tuple(p for p in judged.paragraphs if p.flagged)
    assert judged.flagged_ratio == (len(judged.findings) / len(rows) if rows else 0)


def test_the_label_of_a_flagged_paragraph_is_the_likelier_foreign_one():
    judged = report((0.4, 0.35, ("why",)), (0.4, 0.2), (0.45, 0.55), (0.6, 0.4))
    assert [p.label for p in judged.paragraphs] == ["off_topic", "boilerplate", "off_topic", "coherent"]
    assert [p.index for p in judged.findings] == [0, 1, 2]


def test_rethreshold_goes_back_and_forth_without_loss():
    first = report((0.4, 0.35, ("why",)), (0.9, 0.1))
    strict = first.rethreshold(1.0)
    assert strict.findings == ()
    assert strict.rethreshold(0.5) == first
    assert strict.paragraphs[0].reasons == ("why",)
    assert [p.flagged for p in first.rethreshold(0.1).paragraphs] == [True, False]
    assert [p.flagged for p in first.rethreshold(0.09).paragraphs] == [True, True]


@pytest.mark.parametrize("threshold", [0, -0.1, 1.01, math.nan, math.inf])
def test_thresholds_out_of_range_are_refused_by_name(threshold):
    with pytest.raises(UsageError, match=r"threshold .* out of range; give one above 0 and at most 1"):
        report((0.5, 0.5)).rethreshold(threshold)
