"""How well scores separate foreign paragraphs from coherent ones.

Second station of an evaluation: :mod:`misplaced.eval.benchmark` collects scores and labels into
:class:`misplaced.eval.scored.Scored`, this module turns them into numbers.
A quantity that is not defined on the data (recall without foreign paragraphs, say) is ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve

from misplaced.eval.calibration import calibration_error
from misplaced.eval.scored import CLEAN_KIND, FOREIGN

if TYPE_CHECKING:
    from misplaced.eval.scored import Scored

Interval = tuple[float, float]

#: Share of coherent paragraphs an editor would put up with being flagged by mistake.
FALSE_POSITIVE_RATE = 0.01


@dataclass(frozen=True, slots=True)
class Metrics:
    """What one scorer achieves on one benchmark; shares and rates as numbers, ``None`` if undefined.

    Attributes
    ----------
    threshold : float or None
        A paragraph is flagged when its score reaches it.
    ap, ap_off_topic, ap_boilerplate : float or None
        Average precision, 0 to 1: of both foreign labels, and of one alone against ``coherent``.
    precision, recall, f1 : float or None
        At `threshold`, 0 to 1.
    best_f1, best_f1_threshold : float or None
        The best F1 that any threshold reaches, and the threshold.
    recall_at_1pct_fp : float or None
        Share of foreign paragraphs that score above all but 1 % of the coherent ones (see
        :attr:`Scored.reference`), 0 to 1.
    false_flags_per_1000, false_flags_per_1000_clean : float or None
        Coherent paragraphs flagged of every 1,000: of all documents, of untouched ones.
    ece : float or None
        Expected calibration error, 0 to 1; ``None`` for scores that are no probabilities.
    intervals : dict of str to (float, float)
        95 % intervals of some of the above, by name; filled in from
        :func:`misplaced.eval.bootstrap.intervals`.
    """

    threshold: float | None
    ap: float | None
    ap_off_topic: float | None
    ap_boilerplate: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    best_f1: float | None
    best_f1_threshold: float | None
    recall_at_1pct_fp: float | None
    false_flags_per_1000: float | None
    false_flags_per_1000_clean: float | None
    ece: float | None
    intervals: dict[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SliceMetrics:
    """What one scorer achieves on a part of a benchmark: one kind or form of documents, one label.

    Attributes
    ----------
    documents, coherent, foreign : int
        Documents and paragraphs that count.
    ap, recall, recall_at_1pct_fp, false_flags_per_1000 : float or None
        As in :class:`Metrics`; the false positive rate is taken on the whole benchmark.
    """

    documents: int
    coherent: int
    foreign: int
    ap: float | None
    recall: float | None
    recall_at_1pct_fp: float | None
    false_flags_per_1000: float | None


def measure(scored: Scored, threshold: float | None, *, calibrated: bool = True) -> Metrics:
    """Compute every metric.

    Parameters
    ----------
    scored : Scored
    threshold : float or None
        ``None``: the one with the best F1, which flatters a scorer that has no threshold of its own.
    calibrated : bool
        Whether scores are probabilities, so that a calibration error means something.
    """
    best_f1, best_threshold = best(scored)
    threshold = best_threshold if threshold is None else threshold
    precision, recall, f1 = precision_recall_f1(scored, threshold)
    return Metrics(
        threshold=threshold,
        ap=average_precision(scored),
        ap_off_topic=average_precision(against_coherent(scored, "off_topic")),
        ap_boilerplate=average_precision(against_coherent(scored, "boilerplate")),
        precision=precision,
        recall=recall,
        f1=f1,
        best_f1=best_f1,
        best_f1_threshold=best_threshold,
        recall_at_1pct_fp=recall_above(scored, bound_at(scored)),
        false_flags_per_1000=false_flags_per_1000(scored, threshold),
        false_flags_per_1000_clean=false_flags_per_1000(scored.where(scored.kind == CLEAN_KIND), threshold),
        ece=calibration_error(scored) if calibrated else None,
    )


def slices(
    scored: Scored, threshold: float | None, by: Literal["kind", "form", "label"]
) -> dict[str, SliceMetrics]:
    """Compute metrics for each kind or form of documents, or each foreign label.

    Parameters
    ----------
    scored : Scored
    threshold : float or None
    by : {"kind", "form", "label"}
        ``label`` sets each foreign label alone against all coherent paragraphs.

    Returns
    -------
    dict of str to SliceMetrics
        By kind, form or label, in alphabetical order; documents that name none are in none.
    """
    bound = bound_at(scored)
    if by == "label":
        present = [label for label in sorted(FOREIGN) if (scored.label == label).any()]
        return {label: _slice(against_coherent(scored, label), threshold, bound) for label in present}
    groups = scored.kind if by == "kind" else scored.form
    names = sorted({str(name) for name in np.unique(groups)} - {""})
    return {name: _slice(scored.where(groups == name), threshold, bound) for name in names}


def _slice(part: Scored, threshold: float | None, bound: float | None) -> SliceMetrics:
    return SliceMetrics(
        documents=len(np.unique(part.document)),
        coherent=int((~part.foreign).sum()),
        foreign=int(part.foreign.sum()),
        ap=average_precision(part),
        recall=precision_recall_f1(part, threshold)[1],
        recall_at_1pct_fp=recall_above(part, bound),
        false_flags_per_1000=false_flags_per_1000(part, threshold),
    )


def against_coherent(scored: Scored, label: str) -> Scored:
    """Return the paragraphs of one foreign label and the coherent ones."""
    return scored.where((scored.label == label) | (scored.label == "coherent"))


def average_precision(scored: Scored) -> float | None:
    """Average precision of the ranking, 0 to 1; ``None`` without foreign paragraphs."""
    if not scored.foreign.any():
        return None
    return float(average_precision_score(scored.foreign, scored.score))


def best(scored: Scored) -> tuple[float | None, float | None]:
    """Return the best F1 of any threshold and the threshold; ``None`` without foreign paragraphs."""
    if not scored.foreign.any():
        return None, None
    precision, recall, thresholds = precision_recall_curve(scored.foreign, scored.score)
    # The curve's last point, nothing flagged, has no threshold.
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, np.finfo(np.float64).tiny)
    at = int(np.argmax(f1))
    return float(f1[at]), float(thresholds[at])


def precision_recall_f1(
    scored: Scored, threshold: float | None
) -> tuple[float | None, float | None, float | None]:
    """Return precision, recall and F1 at a threshold, each 0 to 1.

    Precision is ``None`` where nothing is flagged, recall and F1 where nothing is foreign.
    """
    if threshold is None:
        return None, None, None
    flagged, foreign = scored.score >= threshold, scored.foreign
    hits, flags, total = int((flagged & foreign).sum()), int(flagged.sum()), int(foreign.sum())
    precision = hits / flags if flags else None
    if not total:
        return precision, None, None
    return precision, hits / total, 2 * hits / (flags + total)


def false_flags_per_1000(scored: Scored, threshold: float | None) -> float | None:
    """Return how many of 1,000 coherent paragraphs are flagged; ``None`` without coherent ones."""
    coherent = scored.score[~scored.foreign]
    if threshold is None or not len(coherent):
        return None
    return 1000.0 * float((coherent >= threshold).mean())


def bound_at(scored: Scored, rate: float = FALSE_POSITIVE_RATE) -> float | None:
    """Return the lowest score that at most a share `rate` of the coherent paragraphs exceeds.

    Taken on :attr:`Scored.reference`; ``None`` if that is empty.
    """
    reference = np.sort(scored.score[scored.reference])[::-1]
    if not len(reference):
        return None
    # The small addition keeps 0.01 * 300 from falling under 3 in binary.
    return float(reference[int(rate * len(reference) + 1e-9)])


def recall_above(scored: Scored, bound: float | None) -> float | None:
    """Return the share of foreign paragraphs that score above `bound`; ``None`` without any."""
    foreign = scored.score[scored.foreign]
    if bound is None or not len(foreign):
        return None
    return float((foreign > bound).mean())
