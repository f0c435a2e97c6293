"""Measuring a model on benchmarks: what is checked first, what is written where, what fails.

Between the command :mod:`misplaced.apps.evaluate` and :mod:`misplaced.eval`, which measures, draws and
judges. Results go to standard output or a file, everything else to standard error.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from misplaced.apps.failure import FAILED, FLAGGED, OK
from misplaced.apps.level import Level
from misplaced.apps.overwriting import refuse_overwriting
from misplaced.apps.progress import track
from misplaced.apps.reporters.escaping import escape_keeping_layout, message
from misplaced.errors import CorpusError, UnreadableError, UsageError
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from misplaced.eval.benchmark import BenchmarkResult
    from misplaced.eval.pins import Gate, Loosening
    from misplaced.eval.sentences import SentenceScorer
    from misplaced.eval.summary import Summary


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for beside the benchmarks; see the help of the command."""

    threshold: float | None = None
    json: bool = False
    output_file: Path | None = None
    plots: Path | None = None
    gate: Path | None = None
    gate_partial: bool = False
    gate_update: bool = False
    allow_lower: str | None = None
    bootstrap: int = 500
    seed: int = 0
    level: Level = Level.PARAGRAPH


def evaluate_benchmarks(paths: Sequence[Path], options: Options, load: Callable[[], SentenceScorer]) -> int:
    """Measure, write the results, and judge them by the gate.

    Parameters
    ----------
    paths : sequence of Path
    options : Options
    load : callable
        Returns the detector; called once the options are known to make sense.

    Returns
    -------
    int
        Exit status: 0, 1 (gate missed) or 2 (a benchmark could not be measured).

    Raises
    ------
    MisplacedError
        If the options contradict each other, or the model, the gate file or the output is unusable.
    """
    from misplaced.eval import gate as gating
    from misplaced.eval.pins import Gate, load_gate

    _check(paths, options)
    pins = None
    if options.gate is not None and (options.gate.exists() or not options.gate_update):
        pins = load_gate(options.gate)
    summary = _measure(paths, options, load())
    misses: list[str] = []
    change: _Change | None = None
    if options.gate_update:
        change, misses = _plan(pins, summary, options)
    elif options.gate is not None:
        misses = gating.check(pins or Gate(), summary.results, partial=options.gate_partial)
        _note_unpinned(pins, summary.results)
        summary = replace(summary, gate_misses=tuple(misses))
    _draw(summary.results, options.plots)
    _write(summary, options)
    if options.gate is not None and change is not None:
        _pin(options.gate, change)  # last: a run that fails changes no pins
    for miss in misses:
        message(f"gate: {miss}")
    if options.gate is not None and not misses:
        message("gate: updated" if options.gate_update else "gate: passed")
    if summary.errors:
        return FAILED
    return FLAGGED if misses else OK


def _check(paths: Sequence[Path], options: Options) -> None:
    """Refuse what would fail after minutes of measuring."""
    from misplaced.labelled import corpus_name
    from misplaced.report import check_threshold

    names = Counter(corpus_name(path) for path in paths)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise UsageError(f"two benchmarks are named {twice[0]!r}", hint="rename one, or measure them apart")
    if options.threshold is not None:
        check_threshold(options.threshold)
    _check_gate(options)
    refuse_overwriting(options.output_file, paths if options.gate is None else [*paths, options.gate])
    if options.plots is not None:
        from misplaced.eval.plots import require_matplotlib

        require_matplotlib()
        if options.plots.exists() and not options.plots.is_dir():
            raise UnreadableError("not a folder", where=str(options.plots), hint="give a folder to --plots")
    for target in (options.output_file, options.gate if options.gate_update else None):
        if target is not None and (target.is_dir() or not target.parent.is_dir()):
            what = "is a folder" if target.is_dir() else "its folder does not exist"
            raise UnreadableError(f"cannot be written: {what}", where=str(target))


def _check_gate(options: Options) -> None:
    for given, name in (
        (options.gate_partial, "--gate-partial"),
        (options.gate_update, "--gate-update"),
        (options.allow_lower is not None, "--allow-lower"),
    ):
        if given and options.gate is None:
            raise UsageError(f"{name} needs --gate FILE")
    if options.allow_lower is not None and not options.gate_update:
        raise UsageError("--allow-lower is for --gate-update")
    if options.allow_lower is not None and not options.allow_lower.strip():
        raise UsageError("--allow-lower needs a reason", hint="say why the pins may be loosened")
    if options.gate_update and options.threshold is not None:
        raise UsageError("--gate-update pins the model's own threshold", hint="leave --threshold out")


def _measure(paths: Sequence[Path], options: Options, detector: SentenceScorer) -> Summary:
    from misplaced import __version__
    from misplaced.eval.benchmark import run
    from misplaced.eval.sentences import run_sentences
    from misplaced.eval.summary import Summary, machine

    by_sentence = options.level is Level.SENTENCE
    own = detector.sentence_threshold if by_sentence else detector.threshold
    results: list[BenchmarkResult] = []
    errors: list[str] = []
    for path in paths:
        try:
            results.append(
                (run_sentences if by_sentence else run)(
                    detector,
                    path,
                    threshold=options.threshold,
                    resamples=options.bootstrap,
                    seed=options.seed,
                    track=track,
                )
            )
        except CorpusError as error:
            errors.append(str(error))
            message(f"error: {error}")
    return Summary(
        results=tuple(results),
        model=detector.version or __version__,
        threshold=own if options.threshold is None else options.threshold,
        date=_today(),
        machine=machine(),
        errors=tuple(errors),
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """The pins to be written, and which of them are looser than before."""

    pins: Gate
    loosened: tuple[Loosening, ...]


def _plan(pins: Gate | None, summary: Summary, options: Options) -> tuple[_Change | None, list[str]]:
    """Work out the new pins, or what stands against them."""
    from misplaced.eval import gate as gating

    if summary.errors:
        return None, ["not updated, because a benchmark could not be measured"]
    updated, loosened = gating.update(
        pins, summary.results, date=summary.date, reason=(options.allow_lower or "").strip()
    )
    if loosened and options.allow_lower is None:
        return None, [f"refused: {each}; give --allow-lower REASON to allow it" for each in loosened]
    return _Change(updated, tuple(loosened)), []


def _pin(gate: Path, change: _Change) -> None:
    with replacing(gate) as stream:
        stream.write(change.pins.as_json().encode("utf-8"))
    for each in change.loosened:
        message(f"gate: loosened {each}")


def _note_unpinned(pins: Gate | None, results: Iterable[BenchmarkResult]) -> None:
    for result in results:
        if pins is not None and result.name not in pins.benchmarks:
            message(f"warning: {result.name} is not in the gate and was not checked")


def _draw(results: Iterable[BenchmarkResult], folder: Path | None) -> None:
    if folder is None:
        return
    from misplaced.eval.plots import draw

    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        for name, picture in draw(result).items():
            with replacing(folder / name) as stream:
                stream.write(picture)


def _write(summary: Summary, options: Options) -> None:
    if options.json:
        text = summary.as_json()
    elif not summary.results:
        return
    else:
        from misplaced.eval.table import as_text

        text = escape_keeping_layout(as_text(summary))
    if options.output_file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    with replacing(options.output_file) as stream:
        stream.write(text.encode("utf-8"))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
