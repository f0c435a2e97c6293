"""Teach the context network on labelled articles: the third objective of fine-tuning.

Beside :mod:`misplaced.training.reading`, on an encoder that stays as it is; written for
:mod:`misplaced.context`, read by the classifier that is fitted afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.classifier import CLASSES
from misplaced.context import left_out_of, standardised, stored_arrays
from misplaced.errors import CorpusError, UsageError
from misplaced.features import pairs
from misplaced.networks import CONTEXT
from misplaced.replacing import replacing
from misplaced.training.context_module import ContextShape, build
from misplaced.training.holdout import COUNTED, FOREIGN
from misplaced.training.loop import LoopSettings, Progress, finish, run
from misplaced.training.sheets import STRETCH, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import torch
    from numpy.typing import NDArray

#: How much an example of each class counts: foreign paragraphs are rare.
_WEIGHTS = tuple(2.0 if label == "off_topic" else 1.0 for _, label in CLASSES)

#: Articles that are measured, and articles of a batch where nothing is learned.
_VALIDATED, _TOGETHER = 600, 16

#: Sheets that the spread of the features is taken from.
_SAMPLED = 2_000


class Deals:
    """Batches of sheets, drawn by corpus weight; a step's draw repeats on every machine."""

    def __init__(self, corpora: Sequence[tuple[Sequence[Sheet], float]], seed: int) -> None:
        self._corpora = [sheets for sheets, weight in corpora if sheets and weight > 0]
        shares = np.array([weight for sheets, weight in corpora if sheets and weight > 0], dtype=np.float64)
        if not len(shares):
            raise CorpusError("no labelled articles to learn from", hint="give a corpus with labels")
        self._shares, self.seed = shares / shares.sum(), seed

    def draw(self, step: int, count: int) -> list[Sheet]:
        """Draw a step's stretches."""
        rng = np.random.default_rng([self.seed, 17, step])
        drawn = []
        for _ in range(count):
            sheets = self._corpora[int(rng.choice(len(self._corpora), p=self._shares))]
            sheet = sheets[int(rng.integers(len(sheets)))]
            size = len(sheet.classes)
            first = int(rng.integers(0, max(size - STRETCH, 0) + 1))
            drawn.append(sheet if size <= STRETCH else sheet.stretch(first, first + STRETCH))
        return drawn


def feature_spread(sheets: Sequence[Sheet]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of every feature column, from evenly chosen sheets."""
    rows = np.concatenate([sheet.rows for sheet in _evenly(sheets, _SAMPLED)]).astype(np.float64)
    return rows.mean(axis=0).astype(np.float32), (rows.std(axis=0) + 1e-3).astype(np.float32)


def collate(
    sheets: Sequence[Sheet], mean: NDArray[np.float32], scale: NDArray[np.float32]
) -> tuple[torch.Tensor, ...]:
    """Pad sheets to one length: rows, embeddings, channels, mask and classes (-1 where nothing is)."""
    import torch

    size, batch = max(len(sheet.classes) for sheet in sheets), len(sheets)
    rows = np.zeros((batch, size, len(mean)), dtype=np.float32)
    embeddings = np.zeros((batch, size + 1, sheets[0].embeddings.shape[1]), dtype=np.float32)
    channels = np.zeros((batch, size + 1, size + 1, len(pairs.NAMES)), dtype=np.float32)
    mask = np.zeros((batch, size + 1), dtype=bool)
    classes = np.full((batch, size), -1, dtype=np.int64)
    for i, sheet in enumerate(sheets):
        count = len(sheet.classes)
        rows[i, :count] = standardised(sheet.rows.astype(np.float32), mean, scale)
        embeddings[i, : count + 1] = sheet.embeddings
        channels[i, : count + 1, : count + 1] = sheet.channels
        mask[i, : count + 1] = True
        classes[i, :count] = sheet.classes
    return tuple(torch.from_numpy(array) for array in (rows, embeddings, channels, mask, classes))


def teach_context(
    corpora: Sequence[tuple[Sequence[Sheet], float]],
    folder: Path,
    loop: LoopSettings,
    signature: dict[str, Any],
    *,
    shape: ContextShape,
    members: int,
    batch: int,
    seed: int,
    begin: Path | None = None,
    mean_with: Sequence[Path] = (),
    report: Callable[[Progress], None] | None = None,
) -> Progress:
    """Train the networks, each without a part of the sources, and write ``context.npz``.

    Parameters
    ----------
    corpora : sequence of (sheets, weight)
        A corpus gives articles in proportion to its weight.
    folder : Path
        Holds the checkpoint too; a run that finds its own goes on from it.
    loop : LoopSettings
        The steps are those of each network.
    signature : dict
        See :func:`misplaced.training.loop.run`.
    shape : ContextShape
    members : int
        How many networks; 1 is taught on everything, and the classifier behind trusts it too much.
    batch : int
        Articles a step.
    seed : int
    begin : Path, optional
        A folder with the networks to go on from; features are standardised as there.
    mean_with : sequence of Path
        Folders of networks; what is written is the mean of their weights and those taught here, which errs
        less than the last of several rounds alone (Izmailov et al., "Averaging weights leads to wider
        optima and better generalization", UAI 2018).
    report : callable, optional
        Called after every step, of all networks together.

    Returns
    -------
    Progress
        Of the last network, before any mean; validated on the articles that it was taught without.

    Raises
    ------
    CorpusError
        If a network has nothing to learn from.
    UsageError
        If the networks to go on from are of another number or shape, or those of a mean read features
        standardised otherwise.
    """
    import torch

    everything = [sheet for sheets, _ in corpora for sheet in sheets]
    if not everything:
        raise CorpusError("no labelled articles to learn from", hint="give a corpus with labels")
    mean, scale = feature_spread(everything)
    weights = torch.tensor(_WEIGHTS)
    torch.manual_seed(seed)
    made = [build(len(mean), everything[0].embeddings.shape[1], shape) for _ in range(members)]
    if begin is not None:
        mean, scale = _begun(made, begin)
    others = [_alike(made, folder, mean, scale) for folder in mean_with]
    # A single network is taught everything, and nothing is new to it.
    homes = [left_out_of(sheet.key, members) if members > 1 else -1 for sheet in everything]
    place = iter(homes)
    parts = [([(sheet, next(place)) for sheet in sheets], weight) for sheets, weight in corpora]
    deals = [
        Deals([([s for s, home in part if home != member], weight) for part, weight in parts], seed + member)
        for member in range(members)
    ]
    located = list(zip(everything, homes, strict=True))
    new = [[sheet for sheet, home in located if home == member] for member in range(members)]

    def loss_of(step: int) -> torch.Tensor:
        # The networks take turns, so that one checkpoint is the state of all.
        turn, member = divmod(step, members)
        torch.manual_seed(seed * 1_000_003 + step)  # what is dropped is a function of the step too
        made[member].train()
        *inputs, classes = collate(deals[member].draw(turn, batch), mean, scale)
        scores: torch.Tensor = made[member](*inputs)
        if bool((classes < 0).all()):
            return scores.sum() * 0
        loss: torch.Tensor = torch.nn.functional.cross_entropy(
            scores.flatten(0, 1), classes.flatten(), weight=weights, ignore_index=-1
        )
        return loss

    def validate() -> dict[str, float]:
        return {
            f"AP {member}": _average_precision(network, _evenly(unseen, _VALIDATED), mean, scale)
            for member, (network, unseen) in enumerate(zip(made, new, strict=True))
            if unseen
        }

    modules = {str(member): network for member, network in enumerate(made)}
    whole = replace(loop, steps=members * loop.steps)
    progress = run(modules, loss_of, validate, whole, folder, signature, report=report)
    arrays = {
        f"{member}.{name}": array.numpy().astype(np.float16)
        for member, network in enumerate(made)
        for name, array in network.state_dict().items()
    }
    for member in modules:
        arrays |= {f"{member}.mean": mean, f"{member}.scale": scale}
    if others:
        arrays = {name: _mean([array, *(o[name] for o in others)]) for name, array in arrays.items()}
    with replacing(folder / CONTEXT) as stream:
        np.savez(stream, **arrays)
    finish(folder, {**signature, "loss": progress.loss, "validation": progress.validation})
    return progress


def _begun(networks: Sequence[Any], folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Put the arrays of a folder into networks; return mean and spread of the feature columns there."""
    import torch

    arrays = _arrays(networks, folder)
    for member, network in enumerate(networks):
        state = {name: torch.from_numpy(arrays[f"{member}.{name}"]) for name in network.state_dict()}
        network.load_state_dict(state)
    return arrays["0.mean"], arrays["0.scale"]


def _alike(
    networks: Sequence[Any], folder: Path, mean: NDArray[np.float32], scale: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Read the arrays of a folder whose networks could stand in for these."""
    arrays = _arrays(networks, folder)
    for member in range(len(networks)):
        found = arrays[f"{member}.mean"], arrays[f"{member}.scale"]
        if not all(map(np.array_equal, found, (mean, scale))):
            raise UsageError(
                "the networks to take the mean with read features standardised otherwise",
                where=str(folder),
                hint="give earlier rounds of the same networks: what --begin began from",
            )
    return arrays


def _arrays(networks: Sequence[Any], folder: Path) -> dict[str, NDArray[np.float32]]:
    """Read the arrays of a folder whose networks are of the number and shape of these."""
    arrays = stored_arrays(folder / CONTEXT)
    shapes = {
        f"{member}.{name}": tuple(array.shape)
        for member, network in enumerate(networks)
        for name, array in network.state_dict().items()
    }
    found = {name: arrays[name].shape for name in arrays if not name.endswith((".mean", ".scale"))}
    if found != shapes:
        raise UsageError(
            "the networks to go on from are of another number or shape",
            where=str(folder),
            hint="give the same --members, --width and --layers",
        )
    return arrays


def _mean(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Take the mean of arrays of one shape, in the precision of the first."""
    mean: NDArray[Any] = np.mean([array.astype(np.float64) for array in arrays], axis=0)
    return mean.astype(arrays[0].dtype)


def _evenly(sheets: Sequence[Sheet], most: int) -> list[Sheet]:
    return [sheets[int(i)] for i in np.linspace(0, len(sheets) - 1, min(len(sheets), most))]


def _average_precision(
    network: Any, sheets: Sequence[Sheet], mean: NDArray[np.float32], scale: NDArray[np.float32]
) -> float:
    """Average precision of the foreign classes against the others, captions and notes left out."""
    from sklearn.metrics import average_precision_score

    network.eval()
    scores, truth = [], []
    order = sorted(range(len(sheets)), key=lambda i: len(sheets[i].classes))
    for first in range(0, len(order), _TOGETHER):
        *inputs, classes = collate([sheets[i] for i in order[first : first + _TOGETHER]], mean, scale)
        probabilities = network(*inputs).softmax(-1).double().numpy()
        numbers = classes.numpy()
        counted = (numbers >= 0) & COUNTED[numbers]
        scores.append(probabilities[counted][:, FOREIGN].sum(1))
        truth.append(FOREIGN[numbers[counted]])
    foreign = np.concatenate(truth)
    return float(average_precision_score(foreign, np.concatenate(scores))) if foreign.any() else 0.0
