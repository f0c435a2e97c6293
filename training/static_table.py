"""A trained static encoder as the file that detection reads: word-piece vectors in 8 bits.

Beside :mod:`misplaced.training.export`, which writes graphs.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.artifact import STATIC, TOKENIZER

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_static(model: Any) -> bool:
    """Tell whether a sentence-transformers model looks its embeddings up."""
    return type(model[0]).__name__ == "StaticEmbedding"


def write_static(model: Any, folder: Path) -> str:
    """Write ``static.npz`` and ``tokenizer.json``.

    Parameters
    ----------
    model : SentenceTransformer
        See :func:`is_static`. The embeddings are always brought to unit length.
    folder : Path
        Exists; files of the same name are replaced.

    Returns
    -------
    str
        ``static.npz``.
    """
    codes, scales = quantized(model[0].embedding.weight.detach().cpu().numpy())
    tokenizer = model[0].tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        np.savez(Path(aside) / STATIC, codes=codes, scales=scales)
        tokenizer.save(str(Path(aside) / TOKENIZER))
        for name in (STATIC, TOKENIZER):
            os.replace(Path(aside) / name, folder / name)  # noqa: PTH105 - as pathlib does, in one line
    return STATIC


def quantized(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round every vector to 8 bits on a scale of its own.

    Parameters
    ----------
    vectors : ndarray of shape (v, d), float32

    Returns
    -------
    codes : ndarray of shape (v, d), int8
    scales : ndarray of shape (v,), float32
        ``codes * scales[:, None]`` is at most half a scale off.
    """
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    return codes, scales.astype(np.float32)
