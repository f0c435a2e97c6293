"""Fitting on labelled documents: what is learned, held out and refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from misplaced.classifier import CLASSES, Classifier
from misplaced.errors import CorpusError, UsageError
from misplaced.features import matrix
from misplaced.features.terms import TermWeights
from misplaced.labelled import LabelledDocument, read_labelled
from misplaced.training import fitting
from misplaced.training.classes import class_numbers
from misplaced.training.embedding import CachedEncoder
from misplaced.training.fitting import FitSettings, fit
from misplaced.training.pipeline import table_folds
from misplaced.training.table import tabulate

LONG = "This sentence has more than a few words and it ends with a stop."


@pytest.fixture
def documents(labelled_file):
    return list(read_labelled(labelled_file))


@pytest.fixture
def cached(word_encoder):
    return CachedEncoder(word_encoder, "words", None)


def document(paragraphs, labels, name="d", title=None):
    return LabelledDocument(name, title, tuple(paragraphs), tuple(labels), None, None, None, 1)


def table_of(corpora, encoder):
    return tabulate(corpora, encoder, TermWeights.count([]), track=lambda it, total, what: it)


@pytest.mark.parametrize(
    ("label", "text", "name"),
    [
        ("coherent", LONG, "prose"),
        ("coherent", "A line", "line"),
        ("coherent", "word " * 26, "prose"),
        ("off_topic", LONG, "foreign prose"),
        ("off_topic", "READ MORE", "pointer"),
        ("boilerplate", LONG, "furniture"),
        ("boilerplate", "Share", "furniture"),
        ("caption", "A ship", "caption or note"),
        ("meta", LONG, "caption or note"),
        ("ignore", LONG, None),
    ],
)
def test_classes_follow_from_label_and_shape(word_encoder, label, text, name):
    content = " ".join(text.split())
    rows = matrix.compute([content], word_encoder.encode([content]), None, None, TermWeights.count([])).matrix
    (number,) = class_numbers(rows, [label])
    assert number == (-1 if name is None else [n for n, _ in CLASSES].index(name))


def test_the_table_leaves_out_what_is_ignored_or_empty(cached):
    one = document([LONG, "", "Share", LONG + " x"], ["coherent", "coherent", "boilerplate", "ignore"], "a")
    empty = document(["", " "], ["coherent", "coherent"], "b")
    bare = document([], [], "c")
    table = table_of({"x": [one, empty, bare], "y": [one]}, cached)
    assert table.matrix.shape == (4, len(matrix.names(24)))
    assert [CLASSES[n][0] for n in table.classes] == ["prose", "furniture"] * 2
    assert table.corpora.tolist() == [0, 0, 1, 1]
    assert len(set(table.groups)) == 1  # the same article in two corpora


def test_no_paragraphs_to_train_on(cached):
    with pytest.raises(CorpusError, match="no labelled paragraphs"):
        table_of({"x": [document([""], ["coherent"])]}, cached)


def test_every_text_is_embedded_once(documents, cached, word_encoder):
    table_of({"a": documents, "b": documents}, cached)
    texts = [text for call in word_encoder.calls for text in call]
    assert len(texts) == len(set(texts))


def test_folds_never_part_an_article(documents, cached):
    table = table_of({"a": documents, "b": documents[:20]}, cached)
    folds = table_folds(table, fitting.FOLDS, 0)
    assert len(folds) == fitting.FOLDS
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(table.classes)))
    for train, test in folds:
        assert not set(table.groups[train]) & set(table.groups[test])
        assert set(table.classes[train]) == set(range(len(CLASSES)))


def test_the_fit_tells_foreign_paragraphs_from_others(small_fit, documents):
    figures = small_fit.figures["labelled"]
    labels = [label for d in documents for label in d.labels]
    assert figures.foreign == sum(label in {"off_topic", "boilerplate"} for label in labels)
    assert figures.average_precision > 0.8
    assert 0.05 <= small_fit.threshold <= 0.999
    assert figures.false_flags <= 20


def test_the_same_seed_gives_the_same_fit(documents, word_encoder):
    def fitted(seed):
        encoder = CachedEncoder(word_encoder, "words", None)
        chosen = FitSettings(regularisation=0.1, seed=seed)
        return Classifier.from_pipeline(fit({"a": documents}, encoder, chosen).pipeline)

    one, same, other = fitted(0), fitted(0), fitted(1)
    np.testing.assert_array_equal(one.weights, same.weights)
    assert not np.array_equal(one.weights, other.weights)


def test_the_weight_of_a_corpus_counts(documents, cached):
    # In the second corpus, foreign text counts as coherent.
    wrong = [dataclasses.replace(d, labels=("coherent",) * len(d.labels)) for d in documents]

    def learned(corpora, **weights):
        chosen = FitSettings(0.0005, 100, corpus_weights=weights)
        return Classifier.from_pipeline(fit(corpora, cached, chosen).pipeline).weights.ravel()

    alone = learned({"good": documents})
    both = {"good": documents, "wrong": wrong}
    ignored, trusted = learned(both, wrong=1e-6), learned(both)
    assert np.corrcoef(alone, ignored)[0, 1] > 0.98
    assert np.corrcoef(alone, trusted)[0, 1] < 0.97


def test_too_few_examples_are_named(cached, documents):
    with pytest.raises(CorpusError, match="fewer than 4 articles hold coherent paragraphs") as caught:
        fit({"a": documents[:3]}, cached, FitSettings())
    assert "misplaced corrupt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_corpora_without_lines_captions_and_furniture_make_a_model(cached, documents):
    # What 'misplaced corrupt' makes of unlabelled articles: prose and foreign prose alone.
    bare = [
        dataclasses.replace(
            d,
            paragraphs=tuple(p.rstrip(".!?") + "." for p in d.paragraphs),
            labels=tuple("off_topic" if label == "off_topic" else "coherent" for label in d.labels),
        )
        for d in documents
    ]

    fitted = fit({"a": bare}, cached, FitSettings(0.01, 100))

    classifier = Classifier.from_pipeline(fitted.pipeline)
    table = tabulate({"a": bare}, cached, fitted.weights, track=lambda items, total, what: items)
    assert set(table.classes) == {0, 4}
    probabilities = classifier.probabilities(table.matrix)
    assert np.all(probabilities[:, 2] < 1e-9)  # nothing is boilerplate
    foreign = table.classes == 4
    assert probabilities[foreign, 1].mean() > probabilities[~foreign, 1].mean() + 0.2


def test_progress_is_shown_of_every_step(documents, cached):
    shown = []

    def track(iterable, total, what):
        items = list(iterable)
        shown.append((what, total))
        assert len(items) == total
        return items

    fit({"a": documents}, cached, FitSettings(), track=track)
    steps = ["embedding", "features of a", "fitting folds", "titles", "topics"]
    assert [what for what, _ in shown] == steps


@pytest.mark.parametrize(
    "wrong",
    [
        {"regularisation": 0},
        {"regularisation": float("nan")},
        {"regularisation": float("inf")},
        {"most_false_flags": -1},
        {"most_false_flags": 1001},
        {"seed": -1},
    ],
)
def test_settings_are_checked(wrong):
    with pytest.raises(UsageError, match="out of range; give"):
        FitSettings(**wrong)
