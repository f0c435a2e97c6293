"""The station "measure" as a transformer: paragraphs of articles to the numbers that the classifier reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data

from misplaced.apps.estimators.table import articles
from misplaced.apps.sharing import shared_detector
from misplaced.document import Document
from misplaced.errors import UsageError
from misplaced.features import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.utils import Tags

    from misplaced.detector import Detector


class ParagraphFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Measure how every paragraph stands in its article.

    A row is a paragraph, and the rows of an article are compared with each other: in a transform, an
    article must be there with all its paragraphs, in reading order. Split by article
    (``GroupKFold``), never by paragraph. Nothing is fitted; the encoder and the word weights are the
    model's.

    Parameters
    ----------
    groups : sequence of str, optional
        The views to take, of ``semantic``, ``lexical``, ``surface``, ``stretch``, ``relative``,
        ``interaction``, ``embedding``, ``context`` (of models that have a context network); all by
        default. They are described in :func:`misplaced.features.matrix.compute`.
    titled : bool
        The column before the last holds the article's title; an empty one for none.
    model : str, optional
        A model folder; the bundled model by default.

    Attributes
    ----------
    n_features_in_ : int
        Columns of the table.

    Examples
    --------
    >>> table = [["a", "The ferry was late again."], ["a", "Passengers waited on the quay."]]
    >>> ParagraphFeatures(groups=["semantic"]).fit_transform(table).shape  # doctest: +SKIP
    (2, 20)
    """

    def __init__(
        self, *, groups: Sequence[str] | None = None, titled: bool = False, model: str | None = None
    ) -> None:
        self.groups = groups
        self.titled = titled
        self.model = model

    def fit(self, X: Any, y: Any = None) -> ParagraphFeatures:  # noqa: N803 - scikit-learn's name
        """Check the table.

        Parameters
        ----------
        X : array-like of shape (n, k)
            Texts, or numbers in place of names: the last column is the paragraph, the others together
            name its article (site and page, say). With one column all rows are of one article.
        y : ignored

        Raises
        ------
        UsageError
            If a group is unknown.
        """
        self._rows(X, reset=True)
        self._columns(1)
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:  # noqa: N803
        """Measure paragraphs.

        Parameters
        ----------
        X : array-like of shape (n, k)
            As for :meth:`fit`.

        Returns
        -------
        ndarray of shape (n, f), float32
            Columns in the order of :meth:`get_feature_names_out`; the row of an empty paragraph is 0.

        Raises
        ------
        TableError
            If a cell is neither text nor a number.
        ArtifactError, EncoderError
            If the model cannot be loaded.
        """
        rows = self._rows(X, reset=False)
        detector = shared_detector(self.model, second_look=False)
        columns = self._columns(detector.encoder.dimension, context=detector.context is not None)
        found = articles(rows)
        features = np.zeros((len(rows), len(columns)), dtype=np.float32)
        documents = [
            Document.from_paragraphs(paragraphs, title=(name[-1] or None) if self.titled and name else None)
            for name, _, paragraphs in found
        ]
        for (_, places, _), document, measured in zip(
            found, documents, _measured(documents, detector), strict=True
        ):
            filled = [bool(paragraph.content) for paragraph in document.paragraphs]
            features[places[filled]] = measured[:, columns]
        return features

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns, an array of str of shape (f,)."""
        detector = shared_detector(self.model, second_look=False)
        dimension, context = detector.encoder.dimension, detector.context is not None
        names = np.array(matrix.names(dimension, context=context), dtype=object)
        return names[self._columns(dimension, context=context)]

    def _rows(self, X: Any, *, reset: bool) -> NDArray[Any]:  # noqa: N803
        # An array of str would be as wide in every row as the longest paragraph.
        table = np.array(X, dtype=object) if isinstance(X, list | tuple) else X
        least = 2 if self.titled else 1
        rows: NDArray[Any] = validate_data(self, table, dtype=None, reset=reset, ensure_min_features=least)
        return rows

    def _columns(self, dimension: int, *, context: bool = False) -> NDArray[np.int64]:
        """Places of the columns of the groups."""
        all_groups = matrix.groups(dimension, context=context)
        known = get_args(matrix.Group)
        wanted = known if self.groups is None else tuple(self.groups)
        unknown = [group for group in wanted if group not in known]
        if unknown or not wanted:
            raise UsageError(
                f"groups {unknown} are unknown" if unknown else "groups are empty",
                hint=f"give some of {', '.join(known)}",
            )
        return np.flatnonzero([group in wanted for group in all_groups])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = []
        return tags


def _measured(documents: Sequence[Document], detector: Detector) -> Any:
    """Yield the matrix of every document, rows of empty paragraphs left out."""
    for document, embeddings in zip(documents, detector.embed(documents), strict=True):
        filled = [i for i, paragraph in enumerate(document.paragraphs) if paragraph.content]
        if not filled:
            yield np.zeros((0, detector.classifier.width), dtype=np.float32)
            continue
        contents = [document.paragraphs[i].content for i in filled]
        yield matrix.compute(
            contents,
            embeddings.paragraphs[filled],
            document.title_content,
            embeddings.title,
            detector.weights,
            detector.context,
        ).matrix
