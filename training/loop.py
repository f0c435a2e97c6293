"""The training loop: optimiser, schedule, checkpoints, and going on after a kill with the same result.

Every step's batch is a function of the seed and the step's number, and nothing is drawn elsewhere:
the weights and the optimiser's moments are the whole state.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from misplaced.errors import CorpusError, UsageError
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import torch

CHECKPOINT = "checkpoint.pt"

#: The record beside the result.
RECORD = "finetuning.json"

#: Gradients of a norm above this are scaled down.
_MOST_NORM = 1.0


@dataclass(frozen=True)
class LoopSettings:
    """How long and how fast.

    Attributes
    ----------
    steps : int
    learning_rate : float
        At its peak: it rises over the first 5 % of the steps and falls to zero by a half cosine.
    checkpoint_every : int
        Steps between checkpoints.
    validate_every : int
        Steps between validations; the last step is always validated.
    """

    steps: int
    learning_rate: float = 6e-5
    checkpoint_every: int = 200
    validate_every: int = 400

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise UsageError(f"{self.steps} steps are out of range", hint="give 1 or more")
        if not 0 < self.learning_rate < 1:
            raise UsageError(f"learning rate {self.learning_rate} is out of range", hint="try 6e-5")


@dataclass(frozen=True)
class Progress:
    """What is known after a step.

    Attributes
    ----------
    step : int
        From 1.
    loss : float
        Running mean over about the last 50 steps.
    validation : dict of str to float
        Figures of the latest validation, by name.
    """

    step: int
    loss: float
    validation: dict[str, float]


def learning_rate(step: int, settings: LoopSettings) -> float:
    """Learning rate of a step, from 0: linear rise, then half a cosine down to zero."""
    rise = max(settings.steps // 20, 1)
    if step < rise:
        return settings.learning_rate * (step + 1) / rise
    done = (step - rise) / max(settings.steps - rise, 1)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * done))


def run(
    modules: dict[str, torch.nn.Module],
    loss_of: Callable[[int], Any],
    validate: Callable[[], dict[str, float]],
    settings: LoopSettings,
    folder: Path,
    signature: dict[str, Any],
    *,
    report: Callable[[Progress], None] | None = None,
) -> Progress:
    """Train.

    Parameters
    ----------
    modules : dict of str to Module
        What is trained, by name; weights that need no gradient stay as they are and are not saved.
    loss_of : callable
        Loss of a step, a function of the step's number alone.
    validate : callable
        Figures by name.
    settings : LoopSettings
    folder : Path
        Holds the checkpoint. A run that finds the checkpoint of the same `signature` goes on from it.
    signature : dict
        Everything that decides the result: settings, seeds, digests of the data.
    report : callable, optional
        Called after every step.

    Raises
    ------
    UsageError
        If the folder holds a checkpoint of other settings or data.
    CorpusError
        If the loss is no number.
    """
    import torch

    parameters = [p for module in modules.values() for p in module.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=settings.learning_rate, weight_decay=0.01, fused=True)
    progress = _resume(folder, signature, modules, optimiser)
    for step in range(progress.step, settings.steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, settings)
        loss = loss_of(step)
        if not torch.isfinite(loss):
            raise CorpusError(f"the loss of step {step + 1} is no number", hint="lower the learning rate")
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, _MOST_NORM)
        optimiser.step()
        progress = _after(step, float(loss.detach()), progress, settings, validate)
        if report:
            report(progress)
        if progress.step % settings.checkpoint_every == 0 and progress.step < settings.steps:
            _save(folder, signature, modules, optimiser, progress)
    return progress


def finish(folder: Path, record: dict[str, Any]) -> None:
    """Write how a run was made and what came out beside its result; the checkpoint has served."""
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    (folder / RECORD).write_text(text, encoding="utf-8")
    (folder / CHECKPOINT).unlink(missing_ok=True)


def precision_begun(folder: Path) -> bool | None:
    """Tell in which precision the run of a folder's checkpoint began; None where there is none.

    Half precision is chosen by speed, and a run that goes on must not choose again.
    """
    import torch

    try:
        state = torch.load(folder / CHECKPOINT, weights_only=True, mmap=True)
        return bool(state["signature"]["half"])
    except Exception:  # what is wrong with the file is said when it is gone on from
        return None


def _after(
    step: int,
    loss: float,
    before: Progress,
    settings: LoopSettings,
    validate: Callable[[], dict[str, float]],
) -> Progress:
    import torch

    share = max(1 / (step + 1), 0.02)
    validation = before.validation
    if (step + 1) % settings.validate_every == 0 or step + 1 == settings.steps:
        with torch.no_grad():
            validation = validate()
    return Progress(step + 1, (1 - share) * before.loss + share * loss, validation)


def _trained(modules: dict[str, torch.nn.Module]) -> dict[str, torch.nn.Parameter]:
    return {
        f"{name}.{key}": parameter
        for name, module in modules.items()
        for key, parameter in module.named_parameters()
        if parameter.requires_grad
    }


def _save(
    folder: Path,
    signature: dict[str, Any],
    modules: dict[str, torch.nn.Module],
    optimiser: torch.optim.Optimizer,
    progress: Progress,
) -> None:
    import torch

    state = {
        "signature": signature,
        "weights": {name: p.detach() for name, p in _trained(modules).items()},
        "optimiser": optimiser.state_dict(),
        "progress": (progress.step, progress.loss, progress.validation),
    }
    with replacing(folder / CHECKPOINT) as stream:
        torch.save(state, stream)


def _resume(
    folder: Path,
    signature: dict[str, Any],
    modules: dict[str, torch.nn.Module],
    optimiser: torch.optim.Optimizer,
) -> Progress:
    import torch

    path = folder / CHECKPOINT
    if not path.exists():
        return Progress(0, 0.0, {})
    try:
        state = torch.load(path, weights_only=True)
        if state["signature"] != signature:
            raise UsageError(
                "the checkpoint is of a run with other settings or data",
                where=str(path),
                hint="give those, or another folder, or remove the file",
            )
        with torch.no_grad():
            for name, parameter in _trained(modules).items():
                parameter.copy_(state["weights"][name])
        optimiser.load_state_dict(state["optimiser"])
        return Progress(*state["progress"])
    except UsageError:
        raise
    except Exception as error:  # torch raises whatever the damage leads to
        raise UsageError(
            f"the checkpoint cannot be read ({' '.join(str(error).split())[:80]})",
            where=str(path),
            hint="remove the file to begin again",
        ) from error
