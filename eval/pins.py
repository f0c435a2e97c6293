"""The file of the quality gate: floors and ceilings by benchmark, and why any was ever loosened.

Read and written for :mod:`misplaced.eval.gate`, which compares a run with it::

    {"schema": 1, "epsilon": 0.003, "benchmarks": {"NAME": {"digest": "<sha256>",
     "floors": {"ap": 0.8}, "ceilings": {"false_flags_per_1000": 5.0}}}, "lowered": []}

A pin is named like a field of :class:`misplaced.eval.metrics.Metrics`; ``recall_at_1pct_fp.KIND``
is the recall on one kind of documents.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from misplaced.errors import CorpusError
from misplaced.eval.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1

#: How far a metric may fall under its floor: what another processor's rounding can move.
EPSILON = 0.003

#: Begins the name of a pin on one kind of documents.
PER_KIND = "recall_at_1pct_fp."

_NOT_PINNABLE = {"threshold", "intervals", "best_f1_threshold"}
_METRICS = {metric.name for metric in fields(Metrics)} - _NOT_PINNABLE


@dataclass(frozen=True, slots=True)
class Pins:
    """What one benchmark must reach: floors and ceilings by metric, for the articles of `digest`."""

    digest: str
    floors: dict[str, float]
    ceilings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Loosening:
    """One pin that was loosened on purpose; ``None`` where the metric is no longer defined."""

    date: str
    reason: str
    benchmark: str
    pin: str
    before: float | str | None
    after: float | str | None

    def __str__(self) -> str:
        return f"{self.benchmark}: {self.pin} from {shown(self.before)} to {shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Gate:
    """All pins, and the record of every loosening.

    Attributes
    ----------
    epsilon : float
        A metric misses its floor when it is under ``floor - epsilon``. Ceilings have no such slack:
        theirs is added when they are pinned (see :func:`misplaced.eval.gate.update`).
    benchmarks : dict of str to Pins
    lowered : tuple of Loosening
        Oldest first.
    """

    epsilon: float = EPSILON
    benchmarks: Mapping[str, Pins] = field(default_factory=dict)
    lowered: tuple[Loosening, ...] = ()

    def as_json(self) -> str:
        """Return the content of the file, with a final newline."""
        data = {
            "schema": SCHEMA,
            "epsilon": self.epsilon,
            "benchmarks": {name: asdict(pins) for name, pins in sorted(self.benchmarks.items())},
            "lowered": [asdict(loosening) for loosening in self.lowered],
        }
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def load_gate(path: str | Path) -> Gate:
    """Read the pins.

    Raises
    ------
    CorpusError
        If the file is missing, not a gate file, of another schema, or pins an unknown metric.
    """
    where = str(path)
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorpusError("no such gate file", where=where, hint="create it with --gate-update") from None
    except OSError as error:
        raise CorpusError(f"cannot be read: {error.strerror or error}", where=where) from None
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"not a gate file: {error}", where=where) from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise CorpusError(f"not a gate file of schema {SCHEMA}", where=where)
    try:
        benchmarks = {name: _pins(name, pins) for name, pins in data["benchmarks"].items()}
        lowered = tuple(Loosening(**entry) for entry in data.get("lowered", []))
        return Gate(_number("epsilon", data.get("epsilon", EPSILON)), benchmarks, lowered)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise CorpusError(f"not a gate file: {what}", where=where) from None


def _pins(name: str, data: Mapping[str, object]) -> Pins:
    digest = data["digest"]
    if not isinstance(digest, str):
        raise TypeError(f"the digest of {name} is not a string")
    return Pins(digest, _bounds(name, data.get("floors", {})), _bounds(name, data.get("ceilings", {})))


def _bounds(name: str, data: object) -> dict[str, float]:
    if not isinstance(data, dict):
        raise TypeError(f"the pins of {name} are not an object")
    for pin in data:
        if pin not in _METRICS and not pin.startswith(PER_KIND):
            raise ValueError(f"{name} pins the unknown metric {pin!r}")
    return {pin: _number(pin, value) for pin, value in data.items()}


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{name} is not a number")
    return float(value)


def shown(value: float | str | None) -> str:
    """Write a pin or a measured value in a message; a digest by its beginning."""
    if value is None:
        return "undefined"
    return f"{value[:12]}..." if isinstance(value, str) else f"{value:.4f}"
