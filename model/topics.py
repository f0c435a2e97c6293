"""How many things an article is about: measures that tell a digest from one story.

From embeddings to :mod:`misplaced.statements`, which weighs them. A story with foreign blocks in it
must stay one story, so the measures ask the majority of the paragraphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.middle import median
from misplaced.features.semantic import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Measures of :func:`topic_measures`; see there for the formulas.
NAMES = ("spread", "steps", "heart", "windows_low", "windows_median", "log_paragraphs")

#: Shorter paragraphs (headings, captions, furniture) say little of a topic and are left out.
MIN_WORDS = 10

#: With fewer paragraphs left there are no sections to tell apart.
MIN_PARAGRAPHS = 6

#: A longer article is measured on this many means of neighbouring paragraphs: cost stays bounded.
_MAX_ROWS = 48


def topic_measures(embeddings: NDArray[np.float32], lengths: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Measure how the paragraphs of an article hang together.

    Let e_1 ... e_n be the embeddings of its long paragraphs and w_i the mean of three neighbours,
    which washes single foreign lines out and keeps sections.

    ================  ==========  ==============================================================
    measure           range       formula
    ================  ==========  ==============================================================
    spread            0..2        1 - mean cosine of two paragraphs
    steps             -1..1       mean cosine of neighbours: high within the sections of a digest
    heart             -1..1       largest median of the cosines of one paragraph with the others:
                                  whether some paragraph is close to most of the rest
    windows_low       -1..1       10 % point of the cosines of windows at least 3 apart
    windows_median    -1..1       their median
    log_paragraphs    1.8..3.9    log n
    ================  ==========  ==============================================================

    Comparing the similarity of windows near and far goes back to Hearst, "TextTiling" (1997).

    Parameters
    ----------
    embeddings : ndarray of shape (m, d), float32
        Unit rows, of all paragraphs that are not empty.
    lengths : ndarray of shape (m,), int64
        Their words.

    Returns
    -------
    ndarray of shape (6,), float64, or None
        None where fewer than :data:`MIN_PARAGRAPHS` paragraphs have :data:`MIN_WORDS` words.
    """
    rows = embeddings[lengths >= MIN_WORDS]
    if len(rows) < MIN_PARAGRAPHS:
        return None
    if len(rows) > _MAX_ROWS:
        starts = np.arange(_MAX_ROWS) * len(rows) // _MAX_ROWS
        rows = unit(np.add.reduceat(rows, starts, axis=0))
    count = len(rows)
    place = np.arange(count)
    apart = np.abs(place[:, None] - place[None, :])
    cosines = rows @ rows.T
    windows = rows.copy()
    windows[1:] += rows[:-1]
    windows[:-1] += rows[1:]
    windows = unit(windows)
    far = np.sort((windows @ windows.T)[apart >= 3])
    others = cosines[apart > 0].reshape(count, count - 1)
    return np.array(
        [
            1.0 - others.mean(),
            np.diagonal(cosines, 1).mean(),
            median(others, axis=1).max(),
            far[len(far) // 10],
            far[len(far) // 2],
            np.log(count),
        ],
        dtype=np.float64,
    )
