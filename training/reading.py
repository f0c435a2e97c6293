"""Teach the reader: what a line is, seen between its neighbours under the title and the lead.

The second objective of fine-tuning, beside :mod:`misplaced.training.finetuning`; begins from the
encoder tuned there. Exported by :mod:`misplaced.training.export`, run by :mod:`misplaced.reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.document import fold
from misplaced.errors import CorpusError
from misplaced.reader import KINDS
from misplaced.training.loop import LoopSettings, Progress, finish, precision_begun, run
from misplaced.training.transformer import TrainableEncoder, padded, precision
from misplaced.training.workers import Workers
from misplaced.windows import WINDOW, Window, header, window_around

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import torch

    from misplaced.training.articles import Article

#: The layer over the tokens, beside the transformer.
HEAD = "head.pt"

#: Share of the windows that are cut around a foreign line, in articles that have one.
_AROUND_FOREIGN = 0.6

#: Share of the windows that are shown without their title.
_UNTITLED = 0.1

#: How much an example of each kind counts.
_WEIGHTS = (1.0, 2.0, 1.5, 1.0, 1.0)

#: Windows that run together in one thread.
_TOGETHER = 4

#: Characters of a paragraph that are tokenised: a window shows at most 56 word pieces of it.
_CHARACTERS = 500

#: Characters on either side of a window's centre: more than its 256 word pieces take.
_SIDE = 1_500

_FOREIGN = ("off_topic", "boilerplate")

#: Held-out windows that a validation reads.
_VALIDATED = 400


class ReadingWindows:
    """Windows of labelled articles, drawn by corpus weight; a step's draw repeats on every machine.

    Parameters
    ----------
    corpora : list of (articles, weight)
        A corpus gives windows in proportion to its weight, however many articles it holds.
    tokenize : callable
        Texts to word pieces, special ones included.
    seed : int
    """

    def __init__(
        self,
        corpora: Sequence[tuple[Sequence[Article], float]],
        tokenize: Callable[[Sequence[str]], list[list[int]]],
        seed: int,
    ) -> None:
        self._corpora = [list(articles) for articles, _ in corpora if articles]
        shares = np.array([weight for articles, weight in corpora if articles], dtype=np.float64)
        if not len(shares) or shares.sum() <= 0:
            raise CorpusError("no labelled articles to read", hint="give a corpus with labels")
        self._shares = shares / shares.sum()
        self._tokenize, self.seed = tokenize, seed

    def draw(self, step: int, count: int) -> list[tuple[Window, list[int]]]:
        """Draw windows with the kinds of their paragraphs, -1 for those that teach nothing."""
        rng = np.random.default_rng([self.seed, 11, step])
        return [self._one(rng) for _ in range(count)]

    def _one(self, rng: np.random.Generator) -> tuple[Window, list[int]]:
        corpus = self._corpora[int(rng.choice(len(self._corpora), p=self._shares))]
        article = corpus[int(rng.integers(len(corpus)))]
        filled = [i for i, p in enumerate(article.paragraphs) if fold(p)]
        foreign = [k for k, i in enumerate(filled) if article.labels[i] in _FOREIGN]
        around = foreign if foreign and rng.random() < _AROUND_FOREIGN else range(len(filled))
        centre = int(around[int(rng.integers(len(around)))])
        # The centre is rarely the middle when the model runs: neighbours are read from its window too.
        centre = min(max(centre + int(rng.integers(-1, 2)), 0), len(filled) - 1)
        reach = _reach(centre, [len(article.paragraphs[i]) for i in filled])
        title = "" if rng.random() < _UNTITLED else fold(article.title or "")
        lead = filled[:6]  # the lead is looked for among the first paragraphs
        near = [*lead, *(filled[k] for k in reach)]
        texts = [title, *(fold(article.paragraphs[i])[:_CHARACTERS] for i in near)]
        pieces = [ids[1:-1] for ids in self._tokenize(texts)]
        around_it = pieces[1 + len(lead) :]
        window = window_around(centre - reach.start, around_it, header(pieces[0], pieces[1 : 1 + len(lead)]))
        labels = [article.labels[filled[reach.start + paragraph]] for paragraph, _, _ in window.spans]
        return window, [KINDS.index(label) if label in KINDS else -1 for label in labels]


def _reach(centre: int, lengths: Sequence[int]) -> range:
    """Paragraphs that a window may hold, from their lengths in characters: the others need no pieces."""
    first, end, room = centre, centre + 1, _SIDE
    while first > 0 and room > 0:
        first -= 1
        room -= min(lengths[first], _CHARACTERS)
    room = _SIDE
    while end < len(lengths) and room > 0:
        room -= min(lengths[end], _CHARACTERS)
        end += 1
    return range(first, end)


class ReadingNetwork:
    """The transformer and the layer over its tokens.

    Parameters
    ----------
    base : str or None
    half : bool, optional
        See :class:`misplaced.training.transformer.TrainableEncoder`.
    """

    def __init__(self, base: str | None, *, half: bool | None = None) -> None:
        import torch

        self.encoder = TrainableEncoder(base, max_tokens=WINDOW, half=half)
        torch.manual_seed(0)
        self.head = torch.nn.Linear(self.encoder.dimension, len(KINDS)).to(self.encoder.device)
        self.workers = Workers([*self.encoder.parameters(), *self.head.parameters()], self.encoder.device)

    def read(self, windows: Sequence[Window]) -> torch.Tensor:
        """Logits of all paragraphs of all windows, in order, of shape (paragraphs, 5)."""
        import torch

        order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        batches = [order[i : i + _TOGETHER] for i in range(0, len(order), _TOGETHER)]
        logits: Any = self.workers.apply(
            lambda rows: self._read_batch([windows[i] for i in rows]),
            batches,
            [sum(len(windows[i].ids) for i in rows) for rows in batches],
        )
        sizes = [len(windows[i].spans) for i in order]
        pieces = dict(zip(order, logits.split(sizes), strict=True))
        return torch.cat([pieces[i] for i in range(len(windows))])

    def _read_batch(self, windows: Sequence[Window]) -> torch.Tensor:
        import torch

        device = self.encoder.device
        ids, mask = padded([window.ids for window in windows])
        types, _ = padded([window.types for window in windows])
        with precision(device, half=self.encoder.half):
            hidden = self.encoder.network(
                input_ids=ids.to(device), attention_mask=mask.to(device), token_type_ids=types.to(device)
            ).last_hidden_state
        hidden = hidden.float()
        means = [hidden[row, a:b].mean(0) for row, w in enumerate(windows) for _, a, b in w.spans]
        logits: torch.Tensor = self.head(torch.stack(means))
        return logits

    def save(self, folder: Path) -> None:
        """Write the transformer and the layer."""
        import torch

        self.encoder.save(folder)
        torch.save(self.head.state_dict(), folder / HEAD)


def reading_loss(network: ReadingNetwork, drawn: Sequence[tuple[Window, list[int]]]) -> torch.Tensor:
    """Weighted cross-entropy of the kinds of all paragraphs of the windows."""
    import torch

    kinds = torch.tensor([kind for _, known in drawn for kind in known], device=network.encoder.device)
    logits = network.read([window for window, _ in drawn])
    if bool((kinds < 0).all()):
        return logits.sum() * 0
    weights = torch.tensor(_WEIGHTS, device=network.encoder.device)
    return torch.nn.functional.cross_entropy(logits, kinds, weight=weights, ignore_index=-1)


def teach(
    tuned: Sequence[tuple[Sequence[Article], float]],
    held: Sequence[tuple[Sequence[Article], float]],
    folder: Path,
    loop: LoopSettings,
    signature: dict[str, Any],
    *,
    base: str | None,
    windows: int,
    seed: int,
    report: Callable[[Progress], None] | None = None,
) -> Progress:
    """Train the reader and save it.

    Parameters
    ----------
    tuned, held : sequences of (articles, weight)
        To learn from, and to validate on.
    folder : Path
    loop : LoopSettings
    signature : dict
        See :func:`misplaced.training.loop.run`.
    base : str or None
    windows : int
        Windows a step.
    seed : int
    """
    network = ReadingNetwork(base, half=precision_begun(folder))
    signature = {**signature, "half": network.encoder.half}
    deals = ReadingWindows(tuned, network.encoder.tokenize, seed)
    known = (
        ReadingWindows(held, network.encoder.tokenize, seed).draw(0, _VALIDATED)
        if any(a for a, _ in held)
        else []
    )

    def validate() -> dict[str, float]:
        return {"read AP": _read_ap(network, known)} if known else {}

    progress = run(
        {"transformer": network.encoder.network, "head": network.head},
        lambda step: reading_loss(network, deals.draw(step, windows)),
        validate,
        loop,
        folder,
        signature,
        report=report,
    )
    network.save(folder)
    finish(folder, {**signature, "loss": progress.loss, "validation": progress.validation})
    return progress


def _read_ap(network: ReadingNetwork, drawn: Sequence[tuple[Window, list[int]]]) -> float:
    """Average precision of the foreign kinds against coherent, over all paragraphs of the windows."""
    from sklearn.metrics import average_precision_score

    probabilities = network.read([window for window, _ in drawn]).softmax(1).double().cpu().numpy()
    kinds = np.array([kind for _, known in drawn for kind in known])
    counted = (kinds >= 0) & (kinds <= 2)
    if not (kinds[counted] > 0).any():
        return 0.0
    return float(average_precision_score(kinds[counted] > 0, probabilities[counted, 1:3].sum(1)))
