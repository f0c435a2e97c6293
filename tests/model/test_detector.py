"""The contract of the detector, over an encoder of plain words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from misplaced.detector import Detector
from misplaced.document import Document
from misplaced.errors import EncoderError, UsageError
from misplaced.report import LABELS

keep_fixtures = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
WORDS = st.sampled_from(["ferry", "Quay", "comet.", "READ MORE", "", " ", "Vines froze!", "🙂", "\ud800"])


def documents(articles, story):
    return [
        Document.from_paragraphs(story),
        Document.from_paragraphs([], title="Nothing"),
        Document.from_paragraphs(["", "Only one."]),
        *(Document.from_paragraphs(a["paragraphs"], title=a["title"]) for a in articles),
    ]


def test_an_obviously_foreign_paragraph_is_flagged_and_it_alone(small_detector, story):
    small_detector.threshold = 0.98  # a model of forty articles is in doubt about any new name
    report = small_detector.detect(Document.from_paragraphs(story))
    assert [p.index for p in report.findings] == [3]
    assert report.findings[0].label == "off_topic"


@keep_fixtures
@given(paragraphs=st.lists(WORDS, max_size=7), title=st.none() | WORDS)
def test_the_contract_holds_for_any_document(small_detector, paragraphs, title):
    document = Document.from_paragraphs(paragraphs, title=title)
    report = small_detector.detect(document)
    assert report.document is document
    assert [p.text for p in report.paragraphs] == paragraphs
    assert [p.index for p in report.paragraphs] == list(range(len(paragraphs)))
    assert report.threshold == small_detector.threshold
    filled = [p for p in paragraphs if p.strip()]
    assert report.too_short == (len(filled) < 3)
    for scored, source in zip(report.paragraphs, document.paragraphs, strict=True):
        assert (scored.start, scored.end, scored.line) == (source.start, source.end, source.line)
        assert list(scored.probabilities) == list(LABELS)
        assert sum(scored.probabilities.values()) == pytest.approx(1)
        assert 0 <= scored.coherence <= 1
        assert scored.coherence == scored.probabilities["coherent"]
        assert scored.flagged == (1 - scored.coherence >= report.threshold)
        assert not scored.flagged or scored.reasons
        if not source.content:
            assert (scored.coherence, scored.reasons) == (1.0, ())
        if report.too_short:
            assert scored.probabilities["off_topic"] == 0
    scores = small_detector.score(paragraphs, title)
    assert scores.dtype == np.float64
    assert scores.tolist() == [p.coherence for p in report.paragraphs]


def test_in_a_short_document_only_boilerplate_counts(small_detector):
    paragraphs = ["Striker Lino Vasko scored", "Advertisement"]
    document = Document.from_paragraphs(paragraphs)
    (raw,) = small_detector.probabilities([document])
    report = small_detector.detect(document)
    assert report.too_short
    assert raw[:, 1].min() > 0
    for paragraph, (coherent, off_topic, boilerplate) in zip(report.paragraphs, raw, strict=True):
        assert paragraph.coherence == pytest.approx(coherent + off_topic)
        assert paragraph.probabilities["boilerplate"] == pytest.approx(boilerplate)


def test_no_paragraphs_give_no_scores(small_detector):
    assert small_detector.score([]).shape == (0,)
    assert small_detector.detect("").paragraphs == ()


def test_text_is_divided_and_its_title_found(small_detector, story):
    text = "Ellmouth deepens its harbour\n\n" + "\n\n".join(story)
    report = small_detector.detect(text)
    assert report.document.title == "Ellmouth deepens its harbour"
    assert [p.text for p in report.paragraphs] == story
    least = min(report.paragraphs, key=lambda p: p.coherence)
    assert text[least.start : least.end] == least.text == story[3]


def test_the_title_matters(small_detector, story):
    without = small_detector.score(story)
    assert not np.allclose(without, small_detector.score(story, title="Comet seen"))
    np.testing.assert_array_equal(without, small_detector.score(story, title=" \n"))
    np.testing.assert_array_equal(without, small_detector.score(story, title=None))


@pytest.mark.parametrize("threshold", [0, -1, 1.5, float("nan")])
def test_the_threshold_is_checked_wherever_it_is_set(small_detector, threshold):
    with pytest.raises(UsageError, match="out of range"):
        small_detector.threshold = threshold
    d = small_detector
    with pytest.raises(UsageError, match="out of range"):
        Detector(d.encoder, d.classifier, d.weights, threshold)
    assert d.threshold == 0.5


@pytest.mark.parametrize("threshold", [0.25, 0.4, 0.9, 1.0])
def test_rethreshold_is_the_same_as_detecting_at_that_threshold(small_detector, articles, story, threshold):
    before = list(small_detector.detect_many(documents(articles, story)))
    small_detector.threshold = threshold
    after = list(small_detector.detect_many(documents(articles, story)))
    again = [report.rethreshold(threshold) for report in before]
    # Reasons reach down to half the threshold, and 0.25 is half of 0.5.
    assert [r.findings for r in again] == [r.findings for r in after]
    assert all(p.reasons for r in again for p in r.findings)


def test_many_documents_give_the_same_as_one_by_one(small_detector, articles, story):
    batch = documents(articles, story)
    many = list(small_detector.detect_many(batch))
    assert [r.document for r in many] == batch
    for report, document in zip(many, batch, strict=True):
        alone = [p.coherence for p in small_detector.detect(document).paragraphs]
        np.testing.assert_allclose([p.coherence for p in report.paragraphs], alone, atol=1e-6)


def test_documents_are_taken_as_they_are_needed(small_detector, articles):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            assert taken < 300, "read to its end before the first report"
            yield Document.from_paragraphs(articles[taken % 40]["paragraphs"])

    reports = small_detector.detect_many(endless())
    next(reports)
    first = taken
    assert first < 120  # the window that is judged and the one that is embedded meanwhile
    for _ in range(first):
        next(reports)
    assert first < taken <= 2 * first + 1
    reports.close()
    assert len(small_detector.encoder.calls) <= 4


def test_documents_share_batches_and_every_wording_is_embedded_once(small_detector, story):
    twice = [Document.from_paragraphs([*story, story[0], ""], title=story[1])] * 3
    list(small_detector.detect_many(twice))
    (texts,) = small_detector.encoder.calls
    assert len(texts) == len(set(texts))
    assert set(texts) == set(story)


def test_embeddings_may_be_given(small_detector, articles, story):
    batch = documents(articles, story)
    known = list(small_detector.embed(batch))
    assert [e.paragraphs.shape for e in known] == [(len(d.paragraphs), 24) for d in batch]
    assert known[0].title is None
    assert known[1].title.shape == (24,)
    fresh = list(small_detector.probabilities(batch))
    given_too = list(small_detector.probabilities(batch, embeddings=known))
    for one, other in zip(fresh, given_too, strict=True):
        np.testing.assert_array_equal(one, other)
    assert fresh[2][0].tolist() == [1, 0, 0]
    with pytest.raises(ValueError, match="zip"):
        list(small_detector.probabilities(batch, embeddings=known[:-1]))


def test_an_encoder_of_another_dimension_is_refused(small_detector):
    class Short:
        name, dimension = "short", 3

    with pytest.raises(EncoderError, match=r"classifier reads \d+ features, the encoder 'short' gives"):
        Detector(Short(), small_detector.classifier, small_detector.weights, 0.5)


def test_an_encoder_that_gives_too_few_rows_is_named(small_detector, story):
    encode = small_detector.encoder.encode
    small_detector.encoder.encode = lambda texts: encode(texts)[:-1]
    with pytest.raises(EncoderError, match="'words' gave an array of shape"):
        small_detector.score(story)
