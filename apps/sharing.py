"""One loaded model for everything in a process that judges with it: tests, pipelines, estimators.

Between :mod:`misplaced.detector` and the hosts that may ask for a detector at any moment and in any
process they make. A shared detector's thresholds stay as they are: a host judges a report again.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from misplaced.report import check_threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from misplaced.detector import Detector
    from misplaced.document import Document
    from misplaced.report import Level, Report

#: Models kept loaded; whoever compares more of them waits for the oldest again.
_MODELS = 4


def shared_detector(model: str | None = None, *, second_look: bool = True) -> Detector:
    """Return the process's detector of a model; treat it as read only.

    Parameters
    ----------
    model : str, optional
        A model folder; the bundled one by default.
    second_look : bool
        Load the reader of doubtful paragraphs, where the model has one.

    Raises
    ------
    ArtifactError, EncoderError
        If the model cannot be loaded.
    """
    # An inference session does not survive a fork: its threads stay behind in the parent.
    return _load(model, second_look, os.getpid())


def judged(
    documents: Iterable[str | Document],
    detector: Detector,
    *,
    threshold: float | None = None,
    level: Level = "paragraph",
) -> Iterator[Report]:
    """Judge documents as they come, in order, at a threshold of the caller's.

    Parameters
    ----------
    documents : iterable of str or Document
    detector : Detector
    threshold : float, optional
        Also that of sentences; the model's own by default.
    level : {"paragraph", "sentence"}

    Raises
    ------
    UsageError
        If the threshold is out of range.
    """
    if threshold is not None:
        check_threshold(threshold)
    reports = detector.detect_many(documents, level=level)
    return reports if threshold is None else (report.rethreshold(threshold) for report in reports)


@lru_cache(maxsize=_MODELS)
def _load(model: str | None, second_look: bool, process: int) -> Detector:
    from misplaced.detector import Detector

    return Detector.load(model, second_look=second_look)
