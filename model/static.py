"""A static encoder: a text's embedding is the mean of its word pieces' vectors.

The other encoder beside :mod:`misplaced.encoder`, a hundred times as fast: there is no network to run,
only a table to look things up in. Used by the model ``fast``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.encoder import encodable
from misplaced.errors import EncoderError
from misplaced.session import open_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Texts embedded at once: bounds what is looked up at some megabytes.
_TOGETHER = 64


class StaticEncoder:
    """Mean of the vectors of a text's word pieces, at unit length.

    Parameters
    ----------
    table : Path
        A ``.npz`` with ``codes``, int8 of shape (v, d), and ``scales``, float32 of shape (v,): the
        vector of piece i is ``codes[i] * scales[i]``.
    tokenizer : Path or tokenizers.Tokenizer
        A ``tokenizer.json``, or what :func:`misplaced.session.open_tokenizer` made of it.
    name : str, optional
        Identifier; the file's folder name by default.

    Raises
    ------
    EncoderError
        If either file cannot be loaded, or they do not fit.

    References
    ----------
    Arora et al., "A simple but tough-to-beat baseline for sentence embeddings", ICLR 2017; the class
    ``StaticEmbedding`` of sentence-transformers, in which the table is trained.
    """

    def __init__(self, table: Path, tokenizer: Path | Any, *, name: str | None = None) -> None:
        try:
            with np.load(table, allow_pickle=False) as stored:
                codes, scales = stored["codes"], stored["scales"]
            fits = codes.dtype == np.int8 and codes.ndim == 2 and scales.shape == (len(codes),)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise _unloadable(table, str(error)[:120]) from error
        if not fits or not codes.size:
            raise _unloadable(table, f"codes {codes.dtype} {codes.shape}, scales {scales.shape}")
        self._tokenizer = open_tokenizer(tokenizer) if isinstance(tokenizer, Path) else tokenizer
        if self._tokenizer.get_vocab_size() > len(codes):
            raise _unloadable(table, "fewer vectors than the tokenizer has pieces")
        self._table = codes * scales[:, None].astype(np.float32)
        self._name = name or table.parent.name

    @property
    def name(self) -> str:
        """Identifier of the encoder."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed paragraphs; see :meth:`misplaced.encoder.Encoder.encode`."""
        embeddings = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for first in range(0, len(texts), _TOGETHER):
            some = [encodable(text) for text in texts[first : first + _TOGETHER]]
            encodings = self._tokenizer.encode_batch_fast(some, add_special_tokens=False)
            pieces = [encoding.ids for encoding in encodings]
            lengths = np.array([len(ids) for ids in pieces])
            filled = np.flatnonzero(lengths)
            if not len(filled):
                continue
            starts = np.cumsum(lengths[filled]) - lengths[filled]
            flat = np.fromiter((i for ids in pieces for i in ids), dtype=np.int64, count=int(lengths.sum()))
            sums = np.add.reduceat(self._table[flat], starts, axis=0)
            norms = np.linalg.norm(sums, axis=1, keepdims=True)
            embeddings[first + filled] = sums / np.maximum(norms, 1e-9)
        return embeddings


def _unloadable(table: Path, why: str) -> EncoderError:
    return EncoderError(
        f"{table.name} cannot be loaded ({why})",
        where=str(table.parent),
        hint="install the package again, or export the encoder again",
    )
