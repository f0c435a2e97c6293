from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.encoder import Encoder, OnnxEncoder, batches_by_length, encode_checked
from misplaced.errors import EncoderError

TEXTS = [
    "The ferry returned at dusk.",
    "x",
    "",
    "Astronomers saw a comet whose second tail consists of sodium, " * 12,
    "Subscribe!",
    "Les vendanges ont commencé plus tôt que prévu; 気象庁は雪を予想している 🙂",
    "Half of the vines froze on the slopes above the village before dawn.",
]


@pytest.fixture(scope="module")
def encoder(bundled_detector):
    return bundled_detector.encoder


def test_rows_are_unit_vectors(encoder):
    embeddings = encoder.encode(TEXTS)
    assert embeddings.shape == (len(TEXTS), encoder.dimension)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-4)
    assert isinstance(encoder, Encoder)


def test_a_row_depends_on_its_own_text_only(encoder):
    together = encoder.encode(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], row, atol=1e-5)


def test_order_is_kept_over_many_batches(encoder):
    texts = [f"Number {i}: " + "grapes and wine " * (37 * i % 11) for i in range(40)]
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = encoder.encode([texts[i] for i in order])
    np.testing.assert_allclose(shuffled, encoder.encode(texts)[order], atol=1e-5)
    assert len(np.unique(shuffled.round(3), axis=0)) == len(texts)


def test_similar_sentences_are_closer_than_others(encoder):
    ship, boat, wine = encoder.encode(
        ["The ship entered the port.", "A boat came into the harbour.", "Grapes are pressed in autumn."]
    )
    assert ship @ boat > ship @ wine + 0.2


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_lone_surrogates_and_enormous_texts_are_embedded(encoder):
    rows = encoder.encode(["half a pair \ud800 here", "half a pair ? here", "word " * 200_000, "\0"])
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


def test_a_long_text_is_read_to_its_first_tokens(encoder):
    start = "The ferry sails. " * 60
    rows = encoder.encode([start + "grapes", start + "comets"])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


@given(st.lists(st.integers(0, 200), max_size=70), st.integers(1, 20))
def test_batches_cover_every_index_once_by_length(lengths, size):
    batches = list(batches_by_length(lengths, size))
    flat = [index for batch in batches for index in batch]
    assert sorted(flat) == list(range(len(lengths)))
    assert [lengths[i] for i in flat] == sorted(lengths)
    assert all(0 < len(batch) <= size for batch in batches)


@pytest.mark.parametrize("broken", ["encoder.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"not a model"])
def test_files_that_cannot_be_loaded_are_named(tmp_path, broken, content):
    from misplaced.artifact import bundled

    for name in ("encoder.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to(bundled() / name)
    (tmp_path / broken).unlink()
    if content is not None:
        (tmp_path / broken).write_bytes(content)
    with pytest.raises(EncoderError, match=r"cannot be loaded .*export the encoder again") as caught:
        OnnxEncoder(tmp_path / "encoder.onnx", tmp_path / "tokenizer.json")
    assert str(caught.value).startswith(f"{tmp_path}: ")


def test_another_graph_is_refused(tmp_path):
    onnx = pytest.importorskip("onnx")
    from misplaced.artifact import bundled

    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    other = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Abs", ["x"], ["y"])], "g", [value], [other])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "encoder.onnx")
    with pytest.raises(EncoderError, match="no output 'embedding'"):
        OnnxEncoder(tmp_path / "encoder.onnx", bundled() / "tokenizer.json")


class Wrong:
    name, dimension = "wrong", 3

    def __init__(self, answer):
        self.answer = answer

    def encode(self, texts):
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [np.zeros((1, 3)), np.zeros((2, 4)), np.zeros(3), np.array([[0, 1, 0], [np.nan, 0, 0]])],
    ids=["rows", "dimension", "flat", "nan"],
)
def test_an_encoder_that_breaks_the_protocol_is_named(answer):
    with pytest.raises(EncoderError, match=r"'wrong' gave .* expected finite numbers of shape \(2, 3\)"):
        encode_checked(Wrong(answer), ["a", "b"])


def test_nothing_is_asked_of_an_encoder_without_texts():
    assert encode_checked(Wrong(None), []).shape == (0, 3)
    assert encode_checked(Wrong(np.eye(3)[:2]), ["a", "b"]).dtype == np.float32
