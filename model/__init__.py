"""Find the paragraphs of an article that do not belong in it.

>>> from misplaced import Detector
>>> detector = Detector.load()  # doctest: +SKIP
>>> report = detector.detect("text ...")  # doctest: +SKIP
>>> [finding.index for finding in report.findings]  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misplaced.detector import Detector
    from misplaced.document import Document, Paragraph
    from misplaced.errors import MisplacedError
    from misplaced.report import Report, ScoredParagraph, ScoredSentence

__all__ = [
    "Detector",
    "Document",
    "MisplacedError",
    "Paragraph",
    "Report",
    "ScoredParagraph",
    "ScoredSentence",
    "__version__",
]

__version__ = "0.1.0"

# Names load on first use: `detect --help` must not pay for numpy and onnxruntime.
_HOME = {
    "Detector": "misplaced.detector",
    "Document": "misplaced.document",
    "MisplacedError": "misplaced.errors",
    "Paragraph": "misplaced.document",
    "Report": "misplaced.report",
    "ScoredParagraph": "misplaced.report",
    "ScoredSentence": "misplaced.report",
}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
