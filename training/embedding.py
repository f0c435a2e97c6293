"""Embeddings of labelled documents, cached so that a second fit does not embed again.

Between the labelled corpora and :mod:`misplaced.training.fitting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from joblib import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from misplaced.encoder import Encoder

#: Texts a cache entry holds: a corpus added at the end repeats little work, and entries stay few.
CHUNK = 2_048


class CachedEncoder:
    """An encoder whose results are kept on disk by joblib, keyed by its identity and the texts.

    Parameters
    ----------
    encoder : Encoder
    identity : str
        What the embeddings depend on beside the text: the digest of the encoder's file.
    folder : Path or None
        Where the cache lives; None embeds without one.
    """

    def __init__(self, encoder: Encoder, identity: str, folder: Path | None) -> None:
        self.encoder = encoder
        self.identity = identity
        memory = Memory(folder, verbose=0)
        # Half precision: the encoder's own error is larger, and the cache is half the size.
        self._encode: Callable[..., NDArray[np.float16]] = memory.cache(_encode, ignore=["encoder"])

    def encode(self, texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Embed in chunks.

        Yields
        ------
        ndarray of shape (m, d), float32
            For the next m texts, m at most :data:`CHUNK`.
        """
        for first in range(0, len(texts), CHUNK):
            chunk = tuple(texts[first : first + CHUNK])
            yield self._encode(self.encoder, self.identity, chunk).astype(np.float32)

    def chunks(self, texts: Sequence[str]) -> int:
        """Count the chunks that :meth:`encode` yields."""
        return -(-len(texts) // CHUNK)


def _encode(encoder: Encoder, identity: str, texts: tuple[str, ...]) -> NDArray[np.float16]:
    del identity  # part of the cache key only
    return encoder.encode(texts).astype(np.float16)
