"""The logistic that turns a row of features into the probabilities of the three labels.

Reads the feature matrix, feeds the report. The fitted scikit-learn pipeline is what the artifact
keeps; here only its arithmetic is needed, and its exact contributions for the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.errors import ArtifactError
from misplaced.report import LABELS, Label

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: The classes of the logistic and the label each stands for. A label is several things: foreign
#: text is a line that points elsewhere or a paragraph of another story, and what belongs is prose,
#: a short line, or a caption or note. One straight boundary cannot part all of these at once; a
#: straight boundary around each can, and their probabilities add up.
CLASSES: tuple[tuple[str, Label], ...] = (
    ("prose", "coherent"),
    ("line", "coherent"),
    ("caption or note", "coherent"),
    ("pointer", "off_topic"),
    ("foreign prose", "off_topic"),
    ("furniture", "boilerplate"),
)

#: Rows scored at once: bounds the double precision copy of a long article's matrix at 20 MB.
_BLOCK = 4_096

#: Class -> label, as a matrix of zeros and ones of shape (classes, labels).
TO_LABEL = np.array([[label == of_class for label in LABELS] for _, of_class in CLASSES], dtype=np.float64)


@dataclass(frozen=True)
class Classifier:
    """Multinomial logistic regression over standardised features.

    ``P(c | x) = softmax_c(W (x - mean) / scale + b)`` over :data:`CLASSES`; a label's probability
    is the sum over its classes. Calibration is folded into W and b when the model is fitted, so
    that this stays the whole formula.

    Attributes
    ----------
    mean, scale : ndarray of shape (f,), float64
    weights : ndarray of shape (6, f), float64
        Rows in the order of :data:`CLASSES`.
    intercepts : ndarray of shape (6,), float64
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    @classmethod
    def from_pipeline(cls, pipeline: Any) -> Classifier:
        """Read a fitted ``Pipeline(StandardScaler, LogisticRegression)``.

        Raises
        ------
        ArtifactError
            If the pipeline is of another make or has other classes.
        """
        try:
            scaler, logistic = (step for _, step in pipeline.steps)
            if list(logistic.classes_) != list(range(len(CLASSES))):
                raise ValueError(f"classes {list(logistic.classes_)}")
            if not scaler.with_mean:
                raise ValueError("a scaler that does not centre")
            read = cls(
                np.asarray(scaler.mean_, dtype=np.float64),
                np.asarray(scaler.scale_, dtype=np.float64),
                np.asarray(logistic.coef_, dtype=np.float64),
                np.asarray(logistic.intercept_, dtype=np.float64),
            )
            read._check_shapes()
            return read
        except (AttributeError, TypeError, ValueError) as error:
            raise ArtifactError(
                f"the classifier is not a scaler and a logistic over {len(CLASSES)} classes ({error})",
                hint="train the model again",
            ) from error

    def _check_shapes(self) -> None:
        classes, width = len(CLASSES), self.mean.size
        shapes = [a.shape for a in (self.mean, self.scale, self.weights, self.intercepts)]
        if shapes != [(width,), (width,), (classes, width), (classes,)]:
            raise ValueError(f"shapes {shapes}")

    @property
    def width(self) -> int:
        """Number of features f it was fitted on."""
        return len(self.mean)

    def probabilities(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities of every label.

        Parameters
        ----------
        matrix : ndarray of shape (n, f), float32

        Returns
        -------
        ndarray of shape (n, 3), float64
            Rows sum to 1, no entry is above it; columns in the order of :data:`misplaced.report.LABELS`.
        """
        return label_probabilities(self.log_probabilities(matrix))

    def log_probabilities(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the log-probabilities of :data:`CLASSES`, shape (n, 6), float64."""
        scores = self._scores(matrix)
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores

    def probe(self) -> NDArray[np.float64]:
        """Return the label probabilities of a fixed row, shape (3,): a fingerprint of the arithmetic.

        The row lies a tenth of a standard deviation around the mean, where no probability is so
        extreme that a change could hide in it.
        """
        row = self.mean + 0.1 * self.scale * np.sin(np.arange(self.width))
        probabilities: NDArray[np.float64] = self.probabilities(row[None, :].astype(np.float32))[0]
        return probabilities

    def contributions(self, row: NDArray[np.float32], label: Label) -> NDArray[np.float64]:
        """Return what every feature adds to the log-odds of a label's class against a coherent one.

        Taken between the likeliest class of the label and the likeliest coherent class: their sum
        and the difference of the intercepts are the log-odds of these two exactly (those of the
        labels add the less likely classes). A contribution is relative to the average paragraph of
        the training data.

        Parameters
        ----------
        row : ndarray of shape (f,), float32
        label : {"off_topic", "boilerplate"}

        Returns
        -------
        ndarray of shape (f,), float64
            In nats.
        """
        scores = self._scores(row[None, :])[0]
        foreign = _likeliest(scores, label)
        own = _likeliest(scores, "coherent")
        difference = self.weights[foreign] - self.weights[own]
        contributions: NDArray[np.float64] = difference * self._standardised(row[None, :])[0]
        return contributions

    def _scores(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        scores = np.empty((len(matrix), len(CLASSES)), dtype=np.float64)
        for first in range(0, len(matrix), _BLOCK):
            block = slice(first, first + _BLOCK)
            scores[block] = self._standardised(matrix[block]) @ self.weights.T + self.intercepts
        return scores

    def _standardised(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        standardised: NDArray[np.float64] = (matrix - self.mean) / self.scale
        return standardised


def label_probabilities(log_probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the probabilities of the classes by label, shape (n, 6) to (n, 3)."""
    probabilities: NDArray[np.float64] = np.exp(log_probabilities) @ TO_LABEL
    return np.minimum(probabilities, 1.0)  # the sum over classes can round to just above


def _likeliest(scores: NDArray[np.float64], label: Label) -> int:
    classes = [i for i, (_, of_class) in enumerate(CLASSES) if of_class == label]
    return max(classes, key=scores.__getitem__)
