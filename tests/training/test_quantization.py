from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from misplaced.errors import MissingExtraError
from misplaced.training.quantization import quantize, symmetric_codes

weights = arrays(
    np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-8, 8, width=16)
)


@given(weights, st.sampled_from([0, 1]))
def test_codes_times_scales_are_within_half_a_step(matrix, axis):
    codes, scales = symmetric_codes(matrix, axis)
    assert codes.dtype == np.int8
    assert codes.min() >= -127
    assert scales.shape[axis] == 1
    assert scales.shape[1 - axis] == matrix.shape[1 - axis]
    assert (np.abs(codes * scales - matrix) <= scales * 0.501).all()


def test_every_scale_is_its_own_slices():
    _, scales = symmetric_codes(np.array([[1, 100], [-2, 0]], dtype=np.float32), 0)
    np.testing.assert_allclose(scales, [[2 / 127, 100 / 127]], rtol=1e-6)


def test_a_missing_onnx_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"'onnx'.*'misplaced\[train\]'"):
        quantize(tmp_path / "a.onnx", tmp_path / "b.onnx")
