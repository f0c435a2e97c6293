"""The context network: taught with torch, run with numpy, and honest about what it was taught."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from misplaced.context import EMBEDDING_SCALE, SPAN, ContextNetwork, left_out_of, standardised, stretches
from misplaced.document import fold
from misplaced.errors import ArtifactError, CorpusError, UsageError
from misplaced.features import matrix
from misplaced.features.pairs import Pairs
from misplaced.features.terms import TermWeights
from misplaced.labelled import LabelledDocument, read_labelled
from misplaced.spans import Span
from misplaced.training.context import Deals, teach_context
from misplaced.training.context_module import ContextShape, build
from misplaced.training.embedding import CachedEncoder
from misplaced.training.fitting import count_words
from misplaced.training.loop import LoopSettings
from misplaced.training.sheets import STRETCH, as_taught, sheets
from misplaced.training.table import embed_documents, tabulate

torch = pytest.importorskip("torch")

SMALL = ContextShape(width=16, layers=2, heads=4)


def quiet(iterable, total, what):
    return iterable


@pytest.fixture(scope="module")
def documents(labelled_file):
    return list(read_labelled(labelled_file))


@pytest.fixture(scope="module")
def prepared(documents, make_word_encoder):
    vectors = embed_documents(documents, CachedEncoder(make_word_encoder(), "words", None), quiet)
    weights = count_words({"labelled": documents})
    return sheets(documents, vectors, weights, seed=0, name="labelled", track=quiet), vectors, weights


def teach(prepared, folder, *, members=2, steps=6, seed=0, every=100, **more):
    folder.mkdir(exist_ok=True)
    return teach_context(
        [(prepared, 1.0)],
        folder,
        LoopSettings(steps, 3e-3, every, 1000),
        {"seed": seed},
        shape=SMALL,
        members=members,
        batch=6,
        seed=seed,
        **more,
    )


def read(network, document, vectors, weights):
    contents = [fold(p) for p in document.paragraphs]
    rows = np.stack([vectors[c] for c in contents])
    title = fold(document.title or "")
    return matrix.compute(contents, rows, title, vectors[title], weights, network)


def test_numpy_computes_what_torch_learned(prepared, documents, tmp_path):
    made, vectors, weights = prepared
    teach(made, tmp_path, members=1)
    network = ContextNetwork.load(tmp_path / "context.npz")
    stored = np.load(tmp_path / "context.npz")
    module = build(network.width, network.dimension, SMALL).eval()
    names = module.state_dict()
    module.load_state_dict({name: torch.from_numpy(stored[f"0.{name}"].astype(np.float32)) for name in names})
    found = read(network, documents[1], vectors, weights)
    contents = [fold(p) for p in documents[1].paragraphs]
    rows, title = np.stack([vectors[c] for c in contents]), vectors[fold(documents[1].title)]
    compared = Pairs(rows, title, found.vocabulary, found.wordings)
    inputs = (
        standardised(found.matrix[:, : network.width], stored["0.mean"], stored["0.scale"]),
        EMBEDDING_SCALE * np.concatenate([title[None, :], rows]),
        compared.window(0, len(rows)),
        np.ones(len(rows) + 1, dtype=bool),
    )
    with torch.no_grad():
        expected = module(*(torch.from_numpy(one)[None] for one in inputs)).log_softmax(-1)[0].numpy()
    own = found.matrix[:, -6:]
    np.testing.assert_allclose(own, expected, atol=1e-4)
    np.testing.assert_allclose(np.exp(own).sum(axis=1), 1, atol=1e-4)


def test_it_learns_what_does_not_belong(prepared, tmp_path):
    made, _, _ = prepared
    progress = teach(made, tmp_path, steps=120)
    assert min(progress.validation.values()) > 0.6  # a guess gets the foreign share, about 0.2
    assert set(progress.validation) == {"AP 0", "AP 1"}


def test_a_killed_run_goes_on_to_the_same_network(prepared, tmp_path):
    made, _, _ = prepared
    teach(made, tmp_path / "whole", steps=6)

    def kill(progress):
        if progress.step == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        teach(made, tmp_path / "killed", steps=6, every=5, report=kill)
    steps = []
    teach(made, tmp_path / "killed", steps=6, every=5, report=lambda p: steps.append(p.step))
    assert steps[0] == 6
    whole, resumed = (np.load(tmp_path / name / "context.npz") for name in ("whole", "killed"))
    assert whole.files == resumed.files
    for name in whole.files:
        np.testing.assert_array_equal(whole[name], resumed[name])
    assert not (tmp_path / "killed" / "checkpoint.pt").exists()


def test_taught_networks_are_taught_further(prepared, tmp_path):
    made, _, _ = prepared
    teach(made, tmp_path / "first", steps=40)
    teach(made[:5], tmp_path / "further", steps=1, seed=9, begin=tmp_path / "first")
    teach(made[:5], tmp_path / "fresh", steps=1, seed=9)
    first, further, fresh = (
        np.load(tmp_path / name / "context.npz") for name in ("first", "further", "fresh")
    )
    for name in ("0.out.weight", "1.row.weight"):
        moved, apart = (
            np.abs(other[name] - first[name].astype(np.float32)).max() for other in (further, fresh)
        )
        assert 0 < moved < 0.01 < apart
    np.testing.assert_array_equal(further["1.mean"], first["1.mean"])
    assert not np.allclose(fresh["1.mean"], first["1.mean"])
    for other in ({"members": 3}, {"members": 1}):
        with pytest.raises(UsageError, match="another number or shape"):
            teach(made, tmp_path / "other", begin=tmp_path / "first", **other)


def test_the_mean_of_several_rounds_is_written(prepared, tmp_path):
    made, _, _ = prepared
    first, second, alone, mean = (tmp_path / name for name in ("first", "second", "alone", "mean"))
    teach(made, first, steps=2)
    teach(made, second, steps=2, seed=1, begin=first)
    teach(made, alone, steps=2, seed=2, begin=second)
    teach(made, mean, steps=2, seed=2, begin=second, mean_with=[first, second])
    rounds = [np.load(folder / "context.npz") for folder in (alone, first, second)]
    written = np.load(mean / "context.npz")
    assert written.files == rounds[0].files
    for name in written.files:
        expected = np.mean([r[name].astype(np.float64) for r in rounds], axis=0)
        np.testing.assert_array_equal(written[name], expected.astype(written[name].dtype))
    assert (written["0.out.weight"] != rounds[0]["0.out.weight"]).any()


def test_a_mean_with_other_networks_is_refused_before_teaching(prepared, tmp_path):
    made, _, _ = prepared
    teach(made, tmp_path / "three", steps=1, members=3)
    teach(made[:5], tmp_path / "elsewhere", steps=1)

    def taught(progress):
        pytest.fail(f"step {progress.step} was taught")

    for folder, says in (("three", "another number or shape"), ("elsewhere", "standardised otherwise")):
        with pytest.raises(UsageError, match=says):
            teach(made, tmp_path / "mean", mean_with=[tmp_path / folder], report=taught)


def test_each_network_is_taught_without_its_part_of_the_sources(prepared, tmp_path, monkeypatch):
    made, _, _ = prepared
    seen = []
    monkeypatch.setattr(
        "misplaced.training.context.Deals",
        lambda corpora, seed: (
            seen.append([s.key for kept, _ in corpora for s in kept]) or Deals(corpora, seed)
        ),
    )
    teach(made, tmp_path, members=3, steps=1)
    keys = {sheet.key for sheet in made}
    for member, taught in enumerate(seen):
        assert set(taught) == {key for key in keys if left_out_of(key, 3) != member}
    assert Counter(left_out_of(key, 3) for key in keys).keys() == {0, 1, 2}


def test_the_table_asks_the_network_that_does_not_know_the_article(
    prepared, documents, tmp_path, word_encoder
):
    made, vectors, weights = prepared
    teach(made, tmp_path, members=2)
    network = ContextNetwork.load(tmp_path / "context.npz")
    table = tabulate(
        {"labelled": documents[:8]},
        CachedEncoder(word_encoder, "words", None),
        weights,
        track=quiet,
        vectors=vectors,
        context=network,
    )
    honest = 0
    for number, document in enumerate(documents[:8]):
        rows = table.matrix[table.documents == number]
        places = table.places[table.documents == number]
        alone = read(network.new_to(document.source), document, vectors, weights).matrix[places]
        both = read(network, document, vectors, weights).matrix[places]
        if not np.allclose(rows[:, :-6], both[:, :-6]):
            continue  # shown without its title
        np.testing.assert_allclose(rows, alone, atol=1e-6)
        assert not np.allclose(rows[:, -6:], both[:, -6:])
        honest += 1
    assert honest > 4


@pytest.mark.parametrize("count", [1, SPAN, SPAN + 1, 500])
def test_stretches_judge_every_paragraph_once_and_see_its_neighbours(count):
    judged = [i for first, end, _, _ in stretches(count) for i in range(first, end)]
    assert judged == list(range(count))
    for first, end, low, high in stretches(count):
        assert low <= max(first - 1, 0)
        assert high >= min(end + 1, count)
        assert high - low <= SPAN


def test_a_long_article_is_read_in_stretches(prepared, documents, tmp_path):
    made, vectors, weights = prepared
    teach(made, tmp_path)
    network = ContextNetwork.load(tmp_path / "context.npz")
    contents = [fold(p) for d in documents for p in d.paragraphs][:300]
    rows = np.stack([vectors[c] for c in contents])
    found = matrix.compute(contents, rows, None, None, weights, network).matrix[:, -6:]
    assert np.isfinite(found).all()
    assert found.max() <= 0
    assert found.min() >= -10


def test_long_articles_are_taught_by_their_stretches(prepared):
    made, _, _ = prepared
    drawn = Deals([(made, 1.0), ([], 1.0), (made[:1], 0.0)], 0).draw(3, 20)
    again = Deals([(made, 1.0)], 0).draw(3, 20)
    assert [s.key for s in drawn] == [s.key for s in again]
    assert all(len(s.classes) <= STRETCH for s in drawn)
    cut = made[0].stretch(2, 5)
    np.testing.assert_array_equal(cut.classes, made[0].classes[2:5])
    np.testing.assert_array_equal(cut.embeddings, made[0].embeddings[[0, 3, 4, 5]])
    np.testing.assert_array_equal(cut.channels[1, 2], made[0].channels[3, 4])


def test_a_corpus_of_mixed_paragraphs_teaches_sentences_of_all_its_articles(documents):
    clean = LabelledDocument("c", None, ("It rained. It snowed.",), ("coherent",), None, None, None, 1)
    text = "The ferry sank. READ MORE: Ten gardens"
    span = Span(0, 16, len(text), "off_topic")
    mixed = LabelledDocument("m", None, (text,), ("ignore",), None, None, None, 2, (span,))
    taught = as_taught([clean, mixed])
    assert [d.paragraphs for d in taught] == [("It rained.", "It snowed."), (text[:15], text[16:])]
    assert [d.labels for d in taught] == [("coherent", "coherent"), ("coherent", "off_topic")]
    assert as_taught(documents) == documents


def test_nothing_to_learn_from_is_said(tmp_path):
    with pytest.raises(CorpusError, match="no labelled articles"):
        teach([], tmp_path)


@pytest.mark.parametrize("shape", [{"width": 30}, {"layers": 0}, {"dropout": 1.0}])
def test_shapes_that_cannot_be_built_are_refused(shape):
    with pytest.raises(UsageError):
        ContextShape(**shape)


def test_a_damaged_file_is_an_artifact_error(prepared, tmp_path):
    made, _, _ = prepared
    teach(made, tmp_path, members=1)
    path = tmp_path / "context.npz"
    arrays = dict(np.load(path))
    whole = path.read_bytes()
    for spoil in (
        lambda: path.write_bytes(whole[: len(whole) // 2]),
        lambda: path.write_bytes(b""),
        lambda: np.savez(path, **{k: v for k, v in arrays.items() if k != "0.out.weight"}),
        lambda: np.savez(path, **{**arrays, "0.out.weight": arrays["0.out.weight"][:3]}),
        lambda: np.savez(path, **{**arrays, "0.mean": arrays["0.mean"][:3]}),
        lambda: np.savez(path, other=arrays["0.mean"]),
    ):
        spoil()
        with pytest.raises(ArtifactError, match=r"context\.npz"):
            ContextNetwork.load(path)


def test_pairs_compare_paragraphs_with_each_other_and_the_title():
    contents = ["Ferries sail to Ellmouth.", "Bees swarm.", "Ferries sail to Ellmouth."]
    rows = np.eye(3, 5, dtype=np.float32)
    found = matrix.compute(contents, rows, "Ellmouth ferries", rows[0], TermWeights.count(contents))
    window = Pairs(rows, rows[0], found.vocabulary, found.wordings).window(0, 3)
    similarity, words, same, after, before, distance, titled, itself = np.moveaxis(window, 2, 0)
    assert similarity[0].tolist() == [2, 2, 0, 0]
    assert words[1, 3] == pytest.approx(4)
    assert words[1, 2] == 0
    assert 0 < words[0, 1] < 4
    assert same[1].tolist() == [0, 1, 0, 1]
    assert (after[1, 2], after[2, 1], before[2, 1], after[0, 1]) == (1, 0, 1, 0)
    assert distance[1, 3] == pytest.approx(np.log(3) / 2)
    assert titled.sum() == 7
    np.testing.assert_array_equal(itself, np.eye(4))
