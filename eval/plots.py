"""Pictures of an evaluation: what the thresholds trade, whether scores are honest, where they lie.

Beside :mod:`misplaced.eval.table`, from the same results. Needs matplotlib; draws on figures of its
own, never on matplotlib's global state.
"""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import precision_recall_curve

from misplaced.errors import MissingExtraError
from misplaced.eval.calibration import reliability
from misplaced.eval.scored import COUNTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from misplaced.eval.benchmark import BenchmarkResult

# Okabe and Ito's palette, which colour-blind readers can tell apart; the line styles say it again.
_MODEL, _BASELINE = "#0072B2", "#D55E00"
_STYLES = {"coherent": ("#0072B2", "-"), "off_topic": ("#D55E00", "--"), "boilerplate": ("#000000", ":")}

_SIZE_INCHES = (6.4, 4.4)
_DPI = 120
_HISTOGRAM_BINS = 40


def require_matplotlib() -> None:
    """Raise :class:`MissingExtraError` unless matplotlib is installed."""
    if find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", "train")


def draw(result: BenchmarkResult) -> dict[str, bytes]:
    """Draw the pictures of one benchmark.

    Parameters
    ----------
    result : BenchmarkResult

    Returns
    -------
    dict of str to bytes
        PNG files by file name: ``NAME-precision-recall.png``, ``NAME-reliability.png`` and
        ``NAME-histogram.png``. Without paragraphs that count, none; without foreign ones, no
        precision-recall curve.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    require_matplotlib()
    if not len(result.scored.score):
        return {}
    drawn = {
        f"{result.name}-reliability.png": _png(_reliability(result)),
        f"{result.name}-histogram.png": _png(_histogram(result)),
    }
    if result.scored.foreign.any():
        drawn[f"{result.name}-precision-recall.png"] = _png(_precision_recall(result))
    return drawn


def _precision_recall(result: BenchmarkResult) -> Figure:
    figure, axes = _axes(f"{result.name}: precision and recall", "recall", "precision")
    curves = (
        ("misplaced", result.scored, result.model.metrics, _MODEL, "-"),
        ("centroid cosine", result.baseline_scored, result.baseline.metrics, _BASELINE, "--"),
    )
    for name, scored, metrics, color, style in curves:
        precision, recall, _ = precision_recall_curve(scored.foreign, scored.score)
        label = f"{name} (AP {metrics.ap:.3f})"
        axes.plot(recall, precision, style, color=color, label=label, drawstyle="steps-post")
    ours = result.model.metrics
    if ours.precision is not None and ours.recall is not None:
        label = f"at threshold {ours.threshold:.3g}"
        axes.plot(ours.recall, ours.precision, "o", color=_MODEL, markersize=8, label=label)
    share = float(result.scored.foreign.mean())
    axes.axhline(share, color="gray", linestyle=":", label=f"chance ({share:.3f})")
    axes.set(xlim=(0, 1.01), ylim=(0, 1.03))
    axes.legend(loc="best")
    return figure


def _reliability(result: BenchmarkResult) -> Figure:
    title = f"{result.name}: predicted and observed share of foreign paragraphs"
    figure, axes = _axes(title, "mean probability of being foreign", "observed share of foreign")
    predicted, observed, weight = reliability(result.scored)
    axes.plot([0, 1], [0, 1], ":", color="gray", label="perfect calibration")
    axes.plot(predicted, observed, "-", color=_MODEL, linewidth=1)
    # Area by the logarithm: the first bin holds nearly everything, the others must stay visible.
    sizes = 25.0 + 25.0 * np.log10(np.maximum(1.0, weight * len(result.scored.score)))
    label = f"misplaced (ECE {result.model.metrics.ece:.3f})"
    axes.scatter(predicted, observed, s=sizes, color=_MODEL, label=label, zorder=3)
    for x, y, count in zip(predicted, observed, weight * len(result.scored.score), strict=True):
        above = y < 0.9
        offset, align = ((0, 9), "bottom") if above else ((0, -9), "top")
        axes.annotate(
            f"{count:,.0f}", (x, y), offset, textcoords="offset points", ha="center", va=align, fontsize=8
        )
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.06))
    axes.legend(loc="best", title="numbers: paragraphs in the bin", title_fontsize="small")
    return figure


def _histogram(result: BenchmarkResult) -> Figure:
    title = f"{result.name}: where the scores lie"
    figure, axes = _axes(title, "probability of being foreign", "paragraphs (logarithmic)")
    edges = np.linspace(0, 1, _HISTOGRAM_BINS + 1)
    for label in COUNTED:
        scores = result.scored.score[result.scored.label == label]
        if not len(scores):
            continue
        color, style = _STYLES[label]
        counts = np.histogram(scores, edges)[0]
        name = f"{label} ({len(scores):,})"
        axes.stairs(counts, edges, baseline=None, color=color, linestyle=style, linewidth=1.8, label=name)
    threshold = result.model.metrics.threshold
    if threshold is not None:
        axes.axvline(threshold, color="gray", linestyle="-.", label=f"threshold {threshold:.3g}")
    axes.set_yscale("log")
    axes.set(xlim=(0, 1))
    axes.set_ylim(bottom=0.7)
    axes.legend(loc="best")
    return figure


def _axes(title: str, x: str, y: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE_INCHES, dpi=_DPI, layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.grid(visible=True, alpha=0.3)
    return figure, axes


def _png(figure: Figure) -> bytes:
    stream = BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()
