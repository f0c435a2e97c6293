from __future__ import annotations

import numpy as np

from misplaced.training import embedding
from misplaced.training.embedding import CachedEncoder


def test_a_second_run_embeds_nothing(word_encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(embedding, "CHUNK", 4)
    texts = [f"text {i}" for i in range(10)]
    first = list(CachedEncoder(word_encoder, "words", tmp_path).encode(texts))
    assert [len(chunk) for chunk in first] == [4, 4, 2]
    assert CachedEncoder(word_encoder, "words", tmp_path).chunks(texts) == 3
    assert len(word_encoder.calls) == 3
    again = list(CachedEncoder(word_encoder, "words", tmp_path).encode(texts))
    assert len(word_encoder.calls) == 3
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert first[0].dtype == np.float32
    np.testing.assert_allclose(np.concatenate(first), word_encoder.encode(texts), atol=1e-3)


def test_other_texts_and_another_encoder_embed_afresh(word_encoder, tmp_path):
    for identity, texts in (("one", ["a", "b"]), ("one", ["b", "a"]), ("two", ["a", "b"])):
        list(CachedEncoder(word_encoder, identity, tmp_path).encode(texts))
    assert word_encoder.calls == [["a", "b"], ["b", "a"], ["a", "b"]]


def test_without_a_folder_nothing_is_kept(word_encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        list(CachedEncoder(word_encoder, "words", None).encode(["a"]))
    assert len(word_encoder.calls) == 2
    assert list(tmp_path.iterdir()) == []
    assert list(CachedEncoder(word_encoder, "words", None).encode([])) == []
