"""Paragraphs to embeddings: the protocol every encoder follows, and the ONNX one that ships.

Between segmentation and the features. The bundled encoder runs on onnxruntime and tokenizers
alone; torch is never imported here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from misplaced.errors import EncoderError
from misplaced.session import Graph, open_tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

#: Paragraphs a batch at most. Measured with news paragraphs, a thread a batch: beyond 8 the activations
#: leave the second-level cache and throughput falls again.
BATCH_SIZE = 8


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns paragraphs into unit vectors."""

    @property
    def name(self) -> str:
        """What identifies the encoder in a manifest: its id, or its folder's name."""
        ...

    @property
    def dimension(self) -> int:
        """Length d of an embedding."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed paragraphs.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        ndarray of shape (n, d), float32
            Rows of unit length, in the order of `texts`. A row depends on its own text only.
        """
        ...


class OnnxEncoder:
    """A transformer with mean pooling and normalisation, exported to one ONNX graph.

    The graph takes ``input_ids`` and ``attention_mask``, int64 of shape (batch, tokens), and gives
    ``embedding``, float32 of shape (batch, d). Paragraphs are batched by length, so that a batch
    holds hardly any padding.

    Parameters
    ----------
    model : Path
        The ONNX file.
    tokenizer : Path or tokenizers.Tokenizer
        A ``tokenizer.json``, or what :func:`misplaced.session.open_tokenizer` made of it.
    name : str, optional
        Identifier; the file's folder name by default.
    batch_size : int, optional
        Paragraphs a batch at most.
    threads : int, optional
        Batches at once; 0 for as many as this process may use cores.

    Raises
    ------
    EncoderError
        If either file cannot be loaded.
    """

    def __init__(
        self,
        model: Path,
        tokenizer: Path | Any,
        *,
        name: str | None = None,
        batch_size: int = BATCH_SIZE,
        threads: int = 0,
    ) -> None:
        self._graph = Graph(model, threads)
        self._tokenizer = open_tokenizer(tokenizer) if isinstance(tokenizer, Path) else tokenizer
        shapes = {output.name: output.shape for output in self._graph.session.get_outputs()}
        if not isinstance(shapes.get("embedding", [None])[-1], int):
            raise EncoderError(
                f"{model.name} has no output 'embedding' of known length",
                where=str(model.parent),
                hint="export the encoder again with 'misplaced export'",
            )
        self._dimension = int(shapes["embedding"][-1])
        self._name = name or model.parent.name
        self.batch_size = batch_size

    @property
    def name(self) -> str:
        """Identifier of the encoder."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed paragraphs; see :meth:`Encoder.encode`."""
        embeddings = np.zeros((len(texts), self._dimension), dtype=np.float32)
        tokens = [e.ids for e in self._tokenizer.encode_batch_fast([encodable(t) for t in texts])]
        size = self._graph.share(len(texts), self.batch_size)
        batches = list(batches_by_length([len(t) for t in tokens], size))
        batches.reverse()  # the longest first, so that no thread is left with them at the end
        feeds = [_padded([tokens[row] for row in rows]) for rows in batches]
        for rows, found in zip(batches, self._graph.run("embedding", feeds), strict=True):
            embeddings[rows] = found
        return embeddings


def _padded(tokens: Sequence[Sequence[int]]) -> dict[str, NDArray[np.int64]]:
    width = max(map(len, tokens))
    ids = np.zeros((len(tokens), width), dtype=np.int64)
    mask = np.zeros((len(tokens), width), dtype=np.int64)
    for row, pieces in enumerate(tokens):
        ids[row, : len(pieces)] = pieces
        mask[row, : len(pieces)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def batches_by_length(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Group items of similar length.

    Parameters
    ----------
    lengths : sequence of int, length n
    size : int
        Items a batch at most.

    Yields
    ------
    list of int
        Indices into `lengths`, shortest first; together every index exactly once.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for first in range(0, len(order), size):
        yield order[first : first + size]


def encode_checked(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Embed paragraphs with an encoder that may not keep to the protocol.

    Raises
    ------
    EncoderError
        If it gives other than one finite row of its dimension for each text.
    """
    if not texts:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    encoded = np.asarray(encoder.encode(texts), dtype=np.float32)
    expected = (len(texts), encoder.dimension)
    if encoded.shape != expected or not np.isfinite(encoded).all():
        raise EncoderError(
            f"the encoder {encoder.name!r} gave an array of shape {encoded.shape} for {len(texts)} texts, "
            f"expected finite numbers of shape {expected}",
            hint="its encode() must return one row of `dimension` numbers for each text",
        )
    return encoded


def encodable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer accepts, by question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
