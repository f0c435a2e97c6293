"""What is said of a document as a whole, and what follows from it for its paragraphs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced import title, topics
from misplaced.document import Document
from misplaced.logistic import Logistic
from misplaced.report import Statement
from misplaced.statements import TOPIC_DISCOUNT, StatementModel, discount_off_topic

shares = st.floats(0, 1)


def logistic(names, intercept, **weights):
    return Logistic({name: weights.get(name, 0.0) for name in names}, intercept)


#: A title is foreign where hardly any of its words are in the body.
SEEN = logistic(title.NAMES, 10.0, words_seen=-40.0)
#: Several topics where paragraphs differ; always; never.
ALWAYS, NEVER = logistic(topics.NAMES, 50.0), logistic(topics.NAMES, -50.0)


@pytest.fixture
def judging(small_detector):
    def judging(**known):
        small_detector.statements = StatementModel(**known)
        return small_detector

    return judging


@pytest.fixture
def article(articles):
    return Document.from_paragraphs(articles[0]["paragraphs"], title=str(articles[0]["title"]))


@pytest.fixture
def mistitled(article):
    return replace(article, title="Striker Vasko wins the handball cup final")


def test_a_foreign_title_is_said_and_its_own_is_not(judging, article, mistitled):
    detector = judging(title=SEEN)
    foreign, own = detector.detect_many([mistitled, article])
    assert foreign.title_mismatch
    assert foreign.title_fit < 0.5 < own.title_fit
    assert not own.title_mismatch
    assert not foreign.multi_topic


def test_under_a_foreign_title_paragraphs_are_judged_without_it(judging, mistitled):
    untitled = replace(mistitled, title=None)
    plain = judging().detect(mistitled)
    said, without = judging(title=SEEN).detect_many([mistitled, untitled])
    assert [p.probabilities for p in said.paragraphs] == [p.probabilities for p in without.paragraphs]
    assert [p.reasons for p in said.paragraphs] == [p.reasons for p in without.paragraphs]
    assert [p.coherence for p in said.paragraphs] != [p.coherence for p in plain.paragraphs]
    assert said.document.title == mistitled.title


def test_a_fitting_title_changes_nothing(judging, article):
    plain, said = judging().detect(article), judging(title=SEEN, topics=NEVER).detect(article)
    assert said.paragraphs == plain.paragraphs
    assert plain.statement == Statement()


@pytest.mark.parametrize("paragraphs", [[], ["One line."], ["One line.", "", "Another."]])
def test_nothing_is_said_of_short_documents(judging, paragraphs):
    document = Document.from_paragraphs(paragraphs, title="Quite another thing")
    assert judging(title=SEEN, topics=ALWAYS).detect(document).statement == Statement()


def test_nothing_is_said_of_a_title_that_is_not_there(judging, article):
    report = judging(title=SEEN).detect(replace(article, title=None))
    assert report.title_fit is None
    assert not report.title_mismatch


def test_several_topics_make_off_topic_findings_harder(judging, story):
    document = Document.from_paragraphs(story)
    plain, several = judging().detect(document), judging(topics=ALWAYS).detect(document)
    assert several.multi_topic
    assert not plain.multi_topic
    for before, after in zip(plain.paragraphs, several.paragraphs, strict=True):
        assert after.probabilities["boilerplate"] == before.probabilities["boilerplate"]
        odds = [p.probabilities["off_topic"] / p.probabilities["coherent"] for p in (before, after)]
        assert odds[1] == pytest.approx(odds[0] / TOPIC_DISCOUNT, rel=1e-6)
    highest = max(1 - p.coherence for p in plain.paragraphs)
    assert plain.rethreshold(highest).findings
    assert not several.rethreshold(highest).findings


def test_the_title_of_several_topics_is_never_foreign(judging, mistitled):
    report = judging(title=SEEN, topics=ALWAYS).detect(mistitled)
    assert report.title_fit < 0.5
    assert not report.title_mismatch


def test_probabilities_agree_with_the_reports(judging, mistitled, story):
    documents = [mistitled, Document.from_paragraphs(story)]
    detector = judging(title=SEEN, topics=ALWAYS)
    for rows, report in zip(detector.probabilities(documents), detector.detect_many(documents), strict=True):
        assert rows[:, 0].tolist() == [p.coherence for p in report.paragraphs]


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=5))
def test_the_discount_moves_mass_from_off_topic_to_coherent_only(given_shares):
    rows = np.array([(c * (1 - b), (1 - c) * (1 - b), b) for c, b in given_shares])
    found = discount_off_topic(rows)
    np.testing.assert_allclose(found.sum(axis=1), rows.sum(axis=1))
    np.testing.assert_array_equal(found[:, 2], rows[:, 2])
    assert (found[:, 0] >= rows[:, 0] - 1e-12).all()
    assert (found >= 0).all()


def test_what_is_recorded_is_read():
    model = StatementModel(SEEN, ALWAYS)
    assert StatementModel.parse(model.record()) == model
    assert StatementModel.parse({}) == StatementModel()
    assert StatementModel.parse(StatementModel(topics=NEVER).record()).title is None
    with pytest.raises(ValueError, match="'topics' weighs other measures"):
        StatementModel.parse({"topics": SEEN.record()})
