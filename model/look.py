"""What the detector knows of a document while it judges it: features, the statement, probabilities.

Between :mod:`misplaced.embedding` and the report; :mod:`misplaced.detector` leads the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features import matrix
from misplaced.report import LABELS, Statement
from misplaced.statements import discount_off_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.context import ContextNetwork
    from misplaced.document import Document
    from misplaced.embedding import DocumentEmbeddings
    from misplaced.features.matrix import Features
    from misplaced.features.terms import TermWeights
    from misplaced.second_look import SecondLook
    from misplaced.statements import StatementModel


@dataclass
class Look:
    """A document under judgement; m of its paragraphs are not empty.

    Attributes
    ----------
    filled : list of int, length m
        Which those are.
    contents : list of str, length m
    title : str or None
        None also where it belongs to another story.
    features : Features or None
        None where m is 0.
    found : ndarray of shape (m, 3), float64
        Label probabilities, of the latest look.
    read : dict of int to float
        Of the paragraphs looked at twice, by row: the foreignness of the first look.
    statement : Statement
    size : int
        All paragraphs.
    """

    filled: list[int]
    contents: list[str]
    title: str | None
    features: Features | None
    found: NDArray[np.float64]
    read: dict[int, float]
    statement: Statement
    size: int

    def lines(self) -> NDArray[np.bool_]:
        """Which of the paragraphs are lines rather than prose, shape (m,)."""
        if self.features is None:
            return np.zeros(0, dtype=bool)
        return matrix.lines(self.features.matrix)

    def probabilities(self) -> NDArray[np.float64]:
        """Label probabilities of all paragraphs, shape (size, 3); an empty one is coherent."""
        probabilities = np.zeros((self.size, len(LABELS)))
        probabilities[:, 0] = 1.0
        if self.filled:
            several = self.statement.multi_topic
            probabilities[self.filled] = discount_off_topic(self.found) if several else self.found
        return probabilities


def first_look(
    document: Document,
    embeddings: DocumentEmbeddings,
    classifier: Classifier,
    weights: TermWeights,
    statements: StatementModel,
    statement: Statement | None = None,
    context: ContextNetwork | None = None,
) -> Look:
    """Judge every paragraph by its features.

    Parameters
    ----------
    document : Document
    embeddings : DocumentEmbeddings
    classifier : Classifier
    weights : TermWeights
    statements : StatementModel
    statement : Statement, optional
        What is said of the whole, where it is known already.
    context : ContextNetwork, optional
        Where the classifier reads its columns.
    """
    filled = [i for i, p in enumerate(document.paragraphs) if p.content]
    size = len(document.paragraphs)
    if not filled:
        nothing = np.zeros((0, len(LABELS)))
        return Look([], [], None, None, nothing, {}, statement or Statement(), size)
    contents, rows = [document.paragraphs[i].content for i in filled], embeddings.paragraphs[filled]
    title, title_row = document.title_content, embeddings.title
    features = matrix.compute(contents, rows, title, title_row, weights, context)
    if statement is None:
        statement = statements.judge(contents, features.terms, rows, title, title_row, weights)
    if statement.title_mismatch:
        title, features = None, matrix.compute(contents, rows, None, None, weights, context)
    found = classifier.probabilities(features.matrix)
    return Look(filled, contents, title, features, found, {}, statement, size)


def look_again(looks: Sequence[Look], second: SecondLook) -> None:
    """Judge the doubtful paragraphs of several documents a second time, in place."""
    doubtful = [second.doubtful(look.found) for look in looks]
    pairs = list(zip(looks, doubtful, strict=True))
    revised = second.judge(
        [(look.contents, look.title, rows) for look, rows in pairs],
        [look.found[rows] for look, rows in pairs],
        [look.lines()[rows] for look, rows in pairs],
    )
    for look, rows, found in zip(looks, doubtful, revised, strict=True):
        look.read = {row: float(1.0 - look.found[row, 0]) for row in rows}
        look.found[rows] = found
