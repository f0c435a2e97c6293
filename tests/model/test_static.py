"""The static encoder: a mean of vectors that were looked up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from misplaced.encoder import Encoder
from misplaced.errors import EncoderError
from misplaced.static import StaticEncoder

WORDS = ["[UNK]", "ash", "birch", "cedar", "elm"]
CODES = np.array([[0, 0, 1], [127, 0, 0], [0, 100, 0], [-50, 50, 0], [0, 0, 127]], dtype=np.int8)
SCALES = np.array([0.0, 0.5, 1.0, 2.0, 0.25], dtype=np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    tokenizer = Tokenizer(WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    np.savez(folder / "static.npz", codes=CODES, scales=SCALES)
    return folder


@pytest.fixture(scope="module")
def encoder(folder):
    return StaticEncoder(folder / "static.npz", folder / "tokenizer.json")


def test_it_is_an_encoder_named_after_its_folder(encoder, folder):
    assert isinstance(encoder, Encoder)
    assert (encoder.name, encoder.dimension) == (folder.name, 3)


@given(st.lists(st.lists(st.sampled_from(WORDS[1:]), max_size=6), max_size=200))
def test_a_text_is_the_mean_of_its_words_at_unit_length(encoder, texts):
    found = encoder.encode([" ".join(words) for words in texts])
    vectors = CODES * SCALES[:, None]
    for row, words in zip(found, texts, strict=True):
        total = sum((vectors[WORDS.index(w)] for w in words), np.zeros(3))
        norm = np.linalg.norm(total)
        np.testing.assert_allclose(row, total / norm if norm > 1e-6 else row, atol=1e-5)
        if not words:
            assert not row.any()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be loaded"),
        ({"codes": CODES}, "cannot be loaded"),
        ({"codes": CODES.astype(np.float32), "scales": SCALES}, "float32"),
        ({"codes": CODES, "scales": SCALES[:3]}, "scales"),
        ({"codes": CODES[:3], "scales": SCALES[:3]}, "fewer vectors"),
    ],
)
def test_tables_that_do_not_fit_are_refused_in_one_line(folder, tmp_path, content, why):
    if content is None:
        (tmp_path / "static.npz").write_bytes(b"no archive")
    else:
        np.savez(tmp_path / "static.npz", **content)
    with pytest.raises(EncoderError, match=why) as refused:
        StaticEncoder(tmp_path / "static.npz", folder / "tokenizer.json")
    assert "\n" not in str(refused.value)
