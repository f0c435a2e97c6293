"""Line-quality rules in the manner of C4: what looks like no sentence, without reading what it says.

Beside :mod:`misplaced.eval.baselines`, on texts instead of embeddings; compared by
:mod:`misplaced.eval.comparison`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from misplaced.eval.scored import FloatArray

_FEWEST_WORDS = 5

#: C4 knows the straight double quote only; the typographic ones are in its spirit.
_CLOSING = (".", "?", "!", '"', "”", "’")
_ELLIPSES = ("...", "…")

#: C4 drops the whole page for the first two, which one line cannot; here they drop the line.
_PAGE_SIGNS = ("lorem ipsum", "{")
_LINE_SIGNS = ("javascript",)
_POLICY = (
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def broken_rules(contents: Iterable[str]) -> FloatArray:
    """Count the rules that each line breaks.

    A line is kept in C4 (Raffel et al., 2020, "Exploring the limits of transfer learning with a unified
    text-to-text transformer", section 2.2) if it ends in closing punctuation and not in an ellipsis, has
    at least 5 words, and names neither JavaScript nor a policy on cookies or privacy; pages with
    placeholder text or a curly bracket are dropped. The fewest sentences of a page and the
    deduplication over pages say nothing of a line in its article and are left out.

    Parameters
    ----------
    contents : iterable of str, length n
        White space folded.

    Returns
    -------
    ndarray of float64, shape (n,)
        Number of broken rules, 0 to 6; 0 for an empty line. The rule as it stands drops from 1 up.
    """
    return np.array([_broken(content) if content else 0 for content in contents], dtype=np.float64)


def _broken(content: str) -> int:
    lower = content.casefold()
    return sum(
        (
            not content.endswith(_CLOSING) or content.endswith(_ELLIPSES),
            len(content.split()) < _FEWEST_WORDS,
            any(sign in lower for sign in _LINE_SIGNS),
            any(sign in lower for sign in _POLICY),
            _PAGE_SIGNS[0] in lower,
            _PAGE_SIGNS[1] in lower,
        )
    )
