"""Fine-tune an encoder for "belongs to this article": both objectives, one loop, a held-out share.

Takes articles, gives a sentence-transformers folder and a record of how it was made. Exported by
:mod:`misplaced.training.export`, then the classifier is fitted on the articles held out here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.document import fold
from misplaced.errors import CorpusError, UsageError
from misplaced.labelled import read_objects
from misplaced.training import contrastive
from misplaced.training import supervised as supervised_lines
from misplaced.training.articles import label_recurring, read_articles
from misplaced.training.contrastive import ArticleBatches, WeightedBatches
from misplaced.training.loop import LoopSettings, Progress, finish, precision_begun, run
from misplaced.training.split import is_held_out
from misplaced.training.static import TrainableStatic
from misplaced.training.supervised import LabelledLines, line_head
from misplaced.training.transformer import TrainableEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import torch
    from numpy.typing import NDArray

    from misplaced.training.articles import Article

#: Articles that a validation looks at, and paragraphs of each.
_VALIDATED = 120
_VALIDATED_PARAGRAPHS = 14


@dataclass(frozen=True)
class FinetuneSettings:
    """How an encoder is tuned.

    Attributes
    ----------
    steps : int
    articles : int
        Articles of a contrastive batch: a paragraph has one less to be told apart from.
    learning_rate : float
    supervised_weight : float
        Weight of the labelled lines' loss beside the contrast's; 0 leaves them out.
    labelled : int
        Articles with labels a step.
    held_out : float
        Share of the sources kept for the classifier, see :func:`misplaced.training.split.is_held_out`.
    max_tokens : int
        Word pieces a paragraph is cut to.
    seed : int
    static : int
        Length of the embeddings of a static encoder; 0 for a transformer.
    """

    steps: int = 3000
    articles: int = 24
    learning_rate: float = 6e-5
    supervised_weight: float = 0.5
    held_out: float = 0.3
    max_tokens: int = 80
    seed: int = 0
    labelled: int = 2
    static: int = 0

    def __post_init__(self) -> None:
        if self.labelled < 1:
            raise UsageError(f"{self.labelled} labelled articles are out of range", hint="give 1 or more")
        if self.articles < 2:
            raise UsageError(f"{self.articles} articles a batch are out of range", hint="give 2 or more")
        if not 0 <= self.held_out < 1:
            raise UsageError(f"share {self.held_out} is out of range", hint="give 0 up to 1")
        if self.supervised_weight < 0 or self.seed < 0:
            raise UsageError("weights and seeds are 0 or more")


@dataclass(frozen=True)
class FinetuneResult:
    """What came out.

    Attributes
    ----------
    progress : Progress
        Of the last step.
    articles, labelled : int
        Articles that were contrasted, and those whose labels were learned.
    """

    progress: Progress
    articles: int
    labelled: int


def finetune(
    paths: Sequence[Path],
    folder: Path,
    settings: FinetuneSettings,
    digests: dict[str, str],
    *,
    base: str | None = None,
    weights: Sequence[float] | None = None,
    report: Callable[[Progress], None] | None = None,
    **intervals: int,
) -> FinetuneResult:
    """Fine-tune an encoder.

    Parameters
    ----------
    paths : sequence of Path
        Articles as :func:`misplaced.training.articles.read_articles` reads them. Those with a
        title are contrasted; labels, where a file has them, are learned too.
    folder : Path
        Where the encoder goes; a checkpoint found there is gone on from.
    settings : FinetuneSettings
    digests : dict of str to str
        sha256 of each corpus by its name, recorded.
    base : str, optional
    weights : sequence of float, optional
        How often a batch is drawn from each corpus alone; None draws from all of them together.
    report : callable, optional
        Called after every step.
    **intervals : int
        ``checkpoint_every`` and ``validate_every`` of :class:`misplaced.training.loop.LoopSettings`.

    Raises
    ------
    CorpusError
        If there are too few articles to contrast.
    """
    import torch

    torch.manual_seed(settings.seed)
    read = [list(read_articles([path])) for path in paths]
    tuned, held = _parted(chain(*read), settings.held_out)
    labelled = (some for path, some in zip(paths, read, strict=True) if has_labels(path))
    tuned_lines, held_lines = _parted(chain(*labelled), settings.held_out)
    if weights is None:
        batches: ArticleBatches | WeightedBatches = ArticleBatches(tuned, settings.articles, settings.seed)
    else:
        batches = _weighted(read, weights, settings)
    lines = LabelledLines(tuned_lines, settings.seed)
    if len(batches) < 2 * settings.articles:
        raise CorpusError(
            f"only {len(batches)} articles have a title and three paragraphs",
            where=", ".join(map(str, paths)),
            hint=f"give {2 * settings.articles} or more, or a smaller batch",
        )
    encoder: TrainableEncoder | TrainableStatic
    if settings.static:
        encoder = TrainableStatic(base, settings.static, max_tokens=settings.max_tokens)
    else:
        encoder = TrainableEncoder(base, max_tokens=settings.max_tokens, half=precision_begun(folder))
    head = line_head(encoder.dimension).to(encoder.device)
    supervised = bool(len(lines)) and settings.supervised_weight > 0

    def loss_of(step: int) -> torch.Tensor:
        batch = batches.draw(step)
        numbers = range(step * settings.labelled, (step + 1) * settings.labelled) if supervised else ()
        drawn = [lines.draw(number) for number in numbers]
        contrasted, *labelled = encoder.embed_groups(
            [contrastive.texts_of(batch), *(supervised_lines.texts_of(one) for one in drawn)]
        )
        loss = contrastive.contrastive_loss(contrasted, batch)
        for rows, one in zip(labelled, drawn, strict=True):
            part = supervised_lines.supervised_loss(rows, head, one)
            loss = loss + settings.supervised_weight / settings.labelled * part
        return loss

    inserted = _inserted(held, settings.seed)
    known = LabelledLines(held_lines[:_VALIDATED], settings.seed)

    def validate() -> dict[str, float]:
        figures = {"inserted AP": _contrast_ap(encoder, inserted)}
        if supervised and len(known):
            figures["labelled AP"] = _line_ap(encoder, head, known)
        return {name: value for name, value in figures.items() if np.isfinite(value)}

    folder.mkdir(parents=True, exist_ok=True)
    signature = {
        "settings": asdict(settings),
        "base": base or "",
        "corpora": digests,
        "half": encoder.half,
        **({} if weights is None else {"weights": list(weights)}),
    }
    progress = run(
        {"encoder": encoder.network, "head": head},
        loss_of,
        validate,
        LoopSettings(settings.steps, settings.learning_rate, **intervals),
        folder,
        signature,
        report=report,
    )
    encoder.save(folder)
    result = FinetuneResult(progress, len(batches), len(lines))
    _record(folder, signature, result)
    return result


def _weighted(
    corpora: Sequence[Sequence[Article]], weights: Sequence[float], settings: FinetuneSettings
) -> WeightedBatches:
    parts = (_parted(articles, settings.held_out)[0] for articles in corpora)
    each = [ArticleBatches(part, settings.articles, settings.seed) for part in parts]
    return WeightedBatches(list(zip(each, weights, strict=True)), settings.seed)


def divided(paths: Sequence[Path], share: float) -> tuple[list[Article], list[Article]]:
    """Read articles and part them into those to tune on and those held out."""
    return _parted(read_articles(paths), share)


def _parted(given: Iterable[Article], share: float) -> tuple[list[Article], list[Article]]:
    articles = label_recurring(given)
    held = [is_held_out(a.source or a.id, share) for a in articles]
    return (
        [a for a, out in zip(articles, held, strict=True) if not out],
        [a for a, out in zip(articles, held, strict=True) if out],
    )


def has_labels(path: Path) -> bool:
    """Whether a file is labelled: told by its first record."""
    _, record = next(read_objects(path))
    return "labels" in record


def _record(folder: Path, signature: dict[str, Any], result: FinetuneResult) -> None:
    import torch
    import transformers

    record = {
        **signature,
        "articles": result.articles,
        "labelled_articles": result.labelled,
        "loss": round(result.progress.loss, 4),
        "validation": {k: round(v, 4) for k, v in result.progress.validation.items()},
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }
    finish(folder, record)


def _inserted(held: Sequence[Article], seed: int) -> list[tuple[list[str], int]]:
    """Held-out articles with one paragraph of the next one of the same topic in the middle."""
    rng = np.random.default_rng([seed, 9])
    usable = []
    for article in held:
        prose = [
            fold(p)
            for p, label in zip(article.paragraphs, article.labels, strict=True)
            if label == "coherent" and len(p.split()) > 8
        ]
        if len(prose) >= 6:
            usable.append((article.topic or "", prose))
    order = sorted(rng.permutation(len(usable))[: 2 * _VALIDATED].tolist(), key=lambda i: usable[i][0])
    made = []
    for one, other in zip(order, order[1:] + order[:1], strict=True):
        prose = usable[one][1][:_VALIDATED_PARAGRAPHS]
        donor = usable[other][1]
        place = int(rng.integers(1, len(prose)))
        foreign = donor[int(rng.integers(len(donor)))]
        made.append(([*prose[:place], foreign, *prose[place:]], place))
    return made[:_VALIDATED]


def _contrast_ap(
    encoder: TrainableEncoder | TrainableStatic, inserted: Sequence[tuple[list[str], int]]
) -> float:
    """Average precision of the distance to the rest's centroid, inserted paragraphs against the others."""
    scores: list[NDArray[np.float64]] = []
    truth: list[NDArray[np.bool_]] = []
    for paragraphs, place in inserted:
        rows = encoder.embed(encoder.tokenize(paragraphs)).cpu().numpy()
        rest = rows.sum(0) - rows
        rest /= np.linalg.norm(rest, axis=1, keepdims=True)
        scores.append(-(rows * rest).sum(1).astype(np.float64))
        truth.append(np.arange(len(rows)) == place)
    return _average_precision(truth, scores)


def _line_ap(
    encoder: TrainableEncoder | TrainableStatic, head: torch.nn.Module, lines: LabelledLines
) -> float:
    """Average precision of the head's foreign kinds on held-out articles, look-alikes left out."""
    scores, truth = [], []
    for step in range(len(lines)):
        drawn = lines.draw(step)
        if not drawn[1]:
            continue
        rows = encoder.embed(encoder.tokenize(supervised_lines.texts_of(drawn)))
        probabilities = supervised_lines.line_scores(rows, head, drawn).softmax(1).double().cpu().numpy()
        kinds = np.array(drawn[2])
        counted = (kinds >= 0) & (kinds <= 2)
        scores.append(probabilities[counted, 1:3].sum(1))
        truth.append(kinds[counted] > 0)
    return _average_precision(truth, scores)


def _average_precision(truth: list[NDArray[np.bool_]], scores: list[NDArray[np.float64]]) -> float:
    from sklearn.metrics import average_precision_score

    if not truth or not np.concatenate(truth).any():
        return float("nan")
    return float(average_precision_score(np.concatenate(truth), np.concatenate(scores)))
