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
from misplaced.errors import UsageError
from misplaced.features import matrix
from misplaced.features.terms import TermWeights
from misplaced.training.calibration import calibrate, softmax
from misplaced.training.holdout import Figures, choose_threshold, held_out_figures
from misplaced.training.pipeline import all_classes, fit_pipeline
from misplaced.training.second_look import fit_second_look, revised
from misplaced.training.statements import fit_statements
from misplaced.training.table import Table, embed_documents, tabulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from misplaced.context import ContextNetwork
    from misplaced.labelled import LabelledDocument
    from misplaced.logistic import Logistic
    from misplaced.reader import Reader
    from misplaced.statements import StatementModel
    from misplaced.training.embedding import CachedEncoder

#: Folds of the held-out prediction.
FOLDS = 4


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
    held_out : float
        Share of the sources that the encoder and the reader were not tuned on, as 'finetune' was told;
        0 where they know none of these corpora.
    seen_weight : float
        Weight of a paragraph whose source the encoder was tuned on.
    doubt : float
        The second look reads paragraphs whose foreignness lies between this and 1 less this; 0 to 0.5.
    second_weights : dict of str to float
        Weight of a corpus where the second look is fitted, 0 to leave it out; that of the fit where
        none is given.
    """

    regularisation: float = 0.01
    most_false_flags: float = 2.75
    corpus_weights: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    held_out: float = 0.0
    seen_weight: float = 0.3
    doubt: float = 0.05
    second_weights: dict[str, float] = field(default_factory=dict)

    def second_weight(self, corpus: str) -> float:
        """Weight of a corpus where the second look is fitted."""
        return self.second_weights.get(corpus, self.corpus_weights.get(corpus, 1.0))

    def __post_init__(self) -> None:
        for share in (self.held_out, self.seen_weight, self.doubt):
            if not 0 <= share <= 1:
                raise UsageError(f"share {share} is out of range", hint="give 0 to 1")
        if not 0 < self.regularisation < np.inf:
            raise UsageError(f"regularisation {self.regularisation} is out of range", hint="give one above 0")
        if not 0 <= self.most_false_flags <= 1000:
            raise UsageError(
                f"{self.most_false_flags} false flags in 1,000 are out of range", hint="give 0 to 1,000"
            )
        if self.seed < 0:
            raise UsageError(f"seed {self.seed} is out of range", hint="give 0 or more")


@dataclass(frozen=True)
class Context:
    """A context network, and what it was taught with.

    Attributes
    ----------
    network : ContextNetwork
    weights : TermWeights
        Those that its feature columns were computed with.
    path : Path
        Its file.
    taught : bool
        Whether it was taught on the corpora at hand: then each article is shown to the one of its
        networks that does not know it.
    record : dict
        What ``misplaced finetune`` wrote of how; for the manifest.
    """

    network: ContextNetwork
    weights: TermWeights
    path: Path
    taught: bool = True
    record: dict[str, Any] = field(default_factory=dict)


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
    statements : StatementModel
        What is said of documents as a whole.
    second : Logistic or None
        Over :func:`misplaced.second_look.evidence`; None without a reader.
    context : Context or None
        What it was fitted with.
    """

    pipeline: Any
    weights: TermWeights
    threshold: float
    figures: dict[str, Figures]
    statements: StatementModel
    second: Logistic | None = None
    context: Context | None = None


def fit(
    corpora: dict[str, list[LabelledDocument]],
    encoder: CachedEncoder,
    settings: FitSettings,
    *,
    reader: Reader | None = None,
    context: Context | None = None,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]] | None = None,
) -> Fit:
    """Fit the classifier.

    Parameters
    ----------
    corpora : dict of str to list of LabelledDocument
        By name.
    encoder : CachedEncoder
    settings : FitSettings
    reader : Reader, optional
        For a second look at doubtful paragraphs.
    context : Context, optional
        Reads the paragraphs together; its word weights are taken, too.
    track : callable, optional
        Wraps an iterable of known length to show its progress: ``track(iterable, total, what)``.

    Raises
    ------
    CorpusError
        If too few documents hold coherent or foreign paragraphs to hold any out.
    """
    shown = track or (lambda iterable, total, what: iterable)
    weights = context.weights if context is not None else count_words(corpora)
    vectors = embed_documents((d for documents in corpora.values() for d in documents), encoder, shown)
    table = tabulate(
        corpora,
        encoder,
        weights,
        seed=settings.seed,
        track=shown,
        vectors=vectors,
        held_out=settings.held_out,
        context=context.network if context is not None else None,
        taught=context is not None and context.taught,
    ).merged(FOLDS)
    sample_weights = np.array([settings.corpus_weights.get(name, 1.0) for name in corpora])[table.corpora]
    fit_weights = np.where(table.seen, settings.seen_weight, 1.0) * sample_weights
    trusted = len(matrix.CONTEXT) if context is not None else 0
    pipeline, probabilities = _cross_fitted(table, fit_weights, settings, shown, trusted)
    second = None
    if reader is not None:
        documents = [document for of_corpus in corpora.values() for document in of_corpus]
        weights_there = np.array([settings.second_weight(name) for name in corpora])[table.corpora]
        found = fit_second_look(documents, table, probabilities, weights_there, reader, settings.doubt, shown)
        probabilities, second = revised(probabilities, found), found.logistic
    judged = ~table.seen
    threshold = choose_threshold(
        probabilities[judged], table.taken(judged), sample_weights[judged], settings.most_false_flags
    )
    figures = held_out_figures(probabilities[judged], table.taken(judged), list(corpora), threshold)
    statements = fit_statements(
        corpora, vectors, weights, seed=settings.seed, held_out=settings.held_out, track=shown
    )
    return Fit(pipeline, weights, threshold, figures, statements, second, context)


def count_words(corpora: dict[str, list[LabelledDocument]]) -> TermWeights:
    """Weigh words by how few paragraphs of the corpora hold them."""
    return TermWeights.count(
        fold(paragraph)
        for documents in corpora.values()
        for document in documents
        for paragraph in document.paragraphs
    )


def _cross_fitted(
    table: Table,
    fit_weights: NDArray[np.float64],
    settings: FitSettings,
    shown: Callable[[Iterable[Any], int, str], Iterable[Any]],
    trusted: int,
) -> tuple[Any, NDArray[np.float64]]:
    """Fit on all rows, calibrated by held-out scores; return the pipeline and held-out probabilities.

    Of the columns the last ones, `trusted` in number, are the context network's.
    """
    folds = _folds(table, settings.seed)
    scores = np.zeros((len(table.classes), len(CLASSES)))
    for train, test in shown(folds, len(folds), "fitting folds"):
        part = fit_pipeline(
            table.matrix[train], table.classes[train], fit_weights[train], settings.regularisation, trusted
        )
        scores[test] = all_classes(part).decision_function(table.matrix[test])
    honest = ~table.seen  # an encoder is too sure of what it was tuned on
    slope, offsets = calibrate(scores[honest], table.classes[honest], fit_weights[honest])
    pipeline = all_classes(
        fit_pipeline(table.matrix, table.classes, fit_weights, settings.regularisation, trusted)
    )
    logistic = pipeline[-1]
    logistic.coef_ = logistic.coef_ * slope
    logistic.intercept_ = logistic.intercept_ * slope + offsets
    return pipeline, softmax(slope * scores + offsets)


def _folds(table: Table, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import StratifiedGroupKFold

    # Stratified: a rare class must be in every training part, or a fold lacks a column.
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return list(splitter.split(table.classes, table.classes, table.groups))
