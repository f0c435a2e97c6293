"""Fit the second look: how far to believe the reader where the first look is in doubt.

After :mod:`misplaced.training.fitting` has predicted all paragraphs held out. Only articles that the
reader was not taught on are used: of its own pupils it is too sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.classifier import TO_LABEL
from misplaced.document import fold
from misplaced.errors import CorpusError
from misplaced.features import matrix
from misplaced.logistic import Logistic
from misplaced.second_look import NAMES, evidence, in_doubt
from misplaced.training.holdout import COUNTED, FOREIGN, foreignness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from misplaced.labelled import LabelledDocument
    from misplaced.reader import Reader
    from misplaced.training.table import Table

#: Articles read together.
_TOGETHER = 64

#: Doubtful paragraphs of either side that are needed to fit on.
_LEAST = 30

#: Folds of the held-out prediction.
_FOLDS = 4


@dataclass(frozen=True)
class SecondFit:
    """A fitted second look.

    Attributes
    ----------
    logistic : Logistic
        With the share of the paragraphs that was read among its figures.
    rows : ndarray of shape (w,), int64
        Rows of the table that were doubtful.
    foreign : ndarray of shape (w,), float64
        Their probability of being foreign, held out.
    """

    logistic: Logistic
    rows: NDArray[np.int64]
    foreign: NDArray[np.float64]


def fit_second_look(
    documents: list[LabelledDocument],
    table: Table,
    probabilities: NDArray[np.float64],
    sample_weights: NDArray[np.float64],
    reader: Reader,
    doubt: float,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> SecondFit:
    """Read the doubtful paragraphs of the articles that the reader does not know, and weigh.

    Parameters
    ----------
    documents : list of LabelledDocument
        All, in the order of ``table.documents``.
    table : Table
    probabilities : ndarray of shape (N, 6), float64
        Class probabilities of the first look, held out.
    sample_weights : ndarray of shape (N,), float64
        Rows of weight 0 are not read.
    reader : Reader
    doubt : float
        Foreignness from which a paragraph is read, up to as much below 1.
    track : callable

    Raises
    ------
    CorpusError
        If there is next to nothing to fit on.
    """
    open_rows = np.flatnonzero(~table.seen & (sample_weights > 0))
    rows = open_rows[in_doubt(foreignness(probabilities[open_rows]), doubt)]
    foreign = FOREIGN[table.classes[rows]]
    if min(foreign.sum(), (~foreign).sum()) < _LEAST:
        raise CorpusError(
            f"only {len(rows)} doubtful paragraphs to fit the second look on",
            hint="give more corpora, or train without --reader",
        )
    rows = rows[np.argsort(table.documents[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(table.documents[rows]) > 0) + 1
    parts = np.split(rows, starts)
    read: list[NDArray[np.float32]] = []
    batches = [parts[i : i + _TOGETHER] for i in range(0, len(parts), _TOGETHER)]
    for batch in track(batches, len(batches), "reading"):
        read += reader.read_many([_article(documents, table, part) for part in batch])
    labels = probabilities[rows] @ TO_LABEL
    measures = evidence(labels, np.concatenate(read), matrix.lines(table.matrix[rows]))
    share = round(len(rows) / len(open_rows), 4)
    return _fit(measures, table.taken(rows), sample_weights[rows], rows, share)


def _fit(
    measures: NDArray[np.float64],
    table: Table,
    sample_weights: NDArray[np.float64],
    rows: NDArray[np.int64],
    share: float,
) -> SecondFit:
    from sklearn.model_selection import GroupKFold

    truth = FOREIGN[table.classes]
    counted = COUNTED[table.classes]  # readers differ on captions: they decide nothing here
    foreign = np.zeros(len(rows))
    for train, test in GroupKFold(_FOLDS).split(measures, truth, table.groups):
        known = train[counted[train]]
        part = _logistic(measures[known], truth[known], sample_weights[known])
        foreign[test] = part.predict_proba(measures[test])[:, 1]
    whole = _logistic(measures[counted], truth[counted], sample_weights[counted])
    weights = dict(zip(NAMES, whole.coef_[0].tolist(), strict=True))
    return SecondFit(Logistic(weights, float(whole.intercept_[0]), {"read": share}), rows, foreign)


def _logistic(
    measures: NDArray[np.float64], truth: NDArray[np.bool_], sample_weights: NDArray[np.float64]
) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, max_iter=500).fit(measures, truth, sample_weight=sample_weights)


def revised(probabilities: NDArray[np.float64], second: SecondFit) -> NDArray[np.float64]:
    """Class probabilities with the second look's verdicts: each side keeps its shares."""
    changed = probabilities.copy()
    rows = second.rows
    for side, mass in ((FOREIGN, second.foreign), (~FOREIGN, 1 - second.foreign)):
        part = probabilities[np.ix_(rows, np.flatnonzero(side))]
        part = part / np.maximum(part.sum(axis=1, keepdims=True), 1e-12)
        changed[np.ix_(rows, np.flatnonzero(side))] = part * mass[:, None]
    return changed


def _article(
    documents: list[LabelledDocument], table: Table, rows: NDArray[np.int64]
) -> tuple[list[str], str | None, list[int]]:
    document = documents[int(table.documents[rows[0]])]
    contents = [fold(paragraph) for paragraph in document.paragraphs]
    return [c for c in contents if c], fold(document.title or "") or None, table.places[rows].tolist()
