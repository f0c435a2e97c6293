"""Tables and numbers of the accuracy report, as Markdown.

Used by :mod:`sections`, which knows what the numbers are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from misplaced.eval.metrics import Metrics

#: Stands for a figure that is not defined on the data.
UNDEFINED = "-"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> Iterator[str]:
    """Lay out a Markdown table; with `numbers`, all columns but the first are aligned to the right."""
    yield _row(header)
    yield _row(["---", *(["---:" if numbers else "---"] * (len(header) - 1))])
    for row in rows:
        yield _row([cell.replace("|", "\\|") for cell in row])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def share(value: float | None) -> str:
    """Write a number between 0 and 1."""
    return UNDEFINED if value is None else f"{value:.3f}"


def rate(value: float | None) -> str:
    """Write a number of 1,000."""
    return UNDEFINED if value is None else f"{value:.1f}"


def with_interval(metrics: Metrics, name: str, *, digits: int = 3) -> str:
    """Write a metric with its interval, where it has one."""
    value: float | None = getattr(metrics, name)
    interval = metrics.intervals.get(name)
    if value is None:
        return UNDEFINED
    shown = f"{value:.{digits}f}"
    if interval is None:
        return shown
    coarse = max(1, digits - 1)
    return f"{shown} [{interval[0]:.{coarse}f}, {interval[1]:.{coarse}f}]"
