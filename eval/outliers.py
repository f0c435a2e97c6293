"""General outlier detectors run on the embeddings of one article, as others would try first.

Beside :mod:`misplaced.eval.baselines`; compared by :mod:`misplaced.eval.comparison`. PyOD (Zhao, Nasrullah
and Li, 2019, "PyOD: A Python toolbox for scalable outlier detection") and cleanlab (Kuan and Mueller,
2022, "Back to the basics: revisiting out-of-distribution detection baselines") belong to the extra
``bench`` and are imported when used. Every article is a data set of its own: its paragraphs are both
what is fitted and what is scored.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from misplaced.eval.scored import FloatArray

    RowScorer = Callable[[FloatArray], FloatArray]

#: With fewer rows no detector here has a neighbourhood or a distribution to look at.
_FEWEST = 3

#: Neighbours looked at: the packages' own defaults, but never more than half of the others. With all of
#: them, the stranger would be the farthest neighbour of every paragraph.
_KNN_NEIGHBOURS = 5
_LOF_NEIGHBOURS = 20
_CLEANLAB_NEIGHBOURS = 10

#: Of the isolation forest, the one detector here that draws.
_SEED = 0


def require(package: str) -> None:
    """Raise :class:`MissingExtraError` unless a package of the extra ``bench`` is installed."""
    if find_spec(package) is None:
        raise MissingExtraError(package, "bench")


def nearest_neighbours(embeddings: NDArray[np.floating]) -> FloatArray:
    """Distance to the fifth nearest paragraph (Ramaswamy, Rastogi and Shim, 2000).

    Parameters
    ----------
    embeddings : ndarray of float, shape (n, d)
        One paragraph a row; a zero row is an empty paragraph.

    Returns
    -------
    ndarray of float64, shape (n,)
        Higher is more foreign; 0 for empty paragraphs, and for all where fewer than 3 are filled. The
        same holds for every function here.
    """
    require("pyod")
    from pyod.models.knn import KNN

    return _over_filled(embeddings, lambda rows: _pyod(KNN(n_neighbors=_few(rows, _KNN_NEIGHBOURS)), rows))


def local_outlier_factor(embeddings: NDArray[np.floating]) -> FloatArray:
    """Local outlier factor over twenty neighbours (Breunig et al., 2000)."""
    require("pyod")
    from pyod.models.lof import LOF

    return _over_filled(embeddings, lambda rows: _pyod(LOF(n_neighbors=_few(rows, _LOF_NEIGHBOURS)), rows))


def empirical_tails(embeddings: NDArray[np.floating]) -> FloatArray:
    """Tail probabilities of every dimension, ECOD (Li et al., 2022)."""
    require("pyod")
    from pyod.models.ecod import ECOD

    return _over_filled(embeddings, lambda rows: _pyod(ECOD(), rows))


def copula_tails(embeddings: NDArray[np.floating]) -> FloatArray:
    """Tail probabilities under an empirical copula, COPOD (Li et al., 2020)."""
    require("pyod")
    from pyod.models.copod import COPOD

    return _over_filled(embeddings, lambda rows: _pyod(COPOD(), rows))


def isolation_forest(embeddings: NDArray[np.floating]) -> FloatArray:
    """How few random cuts isolate a paragraph, isolation forest (Liu, Ting and Zhou, 2008)."""
    require("pyod")
    from pyod.models.iforest import IForest

    return _over_filled(embeddings, lambda rows: _pyod(IForest(random_state=_SEED), rows))


def neighbour_distance(embeddings: NDArray[np.floating]) -> FloatArray:
    """Mean distance to the ten nearest paragraphs, as cleanlab's ``OutOfDistribution`` turns it into a score.

    Its score is 1 for what fits; what is returned is ``1 - score``, 0 to 1.
    """
    require("cleanlab")
    from cleanlab.outlier import OutOfDistribution

    def score(rows: FloatArray) -> FloatArray:
        judge = OutOfDistribution(params={"k": _few(rows, _CLEANLAB_NEIGHBOURS)})
        return 1.0 - np.asarray(judge.fit_score(features=rows, verbose=False), dtype=np.float64)

    return _over_filled(embeddings, score)


def _few(rows: FloatArray, neighbours: int) -> int:
    return max(1, min(neighbours, (len(rows) - 1) // 2))


def _pyod(detector: Any, rows: FloatArray) -> FloatArray:
    with warnings.catch_warnings():
        # A dimension in which a short article hardly varies; its moments count for next to nothing.
        warnings.simplefilter("ignore", RuntimeWarning)
        detector.fit(rows)
    # A factor over neighbours of equal wording divides by nothing.
    return np.nan_to_num(np.asarray(detector.decision_scores_, dtype=np.float64), posinf=1e12, neginf=0.0)


def _over_filled(embeddings: NDArray[np.floating], score: RowScorer) -> FloatArray:
    """Score the rows that are not zero; the others get 0."""
    rows = np.asarray(embeddings, dtype=np.float64)
    filled = np.any(rows != 0, axis=1)
    scores = np.zeros(len(rows))
    if int(filled.sum()) >= _FEWEST:
        scores[filled] = score(rows[filled])
    return scores
