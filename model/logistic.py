"""A logistic regression over a few named measures, as plain numbers that a manifest can carry.

What :mod:`misplaced.statements` asks about a document as a whole; fitted by
:mod:`misplaced.training.statements`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Probability from which a statement is made.
EVEN = 0.5


@dataclass(frozen=True)
class Logistic:
    """A fitted logistic regression, set so that its statement is made from a probability of 0.5.

    Attributes
    ----------
    weights : dict of str to float
        Log-odds for a unit of every measure, by its name.
    intercept : float
    figures : dict of str to float
        What was measured, held out.
    """

    weights: dict[str, float]
    intercept: float
    figures: dict[str, float] = field(default_factory=dict)

    def probability(self, measures: Sequence[float]) -> float:
        """Return the probability, 0 to 1, for measures in the order of `weights`.

        Raises
        ------
        ValueError
            If there are more or fewer measures than weights.
        """
        weighted = zip(self.weights.values(), measures, strict=True)
        odds = self.intercept + sum(weight * float(measure) for weight, measure in weighted)
        # Beyond this the sum rounds to 0 or 1 anyway, and exp overflows.
        return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, odds))))

    def record(self) -> dict[str, Any]:
        """Return the JSON object that :meth:`parse` reads."""
        return asdict(self)

    @classmethod
    def parse(cls, found: object, names: Sequence[str]) -> Logistic:
        """Read what :meth:`record` wrote.

        Parameters
        ----------
        found : object
            Decoded JSON; nothing in it is believed.
        names : sequence of str
            The measures that it must weigh, in their order.

        Raises
        ------
        ValueError
            Saying what is wrong, in a clause.
        """
        if not isinstance(found, dict):
            raise ValueError("is not an object")
        weights = _numbers(found.get("weights"), "weights")
        if list(weights) != list(names):
            raise ValueError("weighs other measures than this program takes")
        intercept = _numbers({"intercept": found.get("intercept")}, "intercept")["intercept"]
        return cls(weights, intercept, _numbers(found.get("figures", {}), "figures"))


def _numbers(found: object, key: str) -> dict[str, float]:
    """Numbers by name; ValueError if they are anything else."""
    numbers = found if isinstance(found, dict) else {"": None}
    for value in numbers.values():
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise ValueError(f"has no finite numbers as {key!r}")
    return dict(numbers)
