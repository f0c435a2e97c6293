"""The second look: doubtful paragraphs, read between their neighbours under the title and the lead.

Similarities say that a paragraph is near the article or far from it; reading in context sees what
they do not, such as a caption that fits the topic but not the place. It costs several times an
embedding, so that only the paragraphs are read that the logistic is unsure of.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.encoder import batches_by_length, encodable
from misplaced.session import Graph, open_tokenizer
from misplaced.windows import Window, header, windows_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: What the reader tells apart, in the order of its output.
KINDS = ("coherent", "off_topic", "boilerplate", "caption", "meta")

#: Windows that run together: one already fills a core's second-level cache.
_BATCH = 1

#: Characters of a paragraph that are tokenised: far more than a window shows of it.
_CHARACTERS = 1000


class Reader:
    """A transformer with a linear layer over its tokens, exported to one ONNX graph.

    The graph takes ``input_ids``, ``attention_mask`` and ``token_type_ids``, int64 of shape (batch,
    tokens), and gives ``logits``, float32 of shape (batch, tokens, 5). A paragraph's logits are the
    mean over its tokens: the layer is linear, so that pooling after it is pooling before it.

    Parameters
    ----------
    model : Path
        The ONNX file.
    tokenizer : Path or tokenizers.Tokenizer
        A ``tokenizer.json``, or what :func:`misplaced.session.open_tokenizer` made of it.
    threads : int, optional
        Batches at once; 0 for as many as this process may use cores.

    Raises
    ------
    EncoderError
        If either file cannot be loaded.
    """

    def __init__(self, model: Path, tokenizer: Path | Any, *, threads: int = 0) -> None:
        self._graph = Graph(model, threads)
        # It cuts texts to more word pieces than a window shows of them.
        self._tokenizer = open_tokenizer(tokenizer) if isinstance(tokenizer, Path) else tokenizer

    def read(self, contents: Sequence[str], title: str | None, wanted: Sequence[int]) -> NDArray[np.float32]:
        """Read paragraphs of one article in context.

        Parameters
        ----------
        contents : sequence of str, length n
            All paragraphs, none empty.
        title : str or None
        wanted : sequence of int, length w
            Which to read, in rising order.

        Returns
        -------
        ndarray of shape (w, 5), float32
            Log-probabilities of :data:`KINDS`.
        """
        return self.read_many([(contents, title, wanted)])[0]

    def read_many(
        self, articles: Sequence[tuple[Sequence[str], str | None, Sequence[int]]]
    ) -> list[NDArray[np.float32]]:
        """Read paragraphs of several articles, windows of similar length together; see :meth:`read`."""
        work: list[tuple[int, Window, list[int]]] = []
        for number, (contents, title, wanted) in enumerate(articles):
            if wanted:
                pieces = self._pieces([title or "", *contents])
                head = header(pieces[0], pieces[1:])
                work += [(number, window, seen) for window, seen in windows_for(wanted, pieces[1:], head)]
        found: list[dict[int, NDArray[np.float32]]] = [{} for _ in articles]
        lengths = [len(window.ids) for _, window, _ in work]
        batches = list(batches_by_length(lengths, self._graph.share(len(work), _BATCH)))[::-1]
        runs = self._graph.run("logits", [_padded([work[i][1] for i in batch]) for batch in batches])
        for batch, run in zip(batches, runs, strict=True):
            for i, logits in zip(batch, run, strict=True):
                number, window, seen = work[i]
                for paragraph, first, end in window.spans:
                    if paragraph in seen:
                        found[number][paragraph] = _log_softmax(logits[first:end].mean(axis=0))
        empty = np.zeros((0, len(KINDS)), dtype=np.float32)
        return [
            np.stack([found[number][paragraph] for paragraph in wanted]) if wanted else empty
            for number, (_, _, wanted) in enumerate(articles)
        ]

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast(
            [encodable(text[:_CHARACTERS]) for text in texts], add_special_tokens=False
        )
        return [encoding.ids for encoding in encodings]


def _padded(windows: Sequence[Window]) -> dict[str, NDArray[np.int64]]:
    width = max(len(window.ids) for window in windows)
    feed = {
        name: np.zeros((len(windows), width), dtype=np.int64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for row, window in enumerate(windows):
        length = len(window.ids)
        feed["input_ids"][row, :length] = window.ids
        feed["attention_mask"][row, :length] = 1
        feed["token_type_ids"][row, :length] = window.types
    return feed


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = logits - logits.max()
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum())
    return result
