"""Held-out figures and the threshold that follows from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.classifier import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.training.fitting import Table

_COHERENT = np.array([label == "coherent" for _, label in CLASSES])
#: Captions and notes belong to the article, but readers differ on flagging them: they do not count.
_COUNTED = np.array([name != "caption or note" for name, _ in CLASSES])


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
    counted = (_COHERENT & _COUNTED)[table.classes]
    score = foreignness(probabilities)[counted]
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(sample_weights[counted][order]) / sample_weights[counted].sum()
    # The first paragraph that must stay unflagged; the threshold lies above its score.
    spared = int(np.searchsorted(share, most_false_flags / 1000, side="right"))
    needed = float(score[order[spared]]) if spared < len(order) else 0.0
    return float(np.clip(np.ceil(needed * 1000 + 1e-6) / 1000, 0.05, 0.999))


def held_out_figures(
    probabilities: NDArray[np.float64], table: Table, names: list[str], threshold: float
) -> dict[str, Figures]:
    """Measure every corpus at a threshold."""
    from sklearn.metrics import average_precision_score

    score = foreignness(probabilities)
    figures = {}
    for corpus, name in enumerate(names):
        chosen = (table.corpora == corpus) & _COUNTED[table.classes]
        foreign = ~_COHERENT[table.classes[chosen]]
        flagged = score[chosen] >= threshold
        hits = int((flagged & foreign).sum())
        figures[name] = Figures(
            coherent=int((~foreign).sum()),
            foreign=int(foreign.sum()),
            average_precision=float(average_precision_score(foreign, score[chosen]))
            if foreign.any()
            else None,
            precision=hits / int(flagged.sum()) if flagged.any() else None,
            recall=hits / int(foreign.sum()) if foreign.any() else None,
            false_flags=1000 * float((flagged & ~foreign).sum()) / max(int((~foreign).sum()), 1),
        )
    return figures
