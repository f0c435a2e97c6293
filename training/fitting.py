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

from misplaced.document import fold
from misplaced.errors import UsageError
from misplaced.features import matrix
from misplaced.features.terms import TermWeights
from misplaced.training.holdout import Figures, choose_threshold, held_out_figures
from misplaced.training.pipeline import cross_fitted, table_folds
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


@dataclass(frozen=True)
class Gathered:
    """Corpora as the classifier is fitted on them.

    Attributes
    ----------
    corpora : dict of str to list of LabelledDocument
    table : Table
    weights : TermWeights
    vectors : dict of str to ndarray of shape (d,), float32
        Embedding of every wording.
    context : Context or None
    """

    corpora: dict[str, list[LabelledDocument]]
    table: Table
    weights: TermWeights
    vectors: dict[str, NDArray[np.float32]]
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
    shown = track or _silently
    return fit_gathered(
        gather(corpora, encoder, settings, context=context, track=shown), settings, reader=reader, track=shown
    )


def gather(
    corpora: dict[str, list[LabelledDocument]],
    encoder: CachedEncoder,
    settings: FitSettings,
    *,
    context: Context | None = None,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]],
) -> Gathered:
    """Embed corpora and compute their features, the first half of :func:`fit`."""
    weights = context.weights if context is not None else count_words(corpora)
    vectors = embed_documents((d for documents in corpora.values() for d in documents), encoder, track)
    table = tabulate(
        corpora,
        encoder,
        weights,
        seed=settings.seed,
        track=track,
        vectors=vectors,
        held_out=settings.held_out,
        context=context.network if context is not None else None,
        taught=context is not None and context.taught,
    )
    return Gathered(corpora, table.merged(FOLDS), weights, vectors, context)


def fit_gathered(
    gathered: Gathered,
    settings: FitSettings,
    *,
    reader: Reader | None = None,
    statements: StatementModel | None = None,
    track: Callable[[Iterable[Any], int, str], Iterable[Any]] | None = None,
) -> Fit:
    """Fit the classifier on features that are known, the second half of :func:`fit`.

    The table may lack rows or hold columns of zeros, as where their worth is measured; `statements` are
    fitted on the corpora where they are not given.
    """
    shown = track or _silently
    corpora, table = gathered.corpora, gathered.table
    sample_weights = np.array([settings.corpus_weights.get(name, 1.0) for name in corpora])[table.corpora]
    fit_weights = np.where(table.seen, settings.seen_weight, 1.0) * sample_weights
    trusted = len(matrix.CONTEXT) if gathered.context is not None else 0
    folds = shown(table_folds(table, FOLDS, settings.seed), FOLDS, "fitting folds")
    pipeline, probabilities = cross_fitted(table, folds, fit_weights, settings.regularisation, trusted)
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
    if statements is None:
        statements = fit_statements(
            *(corpora, gathered.vectors, gathered.weights),
            seed=settings.seed,
            held_out=settings.held_out,
            track=shown,
        )
    return Fit(pipeline, gathered.weights, threshold, figures, statements, second, gathered.context)


def _silently(items: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    return items


def count_words(corpora: dict[str, list[LabelledDocument]]) -> TermWeights:
    """Weigh words by how few paragraphs of the corpora hold them."""
    return TermWeights.count(
        fold(paragraph)
        for documents in corpora.values()
        for document in documents
        for paragraph in document.paragraphs
    )
