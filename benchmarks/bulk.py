"""Judge many articles in this process, as one of the contenders, and write how it went as JSON.

Run by :mod:`speed`, each time in a process of its own, so that peak memory is the contender's alone:
``python benchmarks/bulk.py script|default|fast ARTICLES.json``.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Articles judged before the clock starts.
_WARM = 8


def main() -> None:
    """Measure one contender."""
    contender, path = sys.argv[1:3]
    articles = json.loads(Path(path).read_text(encoding="utf-8"))
    judge, inside = _script() if contender == "script" else _detector(contender)
    judge(articles[:_WARM])
    inside.clear()
    start = perf_counter()
    judge(articles)
    seconds = perf_counter() - start
    paragraphs = sum(map(len, articles))
    found = {
        "paragraphs": paragraphs,
        "seconds": round(seconds, 3),
        "paragraphs_per_second": round(paragraphs / seconds, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    if inside:
        found["share_outside_networks"] = round(1 - _covered(inside) / seconds, 4)
    sys.stdout.write(json.dumps(found) + "\n")


def _script() -> tuple[Callable[[Sequence[Sequence[str]]], object], list[tuple[float, float]]]:
    import script

    model = script.load()
    return lambda articles: script.judge_all(model, articles), []


def _detector(model: str) -> tuple[Callable[[Sequence[Sequence[str]]], object], list[tuple[float, float]]]:
    from misplaced import Detector, Document

    detector = Detector.load(model)
    inside: list[tuple[float, float]] = []
    second = detector.second_look
    for network in (detector.encoder, second.reader if second is not None else None):
        graph = getattr(network, "_graph", None)
        if graph is not None:
            graph.session = _Timed(graph.session, inside)

    def judge(articles: Sequence[Sequence[str]]) -> int:
        reports = detector.detect_many(Document.from_paragraphs(article) for article in articles)
        return sum(len(report.findings) for report in reports)

    return judge, inside


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Seconds in which at least one network ran: two may run at once, in threads of their own."""
    covered, until = 0.0, 0.0
    for start, end in sorted(intervals):
        covered += max(end - max(start, until), 0.0)
        until = max(until, end)
    return covered


class _Timed:
    """A session that notes when it runs."""

    def __init__(self, session: Any, inside: list[tuple[float, float]]) -> None:
        self._session, self._inside = session, inside

    def run(self, *arguments: Any) -> Any:
        start = perf_counter()
        result = self._session.run(*arguments)
        self._inside.append((start, perf_counter()))
        return result


if __name__ == "__main__":
    main()
