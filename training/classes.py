"""Which of the classifier's classes a labelled paragraph is an example of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.classifier import CLASSES
from misplaced.errors import CorpusError
from misplaced.features import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NUMBER = {name: number for number, (name, _) in enumerate(CLASSES)}


def class_numbers(rows: NDArray[np.float32], labels: Sequence[str]) -> NDArray[np.int64]:
    """Return the class of every paragraph, from its label and its shape.

    Parameters
    ----------
    rows : ndarray of shape (n, f), float32
        Feature rows; a line is at most 25 words without closing punctuation.
    labels : sequence of str, length n
        Each one of :data:`misplaced.labelled.LABELLED`.

    Returns
    -------
    ndarray of shape (n,), int64
        Index into :data:`misplaced.classifier.CLASSES`; -1 for paragraphs to leave out.
    """
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    lines = matrix.lines(rows)
    names = [_class(label, bool(line)) for label, line in zip(labels, lines, strict=True)]
    return np.array([-1 if name is None else _NUMBER[name] for name in names], dtype=np.int64)


def merge_rare(classes: NDArray[np.int64], groups: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """Give classes with hardly an example to the commonest class of the same label.

    Corpora made by insertion hold no captions, and small ones no pointers; a class that only one
    article shows can be neither learned nor held out.

    Parameters
    ----------
    classes : ndarray of shape (N,), int64
    groups : ndarray of shape (N,), int64
        Equal numbers for paragraphs of the same article.
    least : int
        Articles that must hold a class.

    Returns
    -------
    ndarray of shape (N,), int64
        -1 for paragraphs of a foreign label that too few articles show.

    Raises
    ------
    CorpusError
        If too few articles hold coherent paragraphs, or foreign ones.
    """
    merged = classes.copy()
    for label in dict.fromkeys(label for _, label in CLASSES):
        numbers = [number for number, (_, of_class) in enumerate(CLASSES) if of_class == label]
        commonest = max(numbers, key=lambda number: len(np.unique(groups[classes == number])))
        for number in numbers:
            if len(np.unique(groups[classes == number])) < least:
                merged[classes == number] = commonest
        if len(np.unique(groups[merged == commonest])) < least:
            merged[merged == commonest] = -1
    for wanted in ("coherent", "foreign"):
        kept = [n for n, (_, label) in enumerate(CLASSES) if (label == "coherent") == (wanted == "coherent")]
        if not np.isin(merged, kept).any():
            raise CorpusError(
                f"fewer than {least} articles hold {wanted} paragraphs",
                hint="add labelled documents, or make some with 'misplaced corrupt'",
            )
    return merged


def _class(label: str, line: bool) -> str | None:
    if label == "coherent":
        return "line" if line else "prose"
    if label == "off_topic":
        return "pointer" if line else "foreign prose"
    return {"boilerplate": "furniture", "caption": "caption or note", "meta": "caption or note"}.get(label)
