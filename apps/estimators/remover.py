"""What ``--fix`` does, as a transformer: texts to texts without what does not belong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from misplaced.apps.estimators.table import text_of
from misplaced.apps.fixing import cleaned
from misplaced.apps.sharing import judged, shared_detector
from misplaced.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.utils import Tags

    from misplaced.report import Level


class MisplacedRemover(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Remove the paragraphs that do not belong from texts, before a vectoriser counts them.

    A text is divided as a ``.txt`` file is; its title, if it has one, stays, and so does every character
    that is not removed. Nothing is fitted.

    Parameters
    ----------
    threshold : float, optional
        Above 0, at most 1; lower removes more. The model's own by default.
    level : {"paragraph", "sentence"}
        With ``sentence``, foreign sentences within paragraphs are removed too.
    model : str, optional
        A model folder; the bundled model by default.
    second_look : bool
        Read doubtful paragraphs again between their neighbours: more accurate, slower.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.pipeline import make_pipeline
    >>> pipeline = make_pipeline(MisplacedRemover(), TfidfVectorizer())
    """

    def __init__(
        self,
        *,
        threshold: float | None = None,
        level: Level = "paragraph",
        model: str | None = None,
        second_look: bool = True,
    ) -> None:
        self.threshold = threshold
        self.level = level
        self.model = model
        self.second_look = second_look

    def fit(self, X: Any, y: Any = None) -> MisplacedRemover:  # noqa: N803 - scikit-learn's name
        """Do nothing; `X` and `y` are not looked at."""
        return self

    def transform(self, X: Any) -> NDArray[np.object_]:  # noqa: N803
        """Remove what does not belong.

        Parameters
        ----------
        X : iterable of str, length n

        Returns
        -------
        ndarray of shape (n,), object
            Texts, in order.

        Raises
        ------
        TableError
            If `X` is one text, or holds anything but texts.
        UsageError
            If the threshold is out of range.
        ArtifactError, EncoderError
            If the model cannot be loaded.
        """
        if isinstance(X, str | bytes) or not isinstance(X, Iterable):
            raise TableError("X is not a sequence of texts", hint="put the text into a list")
        texts = [text_of(text, row) for row, text in enumerate(X)]
        detector = shared_detector(self.model, second_look=self.second_look)
        reports = judged(texts, detector, threshold=self.threshold, level=self.level)
        found = np.empty(len(texts), dtype=object)
        found[:] = [cleaned(report) for report in reports]
        return found

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = []
        return tags
