"""``misplaced train`` from corpus to a model that detects, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from misplaced.apps import cli
from misplaced.apps.fitting import Options, find_encoder, train_model
from misplaced.apps.loading import load_detector
from misplaced.artifact import bundled
from misplaced.encoder import OnnxEncoder
from misplaced.labelled import corpus_name, digest
from misplaced.manifest import file_digest, read_manifest

EXAMPLE = Path(__file__).parents[2] / "examples" / "news.txt"

#: So strong a penalty lets the optimiser stop early.
QUICK = 0.0005


@pytest.fixture
def misplaced(monkeypatch, capsys):
    """Run the script; returns its status, standard output and the lines of standard error."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["misplaced", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        streams = capsys.readouterr()
        return stopped.value.code, streams.out, streams.err.splitlines()

    return run


@pytest.fixture
def encoded(monkeypatch):
    """The texts that the encoder was asked for."""
    texts = []
    encode = OnnxEncoder.encode

    def counted(self, asked):
        texts.extend(asked)
        return encode(self, asked)

    monkeypatch.setattr(OnnxEncoder, "encode", counted)
    return texts


def test_a_trained_model_flags_an_obvious_stranger(trained, story):
    from misplaced import Detector, Document

    report = Detector.load(trained).detect(Document.from_paragraphs(story))
    assert min(report.paragraphs, key=lambda p: p.coherence).index == 3
    assert 3 in [p.index for p in report.rethreshold(0.5).findings]


def test_the_manifest_names_corpora_encoder_and_settings(trained, labelled_file):
    found = json.loads((trained / "manifest.json").read_text())
    (corpus,) = found["data"]
    assert (corpus["name"], corpus["digest"]) == ("labelled", digest(labelled_file))
    assert corpus["documents"] == 40
    assert found["settings"]["most_false_flags"] == 20
    assert found["encoder"]["kind"] == "onnx"
    assert (
        found["encoder"]["name"] == json.loads((bundled() / "manifest.json").read_text())["encoder"]["name"]
    )
    assert found["files"]["encoder.onnx"] == file_digest(bundled() / "encoder.onnx")


def test_a_second_training_embeds_nothing_and_gives_the_same_model(
    misplaced, labelled_file, tmp_path, encoded
):
    models = []
    for name in ("one", "two"):
        asked = len(encoded)
        status, out, err = misplaced(
            "train", labelled_file, "-o", tmp_path / name, "--cache", tmp_path / "cache", "-C", QUICK
        )
        assert (status, out) == (0, "")
        assert err[0].startswith("labelled: coherent ")
        assert err[-1].startswith(f"model written to {tmp_path / name}; threshold 0.")
        models.append(json.loads((tmp_path / name / "manifest.json").read_text()))
        assert (len(encoded) > asked) == (name == "one")
    assert models[0]["probe"] == models[1]["probe"]
    assert models[0]["metrics"] == models[1]["metrics"]


def test_a_model_folder_gives_its_encoder_to_another(trained, labelled_file, tmp_path):
    options = Options(str(trained), regularisation=QUICK, no_cache=True)
    manifest = train_model([labelled_file], tmp_path / "m", options)
    assert manifest.name == "m"
    assert manifest.files["encoder.onnx"] == file_digest(trained / "encoder.onnx")


def test_another_encoder_is_recorded_by_its_name(word_encoder, labelled_file, tmp_path, monkeypatch, story):
    from misplaced import Detector

    loaded = "misplaced.sentence_transformer.SentenceTransformerEncoder"
    monkeypatch.setattr(loaded, lambda name: word_encoder)
    folder = tmp_path / "m"
    train_model([labelled_file], folder, Options("some/words", regularisation=0.1, no_cache=True))
    found = {"kind": "sentence-transformers", "name": "some/words", "dimension": 24}
    assert read_manifest(folder).encoder == found
    assert not (folder / "encoder.onnx").exists()
    assert Detector.load(folder).score(story).argmin() == 3


def test_a_local_model_is_known_by_its_files(word_encoder, tmp_path, monkeypatch):
    loaded = "misplaced.sentence_transformer.SentenceTransformerEncoder"
    monkeypatch.setattr(loaded, lambda name: word_encoder)
    (tmp_path / "weights").write_text("one")
    identities = [find_encoder(str(tmp_path))[2] for _ in range(2)]
    (tmp_path / "weights").write_text("two")
    identities.append(find_encoder(str(tmp_path))[2])
    assert identities[0] == identities[1] != identities[2]
    assert find_encoder("some/words")[2] == "some/words"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{broken", "not JSON"),
        ('{"paragraphs": ["a"], "labels": ["odd"]}', "unknown label 'odd'"),
        ('{"paragraphs": ["a"]}', "'labels' is missing"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_written(misplaced, labelled_file, tmp_path, line, says):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(labelled_file.read_text() + line + "\n")
    status, out, err = misplaced("train", corpus, "-o", tmp_path / "m", "--no-cache")
    assert (status, out, len(err)) == (2, "", 1)
    assert err[0].startswith(f"error: {corpus}:41: ")
    assert says in err[0]
    assert not (tmp_path / "m").exists()


def test_too_few_examples_are_one_line(misplaced, labelled_file, tmp_path):
    corpus = tmp_path / "few.jsonl"
    corpus.write_text("".join(labelled_file.read_text().splitlines(keepends=True)[:3]))
    status, _, err = misplaced("train", corpus, "-o", tmp_path / "m", "--no-cache")
    assert (status, len(err)) == (2, 1)
    assert "fewer than 4 articles hold coherent paragraphs; add labelled documents" in err[0]
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--weight", "other=2"], "--weight names no corpus 'other'; the corpora are labelled"),
        (["--weight", "labelled"], "--weight 'labelled' is not CORPUS=NUMBER"),
        (["--weight", "labelled=x"], "is not CORPUS=NUMBER"),
        (["--weight", "labelled=0"], "is not a number above 0"),
        (["--weight", "labelled=nan"], "is not a number above 0"),
        (["--weight", "labelled=inf"], "is not a number above 0"),
        (["-C", "0"], "regularisation 0.0 is out of range"),
        (["--most-false-flags", "-1"], "false flags in 1,000 are out of range"),
        (["--seed", "-1"], "seed -1 is out of range"),
    ],
)
def test_wrong_options_are_one_line(misplaced, labelled_file, tmp_path, options, says):
    status, out, err = misplaced("train", labelled_file, "-o", tmp_path / "m", *options)
    assert (status, out, len(err)) == (2, "", 1)
    assert says in err[0]
    assert not (tmp_path / "m").exists()


def test_an_encoder_that_is_none_is_one_line(misplaced, labelled_file, tmp_path):
    pytest.importorskip("sentence_transformers")
    (tmp_path / "empty").mkdir()
    status, _, err = misplaced("train", labelled_file, "-o", tmp_path / "m", "--encoder", tmp_path / "empty")
    assert (status, len(err)) == (2, 1)
    assert f"cannot load '{tmp_path / 'empty'}'" in err[0]
    assert not (tmp_path / "m").exists()


def test_two_corpora_of_one_name_are_refused(misplaced, labelled_file, tmp_path):
    status, _, err = misplaced("train", labelled_file, labelled_file, "-o", tmp_path / "m")
    assert status == 2
    assert "a second corpus of the name 'labelled'; rename one" in err[0]


def test_a_foreign_folder_is_refused_before_any_work(misplaced, labelled_file, tmp_path, encoded):
    (tmp_path / "thesis.tex").write_text("x")
    status, _, err = misplaced("train", labelled_file, "-o", tmp_path)
    assert (status, len(err)) == (2, 1)
    assert f"{tmp_path}: the folder holds other files" in err[0]
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    assert encoded == []


def test_names_of_corpora(tmp_path):
    names = ["a.jsonl", "a.jsonl.gz", "a.b.json", "a"]
    assert [corpus_name(tmp_path / name) for name in names] == ["a", "a", "a.b", "a"]


def test_a_model_of_another_scikit_learn_is_a_warning_on_standard_error(trained, tmp_path, capsys):
    model = shutil.copytree(trained, tmp_path / "m", copy_function=os.link)
    manifest = json.loads((model / "manifest.json").read_text())
    manifest["packages"]["scikit-learn"] = "0.99.1"
    (model / "manifest.json").unlink()
    (model / "manifest.json").write_text(json.dumps(manifest))
    load_detector(model)
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.startswith(f"warning: {model}: the model was made with scikit-learn 0.99.1, installed")
    load_detector(model, quiet=True)
    assert capsys.readouterr().err == ""


def test_a_context_network_is_taught_trained_on_and_detects(misplaced, labelled_file, tmp_path):
    taught, model = tmp_path / "taught", tmp_path / "model"
    common = (labelled_file, "--cache", tmp_path / "cache")
    status, _, errors = misplaced(
        *("finetune", *common, "--objective", "context", "-o", taught, "--steps", 3, "--batch", 4),
        *("--width", 16, "--layers", 1, "--held-out", 0),
    )
    assert status == 0, errors
    record = json.loads((taught / "finetuning.json").read_text())
    assert (record["objective"], record["members"], record["shape"]["width"]) == ("context", 2, 16)
    status, _, errors = misplaced(
        "train", *common, "--context", taught, "-o", model, "-C", 0.0005, "--most-false-flags", 20
    )
    assert status == 0, errors
    manifest = json.loads((model / "manifest.json").read_text())
    assert "context.npz" in manifest["files"]
    assert manifest["settings"]["context"] == record
    assert "2 of 1 layers and 16 units, 3 steps each" in (model / "README.md").read_text()
    further = ("finetune", *common, "--objective", "context", "-o", tmp_path / "further", "--steps", 2)
    assert misplaced(*further, "--width", 16, "--layers", 1, "--begin", taught)[0] == 0
    record_further = json.loads((tmp_path / "further" / "finetuning.json").read_text())
    assert record_further["begin"] == hashlib.sha256((taught / "context.npz").read_bytes()).hexdigest()
    assert (tmp_path / "further" / "terms.npy").read_bytes() == (taught / "terms.npy").read_bytes()
    mean = ("--width", 16, "--layers", 1, "--begin", taught, "--mean-with", taught, "-o", tmp_path / "mean")
    status, _, errors = misplaced(*further, *mean)
    assert status == 0, errors
    record_mean = json.loads((tmp_path / "mean" / "finetuning.json").read_text())
    assert record_mean["mean_with"] == [record_further["begin"]]
    for option in ("--begin", "--mean-with"):
        status, _, errors = misplaced(*further, option, tmp_path / "cache")
        assert status == 2
        assert "no context.npz" in errors[-1]
    again = tmp_path / "again"
    status, _, errors = misplaced("train", *common, "--context", model, "-o", again, "-C", 0.0005)
    assert status == 0, errors
    assert json.loads((again / "manifest.json").read_text())["settings"]["context"] == record
    assert (model / "terms.npy").read_bytes() == (taught / "terms.npy").read_bytes()
    newer = json.dumps(manifest | {"format_version": 99})
    (again / "manifest.json").write_text(newer)
    status, _, errors = misplaced("train", *common, "--context", again, "-o", tmp_path / "other")
    assert status == 2
    assert "the model has format version 99" in errors[-1]
    status, _, errors = misplaced("detect", "--model", model, EXAMPLE)
    assert status in (0, 1), errors
    status, _, errors = misplaced("train", *common, "--context", tmp_path, "-o", tmp_path / "other")
    assert status == 2
    assert "no context.npz" in errors[-1]


def test_the_bundled_context_network_serves_other_corpora(misplaced, labelled_file, tmp_path):
    status, _, errors = misplaced(
        *("train", labelled_file, "--context", "default", "-o", tmp_path / "model"),
        *("--cache", tmp_path / "cache", "-C", QUICK, "--most-false-flags", 20),
    )
    assert status == 0, errors
    for name in ("context.npz", "terms.npy"):
        assert (tmp_path / "model" / name).read_bytes() == (bundled() / name).read_bytes()
    status, _, errors = misplaced("train", labelled_file, "--context", "fast", "-o", tmp_path / "other")
    assert status == 2
    assert errors[-1].startswith("error: ")
