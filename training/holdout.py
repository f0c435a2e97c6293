"""Held-out figures and the threshold that follows from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.classifier import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.training.table import Table

#: Which classes are foreign.
FOREIGN = np.array([label != "coherent" for _, label in CLASSES])
_COHERENT = ~FOREIGN
#: Captions and notes belong to the article, but readers differ on flagging them: they do not count.
COUNTED = np.array([name != "caption or note" for name, _ in CLASSES])


@dataclass(frozen=True)
class Figures:
    """Held-out figures of one corpus.

    Attributes
    ----------
    coherent, foreign : int
        Paragraphs counted.
    average_precision : float or None
        None where the corpus holds no foreign paragraph.
    precision, recall : float or None
        At the threshold.
    false_flags : float
        Per 1,000 coherent paragraphs, at the threshold.
    """

    coherent: int
    foreign: int
    average_precision: float | None
    precision: float | None
    recall: float | None
    false_flags: float

    def rounded(self) -> dict[str, float | int | None]:
        """Return the figures with four digits, for the manifest and the model card."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def foreignness(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 - coherence from class probabilities, shape (N, classes) to (N,)."""
    score: NDArray[np.float64] = probabilities[:, ~_COHERENT].sum(axis=1)
    return score


def choose_threshold(
    probabilities: NDArray[np.float64],
    table: Table,
    sample_weights: NDArray[np.float64],
    most_false_flags: float,
) -> float:
    """Choose the lowest threshold that keeps false flags down over all corpora together.

    Parameters
    ----------
    probabilities : ndarray of shape (N, classes), float64
        Held out and calibrated.
    table : Table
    sample_weights : ndarray of shape (N,), float64
        The weights of training, so that a large corpus does not decide alone.
    most_false_flags : float
        Per 1,000 coherent paragraphs.

    Returns
    -------
    float
        Rounded up to three digits; 0.05 to 0.999.
    """
    counted = (_COHERENT & COUNTED)[table.classes]
    return lowest_threshold(foreignness(probabilities)[counted], sample_weights[counted], most_false_flags)


def lowest_threshold(
    score: NDArray[np.float64], sample_weights: NDArray[np.float64], most_false_flags: float
) -> float:
    """Return the lowest threshold that keeps false flags down.

    Parameters
    ----------
    score : ndarray of shape (n,), float64
        Foreignness, 0 to 1, of what is coherent.
    sample_weights : ndarray of shape (n,), float64
    most_false_flags : float
        In 1,000.

    Returns
    -------
    float
        Rounded up to three digits; 0.05 to 0.999.
    """
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(sample_weights[order]) / sample_weights.sum()
    # The first that must stay unflagged; the threshold lies above its score.
    spared = int(np.searchsorted(share, most_false_flags / 1000, side="right"))
    needed = float(score[order[spared]]) if spared < len(order) else 0.0
    return float(np.clip(np.ceil(needed * 1000 + 1e-6) / 1000, 0.05, 0.999))


def held_out_figures(
    probabilities: NDArray[np.float64], table: Table, names: list[str], threshold: float
) -> dict[str, Figures]:
    """Measure every corpus at a threshold."""
    score = foreignness(probabilities)
    figures = {}
    for corpus, name in enumerate(names):
        chosen = (table.corpora == corpus) & COUNTED[table.classes]
        figures[name] = figures_of(score[chosen], ~_COHERENT[table.classes[chosen]], threshold)
    return figures


def figures_of(score: NDArray[np.float64], foreign: NDArray[np.bool_], threshold: float) -> Figures:
    """Measure scores, shape (n,), against what is foreign, shape (n,)."""
    from sklearn.metrics import average_precision_score

    flagged = score >= threshold
    hits = int((flagged & foreign).sum())
    return Figures(
        coherent=int((~foreign).sum()),
        foreign=int(foreign.sum()),
        average_precision=float(average_precision_score(foreign, score)) if foreign.any() else None,
        precision=hits / int(flagged.sum()) if flagged.any() else None,
        recall=hits / int(foreign.sum()) if foreign.any() else None,
        false_flags=1000 * float((flagged & ~foreign).sum()) / max(int((~foreign).sum()), 1),
    )
