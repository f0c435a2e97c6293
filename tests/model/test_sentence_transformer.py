from __future__ import annotations

import sys

import numpy as np
import pytest

from misplaced.encoder import Encoder
from misplaced.errors import EncoderError, MissingExtraError
from misplaced.sentence_transformer import SentenceTransformerEncoder


def test_it_follows_the_protocol(base_encoder):
    base = base_encoder
    assert isinstance(base, Encoder)
    assert base.dimension == 384
    rows = base.encode(["The ferry sails.", "half a pair \ud800", "half a pair ?"])
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows[1], rows[2], atol=1e-5)
    assert base.encode([]).shape == (0, 384)


def test_a_model_that_cannot_be_loaded_is_named(tmp_path):
    pytest.importorskip("sentence_transformers")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match=r"cannot load '.*empty' .*give the folder of a saved model"):
        SentenceTransformerEncoder(str(tmp_path / "empty"))


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'misplaced\[train\]'"):
        SentenceTransformerEncoder("any")
