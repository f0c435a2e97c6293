"""What is said of documents as a whole, learned from articles of invented words and vectors."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pytest

from misplaced import topics
from misplaced.document import fold
from misplaced.features.terms import Terms, TermWeights
from misplaced.labelled import LabelledDocument
from misplaced.statements import StatementModel
from misplaced.training.digests import Body, compose
from misplaced.training.split import is_held_out
from misplaced.training.statements import MIN_DOCUMENTS, fit_statements
from misplaced.training.titles import title_pairs

DIMENSION = 16


def unit(row):
    return (row / np.linalg.norm(row)).astype(np.float32)


class World:
    """Articles on a subject each: a direction, and words of its own."""

    def __init__(self, count, seed=0):
        self.rng = np.random.default_rng(seed)
        self.vectors = {}
        self.documents = [self.article(number) for number in range(count)]
        self.weights = TermWeights.count(fold(p) for d in self.documents for p in d.paragraphs)

    def article(self, number, **changes):
        subject = unit(self.rng.standard_normal(DIMENSION))
        paragraphs = tuple(
            " ".join([f"Subject{'abcdefgh'[part]} of", *self.words(number, 12)]) + "." for part in range(8)
        )
        title = " ".join(["Of", *self.words(number, 4)])
        for text in (title, *paragraphs):
            self.vectors[text] = unit(subject + 0.5 * self.rng.standard_normal(DIMENSION) / DIMENSION**0.5)
        found = LabelledDocument(
            f"a{number}", title, paragraphs, ("coherent",) * 8, "clean", None, None, number
        )
        return dataclasses.replace(found, **changes)

    def words(self, number, count):
        """Words that no other article has: a number, spelled."""
        stem = "".join("bdfglmnprst"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))
        return [stem + "aeioumnlr"[place] for place in self.rng.integers(0, 9, count)]

    def judged(self, model, document):
        contents = [fold(p) for p in document.paragraphs]
        rows = np.stack([self.vectors[content] for content in contents])
        terms = [Terms.of(content) for content in contents]
        title = document.title
        return model.judge(contents, terms, rows, title, self.vectors[title] if title else None, self.weights)


def fitted(world, documents=None, **corpora):
    corpora = corpora or {"a": world.documents if documents is None else documents}
    return fit_statements(corpora, world.vectors, world.weights, track=lambda items, total, what: items)


@pytest.fixture(scope="module")
def world():
    return World(120)


@pytest.fixture(scope="module")
def model(world):
    return fitted(world)


def test_titles_of_others_are_told_from_ones_own(world, model):
    fresh = World(120, seed=0).documents  # the same articles
    swapped = [dataclasses.replace(d, title=fresh[i - 1].title) for i, d in enumerate(fresh)]
    foreign = [world.judged(model, d) for d in swapped]
    own = [world.judged(model, d) for d in fresh]
    assert np.mean([s.title_mismatch for s in foreign]) > 0.9
    assert not any(s.title_mismatch for s in own)
    assert all(s.title_mismatch == (s.title_fit < 0.5) for s in (*foreign, *own))


def test_digests_are_told_from_articles(world, model):
    sections = [
        dataclasses.replace(
            world.documents[i],
            paragraphs=sum((world.documents[i + step].paragraphs[:3] for step in range(4)), ()),
        )
        for i in range(0, 100, 4)
    ]
    assert np.mean([world.judged(model, d).multi_topic for d in sections]) > 0.9
    assert not any(world.judged(model, d).multi_topic for d in world.documents)


def test_figures_are_those_of_documents_that_were_held_out(model):
    for logistic, found in ((model.title, "found_random"), (model.topics, "found_composed")):
        assert logistic.figures["documents"] == 120
        assert logistic.figures["false_statements"] <= 0.01
        assert logistic.figures[found] > 0.8


def test_the_model_can_be_written_into_a_manifest(model):
    assert StatementModel.parse(json.loads(json.dumps(model.record()))) == model


def test_the_same_seed_gives_the_same_model(world, model):
    assert fitted(world) == model


def test_an_article_in_several_corpora_is_one_article(world):
    twice = fitted(world, a=world.documents, b=world.documents)
    assert twice.title.figures["documents"] == 120
    assert twice.topics.figures["documents"] == 240  # every variant may look like several topics


def test_articles_read_as_having_several_topics_teach_and_are_measured(world):
    real = [dataclasses.replace(d, kind="multi") if i < 12 else d for i, d in enumerate(world.documents)]
    model = fitted(world, real)
    assert model.topics.figures["documents"] == 108
    assert "found_multi" in model.topics.figures
    assert "found_multi" not in fitted(world).topics.figures


def test_articles_that_the_encoder_was_tuned_on_are_left_out(world):
    sites = [dataclasses.replace(d, site=f"site {i}") for i, d in enumerate(world.documents)]
    corpora = {"a": sites}
    kept = [d for d in sites if is_held_out(d.site, 0.6)]
    assert MIN_DOCUMENTS <= len(kept) < 100
    found = fit_statements(corpora, world.vectors, world.weights, held_out=0.6, track=lambda i, n, w: i)
    assert found == fitted(world, kept)
    assert found.title.figures["documents"] == len(kept)


def test_a_statement_is_made_of_hardly_any_document_under_its_own_title(world):
    # In every tenth article, what passes for its own title belongs elsewhere.
    heads = [d.title for d in world.documents]
    noisy = [
        dataclasses.replace(d, title=heads[i - 7]) if i % 10 == 0 else d
        for i, d in enumerate(world.documents)
    ]
    model = fitted(world, noisy)
    assert model.title.figures["false_statements"] == 0
    assert sum(world.judged(model, d).title_mismatch for d in noisy) <= 2


def test_too_few_documents_make_no_statement(world):
    few = fitted(world, world.documents[: MIN_DOCUMENTS - 1])
    assert few == StatementModel()
    untitled = fitted(world, [dataclasses.replace(d, title=None) for d in world.documents])
    assert untitled.title is None
    assert untitled.topics is not None
    short = fitted(
        world,
        [dataclasses.replace(d, paragraphs=d.paragraphs[:3], labels=d.labels[:3]) for d in world.documents],
    )
    assert short.title is not None
    assert short.topics is None


def test_one_story_under_many_heads_teaches_nothing_of_titles(world):
    same = [dataclasses.replace(d, title=world.documents[0].title) for d in world.documents]
    assert fitted(world, same).title is None


def test_every_body_is_paired_with_its_own_a_random_and_a_near_title(world):
    rng = np.random.default_rng(1)
    bare = dataclasses.replace(world.documents[0], id="bare", title=None)
    pairs = title_pairs([bare, *world.documents], world.vectors, world.weights, rng)
    assert pairs.measures.shape[0] == len(pairs.drawn) == len(pairs.articles)
    for number in range(1, 121):
        assert sorted(pairs.drawn[pairs.articles == number]) == ["near", "own", "random"]
    assert 0 not in pairs.articles
    lead = pairs.measures[:, 3]
    means = {name: lead[pairs.drawn == name].mean() for name in ("own", "near", "random")}
    assert means["own"] > means["near"] > means["random"] + 0.1


def test_digests_hold_openings_of_different_articles(world):
    bodies = [Body.of(d, world.vectors) for d in world.documents]
    rng = np.random.default_rng(0)
    counts = set()
    for _ in range(60):
        embeddings, lengths = compose(bodies, rng, topics.MIN_PARAGRAPHS)
        assert len(embeddings) == len(lengths) >= topics.MIN_PARAGRAPHS
        sources = [
            next(i for i, b in enumerate(bodies) for row in b.embeddings if (row == e).all())
            for e in embeddings
        ]
        counts.add(len(set(sources)))
        assert len(set(sources)) == 1 + sum(a != b for a, b in pairwise(sources))
    assert min(counts) >= 3
    assert max(counts) == 8
    assert compose(bodies[:7], rng, 6) is None


def test_only_coherent_prose_opens_a_section(world):
    labels = ("boilerplate", "coherent", "caption", *["coherent"] * 5)
    document = dataclasses.replace(world.documents[0], labels=labels)
    world.vectors["Share"] = world.vectors[document.paragraphs[0]]
    document = dataclasses.replace(document, paragraphs=(*document.paragraphs[:7], "Share"))
    body = Body.of(document, world.vectors)
    assert body.opening.tolist() == [1, 3, 4, 5, 6]
    assert body.lengths[7] == 1
    assert Body.of(dataclasses.replace(document, paragraphs=("", " "), labels=labels[:2]), {}) is None
