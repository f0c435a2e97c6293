"""Refit the classifier without parts of its features and corpora, and measure what each is worth.

::

    python benchmarks/ablations.py LABELLED.jsonl... --weight NAME=W --encoder DIR --context DIR --cache DIR

Takes what ``misplaced train`` took, and writes ``eval/ablations.json``, which the accuracy report shows.
Only the classifier is refitted: encoder and context network stay, and the second look is one row of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import corpora as benchmark_corpora
import numpy as np
import typer
from leaving_out import corpora_left_out, features_left_out
from remembering import RememberingEncoder

from misplaced.apps.failure import reported
from misplaced.apps.fitting import corpus_weights, detector_of, find_context, find_encoder, find_reader
from misplaced.apps.progress import track
from misplaced.artifact import located
from misplaced.errors import CorpusError
from misplaced.eval.benchmark import run
from misplaced.features import matrix
from misplaced.labelled import corpus_name, read_labelled
from misplaced.replacing import replacing
from misplaced.training.embedding import CachedEncoder
from misplaced.training.fitting import FitSettings, fit_gathered, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from misplaced.detector import Detector
    from misplaced.reader import Reader
    from misplaced.training.fitting import Gathered

_HERE = Path(__file__).parent

SCHEMA = 2

#: What is reported of a benchmark, by the names of :class:`misplaced.eval.metrics.Metrics`.
_FIGURES = (
    "ap",
    "ap_off_topic",
    "ap_boilerplate",
    "recall_at_1pct_fp",
    "best_f1",
    "f1",
    "false_flags_per_1000",
    "false_flags_per_1000_clean",
)


@dataclass(frozen=True)
class Study:
    """One ablation study: what is fitted on, how, and what it is measured on.

    Attributes
    ----------
    gathered : Gathered
        The corpora's features. Word weights and what is said of whole documents are theirs, whatever
        is left out.
    encoder : RememberingEncoder
    settings : FitSettings
    benchmarks : dict of str to Path
    reader : Reader, optional
        For a row with the second look.
    """

    gathered: Gathered
    encoder: RememberingEncoder
    settings: FitSettings
    benchmarks: dict[str, Path]
    reader: Reader | None = None

    def rows(self, say: Callable[[str], None]) -> list[dict[str, Any]]:
        """Fit and measure the whole model first, then each with something left out."""
        found = []
        statements = None  # the first fit's serve all: they do not depend on the table
        for name, columns, gathered, reader in self._variants():
            try:
                fitted = fit_gathered(gathered, self.settings, reader=reader, statements=statements)
            except CorpusError as error:
                raise CorpusError(f"without {name}, {error.what}", hint=error.hint) from error
            statements = fitted.statements
            detector = detector_of(fitted, self.encoder, reader, self.settings)
            figures = {name: _figures(detector, path) for name, path in self.benchmarks.items()}
            aps = ", ".join(f"{name} AP {measured['ap'] or 0:.3f}" for name, measured in figures.items())
            say(f"without {name}: {aps}")
            found.append({"without": name, "columns": columns, "figures": figures})
        return found

    def _variants(self) -> Iterator[tuple[str, int, Gathered, Reader | None]]:
        """Name, columns left out, what is fitted on, and the reader of the second look."""
        whole, table = self.gathered, self.gathered.table
        yield "nothing", 0, whole, None
        if self.reader is not None:
            yield "nothing, second look added", 0, whole, self.reader
        names = matrix.names(self.encoder.dimension, context=whole.context is not None)
        for left_out in features_left_out(names):
            # A column of zeros has no weight after fitting: nothing needs to be left out in detecting.
            blank = table.matrix.copy()
            blank[:, left_out.columns] = 0.0
            yield left_out.name, left_out.width, replace(whole, table=replace(table, matrix=blank)), None
        for name, kept in corpora_left_out(list(whole.corpora)):
            rest = replace(whole, table=table.taken(np.isin(table.corpora, kept)))
            yield f"corpus {name}", 0, rest, None


def _figures(detector: Detector, path: Path) -> dict[str, float | None]:
    metrics = run(detector, path, resamples=0).model.metrics
    return {name: _rounded(getattr(metrics, name)) for name in _FIGURES}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


@reported()
def main(
    corpora: Annotated[
        list[Path], typer.Argument(metavar="LABELLED.jsonl...", help="What the model was trained on.")
    ],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the benchmarks.")] = Path(
        "../shared/data"
    ),
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the figures go.")
    ] = _HERE.parent / "eval" / "ablations.json",
    every: Annotated[
        int, typer.Option(metavar="N", min=1, help="Fit on every Nth article only, to be done sooner.")
    ] = 1,
    encoder: Annotated[
        str | None, typer.Option(metavar="DIR", help="As in training; the bundled model's by default.")
    ] = None,
    context: Annotated[str | None, typer.Option(metavar="DIR", help="As in training.")] = None,
    reader: Annotated[
        Path | None, typer.Option(metavar="DIR", help="As in training, for a row with the second look.")
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="CORPUS=W", help="As in training; default 1.")
    ] = None,
    second_weight: Annotated[
        list[str] | None, typer.Option(metavar="CORPUS=W", help="As in training.")
    ] = None,
    regularisation: Annotated[float, typer.Option("--regularisation", "-C", help="As in training.")] = (
        FitSettings.regularisation
    ),
    most_false_flags: Annotated[float, typer.Option(metavar="N", help="As in training.")] = (
        FitSettings.most_false_flags
    ),
    doubt: Annotated[float, typer.Option(metavar="P", help="As in training.")] = FitSettings.doubt,
    seed: Annotated[int, typer.Option(help="As in training.")] = 0,
    held_out: Annotated[float, typer.Option(metavar="SHARE", help="As in training.")] = 0.0,
    seen_weight: Annotated[float, typer.Option(metavar="W", help="As in training.")] = (
        FitSettings.seen_weight
    ),
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The cache of training; without it, embed again.")
    ] = None,
) -> None:
    """Refit without each group of features and each corpus, and measure."""
    names = [corpus_name(path) for path in corpora]
    settings = FitSettings(
        *(regularisation, most_false_flags, corpus_weights(weight or (), names)),
        *(seed, held_out, seen_weight, doubt),
        corpus_weights(second_weight or (), names, option="--second-weight", zero=True),
    )
    benchmarks = {
        name: benchmark_corpora.frozen(data, name)
        for name in (benchmark_corpora.WILD, benchmark_corpora.INSERTED)
    }
    model, source, identity = find_encoder(encoder)
    seconder = None
    if reader is not None:
        seconder, _ = find_reader(reader, source)
    network = None if context is None else find_context(located(context), model.dimension)
    labelled = {name: list(read_labelled(path))[::every] for name, path in zip(names, corpora, strict=True)}
    shown = partial(track, transient=False)
    gathered = gather(labelled, CachedEncoder(model, identity, cache), settings, context=network, track=shown)
    study = Study(gathered, RememberingEncoder(model), settings, benchmarks, seconder)
    found = {
        "schema": SCHEMA,
        "date": datetime.now(UTC).date().isoformat(),
        "encoder": f"{model.name}, sha256 {identity[:12]}",
        "corpora": names,
        "every": every,
        "benchmarks": list(benchmarks),
        "rows": study.rows(lambda line: typer.echo(line, err=True)),
    }
    with replacing(output) as stream:
        stream.write((json.dumps(found, indent=2) + "\n").encode())


if __name__ == "__main__":
    typer.run(main)
