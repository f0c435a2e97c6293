"""Load the model that a command was asked for, and say what is worth knowing about it."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from misplaced.apps.reporters.escaping import message

if TYPE_CHECKING:
    from pathlib import Path

    from misplaced.detector import Detector


def load_detector(
    model: str | Path | None,
    *,
    trusted: bool = False,
    quiet: bool = False,
    second_look: bool = True,
    threads: int = 0,
) -> Detector:
    """Load a model; warnings about it become lines on standard error.

    Parameters
    ----------
    model : str, Path or None
        The bundled one if None.
    trusted : bool
        Allow a classifier file that can run code.
    quiet : bool
        Drop the warnings.
    second_look : bool
        Load the reader of doubtful paragraphs, where the model has one.
    threads : int
        See :meth:`misplaced.detector.Detector.load`.

    Raises
    ------
    ArtifactError, EncoderError
    """
    from misplaced.artifact import load

    with warnings.catch_warnings(record=True) as caught, ThreadPoolExecutor(1) as pool:
        warnings.simplefilter("always", UserWarning)
        artifact = pool.submit(load, model, trusted=trusted, second_look=second_look, threads=threads)
        from misplaced.detector import Detector  # what judging needs is imported while the model loads

        detector = Detector.of(artifact.result())
    for warning in caught:
        if issubclass(warning.category, UserWarning) and not quiet:
            message(f"warning: {warning.message}")
    return detector
