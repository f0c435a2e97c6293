"""Fit the second look: how far to believe the reader where the first look is in doubt.

After :mod:`misplaced.training.fitting` has predicted all paragraphs held out. Only articles that the
reader was not taught on are used: of its own pupils it is too sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.document import fold
from misplaced.errors import CorpusError
from misplaced.second_look import evidence
from misplaced.training.holdout import foreignness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from misplaced.labelled import LabelledDocument
    from misplaced.reader import Reader
    from misplaced.training.table import Table

#: Articles read together.
_TOGETHER = 64

#: Doubtful paragraphs needed to fit on.
_LEAST = 100


@dataclass(frozen=True)
class Evidence:
    """What is known of the doubtful paragraphs.

    Attributes
    ----------
    rows : ndarray of shape (w,), int64
        Rows of the table.
    matrix : ndarray of shape (w, 12), float32
        See :func:`misplaced.second_look.evidence`.
    share : float
        Share of all paragraphs of the articles looked at, 0 to 1.
    """

    rows: NDArray[np.int64]
    matrix: NDArray[np.float32]
    share: float


def read_doubtful(
    documents: list[LabelledDocument],
    table: Table,
    probabilities: NDArray[np.float64],
    reader: Reader,
    doubt: float,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> Evidence:
    """Read the doubtful paragraphs of the articles that the reader does not know.

    Parameters
    ----------
    documents : list of LabelledDocument
        All, in the order of ``table.documents``.
    table : Table
    probabilities : ndarray of shape (N, 6), float64
        Class probabilities of the first look, held out.
    reader : Reader
    doubt : float
        Foreignness from which a paragraph is read.
    track : callable

    Raises
    ------
    CorpusError
        If there is next to nothing to fit on.
    """
    open_rows = np.flatnonzero(~table.seen)
    rows = open_rows[foreignness(probabilities[open_rows]) >= doubt]
    if len(rows) < _LEAST:
        raise CorpusError(
            f"only {len(rows)} doubtful paragraphs to fit the second look on",
            hint="give more corpora, or train without --reader",
        )
    order = np.argsort(table.documents[rows], kind="stable")
    rows = rows[order]
    starts = np.flatnonzero(np.r_[True, np.diff(table.documents[rows]) > 0])
    parts = np.split(rows, starts[1:])
    read: list[NDArray[np.float32]] = []
    batches = [parts[i : i + _TOGETHER] for i in range(0, len(parts), _TOGETHER)]
    for batch in track(batches, len(batches), "reading"):
        read += reader.read_many([_article(documents, table, part) for part in batch])
    first = np.log(np.maximum(probabilities[rows], 1e-12))
    return Evidence(rows, evidence(first, np.concatenate(read)), len(rows) / len(open_rows))


def _article(
    documents: list[LabelledDocument], table: Table, rows: NDArray[np.int64]
) -> tuple[list[str], str | None, list[int]]:
    document = documents[int(table.documents[rows[0]])]
    contents = [fold(paragraph) for paragraph in document.paragraphs]
    return [c for c in contents if c], fold(document.title or "") or None, table.places[rows].tolist()
