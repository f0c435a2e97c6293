"""The reader of ``.skops`` files against the library that writes them."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from skops import io

from misplaced.classifier import CLASSES, Classifier
from misplaced.skopsfile import read_pipeline, unexpected_types

ROWS = np.random.default_rng(0).standard_normal((60, 3)).astype(np.float32) * [1, 8, 0.2]


@pytest.fixture
def written(tmp_path):
    def write(scaler):
        steps = [("scaler", scaler), ("logistic", LogisticRegression(C=0.1))]
        pipeline = Pipeline(steps).fit(ROWS, np.arange(60) % len(CLASSES))
        io.dump(pipeline, tmp_path / "p.skops")
        return pipeline, tmp_path / "p.skops"

    return write


def test_the_numbers_are_those_that_the_library_reads(written):
    _, path = written(StandardScaler())
    assert unexpected_types(path) == []
    ours = Classifier.from_pipeline(read_pipeline(path))
    theirs = Classifier.from_pipeline(io.load(path))
    for name in ("mean", "scale", "weights", "intercepts"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_other_types_are_named_sorted(written):
    _, path = written(MinMaxScaler())
    assert unexpected_types(path) == ["sklearn.preprocessing._data.MinMaxScaler"]


def test_a_class_of_an_expected_name_elsewhere_is_unexpected(written, tmp_path):
    _, path = written(StandardScaler())
    with zipfile.ZipFile(path) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["__module__"] = "sklearnish.pipeline"
    with zipfile.ZipFile(tmp_path / "other.skops", "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    assert unexpected_types(tmp_path / "other.skops") == ["sklearnish.pipeline.Pipeline"]


def test_arrays_of_objects_are_not_unpickled(written, tmp_path):
    _, path = written(StandardScaler())
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "evil.skops", "w") as evil:
        for name in archive.namelist():
            with evil.open(name, "w") as stream:
                if name.endswith(".npy"):
                    np.save(stream, np.array([{}]), allow_pickle=True)
                else:
                    stream.write(archive.read(name))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_pipeline(tmp_path / "evil.skops")
