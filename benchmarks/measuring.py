"""Every figure of the accuracy report: each benchmark scored once, parts of it measured apart.

Between :mod:`corpora`, which makes the benchmarks, and :mod:`sections`, which writes the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import corpora
import numpy as np

from misplaced.eval.benchmark import BenchmarkResult, run, untracked
from misplaced.eval.comparison import BASELINES, Baseline, BaselineResult, compare
from misplaced.eval.metrics import Metrics, measure
from misplaced.eval.scored import UNCOUNTED_KIND, Scored
from misplaced.eval.sentences import run_sentences
from misplaced.labelled import read_labelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from misplaced.detector import Detector
    from misplaced.eval.benchmark import Track
    from misplaced.labelled import LabelledDocument

#: Lengths of articles measured apart, in paragraphs.
LENGTHS = ((4, 6), (7, 15), (16, 40), (41, None))


@dataclass(frozen=True, slots=True)
class Part:
    """Figures of some articles: a condition, or the articles of one length.

    Attributes
    ----------
    name : str
    documents, coherent, foreign : int
        Articles, and paragraphs that count.
    metrics : Metrics
    run_together : int
        Foreign lines that no longer count: hard-wrapped into one paragraph with text of another label.
    """

    name: str
    documents: int
    coherent: int
    foreign: int
    metrics: Metrics
    run_together: int = 0


@dataclass(frozen=True, slots=True)
class MultiTopic:
    """What is flagged in articles that are legitimately on several topics, as a user sees it."""

    documents: int
    coherent: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one model.

    Attributes
    ----------
    wild, inserted, blogs : BenchmarkResult
    fused : BenchmarkResult
        Its units are sentences.
    lengths : dict of str to list of Part
        By benchmark.
    conditions : list of Part
    multi : MultiTopic
    baselines : dict of str to list of BaselineResult
        By benchmark.
    """

    wild: BenchmarkResult
    inserted: BenchmarkResult
    blogs: BenchmarkResult
    fused: BenchmarkResult
    lengths: dict[str, list[Part]]
    conditions: list[Part]
    multi: MultiTopic
    baselines: dict[str, list[BaselineResult]]


def figures(
    detector: Detector,
    data: Path,
    work: Path,
    *,
    baselines: Sequence[Baseline] = BASELINES,
    resamples: int = 500,
    track: Track = untracked,
) -> Figures:
    """Measure a model, and the baselines on its embeddings.

    Parameters
    ----------
    detector : Detector
        With an encoder that remembers, or every condition is embedded anew.
    data : Path
        Folder of the frozen benchmarks.
    work : Path
        Folder where the others are made.
    baselines : sequence of Baseline
    resamples : int
        Of the bootstrapped intervals of the benchmarks, conditions excepted.
    track : Track
        Shows progress.

    Raises
    ------
    MisplacedError
        If a benchmark is missing or malformed, or the package of a baseline is not installed.
    """
    paths = {name: corpora.frozen(data, name) for name in (corpora.WILD, corpora.INSERTED)}
    labelled = {name: list(read_labelled(path)) for name, path in paths.items()}
    results = {n: run(detector, p, resamples=resamples, track=track) for n, p in paths.items()}
    blogs = run(detector, corpora.held_out_blogs(data, work), resamples=resamples, track=track)
    fused_path = corpora.fused_sentences(data, work)
    fused = run_sentences(detector, fused_path, resamples=resamples, track=track)
    conditions = []
    for name, path in corpora.derived(data, work).items():
        result = run(detector, path, resamples=0, track=track)
        origin = next((results[n] for n in results if name.startswith(n)), None)
        conditions += _condition(name, result, origin)
    return Figures(
        wild=results[corpora.WILD],
        inserted=results[corpora.INSERTED],
        blogs=blogs,
        fused=fused,
        lengths={n: by_length(results[n], labelled[n]) for n in results},
        conditions=conditions,
        multi=multi_topic(detector, labelled[corpora.WILD]),
        baselines=_compared(detector, results, labelled, baselines),
    )


def by_length(result: BenchmarkResult, labelled: Sequence[LabelledDocument]) -> list[Part]:
    """Measure the articles of each length of :data:`LENGTHS` apart; lengths without any are left out."""
    sizes = np.array([len(article.paragraphs) for article in labelled])
    parts = []
    for least, most in LENGTHS:
        numbers = np.flatnonzero((sizes >= least) & (sizes <= (most or sizes.max())))
        name = f"{least}-{most} paragraphs" if most else f"{least} paragraphs and more"
        scored = result.scored.where(np.isin(result.scored.document, numbers))
        if len(scored.score):
            parts.append(_part(name, scored, result))
    return parts


def multi_topic(detector: Detector, labelled: Sequence[LabelledDocument]) -> MultiTopic:
    """Count the coherent lines that are flagged in articles of the kind that counts neither way."""
    chosen = [article for article in labelled if article.kind == UNCOUNTED_KIND]
    coherent = flagged = 0
    reports = detector.detect_many(article.unlabelled() for article in chosen)
    for article, report in zip(chosen, reports, strict=True):
        for label, paragraph in zip(article.labels, report.paragraphs, strict=True):
            coherent += label == "coherent"
            flagged += label == "coherent" and paragraph.flagged
    return MultiTopic(len(chosen), coherent, flagged)


def _condition(name: str, result: BenchmarkResult, origin: BenchmarkResult | None) -> list[Part]:
    """Figures of one condition; of each of its kinds, where the kinds are what it is about."""
    kinds = sorted({str(kind) for kind in np.unique(result.scored.kind) if "gallery" in str(kind)})
    if kinds:
        return [_part(f"{name}: {k}", result.scored.where(result.scored.kind == k), result) for k in kinds]
    lost = 0
    if origin is not None and "hard-wrapped" in name:
        lost = sum(origin.labels.get(label, 0) for label in ("off_topic", "boilerplate"))
        lost -= sum(result.labels.get(label, 0) for label in ("off_topic", "boilerplate"))
    return [_part(name, result.scored, result, run_together=lost)]


def _part(name: str, scored: Scored, result: BenchmarkResult, *, run_together: int = 0) -> Part:
    foreign = int(scored.foreign.sum())
    return Part(
        name=name,
        documents=len(np.unique(scored.document)),
        coherent=len(scored.score) - foreign,
        foreign=foreign,
        metrics=measure(scored, result.model.metrics.threshold),
        run_together=run_together,
    )


def _compared(
    detector: Detector,
    results: Mapping[str, BenchmarkResult],
    labelled: Mapping[str, Sequence[LabelledDocument]],
    baselines: Sequence[Baseline],
) -> dict[str, list[BaselineResult]]:
    compared = {}
    for name, articles in labelled.items():
        embedded = detector.embed(article.unlabelled() for article in articles)
        vectors = [known.paragraphs for known in embedded]
        compared[name] = compare(results[name], articles, vectors, baselines)
    return compared
