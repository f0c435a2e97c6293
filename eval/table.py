"""The printed result of an evaluation; last station, after :mod:`misplaced.eval.summary`.

Made for 80 columns and for terminals without colour: everything is said in characters.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from misplaced.eval.calibration import CALIBRATION_BINS
from misplaced.eval.scored import CLEAN_KIND

if TYPE_CHECKING:
    from rich.console import RenderableType

    from misplaced.eval.benchmark import BenchmarkResult, ScorerResult
    from misplaced.eval.metrics import SliceMetrics
    from misplaced.eval.summary import Summary

#: Width of the text without a terminal.
WIDTH = 80

UNDEFINED = "-"

#: A rule under the head and nothing else, in ASCII for terminals and files of any encoding.
_RULED = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)

_LEGEND = (
    "AP: average precision; in brackets its 95 % interval over resampled articles. P, R, F1: precision, "
    "recall and their harmonic mean at the threshold (centroid cosine: at its own best one). FF: coherent "
    "paragraphs flagged of 1,000. R@1%: recall at 1 % false positives on coherent paragraphs, those of "
    "untouched articles where there are any; cos.: centroid cosine. ECE: calibration error, "
    f"{CALIBRATION_BINS} bins of equal width."
)


def render(summary: Summary) -> Group:
    """Return the tables of every benchmark, and the conditions they were made under."""
    parts: list[RenderableType] = []
    for result in summary.results:
        parts += [
            _heading(result),
            Text(),
            _whole(result),
            Text(),
            _parts(result),
            Text(),
            _provenance(result),
        ]
    conditions = (
        f"model {summary.model}, threshold {summary.threshold:.3g}, {summary.date}, {summary.machine}\n"
    )
    return Group(*parts, Text(conditions), Text(_LEGEND))


def as_text(summary: Summary, *, width: int = WIDTH) -> str:
    """Return the same as plain text without colour, at most `width` characters a line."""
    stream = StringIO()
    console = Console(file=stream, width=width, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(render(summary))
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def _heading(result: BenchmarkResult) -> Text:
    counts = ", ".join(
        f"{count:,} {label}"
        for label in ("coherent", "off_topic", "boilerplate")
        if (count := int((result.scored.label == label).sum()))
    )
    return Text.assemble(
        (result.name, "bold"), f": {result.documents:,} articles, {counts or 'no paragraph that counts'}"
    )


def _provenance(result: BenchmarkResult) -> Text:
    speed = f"{result.seconds:.1f} s, {result.paragraphs_per_second:,.0f} paragraphs/s"
    return Text(f"  {speed}\n  sha256 {result.digest}\n")


def _whole(result: BenchmarkResult) -> RenderableType:
    table = _table("scorer", "AP", "P", "R", "F1", "FF/1,000", "ECE")
    for name, scorer in (("misplaced", result.model), ("centroid cosine", result.baseline)):
        metrics = scorer.metrics
        table.add_row(
            name,
            Text(_with_interval(metrics.ap, metrics.intervals.get("ap"))),
            _share(metrics.precision),
            _share(metrics.recall),
            _share(metrics.f1),
            _rate(metrics.false_flags_per_1000),
            _share(metrics.ece),
        )
    return Padding(table, (0, 0, 0, 2))


def _parts(result: BenchmarkResult) -> RenderableType:
    table = _table("", "articles", "foreign", "AP", "R@1%", "FF/1,000", "cos. AP", "R@1%")
    for name, ours, theirs in _rows(result.model, result.baseline):
        table.add_row(
            Text(name),
            f"{ours.documents:,}",
            f"{ours.foreign:,}",
            _share(ours.ap),
            _share(ours.recall_at_1pct_fp),
            _rate(ours.false_flags_per_1000),
            _share(theirs.ap),
            _share(theirs.recall_at_1pct_fp),
        )
    return Padding(table, (0, 0, 0, 2))


def _rows(model: ScorerResult, baseline: ScorerResult) -> list[tuple[str, SliceMetrics, SliceMetrics]]:
    rows = [(label, part, baseline.by_label[label]) for label, part in model.by_label.items()]
    # One kind alone repeats the table above, unless it is the untouched one.
    if len(model.by_kind) > 1 or CLEAN_KIND in model.by_kind:
        rows += [(f"kind {kind}", part, baseline.by_kind[kind]) for kind, part in model.by_kind.items()]
    return rows + [(f"form {form}", part, baseline.by_form[form]) for form, part in model.by_form.items()]


def _table(first: str, *columns: str) -> Table:
    table = Table(box=_RULED, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=24)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _share(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3f}"


def _rate(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.1f}"


def _with_interval(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None or interval is None:
        return _share(value)
    return f"{value:.3f} [{interval[0]:.2f}, {interval[1]:.2f}]"
