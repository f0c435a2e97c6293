"""The commands of the benchmarks folder, and a folder of small benchmarks for them to measure."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

#: They are run as ``python benchmarks/accuracy.py`` and import each other from there.
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))


@pytest.fixture(scope="session")
def data(articles, labelled_file, tmp_path_factory):
    """Frozen benchmarks of invented articles: the wild one holds an article on several topics."""
    folder = tmp_path_factory.mktemp("data")
    records = [json.loads(line) for line in labelled_file.read_text(encoding="utf-8").splitlines()]
    untouched = [{**a, "kind": "clean", "form": None} for a in articles[:6]]
    wild = [{**record, "kind": "wild", "form": None} for record in records]
    wild[0]["kind"] = "multi"
    blogs = [{key: a[key] for key in ("id", "title", "paragraphs")} for a in articles]
    for name, lines in (("wild-dev", wild), ("inserted-dev", [*records, *untouched]), ("blogs-train", blogs)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def quick_detector(small_fit, make_word_encoder):
    """The small detector, whose encoder embeds every wording once."""
    from remembering import RememberingEncoder

    from misplaced.classifier import Classifier
    from misplaced.detector import Detector

    classifier = Classifier.from_pipeline(small_fit.pipeline)
    return Detector(RememberingEncoder(make_word_encoder()), classifier, small_fit.weights, 0.5)
