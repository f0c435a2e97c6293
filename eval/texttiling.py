"""Depth scores of TextTiling: how deep the similarity of the text falls on either side of a paragraph.

Beside :mod:`misplaced.eval.baselines`; compared by :mod:`misplaced.eval.comparison`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from misplaced.eval.scored import FloatArray

#: Paragraphs on either side of a gap that are compared as one block. Hearst's blocks are about a
#: paragraph; longer ones dilute a lone stranger.
BLOCK = 1


def depth_scores(embeddings: NDArray[np.floating], block: int = BLOCK) -> FloatArray:
    """Score each paragraph by the mean depth of the gaps before and after it.

    At every gap between two paragraphs, the mean embeddings of the `block` paragraphs before and after
    are compared by cosine. A gap's depth is how far that similarity lies below the next peak to the left
    plus how far it lies below the next peak to the right (Hearst, 1997, "TextTiling: segmenting text into
    multi-paragraph subtopic passages"; embeddings here take the place of word counts). A foreign
    paragraph has a deep gap on both sides.

    Parameters
    ----------
    embeddings : ndarray of float, shape (n, d)
        One paragraph a row; a zero row is an empty paragraph and is passed over.
    block : int
        At least 1; blocks are shorter at the ends of the article.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 to 4, higher is more foreign. The first and the last paragraph have the depth of their only
        gap; an empty paragraph, and the only one, has 0.
    """
    rows = np.asarray(embeddings, dtype=np.float64)
    scores = np.zeros(len(rows))
    filled = np.flatnonzero(np.any(rows != 0, axis=1))
    if len(filled) < 2:
        return scores
    depths = _depths(_gap_similarities(rows[filled], block))
    around = np.concatenate([depths[:1], depths, depths[-1:]])
    scores[filled] = (around[:-1] + around[1:]) / 2
    return scores


def _gap_similarities(rows: FloatArray, block: int) -> FloatArray:
    """Cosine of the blocks before and after each gap, shape (n - 1,); 0 where a block cancels out."""
    found = np.zeros(len(rows) - 1)
    for gap in range(1, len(rows)):
        before = rows[max(0, gap - block) : gap].mean(axis=0)
        after = rows[gap : gap + block].mean(axis=0)
        length = float(np.linalg.norm(before) * np.linalg.norm(after))
        found[gap - 1] = float(before @ after) / length if length > 1e-12 else 0.0
    return found


def _depths(similarities: FloatArray) -> FloatArray:
    return np.array(
        [
            _climb(similarities[gap::-1]) + _climb(similarities[gap:]) - 2 * here
            for gap, here in enumerate(similarities)
        ]
    )


def _climb(similarities: FloatArray) -> float:
    """Return the height of the first peak on the way, starting at the first value."""
    peak = float(similarities[0])
    for similarity in similarities[1:]:
        if similarity < peak:
            break
        peak = float(similarity)
    return peak
