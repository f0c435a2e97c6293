"""From what is known of a document to its report: labels, flags, reasons.

The last station of the data's way before the reporters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.reasons import Article, explain_alone, explain_reading
from misplaced.report import LABELS, Report, ScoredParagraph, foreign_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.document import Document
    from misplaced.embedding import DocumentEmbeddings
    from misplaced.look import Look

#: Reasons are worked out for paragraphs at least this foreign (``1 - coherence``), flagged or not, so
#: that a report read again at a lower threshold still has them.
_REASONS_FROM = 0.1


def verdict(
    document: Document,
    embeddings: DocumentEmbeddings,
    look: Look,
    classifier: Classifier,
    threshold: float,
    called: Sequence[int] | None = None,
) -> Report:
    """Put a document's report together.

    Parameters
    ----------
    document : Document
    embeddings : DocumentEmbeddings
    look : Look
    classifier : Classifier
        Whose contributions are the reasons.
    threshold : float
        Foreignness from which a paragraph is flagged.
    called : sequence of int, optional
        What the reasons call each paragraph; its position by default.
    """
    probabilities = look.probabilities()
    if document.too_short:
        # Nothing to compare with: the mass of off_topic says nothing here.
        probabilities[:, 0] = np.minimum(probabilities[:, 0] + probabilities[:, 1], 1.0)
        probabilities[:, 1] = 0.0
    called = range(len(document.paragraphs)) if called is None else called
    reasons = _reasons(document, embeddings, probabilities, look, classifier, threshold, called)
    paragraphs = []
    for index, paragraph in enumerate(document.paragraphs):
        by_label = dict(zip(LABELS, probabilities[index].tolist(), strict=True))
        scored = ScoredParagraph(
            index,
            paragraph.text,
            paragraph.start,
            paragraph.end,
            paragraph.line,
            coherence=by_label["coherent"],
            label="coherent",
            flagged=False,
            probabilities=by_label,
            reasons=reasons.get(index, ()),
        )
        paragraphs.append(scored.at_threshold(threshold))
    return Report(document, tuple(paragraphs), threshold, document.too_short, statement=look.statement)


def _reasons(
    document: Document,
    embeddings: DocumentEmbeddings,
    probabilities: NDArray[np.float64],
    look: Look,
    classifier: Classifier,
    threshold: float,
    called: Sequence[int],
) -> dict[int, tuple[str, ...]]:
    """Reasons of the paragraphs at or near the threshold, by index."""
    floor = min(_REASONS_FROM, threshold)
    suspects = [i for i in look.filled if 1.0 - probabilities[i, 0] >= floor]
    if look.features is None or not suspects:
        return {}
    if document.too_short:
        return {i: explain_alone("boilerplate") for i in suspects}
    article = Article(
        look.contents,
        look.features,
        embeddings.paragraphs[look.filled],
        [called[i] for i in look.filled],
        title=look.title,
    )
    rows = {index: row for row, index in enumerate(look.filled)}
    reasons = {}
    for index in suspects:
        label = foreign_label(probabilities[index, 1], probabilities[index, 2])
        reasons[index] = article.explain(rows[index], classifier, label)
        if rows[index] in look.read:
            found = 1.0 - look.found[rows[index], 0]
            reasons[index] += explain_reading(look.read[rows[index]], found)
    return reasons
