"""Every measure against the article's own level, and bent where its meaning bends.

Works on the columns of the semantic, lexical, surface and stretch views. A similarity of 0.3 is low in a
tight report and high in a loose interview; and it says most at its low end, which a straight line
cannot follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.middle import median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Columns that are also read as a deviation from the article's median.
DEVIATING = (
    "rest",
    "anchored_rest",
    "nearest",
    "nearest_three",
    "title",
    "lead",
    "previous",
    "next",
    "window",
    "lexical_rest",
    "lexical_nearest",
    "term_overlap",
    "anchor",
    "company",
    "topic_rank",
    "rest_far",
    "nearest_far",
    "overlap_far",
)

#: Where a cosine may bend: an even grid, because encoders differ in where their cosines lie.
_GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)

#: Where each column may bend; the others about their 3, 10, 25, 50 and 75 % points of news paragraphs.
KNOTS: dict[str, tuple[float, ...]] = {
    "rest_by_length": _GRID,
    "anchored_rest": _GRID,
    "nearest": _GRID,
    "nearest_three": _GRID,
    "title": (0.0, *_GRID[:-1]),
    "window": _GRID,
    "bridge": (0.0, *_GRID[:-1]),
    "lexical_rest": (0.03, 0.06, 0.1, 0.15, 0.25),
    "lexical_nearest": (0.03, 0.08, 0.13, 0.19, 0.27),
    "term_overlap": (0.1, 0.2, 0.3, 0.45, 0.6),
    "names_seen": (0.2, 0.4, 0.6, 0.8, 0.95),
    "anchor": _GRID,
    "anchor_around": _GRID,
    "company": _GRID,
    "topic_rank": (-2.0, -1.0, -0.5, 0.0, 0.5),
    "cluster_margin": (-0.3, -0.1, 0.1, 0.3, 0.5),
    "rest_far": _GRID,
    "nearest_far": _GRID,
    "overlap_far": (0.1, 0.15, 0.25, 0.4, 0.5),
    "names_far": (0.2, 0.4, 0.6, 0.8, 0.95),
    "log_words": (1.4, 2.3, 2.9, 3.4, 3.9),
}

_DEVIATION_KNOTS = (-3.0, -2.0, -1.0, -0.5, 0.5)

#: A deviation is read up to this many spreads; beyond, it says nothing more.
DEVIATION_LIMIT = 5.0

#: Added to the spread, so that an article of nearly equal values does not blow differences up.
_SPREAD_FLOOR = 0.03

NAMES = (
    *(f"{column}_deviation" for column in DEVIATING),
    "neighbour_most",
    "neighbour_least",
    "interruption",
    "lexical_neighbour_most",
    *(f"{column}<{knot:g}" for column, knots in KNOTS.items() for knot in knots),
    *(f"{column}_deviation<{knot:g}" for column in DEVIATING for knot in _DEVIATION_KNOTS),
)


def relative_features(plain: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float32]:
    """Compare columns with the article's level, and bend them.

    ======================  ========  ===========================================================
    column                  range     formula
    ======================  ========  ===========================================================
    c_deviation             -5..5     (c - median) / (1.4826 MAD + 0.03) within the article
    neighbour_most          -1..1     max(previous, next)
    neighbour_least         -1..1     min(previous, next)
    interruption            -2..2     bridge - max(previous, next): positive where the neighbours
                                      go together better without this paragraph
    lexical_neighbour_most  0..1      max(lexical_previous, lexical_next)
    c<k                     0..       max(k - c, 0): how far c falls short of the knot k
    c_deviation<k           0..       the same of the deviation
    ======================  ========  ===========================================================

    The hinges make the linear model additive in piecewise linear functions (Friedman, "Multivariate
    adaptive regression splines", 1991) and leave its contributions exact.

    Parameters
    ----------
    plain : ndarray of shape (n, p), float32
        Columns of the semantic, lexical, surface and stretch views.
    names : sequence of str, length p

    Returns
    -------
    ndarray of shape (n, r), float32
        Columns in the order of :data:`NAMES`.
    """
    place = {name: i for i, name in enumerate(names)}
    deviations = robust_deviations(plain[:, [place[c] for c in DEVIATING]])
    before, after = plain[:, place["previous"]], plain[:, place["next"]]
    most = np.maximum(before, after)
    neighbours = np.stack(
        [
            most,
            np.minimum(before, after),
            plain[:, place["bridge"]] - most,
            np.maximum(plain[:, place["lexical_previous"]], plain[:, place["lexical_next"]]),
        ],
        axis=1,
    )
    bent = [_shortfall(plain[:, place[column]], knots) for column, knots in KNOTS.items()]
    bent += [_shortfall(deviations[:, i], _DEVIATION_KNOTS) for i in range(len(DEVIATING))]
    columns: NDArray[np.float32] = np.concatenate([deviations, neighbours, *bent], axis=1).astype(np.float32)
    return columns


def robust_deviations(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Deviations from the median in robust spreads, Iglewicz and Hoaglin's modified z-score (1993).

    Parameters
    ----------
    columns : ndarray of shape (n, k), float32

    Returns
    -------
    ndarray of shape (n, k), float32, in -5..5
    """
    middle = median(columns, axis=0)
    spread = 1.4826 * median(np.abs(columns - middle), axis=0) + _SPREAD_FLOOR
    deviations = np.clip((columns - middle) / spread, -DEVIATION_LIMIT, DEVIATION_LIMIT)
    return np.asarray(deviations, dtype=np.float32)


def _shortfall(column: NDArray[np.float32], knots: Sequence[float]) -> NDArray[np.float32]:
    shortfall = np.asarray(knots, dtype=np.float32)[None, :] - column[:, None]
    return np.asarray(np.maximum(shortfall, 0), dtype=np.float32)
