"""Fine-tuning end to end on a tiny transformer: it learns, resumes, holds out, and its results export."""

from __future__ import annotations

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sentence_transformers")

from misplaced.apps import cli  # noqa: E402
from misplaced.encoder import OnnxEncoder  # noqa: E402
from misplaced.errors import CorpusError  # noqa: E402
from misplaced.labelled import read_labelled  # noqa: E402
from misplaced.reader import KINDS, Reader  # noqa: E402
from misplaced.training.articles import read_articles  # noqa: E402
from misplaced.training.contrastive import PARAGRAPHS, ArticleBatches, WeightedBatches  # noqa: E402
from misplaced.training.export import export  # noqa: E402
from misplaced.training.finetuning import FinetuneSettings, divided, finetune  # noqa: E402

SETTINGS = FinetuneSettings(steps=6, articles=4, learning_rate=1e-3, held_out=0.2, seed=1)


class KilledError(Exception):
    pass


@pytest.fixture(scope="session")
def tuned(tiny_base, article_file, labelled_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    seen = []
    finetune(
        [article_file, labelled_file],
        folder,
        FinetuneSettings(steps=30, articles=6, learning_rate=2e-3, held_out=0.2),
        {"articles": "0" * 64},
        base=tiny_base,
        report=seen.append,
        checkpoint_every=100,
        validate_every=10,
    )
    return folder, seen


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


def test_it_learns_and_says_how_it_went(tuned):
    folder, seen = tuned
    assert seen[-1].loss < seen[2].loss
    assert set(seen[-1].validation) == {"inserted AP", "labelled AP"}
    record = json.loads((folder / "finetuning.json").read_text())
    assert record["settings"]["steps"] == 30
    assert record["corpora"] == {"articles": "0" * 64}
    assert record["validation"]["labelled AP"] > 0
    assert not (folder / "checkpoint.pt").exists()


def test_a_killed_run_ends_as_an_undisturbed_one(tiny_base, article_file, tmp_path):
    def tune(folder, killed_at=None):
        def report(progress):
            if progress.step == killed_at:
                raise KilledError

        finetune(
            [article_file],
            folder,
            SETTINGS,
            {},
            base=tiny_base,
            report=report,
            checkpoint_every=2,
            validate_every=9,
        )

    tune(tmp_path / "whole")
    with pytest.raises(KilledError):
        tune(tmp_path / "cut", killed_at=5)
    tune(tmp_path / "cut")
    whole, cut = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


def test_a_run_goes_on_in_the_precision_it_began_in(tiny_base, article_file, tmp_path, monkeypatch):
    """Which precision is faster is measured, and the next measurement may say otherwise."""

    def tune(folder, *, half, killed_at=None):
        def report(progress):
            if progress.step == killed_at:
                raise KilledError

        monkeypatch.setattr("misplaced.training.transformer.faster_in_bfloat16", lambda device: half)
        options = {"base": tiny_base, "report": report, "checkpoint_every": 2, "validate_every": 9}
        finetune([article_file], folder, SETTINGS, {}, **options)

    tune(tmp_path / "whole", half=False)
    with pytest.raises(KilledError):
        tune(tmp_path / "cut", half=False, killed_at=5)
    tune(tmp_path / "cut", half=True)
    whole, cut = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert all(torch.equal(whole[name], cut[name]) for name in whole)
    assert json.loads((tmp_path / "cut" / "finetuning.json").read_text())["half"] is False


def test_the_tuned_encoder_exports(tuned, tmp_path):
    export(str(tuned[0]), tmp_path / "e", precision="fp32")
    encoder = OnnxEncoder(tmp_path / "e" / "encoder.onnx", tmp_path / "e" / "tokenizer.json")
    assert encoder.encode(["The ferry is late", "Snow"]).shape == (2, 32)


def test_too_few_articles_are_refused_in_one_line(tiny_base, article_file, tmp_path):
    with pytest.raises(CorpusError, match="articles have a title") as refused:
        finetune([article_file], tmp_path / "e", FinetuneSettings(articles=200), {}, base=tiny_base)
    assert "\n" not in str(refused.value)


def test_sources_are_either_tuned_on_or_held_out(article_file):
    tuned_on, held = divided([article_file], 0.3)
    everything = {a.id for a in read_articles([article_file])}
    assert {a.id for a in tuned_on} | {a.id for a in held} == everything
    assert held
    assert not {a.id for a in tuned_on} & {a.id for a in held}


def test_batches_repeat_and_hold_no_story_twice(article_file):
    batches = ArticleBatches(list(read_articles([article_file])), 5, seed=2)
    for step in range(20):
        drawn = batches.draw(step)
        assert drawn == batches.draw(step)
        assert len({title.casefold() for title, _ in drawn}) == len(drawn) == 5
        assert all(2 <= len(paragraphs) <= PARAGRAPHS for _, paragraphs in drawn)
    assert batches.draw(0) != batches.draw(1)


def test_with_weights_every_batch_is_of_one_corpus_in_proportion(article_file):
    articles = list({a.title.casefold(): a for a in read_articles([article_file])}.values())
    half = len(articles) // 2
    first, second = (ArticleBatches(some, 3, seed=2) for some in (articles[:half], articles[half:]))
    few = ArticleBatches(articles[:2], 3, seed=2)
    batches = WeightedBatches([(first, 3.0), (second, 1.0), (few, 5.0), (second, 0.0)], seed=4)
    assert len(batches) == len(first) + len(second)
    ours = {a.title.casefold() for a in articles[:half]}
    drawn = [{title.casefold() for title, _ in batches.draw(step)} for step in range(400)]
    assert all(titles <= ours or not titles & ours for titles in drawn)
    assert 0.65 < np.mean([titles <= ours for titles in drawn]) < 0.85
    assert batches.draw(7) == batches.draw(7)


def test_weights_of_corpora_are_told_and_recorded(tiny_base, article_file, labelled_file, tmp_path, capsys):
    names = [path.name.split(".")[0] for path in (article_file, labelled_file)]
    options = ["--base", tiny_base, "--steps", "2", "--batch", "4", "-o", str(tmp_path / "e")]
    corpora = [str(article_file), str(labelled_file)]
    run("finetune", *corpora, *options, "--weight", f"{names[0]}=2.5", "--weight", f"{names[1]}=0")
    assert json.loads((tmp_path / "e" / "finetuning.json").read_text())["weights"] == [2.5, 0.0]
    run("finetune", *corpora, *options, "--weight", "nobody=1", status=2)
    assert "names no corpus 'nobody'" in capsys.readouterr().err


@pytest.fixture(scope="session")
def reader(tiny_base, labelled_file, tmp_path_factory):
    """A reader taught and exported by the commands."""
    folder = tmp_path_factory.mktemp("reader")
    arguments = ["--objective", "reading", "--base", tiny_base, "--steps", "40", "--batch", "6"]
    arguments += ["--learning-rate", "2e-3", "--held-out", "0.2", "-o", str(folder / "taught")]
    run("finetune", str(labelled_file), *arguments)
    run("export", str(folder / "taught"), "-o", str(folder / "int8"))
    return folder / "int8"


def run(*arguments, status=0):
    from unittest import mock

    with mock.patch("sys.argv", ["misplaced", *arguments]), pytest.raises(SystemExit) as stopped:
        cli.main()
    assert (stopped.value.code or 0) == status


def test_a_reader_reads_what_was_asked_for_however_it_is_batched(reader, labelled_file):
    read = Reader(reader / "reader.onnx", reader / "tokenizer.json")
    documents = list(read_labelled(labelled_file))[:6]
    asked = [(d.paragraphs, d.title, list(range(0, len(d.paragraphs), 2))) for d in documents]
    together = read.read_many([*asked, (("One.", "Two."), None, [])])
    assert together[-1].shape == (0, len(KINDS))
    for (paragraphs, title, wanted), found in zip(asked, together, strict=False):
        assert found.shape == (len(wanted), len(KINDS))
        np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, atol=1e-4)
        np.testing.assert_allclose(found, read.read(paragraphs, title, wanted), atol=1e-4)


def test_a_model_with_a_reader_looks_twice(reader, labelled_file, tuned, tmp_path):
    from misplaced import Detector

    export(str(tuned[0]), tmp_path / "e")
    trained = ["train", str(labelled_file), "--encoder", str(tmp_path / "e"), "--reader", str(reader)]
    run(*trained, "--doubt", "0.0", "--no-cache", "-o", str(tmp_path / "m"))
    detector = Detector.load(tmp_path / "m")
    document = next(read_labelled(labelled_file)).unlabelled()
    twice = detector.detect(document)
    detector.second_look = None
    once = detector.detect(document)
    assert [p.coherence for p in once.paragraphs] != [p.coherence for p in twice.paragraphs]
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text())
    assert manifest["doubt"] == 0.0
    assert "reader.onnx" in manifest["files"]
    assert list(manifest["second_look"]["weights"]) == ["first", "read", "line", "line*first", "line*read"]


def test_unlabelled_articles_teach_no_reader(tmp_path, capsys):
    path = tmp_path / "plain.jsonl"
    path.write_text(json.dumps({"title": "A", "paragraphs": ["One."]}) + "\n")
    run("finetune", str(path), "--objective", "reading", "-o", str(tmp_path / "r"), status=2)
    assert "carry no labels" in capsys.readouterr().err
