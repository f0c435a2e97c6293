"""What one evaluation found and under which conditions, ready for the table or as JSON.

Between :mod:`misplaced.eval.benchmark` and the doors.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misplaced.eval.benchmark import BenchmarkResult

#: Layout of :meth:`Summary.as_json`.
SCHEMA = 1

#: Decimals of numbers in JSON: beyond them is the rounding noise of one processor or another.
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of one run.

    Attributes
    ----------
    results : tuple of BenchmarkResult
        In the order asked for.
    model : str
        Name and version of the model.
    threshold : float
        At which the model was measured.
    date : str
        ISO 8601 day.
    machine : str
        Processor and number of cores.
    errors : tuple of str
        One line for each benchmark that could not be measured.
    gate_misses : tuple of str or None
        One line for each miss of the quality gate; ``None`` if none was asked for.
    """

    results: tuple[BenchmarkResult, ...]
    model: str
    threshold: float
    date: str
    machine: str
    errors: tuple[str, ...] = ()
    gate_misses: tuple[str, ...] | None = None

    def as_json(self) -> str:
        """Return one indented JSON object in ASCII with a final newline; what is undefined is ``null``."""
        data = {
            "schema": SCHEMA,
            "model": self.model,
            "threshold": self.threshold,
            "date": self.date,
            "machine": self.machine,
            "benchmarks": [result.as_dict() for result in self.results],
            "errors": self.errors,
            "gate_misses": self.gate_misses,
        }
        return json.dumps(_rounded(data), indent=2, allow_nan=False) + "\n"


def machine() -> str:
    """Name the processor and count its cores, for the record beside speeds."""
    return f"{platform.processor() or platform.machine()}, {os.cpu_count() or 1} cores"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
