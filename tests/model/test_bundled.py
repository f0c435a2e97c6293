"""The bundled model, in processes of its own: what detecting imports, and that it repeats itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

DETECT = """
import json, sys
from misplaced import Detector, Document
import numpy as np
paragraphs, title = json.loads(sys.stdin.read())
detector = Detector.load()
document = Document.from_paragraphs(paragraphs, title=title)
report = detector.detect(document).rethreshold(0.01)
from misplaced.features import matrix
(embedded,) = detector.embed([document])
features = matrix.compute(paragraphs, embedded.paragraphs, title, embedded.title, detector.weights)
print(json.dumps({
    "modules": sorted(m for m in sys.modules if m.split(".")[0] in
                      {"torch", "transformers", "sentence_transformers", "onnx", "pandas", "matplotlib"}),
    "paragraphs": [[p.coherence, p.label, p.reasons] for p in report.paragraphs],
    "matrix": features.matrix.tobytes().hex(),
}))
"""


def detected(story, hash_seed):
    found = subprocess.run(
        [sys.executable, "-c", DETECT],
        input=json.dumps([story, "Ellmouth deepens its harbour"]),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def runs(story):
    return [detected(story, seed) for seed in ("1", "2")]


def test_detecting_imports_nothing_that_only_training_needs(runs):
    assert runs[0]["modules"] == []


def test_results_do_not_depend_on_the_process(runs):
    assert runs[0] == runs[1]


def test_the_bundled_model_finds_an_obvious_stranger(bundled_detector, story):
    paragraphs = [*story, "Sign up for our free daily newsletter"]
    report = bundled_detector.detect("Ellmouth deepens its harbour\n\n" + "\n\n".join(paragraphs))
    foreign = sorted(report.paragraphs, key=lambda p: p.coherence)[:2]
    assert {p.index for p in foreign} == {3, len(story)}
    assert len(report.findings) <= 2


def test_many_documents_give_the_same_as_one_by_one(bundled_detector, articles):
    from misplaced import Document

    batch = [Document.from_paragraphs(a["paragraphs"], title=a["title"]) for a in articles[:4]]
    for report, document in zip(bundled_detector.detect_many(batch), batch, strict=True):
        alone = bundled_detector.detect(document)
        assert [p.coherence for p in report.paragraphs] == pytest.approx(
            [p.coherence for p in alone.paragraphs], abs=1e-6
        )
