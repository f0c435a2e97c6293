"""Writing a model folder: complete or not at all, and over nothing that is not a model."""

from __future__ import annotations

import dataclasses
import json
from importlib import metadata

import numpy as np
import pytest

from misplaced import title
from misplaced.artifact import bundled, load
from misplaced.errors import UsageError
from misplaced.logistic import Logistic
from misplaced.manifest import FORMAT_VERSION, file_digest
from misplaced.statements import StatementModel
from misplaced.training.fitting import FitSettings
from misplaced.training.saving import EncoderSource, check_target, save

BY_NAME = EncoderSource("words", None, 24)
DATA = [{"name": "labelled", "digest": "ab" * 32, "documents": 40, "labels": {"coherent": 9, "meta": 1}}]


@pytest.fixture
def write(small_fit):
    def write(folder, encoder=BY_NAME, name="words-model"):
        return save(folder, small_fit, encoder, FitSettings(seed=3), name=name, data=DATA)

    return write


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_what_is_saved_is_loaded(write, tmp_path, small_fit, small_detector, word_encoder):
    manifest = write(tmp_path / "deep" / "model")
    artifact = load(tmp_path / "deep" / "model", encoder=word_encoder)
    assert artifact.manifest == manifest
    assert artifact.threshold == small_fit.threshold
    assert artifact.version == f"words-model {metadata.version('misplaced')}"
    np.testing.assert_array_equal(artifact.weights.table, small_fit.weights.table)
    np.testing.assert_array_equal(artifact.classifier.weights, small_detector.classifier.weights)


def test_the_manifest_says_where_the_model_comes_from(write, tmp_path):
    write(tmp_path / "m")
    found = json.loads((tmp_path / "m" / "manifest.json").read_text())
    assert found["format_version"] == FORMAT_VERSION
    assert found["data"] == DATA
    assert found["seed"] == 3
    assert found["settings"]["regularisation"] == 0.01
    assert found["encoder"] == {"kind": "sentence-transformers", "name": "words", "dimension": 24}
    for package in ("scikit-learn", "numpy", "onnxruntime", "skops", "misplaced"):
        assert found["packages"][package] == metadata.version(package)
    assert found["files"] == {
        name: file_digest(tmp_path / "m" / name) for name in names(tmp_path / "m") if name != "manifest.json"
    }
    assert set(found["metrics"]["labelled"]) >= {"average_precision", "precision", "recall", "false_flags"}
    assert sum(found["probe"]) == pytest.approx(1)


def test_the_model_card_says_it_to_people(write, tmp_path, small_fit):
    manifest = write(tmp_path / "m")
    card = (tmp_path / "m" / "README.md").read_text()
    assert card.startswith("# words-model ")
    assert f"**{small_fit.threshold:g}**" in card
    assert "| labelled | 40 | 9 coherent, 1 meta | abababababababab |" in card
    figures = small_fit.figures["labelled"]
    assert f"| labelled | {figures.coherent} | {figures.foreign} | {figures.average_precision:.3g} |" in card
    assert manifest.created in card
    assert "{" not in card


def test_statements_are_saved_loaded_and_shown(small_fit, tmp_path, word_encoder):
    figures = {"documents": 700.0, "false_statements": 0.002, "found_random": 0.75, "found_near": 0.25}
    statements = StatementModel(title=Logistic(dict.fromkeys(title.NAMES, 0.5), -1.0, figures))
    fit = dataclasses.replace(small_fit, statements=statements)
    save(tmp_path / "m", fit, BY_NAME, FitSettings(), name="words-model", data=DATA)
    assert load(tmp_path / "m", encoder=word_encoder).statements == statements
    card = (tmp_path / "m" / "README.md").read_text()
    assert (
        "- The title belongs to another story: of 75.0% of the random titles, 25.0% of the titles of similar "
        "stories, and of 0.2% of 700 documents under their own title." in card
    )


def test_an_exported_encoder_is_copied(write, tmp_path):
    write(tmp_path / "m", EncoderSource("small", bundled(), 24))
    for name in ("encoder.onnx", "tokenizer.json"):
        assert file_digest(tmp_path / "m" / name) == file_digest(bundled() / name)


def test_a_model_is_replaced_and_its_own_left_overs_go(write, tmp_path, word_encoder):
    folder = tmp_path / "m"
    write(folder, EncoderSource("small", bundled(), 24))
    (folder / "notes.txt").write_text("mine")
    write(folder, name="second")
    assert names(folder) == ["README.md", "classifier.skops", "manifest.json", "notes.txt", "terms.npy"]
    assert load(folder, encoder=word_encoder).manifest.name == "second"


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.tex": "x"},
        {"manifest.json": '{"name": "a web page", "icons": []}', "index.html": "x"},
        {"manifest.json": '{"files": {"index.html": "x"}}', "index.html": "x"},
        {"manifest.json": "{", "x": ""},
        {"script.py": "x"},
        {"sub/file.txt": "x"},
        {".hidden": "x"},
    ],
    ids=["other", "other-manifest", "manifest-of-files", "broken-manifest", "code", "folder", "hidden"],
)
def test_other_peoples_folders_are_not_written_into(write, tmp_path, files):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    before = names(tmp_path)
    with pytest.raises(UsageError, match="the folder holds other files; give a new folder"):
        write(tmp_path)
    assert names(tmp_path) == before
    assert all((tmp_path / name).read_text() == content for name, content in files.items())


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "m").write_text("x")
    with pytest.raises(UsageError, match="is a file; give a folder"):
        check_target(tmp_path / "m")


@pytest.mark.parametrize("name", [None, "__init__.py", ".writing-abc"])
def test_new_empty_and_package_folders_are_fine(tmp_path, name):
    check_target(tmp_path / "new")
    if name:
        (tmp_path / name).write_text("")
    check_target(tmp_path)


@pytest.mark.parametrize("exists", [True, False])
def test_a_failure_leaves_the_folder_as_it_was(write, tmp_path, exists):
    folder = tmp_path / "m"
    if exists:
        write(folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()} if exists else None
    with pytest.raises(FileNotFoundError):
        write(folder, EncoderSource("gone", tmp_path / "gone", 24))
    after = {p.name: p.read_bytes() for p in folder.iterdir()} if folder.exists() else None
    assert after == before
