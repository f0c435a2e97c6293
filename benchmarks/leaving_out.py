"""What an ablation leaves out: columns of the feature matrix by group, corpora by name.

Read by :mod:`ablations`. Leaving out a view means leaving out everything computed from it: its hinges,
deviations and products too, or the view would still be there under another name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features import matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

#: Groups that are computed from other columns.
_DERIVED = ("relative", "interaction")

#: Groups that are no view of a paragraph's place.
_VIEWLESS = ("embedding", "context")

#: Derived columns whose names do not say what they are computed from.
_COMPUTED_FROM = {
    "neighbour_most": "previous",
    "neighbour_least": "previous",
    "interruption": "bridge",
    "lexical_neighbour_most": "lexical_previous",
}


@dataclass(frozen=True, slots=True)
class FeaturesLeftOut:
    """Some columns under one name.

    Attributes
    ----------
    name : str
    columns : ndarray of shape (k,), int64
        Places in the order of :func:`misplaced.features.matrix.names`.
    """

    name: str
    columns: NDArray[np.int64]

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.columns)


def features_left_out(names: Sequence[str]) -> Iterator[FeaturesLeftOut]:
    """Yield what to leave out, one after the other.

    Parameters
    ----------
    names : sequence of str, length f
        Of all columns, :func:`misplaced.features.matrix.names`.
    """
    groups = _groups(names)
    network = [group == "context" for group in groups]
    if any(network):
        yield _chosen("context network", network)
        yield _chosen("all but context network", [not own for own in network])
    embedding = [group == "embedding" for group in groups]
    yield _chosen("own embedding", embedding)
    yield _chosen("all but own embedding", [not own for own in embedding])
    home = {name: group for name, group in zip(names, groups, strict=True) if group not in _DERIVED}
    for view in dict.fromkeys(group for group in groups if group not in (*_DERIVED, *_VIEWLESS)):
        chosen = [view in {home.get(base) for base in bases(name)} for name in names]
        yield _chosen(f"{view} view", chosen)
    yield _chosen("hinges", ["<" in name for name in names])
    yield _chosen("deviations from the article", ["_deviation" in name for name in names])
    yield _chosen("all relative columns", [group == "relative" for group in groups])
    yield _chosen("interactions", [group == "interaction" for group in groups])


def bases(name: str) -> set[str]:
    """Return the plain columns that a column is computed from; itself, if it is plain."""
    parts = re.sub(r"<[^*]*", "", name).split("*")
    stems = {part.removesuffix("_deviation") for part in parts}
    return {_COMPUTED_FROM.get(stem, stem) for stem in stems}


def corpora_left_out(names: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield the numbers of the corpora without each of them; those that differ in a number go together.

    Parameters
    ----------
    names : sequence of str
        Of the corpora.

    Yields
    ------
    (name of what is left out, numbers of the others); nothing where there is only one.
    """
    families = [re.sub(r"[-_]\d+$", "", name) for name in names]
    for family in dict.fromkeys(families):
        kept = [number for number, other in enumerate(families) if other != family]
        if kept:
            yield family, kept


def _groups(names: Sequence[str]) -> tuple[str, ...]:
    dimension = sum(1 for name in names if name.startswith("embedding_"))
    return matrix.groups(dimension, context=names[-1] in matrix.CONTEXT)


def _chosen(name: str, mask: Sequence[bool]) -> FeaturesLeftOut:
    return FeaturesLeftOut(name, np.flatnonzero(np.asarray(mask)))
