"""Run a network on several batches at once, one thread each, gradients included.

On a CPU, threads that share one matrix product wait for each other at each of its hundreds of
operations, and a busy neighbour process makes all of them wait. Threads with batches of their own
meet twice a step.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch


class Workers:
    """Threads that apply a function of shared weights to batches.

    Parameters
    ----------
    parameters : list of Parameter
        The weights that gradients are wanted for.
    device : str
        One thread serves an accelerator.
    """

    def __init__(self, parameters: list[torch.nn.Parameter], device: str) -> None:
        import torch

        self.parameters = parameters
        self.count = 1 if device != "cpu" else os.cpu_count() or 1
        # Set where the work runs: the number of threads of an operation belongs to its caller.
        self._pool = ThreadPoolExecutor(self.count, initializer=torch.set_num_threads, initargs=(1,))
        if self.count > 1:
            torch.set_num_threads(1)  # a second thread of the caller's own would spin beside the workers

    def apply(
        self, function: Callable[[Any], torch.Tensor], batches: Sequence[Any], costs: Sequence[int]
    ) -> torch.Tensor:
        """Apply the function to every batch.

        Parameters
        ----------
        function : callable
            Gives a tensor of shape (rows, d) that depends on the weights.
        batches : sequence
        costs : sequence of int
            Estimate of each batch's work, by which the threads share it.

        Returns
        -------
        Tensor of shape (all rows, d)
            Results in the order of `batches`; the gradient of each part is taken in the thread that
            made it, and the parts are added in a fixed order: the same result on every run.
        """
        import torch

        shares = _shares(costs, self.count)
        if not torch.is_grad_enabled():
            parts = self._run(lambda part: _forward(function, [batches[i] for i in part], grad=False), shares)
            return _in_order(parts, shares)
        result: torch.Tensor = _function().apply(self, function, batches, shares, *self.parameters)
        return result

    def _run(self, work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return list(self._pool.map(work, items))


def _shares(costs: Sequence[int], count: int) -> list[list[int]]:
    """Deal batches out, dearest first, to whoever has least to do."""
    shares: list[list[int]] = [[] for _ in range(min(count, len(costs)))]
    loads = [0] * len(shares)
    for batch in sorted(range(len(costs)), key=lambda i: (-costs[i], i)):
        least = loads.index(min(loads))
        shares[least].append(batch)
        loads[least] += costs[batch]
    return shares


def _forward(function: Callable[[Any], torch.Tensor], batches: Sequence[Any], *, grad: bool) -> Any:
    import torch

    with torch.set_grad_enabled(grad):  # the mode belongs to the thread too
        return [function(batch) for batch in batches]


def _in_order(parts: Sequence[Sequence[torch.Tensor]], shares: Sequence[Sequence[int]]) -> torch.Tensor:
    import torch

    placed = {
        batch: part
        for share, made in zip(shares, parts, strict=True)
        for batch, part in zip(share, made, strict=True)
    }
    return torch.cat([placed[batch] for batch in range(len(placed))])


def _function() -> Any:
    """Return the autograd function; built on first use, so that importing this module is cheap."""
    import torch

    global _FUNCTION
    if _FUNCTION is not None:
        return _FUNCTION

    class ParallelBatches(torch.autograd.Function):
        @staticmethod
        def forward(
            ctx: Any, workers: Workers, function: Any, batches: Any, shares: Any, *parameters: Any
        ) -> torch.Tensor:
            ctx.workers, ctx.shares = workers, shares
            ctx.parts = workers._run(
                lambda share: _forward(function, [batches[i] for i in share], grad=True), shares
            )
            return _in_order([[t.detach() for t in part] for part in ctx.parts], shares)

        @staticmethod
        def backward(ctx: Any, *outputs: Any) -> Any:
            sizes = {
                b: len(t)
                for s, p in zip(ctx.shares, ctx.parts, strict=True)
                for b, t in zip(s, p, strict=True)
            }
            pieces = outputs[0].split([sizes[batch] for batch in range(len(sizes))])

            def part(work: Any) -> Any:
                share, made = work
                return torch.autograd.grad(
                    made, ctx.workers.parameters, [pieces[i] for i in share], allow_unused=True
                )

            found = ctx.workers._run(part, list(zip(ctx.shares, ctx.parts, strict=True)))
            ctx.parts = None
            return (None, None, None, None, *(_sum(gradients) for gradients in zip(*found, strict=True)))

    _FUNCTION = ParallelBatches
    return _FUNCTION


_FUNCTION: Any = None


def _sum(gradients: Sequence[torch.Tensor | None]) -> torch.Tensor | None:
    known = [g for g in gradients if g is not None]
    return sum(known[1:], known[0]) if known else None
