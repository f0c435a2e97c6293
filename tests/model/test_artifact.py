"""A model folder: what loads, and that nothing damaged or unaudited does."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from skops import io

from misplaced import Detector, Document, title
from misplaced.artifact import ModelVersionWarning, load
from misplaced.errors import ArtifactError, EncoderError
from misplaced.manifest import file_digest

FILES = ("README.md", "classifier.skops", "encoder.onnx", "terms.npy", "tokenizer.json")


class Homemade(BaseEstimator):
    """A type that no model needs."""


class Bomb:
    """Leaves a trace where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.fixture
def model(trained, tmp_path):
    """A copy of the trained model; its large files are links, to be replaced, not edited."""
    return Path(shutil.copytree(trained, tmp_path / "model", copy_function=os.link))


def replace(path, content):
    path.unlink()
    path.write_bytes(content)


def edit_manifest(folder, **changes):
    path = folder / "manifest.json"
    found = {**json.loads(path.read_text()), **changes}
    replace(path, json.dumps(found).encode())


def relist(folder):
    """Make the manifest agree with the files that lie there."""
    files = {p.name: file_digest(p) for p in folder.iterdir() if p.name != "manifest.json"}
    edit_manifest(folder, files=files)


def refusal(folder, **options):
    with pytest.raises(ArtifactError) as caught:
        load(folder, **options)
    assert caught.value.where == str(folder)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_saved_model_scores_the_same_wherever_it_lies(trained, model, story):
    first, second = Detector.load(trained), Detector.load(str(model))
    np.testing.assert_array_equal(first.score(story), second.score(story))
    assert (
        first.threshold
        == second.threshold
        == json.loads((trained / "manifest.json").read_text())["threshold"]
    )
    assert first.version.startswith("small ")


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_byte_is_found_in_every_file(model, name):
    content = bytearray((model / name).read_bytes())
    content[len(content) // 2] ^= 1
    replace(model / name, bytes(content))
    message = refusal(model)
    assert f"{name} is not the file that the manifest describes" in message
    assert "install the package again, or train the model again" in message


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(model, name):
    (model / name).unlink()
    assert f"{name} cannot be read (No such file" in refusal(model)


@pytest.mark.parametrize("name", ["encoder.onnx", "terms.npy", "tokenizer.json"])
def test_only_listed_files_are_loaded(model, name):
    files = json.loads((model / "manifest.json").read_text())["files"]
    edit_manifest(model, files={k: v for k, v in files.items() if k != name})
    assert f"manifest.json does not list {name}" in refusal(model)


def test_a_classifier_with_other_types_is_never_constructed(model):
    (model / "classifier.skops").unlink()
    io.dump(Pipeline([("own", Homemade())]), model / "classifier.skops")
    relist(model)
    message = refusal(model)
    assert "holds types that are not needed here" in message
    assert "Homemade" in message
    assert "do not use this model" in message


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_classifier_that_is_no_model_file(model, content):
    replace(model / "classifier.skops", content)
    relist(model)
    assert "classifier.skops cannot be loaded" in refusal(model)


def pickled(model, content):
    (model / "classifier.skops").unlink()
    joblib.dump(content, model / "classifier.joblib")
    relist(model)


def test_a_pickled_classifier_needs_trust(model, story, trained):
    pickled(model, io.load(model / "classifier.skops"))
    message = refusal(model)
    assert "classifier.joblib can run code" in message
    assert "--trust (trusted=True)" in message
    trusted = Detector.load(model, trusted=True)
    np.testing.assert_array_equal(trusted.score(story), Detector.load(trained).score(story))


def test_nothing_is_unpickled_without_trust(model, tmp_path):
    trace = tmp_path / "ran"
    pickled(model, Bomb(trace))
    refusal(model)
    assert not trace.exists()
    assert "not a scaler and a logistic" in error_text(model)
    assert trace.exists()


def error_text(model):
    with pytest.raises(ArtifactError) as caught:
        load(model, trusted=True)
    return str(caught.value)


def test_a_damaged_pickle_is_named_even_with_trust(model):
    pickled(model, 1)
    replace(model / "classifier.joblib", b"no pickle")
    relist(model)
    assert "classifier.joblib cannot be loaded" in refusal(model, trusted=True)


@pytest.mark.parametrize("probe", [[], [0.1, 0.2, 0.7], [1.0]])
def test_a_classifier_that_computes_something_else_is_refused(model, probe):
    edit_manifest(model, probe=probe, packages={"scikit-learn": "0.1"})
    message = refusal(model)
    assert "does not compute what it computed when it was made" in message
    assert "made with scikit-learn 0.1, installed is " in message


@pytest.mark.parametrize(
    "content",
    [b"", b"words", np.zeros(3, np.float32), np.zeros(1 << 16), np.array([{}])],
    ids=["empty", "text", "short", "double", "objects"],
)
def test_a_word_table_of_another_make(model, content):
    (model / "terms.npy").unlink()
    if isinstance(content, bytes):
        (model / "terms.npy").write_bytes(content)
    else:
        np.save(model / "terms.npy", content, allow_pickle=True)
    relist(model)
    assert "terms.npy" in refusal(model)


def test_a_model_without_statements_says_nothing_of_titles(model, story):
    edit_manifest(model, statements={})
    report = Detector.load(model).detect(Document.from_paragraphs(story, title="A wholly other thing"))
    assert report.title_fit is None
    assert not report.title_mismatch
    assert not report.multi_topic


def test_statements_in_the_manifest_are_asked(model, story):
    logistic = {"weights": dict.fromkeys(title.NAMES, 0), "intercept": 3, "figures": {}}
    edit_manifest(model, statements={"title": logistic})
    report = Detector.load(model).detect(Document.from_paragraphs(story, title="A wholly other thing"))
    assert report.title_fit == pytest.approx(1 / (1 + np.exp(3)))
    assert report.title_mismatch


def test_statements_of_another_make_are_refused(model):
    logistic = {"weights": {"warmth": 1}, "intercept": 3}
    edit_manifest(model, statements={"title": logistic})
    with pytest.raises(
        ArtifactError, match=r"'statements' in manifest\.json: 'title' weighs other"
    ) as caught:
        load(model)
    assert "train the model again" in str(caught.value)


def test_another_scikit_learn_is_named_where_the_model_still_works(model):
    packages = json.loads((model / "manifest.json").read_text())["packages"]
    edit_manifest(model, packages={**packages, "scikit-learn": "0.99.1"})
    with pytest.warns(ModelVersionWarning, match=r"made with scikit-learn 0\.99\.1, installed is") as caught:
        load(model)
    assert str(model) in str(caught[0].message)


def test_another_patch_of_scikit_learn_is_silent(model):
    packages = json.loads((model / "manifest.json").read_text())["packages"]
    patched = packages["scikit-learn"].rsplit(".", 1)[0] + ".99"
    edit_manifest(model, packages={**packages, "scikit-learn": patched})
    with warnings.catch_warnings():
        warnings.simplefilter("error", ModelVersionWarning)
        load(model)


def test_the_bundled_model_is_silent_whatever_is_installed(model, monkeypatch):
    monkeypatch.setattr("misplaced.artifact.metadata.version", lambda package: "99.0")
    with pytest.warns(ModelVersionWarning, match=r"installed is 99\.0"):
        load(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ModelVersionWarning)
        load()


def test_an_encoder_may_be_given_and_must_fit(model, word_encoder):
    (model / "encoder.onnx").unlink()
    relist(model)
    with pytest.raises(EncoderError, match="the encoder 'words' gives"):
        Detector.load(model, encoder=word_encoder)
    word_encoder.dimension = 384
    assert Detector.load(model, encoder=word_encoder).score(["a", "b", "c"]).shape == (3,)


def test_a_sentence_transformers_model_is_loaded_by_its_name(model, base_encoder, story):
    found = {"kind": "sentence-transformers", "name": base_encoder.name, "dimension": 384}
    edit_manifest(model, encoder=found)
    detector = Detector.load(model)
    assert detector.encoder.name == base_encoder.name
    np.testing.assert_allclose(detector.score(story), Detector.load(model, encoder=base_encoder).score(story))
