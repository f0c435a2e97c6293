"""Fit, calibrate and measure the logistic on labelled documents.

Takes labelled documents and an encoder, gives a fitted pipeline, a threshold and held-out figures;
:mod:`misplaced.training.saving` writes them down. Held-out means: predicted by a logistic that was
fitted on no paragraph of the same article, under whichever corpus. Word weights, calibration and
threshold are few numbers and are taken from all articles; inserted text may come from an article
that another fold was fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.classifier import CLASSES
from misplaced.document import fold
from misplaced.errors import CorpusError, UsageError
from misplaced.features import matrix
from misplaced.features.terms import TermWeights
from misplaced.training.calibration import calibrate, softmax
from misplaced.training.classes import class_numbers, merge_rare
from misplaced.training.holdout import Figures, choose_threshold, held_out_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from misplaced.labelled import LabelledDocument
    from misplaced.training.embedding import CachedEncoder

#: Folds of the held-out prediction.
FOLDS = 4

#: Iterations of the optimiser; the figures stop moving well before.
_ITERATIONS = 300

#: Log-odds of a class that the corpora do not show.
_NEVER = -50.0

#: Share of the documents that are shown without their title, so that the model can do without.
_UNTITLED = 0.1


@dataclass(frozen=True)
class FitSettings:
    """How the classifier is fitted.

    Attributes
    ----------
    regularisation : float
        Inverse strength C of the squared penalty on standardised features.
    most_false_flags : float
        Per 1,000 coherent paragraphs, held out, corpora weighted as in training: what the threshold
        must keep to. The short lines of unlabelled articles are not among them, so that real pages
        show somewhat more.
    corpus_weights : dict of str to float
        Weight of a corpus' paragraphs by its name; 1 where none is given.
    seed : int
        Of the folds and of the documents shown without a title.
    """

    regularisation: float = 0.01
    most_false_flags: float = 2.75
    corpus_weights: dict[str, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.regularisation < np.inf:
            raise UsageError(f"regularisation {self.regularisation} is out of range", hint="give one above 0")
        if not 0 <= self.most_false_flags <= 1000:
            raise UsageError(
                f"{self.most_false_flags} false flags in 1,000 are out of range", hint="give 0 to 1,000"
            )
        if self.seed < 0:
            raise UsageError(f"seed {self.seed} is out of range", hint="give 0 or more")


@dataclass(frozen=True)
class Table:
    """All labelled paragraphs as arrays of N rows.

    Attributes
    ----------
    matrix : ndarray of shape (N, f), float32
    classes : ndarray of shape (N,), int64
        Index into :data:`misplaced.classifier.CLASSES`.
    groups : ndarray of shape (N,), int64
        Equal numbers for paragraphs of the same article, in whichever corpus.
    corpora : ndarray of shape (N,), int64
        Which corpus the row is from.
    """

    matrix: NDArray[np.float32]
    classes: NDArray[np.int64]
    groups: NDArray[np.int64]
    corpora: NDArray[np.int64]

    def merged(self) -> Table:
        """Return the table with rare classes merged, see :func:`misplaced.training.classes.merge_rare`."""
        classes = merge_rare(self.classes, self.groups, FOLDS)
        kept = classes >= 0
        return Table(self.matrix[kept], classes[kept], self.groups[kept], self.corpora[kept])


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
        StandardScaler and LogisticRegression, calibration folded in.
    weights : TermWeights
    threshold : float
    figures : dict of str to Figures
        Held-out figures by corpus.
    """

    pipeline: Any
    weights: TermWeights
    threshold: float
    figures: dict[str, Figures]


def fit(
    corpora: dict[str, list[LabelledDocument]],
    encoder: CachedEncoder,
    settings: FitSettings,
    *,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]] | None = None,
) -> Fit:
    """Fit the classifier.

    Parameters
    ----------
    corpora : dict of str to list of LabelledDocument
        By name.
    encoder : CachedEncoder
    settings : FitSettings
    track : callable, optional
        Wraps an iterable of known length to show its progress: ``track(iterable, total, what)``.

    Raises
    ------
    CorpusError
        If too few documents hold coherent or foreign paragraphs to hold any out.
    """
    shown = track or (lambda iterable, total, what: iterable)
    weights = TermWeights.count(
        fold(paragraph)
        for documents in corpora.values()
        for document in documents
        for paragraph in document.paragraphs
    )
    table = tabulate(corpora, encoder, weights, seed=settings.seed, track=shown).merged()
    sample_weights = np.array([settings.corpus_weights.get(name, 1.0) for name in corpora])[table.corpora]
    folds = _folds(table, settings.seed)
    scores = np.zeros((len(table.classes), len(CLASSES)))
    for train, test in shown(folds, len(folds), "fitting folds"):
        part = _fit_pipeline(table.matrix[train], table.classes[train], sample_weights[train], settings)
        scores[test] = _all_classes(part).decision_function(table.matrix[test])
    slope, offsets = calibrate(scores, table.classes, sample_weights)
    calibrated = softmax(slope * scores + offsets)
    threshold = choose_threshold(calibrated, table, sample_weights, settings.most_false_flags)
    pipeline = _all_classes(_fit_pipeline(table.matrix, table.classes, sample_weights, settings))
    logistic = pipeline[-1]
    logistic.coef_ = logistic.coef_ * slope
    logistic.intercept_ = logistic.intercept_ * slope + offsets
    return Fit(pipeline, weights, threshold, held_out_figures(calibrated, table, list(corpora), threshold))


def tabulate(
    corpora: dict[str, list[LabelledDocument]],
    encoder: CachedEncoder,
    weights: TermWeights,
    *,
    seed: int = 0,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> Table:
    """Turn labelled documents into arrays; paragraphs labelled ``ignore`` and empty ones are left out."""
    rng = np.random.default_rng(seed)
    matrices, classes, groups, numbers = [], [], [], []
    articles: dict[str, int] = {}
    vectors = _vectors((d for documents in corpora.values() for d in documents), encoder, track)
    for corpus, (name, documents) in enumerate(corpora.items()):
        for document in track(documents, len(documents), f"features of {name}"):
            untitled = rng.random() < _UNTITLED
            kept = [i for i, paragraph in enumerate(document.paragraphs) if fold(paragraph)]
            if not kept:
                continue
            rows = _rows(document, kept, vectors, weights, untitled=untitled)
            labelled = class_numbers(rows, [document.labels[i] for i in kept])
            known = labelled >= 0
            matrices.append(rows[known])
            classes.append(labelled[known])
            group = articles.setdefault(document.id, len(articles))
            groups.append(np.full(int(known.sum()), group))
            numbers.append(np.full(int(known.sum()), corpus))
    if not matrices:
        raise CorpusError("no labelled paragraphs to train on", hint="give a corpus with documents")
    return Table(
        np.concatenate(matrices), np.concatenate(classes), np.concatenate(groups), np.concatenate(numbers)
    )


def _vectors(
    documents: Iterable[LabelledDocument],
    encoder: CachedEncoder,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> dict[str, NDArray[np.float32]]:
    """Embed every wording once; in order of appearance, so that a corpus added last keeps the cache."""
    texts = list(dict.fromkeys(text for document in documents for text in _texts(document) if text))
    vectors: dict[str, NDArray[np.float32]] = {}
    first = 0
    for chunk in track(encoder.encode(texts), encoder.chunks(texts), "embedding"):
        vectors.update(zip(texts[first : first + len(chunk)], chunk, strict=True))
        first += len(chunk)
    return vectors


def _texts(document: LabelledDocument) -> Iterator[str]:
    yield fold(document.title or "")
    for paragraph in document.paragraphs:
        yield fold(paragraph)


def _rows(
    document: LabelledDocument,
    kept: list[int],
    vectors: dict[str, NDArray[np.float32]],
    weights: TermWeights,
    *,
    untitled: bool,
) -> NDArray[np.float32]:
    filled = [fold(document.paragraphs[i]) for i in kept]
    title = "" if untitled else fold(document.title or "")
    features = matrix.compute(
        filled,
        np.stack([vectors[content] for content in filled]),
        title or None,
        vectors[title] if title else None,
        weights,
    )
    return features.matrix


def _folds(table: Table, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import StratifiedGroupKFold

    # Stratified: a rare class must be in every training part, or a fold lacks a column.
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return list(splitter.split(table.classes, table.classes, table.groups))


def _all_classes(pipeline: Any) -> Any:
    """Give a logistic that knows some of the classes a row for each; the others never win."""
    logistic = pipeline[-1]
    known = logistic.classes_
    coefficients, intercepts = logistic.coef_, logistic.intercept_
    if len(known) == 2:  # one row stands for the second class against the first
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([[0.0], intercepts])
    logistic.coef_ = np.zeros((len(CLASSES), coefficients.shape[1]), dtype=coefficients.dtype)
    logistic.intercept_ = np.full(len(CLASSES), _NEVER, dtype=intercepts.dtype)
    logistic.coef_[known] = coefficients
    logistic.intercept_[known] = intercepts
    logistic.classes_ = np.arange(len(CLASSES))
    return pipeline


def _fit_pipeline(
    rows: NDArray[np.float32],
    classes: NDArray[np.int64],
    sample_weights: NDArray[np.float64],
    settings: FitSettings,
) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = Pipeline(
        [
            ("scaler", StandardScaler()),
            ("logistic", LogisticRegression(C=settings.regularisation, max_iter=_ITERATIONS, tol=1e-3)),
        ]
    )
    return pipeline.fit(rows, classes, logistic__sample_weight=sample_weights)
