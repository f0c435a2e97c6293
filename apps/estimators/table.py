"""A table of paragraphs, as pipelines hold it, to articles: which rows belong together, and what they say.

Between the array that scikit-learn validates and :class:`misplaced.document.Document`.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def articles(rows: NDArray[Any]) -> list[tuple[tuple[str, ...], NDArray[np.int64], list[str]]]:
    """Collect the rows of every article.

    Parameters
    ----------
    rows : ndarray of shape (n, k)
        The last column holds the paragraph; the others together name its article. With one column all
        rows are of one article.

    Returns
    -------
    list of (tuple of str, ndarray of shape (m,), list of str)
        For each article, in the order in which they first appear: its name, the places of its rows,
        ascending, and their paragraphs.

    Raises
    ------
    TableError
        If a cell is neither text nor a number.
    """
    collected: dict[tuple[str, ...], tuple[list[int], list[str]]] = {}
    for place, row in enumerate(rows):
        *name, paragraph = (text_of(cell, place) for cell in row)
        places, paragraphs = collected.setdefault(tuple(name), ([], []))
        places.append(place)
        paragraphs.append(paragraph)
    return [
        (name, np.array(places, dtype=np.int64), paragraphs)
        for name, (places, paragraphs) in collected.items()
    ]


def text_of(cell: object, row: int) -> str:
    """Return a cell as text.

    Parameters
    ----------
    cell : object
        Text, or a number, which stands for how it is written.
    row : int
        For the error, from 0.

    Raises
    ------
    TableError
        If it is anything else: missing, bytes, a list.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Real | np.bool_) and cell == cell:  # a NaN is not
        return str(cell)
    what = "missing" if cell is None or not isinstance(cell, bytes | list) else type(cell).__name__
    raise TableError(f"X holds no text in row {row} ({what})", hint="put an empty string where nothing is")
