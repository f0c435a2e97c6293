"""Embeddings of documents: every wording once, batched across documents.

Between :mod:`misplaced.document` and the feature matrix; :mod:`misplaced.detector` leads the way.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.encoder import encode_checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from misplaced.document import Document
    from misplaced.encoder import Encoder

#: Paragraphs that are embedded together, over as many documents as it takes. Enough for batches of
#: equal length, few enough that the first report comes soon.
_WINDOW = 256


@dataclass(frozen=True)
class DocumentEmbeddings:
    """The embeddings of one document.

    Attributes
    ----------
    paragraphs : ndarray of shape (n, d), float32
        Unit rows; zero rows for empty paragraphs.
    title : ndarray of shape (d,), float32, or None
        None where the document has no title.
    """

    paragraphs: NDArray[np.float32]
    title: NDArray[np.float32] | None


def embed_window(encoder: Encoder, documents: Sequence[Document]) -> list[DocumentEmbeddings]:
    """Embed documents together, in order.

    Raises
    ------
    EncoderError
        If the encoder fails or returns arrays that do not fit.
    """
    wanted = [p.content for d in documents for p in d.paragraphs]
    wanted += [d.title_content for d in documents if d.title_content]
    rows = {text: row for row, text in enumerate(t for t in dict.fromkeys(wanted) if t)}
    encoded = encode_checked(encoder, list(rows))
    blank = np.zeros(encoder.dimension, dtype=np.float32)
    embedded = []
    for document in documents:
        title = document.title_content
        found = [encoded[rows[p.content]] if p.content else blank for p in document.paragraphs]
        embedded.append(
            DocumentEmbeddings(
                np.stack(found) if found else np.zeros((0, len(blank)), dtype=np.float32),
                encoded[rows[title]] if title else None,
            )
        )
    return embedded


def embedded_ahead(
    encoder: Encoder, documents: Iterable[Document]
) -> Iterator[tuple[list[Document], list[DocumentEmbeddings]]]:
    """Yield windows of documents with their embeddings, the next one embedded in the meantime.

    What is done with one window, in Python, leaves the processor's other cores to the encoder, which
    runs in native code.

    Raises
    ------
    EncoderError
        If the encoder fails or returns arrays that do not fit.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="misplaced-encoder") as pool:
        before: tuple[list[Document], Future[list[DocumentEmbeddings]]] | None = None
        for window in windows(documents):
            running = pool.submit(embed_window, encoder, window)
            if before is not None:
                yield before[0], before[1].result()
            before = window, running
        if before is not None:
            yield before[0], before[1].result()


def windows(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Collect documents until they hold enough paragraphs to embed together."""
    window: list[Document] = []
    size = 0
    for document in documents:
        window.append(document)
        size += len(document.paragraphs) + 1
        if size >= _WINDOW:
            yield window
            window, size = [], 0
    if window:
        yield window
