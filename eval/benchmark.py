"""Run a detector over a labelled benchmark and measure it beside the centroid baseline.

First station of an evaluation: labelled articles in, a :class:`BenchmarkResult` out, which
:mod:`misplaced.eval.table`, :mod:`misplaced.eval.plots` and :mod:`misplaced.eval.gate` read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from misplaced.errors import ArtifactError
from misplaced.eval import bootstrap
from misplaced.eval.baselines import centroid_distance
from misplaced.eval.metrics import Metrics, SliceMetrics, measure, slices
from misplaced.eval.scored import COUNTED, UNCOUNTED_KIND, FloatArray, Scored
from misplaced.labelled import corpus_name, digest, read_labelled
from misplaced.report import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from misplaced.detector import DocumentEmbeddings
    from misplaced.document import Document
    from misplaced.labelled import LabelledDocument

T = TypeVar("T")

#: Enough for the ends of a 95 % interval to move by less than a tenth of its width.
RESAMPLES = 500


class Scorer(Protocol):
    """What a benchmark needs of a detector."""

    @property
    def threshold(self) -> float:
        """A paragraph is flagged when its probability of being foreign reaches this."""
        ...

    @property
    def version(self) -> str:
        """Name and version of the model; may be empty."""
        ...

    def embed(self, documents: Iterable[Document]) -> Iterator[DocumentEmbeddings]:
        """Yield the embeddings of each document, zero rows for empty paragraphs."""
        ...

    def probabilities(
        self, documents: Iterable[Document], *, embeddings: Iterable[DocumentEmbeddings] | None = None
    ) -> Iterator[FloatArray]:
        """Yield for each document its paragraphs' probabilities, shape (n, 3), columns ``LABELS``."""
        ...


class Track(Protocol):
    """Something that shows progress while it passes items on."""

    def __call__(self, items: Iterable[T], *, total: int, description: str) -> Iterable[T]:
        """Pass on `items`, of which there are `total`."""
        ...


@dataclass(frozen=True, slots=True)
class ScorerResult:
    """One scorer on one benchmark: in all, and by kind, form and foreign label."""

    metrics: Metrics
    by_kind: dict[str, SliceMetrics]
    by_form: dict[str, SliceMetrics]
    by_label: dict[str, SliceMetrics]


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The model and the baseline on one benchmark.

    Attributes
    ----------
    name : str
        The file's name without ``.jsonl`` or ``.jsonl.gz``.
    digest : str
        sha256 of the uncompressed file.
    documents : int
    labels : dict of str to int
        Paragraphs of each label, those that do not count included.
    counted : int
        Paragraphs that count.
    model, baseline : ScorerResult
        The baseline's threshold is the one with its best F1.
    seconds, paragraphs_per_second : float
        Wall time of embedding and scoring all paragraphs.
    scored, baseline_scored : Scored
        What the metrics were computed from.
    """

    name: str
    digest: str
    documents: int
    labels: dict[str, int]
    counted: int
    model: ScorerResult
    baseline: ScorerResult
    seconds: float
    paragraphs_per_second: float
    scored: Scored = field(repr=False)
    baseline_scored: Scored = field(repr=False)

    def as_dict(self) -> dict[str, object]:
        """Return everything but the single scores as plain data for JSON."""
        return {
            "name": self.name,
            "digest": self.digest,
            "documents": self.documents,
            "labels": self.labels,
            "counted": self.counted,
            "seconds": round(self.seconds, 3),
            "paragraphs_per_second": round(self.paragraphs_per_second, 1),
            "misplaced": asdict(self.model),
            "centroid_cosine": asdict(self.baseline),
        }


def untracked(items: Iterable[T], *, total: int, description: str) -> Iterable[T]:
    """Show no progress."""
    return items


def run(
    detector: Scorer,
    path: str | Path,
    *,
    threshold: float | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    track: Track = untracked,
) -> BenchmarkResult:
    """Score every paragraph of a benchmark and measure the scores.

    Parameters
    ----------
    detector : Scorer
        A :class:`misplaced.Detector`. Its rule for documents too short to judge is not applied.
    path : str or Path
        See :func:`misplaced.labelled.read_labelled`.
    threshold : float, optional
        Instead of the detector's own; above 0, at most 1.
    resamples, seed : int
        Of the bootstrapped intervals; 0 resamples for none.
    track : Track
        Shows progress over the documents.

    Returns
    -------
    BenchmarkResult

    Raises
    ------
    CorpusError
        If the benchmark cannot be read.
    ArtifactError
        If the detector's arrays do not fit the paragraphs or are not finite.
    """
    checksum = digest(path)
    labelled = list(read_labelled(path))
    documents = [article.unlabelled(str(path)) for article in labelled]
    started = perf_counter()
    tracked = track(detector.embed(documents), total=len(documents), description=corpus_name(path))
    embeddings = list(tracked)
    vectors = [known.paragraphs for known in embeddings]
    _check_arrays(vectors, documents)
    probabilities = list(detector.probabilities(documents, embeddings=embeddings))
    seconds = perf_counter() - started

    _check_arrays(probabilities, documents, columns=len(LABELS))
    scored = _collect(labelled, [np.asarray(1.0 - rows[:, 0], dtype=np.float64) for rows in probabilities])
    baseline_scored = _collect(labelled, [centroid_distance(rows) for rows in vectors])
    threshold = detector.threshold if threshold is None else threshold
    labels = Counter(label for article in labelled for label in article.labels)
    return BenchmarkResult(
        name=corpus_name(path),
        digest=checksum,
        documents=len(labelled),
        labels=dict(sorted(labels.items())),
        counted=len(scored.score),
        model=measured(scored, threshold, resamples, seed),
        baseline=measured(baseline_scored, None, resamples, seed),
        seconds=seconds,
        paragraphs_per_second=labels.total() / max(seconds, 1e-9),
        scored=scored,
        baseline_scored=baseline_scored,
    )


def measured(scored: Scored, threshold: float | None, resamples: int, seed: int) -> ScorerResult:
    """Measure in all and by part; without a threshold, scores that are no probabilities."""
    # The baseline alone comes without a threshold, and its distances are no probabilities.
    whole = measure(scored, threshold, calibrated=threshold is not None)
    spread = bootstrap.intervals(scored, whole.threshold, resamples=resamples, seed=seed)
    whole.intervals.update(spread)
    return ScorerResult(
        metrics=whole,
        by_kind=slices(scored, whole.threshold, "kind"),
        by_form=slices(scored, whole.threshold, "form"),
        by_label=slices(scored, whole.threshold, "label"),
    )


def _collect(labelled: Sequence[LabelledDocument], scores: Sequence[FloatArray]) -> Scored:
    """Line up scores and labels of the paragraphs that count."""
    sizes = [len(article.labels) for article in labelled]
    label = np.array([name for article in labelled for name in article.labels], dtype=np.str_)
    kind = np.repeat(np.array([article.kind or "" for article in labelled], dtype=np.str_), sizes)
    form = np.repeat(np.array([article.form or "" for article in labelled], dtype=np.str_), sizes)
    document = np.repeat(np.arange(len(labelled), dtype=np.int64), sizes)
    everything = Scored(np.concatenate([np.zeros(0), *scores]), label, document, kind, form)
    return everything.where(np.isin(label, COUNTED) & (kind != UNCOUNTED_KIND))


def _check_arrays(
    arrays: Sequence[NDArray[np.floating]], documents: Sequence[Document], *, columns: int | None = None
) -> None:
    """Refuse arrays that do not fit their documents' paragraphs."""
    if len(arrays) != len(documents):
        raise ArtifactError(f"the model returned {len(arrays)} arrays for {len(documents)} documents")
    for rows, document in zip(arrays, documents, strict=True):
        wanted = (len(document.paragraphs), columns or rows.shape[-1])
        if rows.shape != wanted:
            what = f"the model returned an array of shape {rows.shape} where {wanted} fits"
            raise ArtifactError(what, where=document.name)
        if not np.isfinite(rows).all():
            raise ArtifactError("the model returned numbers that are not finite", where=document.name)
