"""Run fine-tuning for the command line: what is shown, and what is said at the end."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from misplaced.apps.progress import track
from misplaced.apps.reporters.escaping import message
from misplaced.errors import CorpusError, UsageError
from misplaced.labelled import corpus_name, digest
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from misplaced.features.terms import TermWeights
    from misplaced.training.context_module import ContextShape
    from misplaced.training.embedding import CachedEncoder
    from misplaced.training.finetuning import FinetuneSettings
    from misplaced.training.loop import Progress
    from misplaced.training.sheets import Sheet

#: Steps between lines where there is no terminal to draw a bar on.
_LINE_EVERY = 50


@dataclass(frozen=True)
class Intervals:
    """Steps between checkpoints, and between validations."""

    checkpoint: int
    validate: int

    def __post_init__(self) -> None:
        if self.checkpoint < 1 or self.validate < 1:
            raise UsageError("intervals are 1 step or more")


@dataclass(frozen=True)
class Job:
    """What every objective is given.

    Attributes
    ----------
    corpora : list of Path
    output : Path
    settings : FinetuneSettings
    base : str or None
        What to begin from.
    intervals : Intervals
    weights : list of str
        ``CORPUS=W``, as given.
    """

    corpora: list[Path]
    output: Path
    settings: FinetuneSettings
    base: str | None
    intervals: Intervals
    weights: list[str]

    def checked(self, *, zero: bool = False) -> tuple[dict[str, str], dict[str, float]]:
        """Digests of the corpora by name, and the weights that were given; see :func:`corpus_weights`.

        Raises
        ------
        UsageError
            If `output` is a file, or a weight is malformed or of an unknown corpus.
        """
        from misplaced.apps.fitting import corpus_weights

        if self.output.exists() and not self.output.is_dir():
            raise UsageError("is a file", where=str(self.output), hint="give a folder")
        digests = {corpus_name(path): digest(path) for path in self.corpora}
        return digests, corpus_weights(self.weights, list(digests), zero=zero)


def tune_encoder(job: Job) -> None:
    """Tune an encoder and say how it went.

    Raises
    ------
    UsageError
        If `output` is a file, or a weight is malformed or of an unknown corpus.
    """
    from misplaced.training.finetuning import finetune

    digests, shares = job.checked(zero=True)
    with _shown(job.settings.steps) as report:
        result = finetune(
            job.corpora,
            job.output,
            job.settings,
            digests,
            base=job.base,
            weights=[shares.get(corpus_name(path), 1.0) for path in job.corpora] if shares else None,
            report=report,
            checkpoint_every=job.intervals.checkpoint,
            validate_every=job.intervals.validate,
        )
    message(
        f"{job.output}: {result.progress.step:,} steps over {result.articles:,} articles, "
        f"{result.labelled:,} with labels; {describe(result.progress)}"
    )


def tune_reader(job: Job) -> None:
    """Teach a reader and say how it went; corpora without labels are refused.

    Raises
    ------
    UsageError
        If `output` is a file, or a weight is malformed or of an unknown corpus.
    CorpusError
        If a corpus has no labels.
    """
    from misplaced.training.finetuning import divided, has_labels
    from misplaced.training.reading import teach

    digests, shares = job.checked()
    settings = job.settings
    tuned, held = [], []
    for path in job.corpora:
        if not has_labels(path):
            raise CorpusError("the articles carry no labels", where=str(path), hint="run 'misplaced corrupt'")
        weight = shares.get(corpus_name(path), 1.0)
        kept, out = divided([path], settings.held_out)
        tuned.append((kept, weight))
        held.append((out, weight))
    signature = {
        "settings": asdict(settings),
        "objective": "reading",
        "weights": shares,
        "base": job.base or "",
        "corpora": digests,
    }
    run = partial(
        teach,
        tuned,
        held,
        job.output,
        signature=signature,
        base=job.base,
        windows=settings.articles,
        seed=settings.seed,
    )
    _taught(run, job)


def tune_context(
    job: Job,
    cache: Path | None,
    members: int,
    shape: ContextShape,
    begin: Path | None,
    mean_with: Sequence[Path] = (),
) -> None:
    """Teach a context network on an exported encoder and say how it went.

    Raises
    ------
    UsageError
        If `output` is a file, a weight is malformed or of an unknown corpus, or there is nothing to
        begin from.
    CorpusError
        If a corpus is not labelled.
    """
    import numpy as np

    from misplaced.apps.fitting import cache_folder, find_encoder
    from misplaced.artifact import CONTEXT, TERMS
    from misplaced.manifest import file_digest
    from misplaced.training.context import teach_context
    from misplaced.training.embedding import CachedEncoder

    digests, shares = job.checked()
    settings, output = job.settings, job.output
    for given in (*([begin] if begin else []), *mean_with):
        if not (given / CONTEXT).is_file():
            raise UsageError(
                f"no {CONTEXT}", where=str(given), hint="give what this command wrote for context"
            )
    encoder, _, identity = find_encoder(job.base)
    cached = CachedEncoder(encoder, identity, cache or cache_folder())
    made, terms = _prepared(job.corpora, cached, settings.seed, begin)
    weighted = [(some, shares.get(name, 1.0)) for name, some in made.items()]
    signature = {
        "settings": asdict(settings),
        "objective": "context",
        "weights": shares,
        "encoder": identity,
        "members": members,
        "shape": asdict(shape),
        "corpora": digests,
        "begin": file_digest(begin / CONTEXT) if begin is not None else "",
        "mean_with": [file_digest(folder / CONTEXT) for folder in mean_with],
    }
    output.mkdir(parents=True, exist_ok=True)
    with replacing(output / TERMS) as stream:
        np.save(stream, terms.table, allow_pickle=False)
    run = partial(
        teach_context,
        weighted,
        output,
        signature=signature,
        shape=shape,
        members=members,
        batch=settings.articles,
        seed=settings.seed,
        begin=begin,
        mean_with=mean_with,
    )
    _taught(run, job, networks=members)


def _taught(run: Callable[..., Progress], job: Job, *, networks: int = 1) -> None:
    """Teach networks that read paragraphs together, show how far it is and say how it went."""
    from misplaced.training.loop import LoopSettings

    job.output.mkdir(parents=True, exist_ok=True)
    settings, every = job.settings, job.intervals
    loop = LoopSettings(settings.steps, settings.learning_rate, every.checkpoint, every.validate)
    with _shown(networks * settings.steps) as report:
        progress = run(loop=loop, report=report)
    message(f"{job.output}: {progress.step:,} steps; {describe(progress)}")


def _prepared(
    corpora: list[Path], encoder: CachedEncoder, seed: int, begin: Path | None
) -> tuple[dict[str, list[Sheet]], TermWeights]:
    """Prepare corpora by name; their texts and vectors, much the larger part, are let go of."""
    from misplaced.artifact import TERMS
    from misplaced.features.terms import TermWeights
    from misplaced.labelled import read_labelled
    from misplaced.training.fitting import count_words
    from misplaced.training.sheets import as_taught, sheets
    from misplaced.training.table import embed_documents

    shown = partial(track, transient=False)
    documents = {corpus_name(path): as_taught(list(read_labelled(path))) for path in corpora}
    terms = count_words(documents) if begin is None else TermWeights.load(begin / TERMS)
    vectors = embed_documents((d for some in documents.values() for d in some), encoder, shown)
    made = {
        name: sheets(some, vectors, terms, seed=seed, name=name, track=shown)
        for name, some in documents.items()
    }
    return made, terms


def describe(progress: Progress) -> str:
    """Loss and validation figures in one line."""
    figures = [f"loss {progress.loss:.3f}"]
    figures += [f"{name} {value:.3f}" for name, value in progress.validation.items()]
    return ", ".join(figures)


def _shown(steps: int) -> AbstractContextManager[Callable[[Progress], None]]:
    """A bar on a terminal, a line now and then elsewhere; both on standard error."""
    if not sys.stderr.isatty():
        return nullcontext(lambda progress: _line(progress, steps))
    return _Bar(steps)


def _line(progress: Progress, steps: int) -> None:
    if progress.step % _LINE_EVERY == 0 or progress.step == steps:
        sys.stderr.write(f"step {progress.step:,} of {steps:,}: {describe(progress)}\n")
        sys.stderr.flush()


class _Bar:
    def __init__(self, steps: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            BarColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=steps)

    def __enter__(self) -> Callable[[Progress], None]:
        self._bar.start()
        return lambda progress: self._bar.update(
            self._task, completed=progress.step, description=describe(progress)
        )

    def __exit__(self, *exception: Any) -> None:
        self._bar.stop()
