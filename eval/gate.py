"""The quality gate: what a new model or a change must not fall behind.

Last station of an evaluation beside :mod:`misplaced.eval.table`: compares results with the pins of
:mod:`misplaced.eval.pins`, which only ever tighten, unless somebody gives a reason.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from misplaced.eval.pins import PER_KIND, Gate, Loosening, Pins, shown
from misplaced.eval.scored import CLEAN_KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from misplaced.eval.benchmark import BenchmarkResult

#: What is pinned for a benchmark that is new to the gate, beside the recall on each kind.
FLOORS = ("ap", "ap_off_topic", "ap_boilerplate", "f1", "recall_at_1pct_fp")
CEILINGS = ("false_flags_per_1000", "false_flags_per_1000_clean", "ece")

#: Pins are rounded to a 10,000th, in the direction that lets the same run pass again.
_STEPS = 10_000


def check(gate: Gate, results: Iterable[BenchmarkResult], *, partial: bool = False) -> list[str]:
    """Compare a run with the pins.

    Parameters
    ----------
    gate : Gate
    results : iterable of BenchmarkResult
        Those that the gate does not name are not checked.
    partial : bool
        Whether a benchmark of the gate may be missing from the run.

    Returns
    -------
    list of str
        One line for each miss; empty if the gate is passed.
    """
    measured = {result.name: result for result in results}
    misses: list[str] = []
    for name, pins in gate.benchmarks.items():
        result = measured.get(name)
        if result is None:
            misses += [] if partial else [f"{name}: named in the gate but not measured"]
        elif result.digest != pins.digest:
            misses.append(
                f"{name}: these are not the pinned articles (sha256 {result.digest[:12]}..., "
                f"pinned {pins.digest[:12]}...)"
            )
        else:
            misses += _missed(gate, pins, result)
    return misses


def update(
    gate: Gate | None, results: Iterable[BenchmarkResult], *, date: str, reason: str = ""
) -> tuple[Gate, list[Loosening]]:
    """Pin what a run achieved.

    A floor rises to what was measured; a value within epsilon under it leaves it as it is. A ceiling
    falls to what was measured plus one more flagged paragraph (rates) or epsilon (calibration error),
    because another processor's rounding may tip one paragraph over the threshold. Benchmarks that were
    not run, and the choice of metrics of those already pinned, stay as they are.

    Parameters
    ----------
    gate : Gate or None
        ``None`` to begin one.
    results : iterable of BenchmarkResult
    date : str
        ISO 8601 day, for the record of loosened pins.
    reason : str
        Why pins may be loosened, for the same record.

    Returns
    -------
    updated : Gate
    loosened : list of Loosening
        Pins that the update would loosen, another digest among them. Without a reason to do so, the
        caller must not keep `updated`.
    """
    gate = Gate() if gate is None else gate
    benchmarks, loosened = dict(gate.benchmarks), []
    for result in results:
        old = benchmarks.get(result.name)
        if old is None:
            benchmarks[result.name] = _fresh(result, gate.epsilon)
            continue
        benchmarks[result.name], changes = _tightened(old, result, gate.epsilon)
        loosened += [Loosening(date, reason, result.name, *change) for change in changes]
    return replace(gate, benchmarks=benchmarks, lowered=(*gate.lowered, *loosened)), loosened


def value_of(result: BenchmarkResult, pin: str) -> float | None:
    """Return the model's value of a pinned metric; ``None`` where it is undefined."""
    if pin.startswith(PER_KIND):
        part = result.model.by_kind.get(pin.removeprefix(PER_KIND))
        return None if part is None else part.recall_at_1pct_fp
    value: float | None = getattr(result.model.metrics, pin)
    return value


def _missed(gate: Gate, pins: Pins, result: BenchmarkResult) -> list[str]:
    misses: list[str] = []
    for pin, floor in pins.floors.items():
        value = value_of(result, pin)
        if value is None or value < floor - gate.epsilon:
            slack = f" by more than {gate.epsilon}"
            misses.append(f"{result.name}: {pin} {shown(value)} is under its floor {shown(floor)}{slack}")
    for pin, ceiling in pins.ceilings.items():
        value = value_of(result, pin)
        if value is None or value > ceiling:
            misses.append(f"{result.name}: {pin} {shown(value)} is over its ceiling {shown(ceiling)}")
    return misses


def _fresh(result: BenchmarkResult, epsilon: float) -> Pins:
    per_kind = [PER_KIND + kind for kind, part in result.model.by_kind.items() if part.foreign]
    # With a single kind, its recall is the recall of all.
    floors = (*FLOORS, *(per_kind if len(result.model.by_kind) > 1 else ()))
    return Pins(
        result.digest,
        {pin: _floor(value) for pin in floors if (value := value_of(result, pin)) is not None},
        {
            pin: _ceiling(value, pin, result, epsilon)
            for pin in CEILINGS
            if (value := value_of(result, pin)) is not None
        },
    )


Change = tuple[str, float | str | None, float | str | None]


def _tightened(old: Pins, result: BenchmarkResult, epsilon: float) -> tuple[Pins, Sequence[Change]]:
    """Return the new pins and what they loosen."""
    floors: dict[str, float] = {}
    ceilings: dict[str, float] = {}
    changes: list[Change] = []
    same = old.digest == result.digest
    if not same:
        # Floors of other articles say nothing about these: all that can be kept is the record.
        changes.append(("digest", old.digest, result.digest))
    for pin, before in old.floors.items():
        value = value_of(result, pin)
        if value is None or value < before - epsilon:
            changes.append((pin, before, None if value is None else _floor(value)))
        if value is not None:
            kept = same and value >= before - epsilon
            floors[pin] = max(before, _floor(value)) if kept else _floor(value)
    for pin, before in old.ceilings.items():
        value = value_of(result, pin)
        after = None if value is None else _ceiling(value, pin, result, epsilon)
        if value is None or value > before:
            changes.append((pin, before, after))
        if value is not None and after is not None:
            ceilings[pin] = min(before, after) if same and value <= before else after
    return Pins(result.digest, floors, ceilings), changes


def _floor(value: float) -> float:
    return math.floor(value * _STEPS) / _STEPS


def _ceiling(value: float, pin: str, result: BenchmarkResult, epsilon: float) -> float:
    headroom = epsilon
    if pin.startswith("false_flags"):
        coherent = ~result.scored.foreign
        if pin.endswith(CLEAN_KIND):
            coherent &= result.scored.kind == CLEAN_KIND
        headroom = 1000.0 / max(1, int(coherent.sum()))
    return math.ceil((value + headroom) * _STEPS) / _STEPS
