"""A static encoder, trained, exported, and used by a model."""

from __future__ import annotations

import json
from unittest import mock

import numpy as np
import pytest

pytest.importorskip("sentence_transformers")

from misplaced.apps import cli
from misplaced.artifact import load
from misplaced.detector import Detector
from misplaced.static import StaticEncoder
from misplaced.training.static_table import quantized


def run(*arguments, status=0):
    with mock.patch("sys.argv", ["misplaced", *map(str, arguments)]), pytest.raises(SystemExit) as stopped:
        cli.main()
    assert (stopped.value.code or 0) == status


@pytest.fixture(scope="session")
def static(tiny_base, labelled_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    options = ["--static", "16", "--steps", "30", "--batch", "6", "--learning-rate", "1e-2"]
    run("finetune", labelled_file, "--base", tiny_base, *options, "--held-out", "0.2", "-o", folder / "tuned")
    run("export", folder / "tuned", "-o", folder / "int8")
    return folder


def test_the_export_gives_the_trained_embeddings(static):
    from sentence_transformers import SentenceTransformer

    texts = ["The ferry left the harbour at dawn.", "Bakers lined up for flour."]
    exported = StaticEncoder(static / "int8" / "static.npz", static / "int8" / "tokenizer.json")
    expected = SentenceTransformer(str(static / "tuned"), device="cpu").encode(texts)
    cosines = (exported.encode(texts) * expected).sum(axis=1)
    assert cosines.min() > 0.99
    assert json.loads((static / "tuned" / "finetuning.json").read_text())["settings"]["static"] == 16


def test_a_model_is_trained_on_it_and_keeps_it(static, labelled_file, tmp_path):
    model = tmp_path / "model"
    run("train", labelled_file, "--encoder", static / "int8", "--no-cache", "-o", model)
    assert load(model).manifest.encoder["kind"] == "static"
    assert not (model / "encoder.onnx").exists()
    assert len(Detector.load(model).score(["A ferry left.", "It was full.", "Rates rose."])) == 3


def test_codes_are_at_most_half_a_scale_off():
    vectors = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    codes, scales = quantized(vectors)
    assert codes.dtype == np.int8
    assert np.abs(codes * scales[:, None] - vectors).max() <= scales.max() / 2 + 1e-6
