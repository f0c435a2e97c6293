"""Refit the classifier without parts of its features and corpora, and measure what each is worth.

::

    python benchmarks/ablations.py LABELLED.jsonl... --weight NAME=W --encoder DIR --cache DIR

Takes what ``misplaced train`` took, and writes ``eval/ablations.json``, which the accuracy report shows.
Only the classifier is refitted: the encoder stays, and a second stage that reads is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unittest import mock

import corpora as benchmark_corpora
import numpy as np
import typer
from leaving_out import FeaturesLeftOut, corpora_left_out, features_left_out
from remembering import RememberingEncoder

from misplaced.apps.failure import reported
from misplaced.apps.progress import track
from misplaced.artifact import GRAPH, TOKENIZER, bundled
from misplaced.classifier import Classifier
from misplaced.detector import Detector
from misplaced.document import fold
from misplaced.encoder import OnnxEncoder
from misplaced.errors import CorpusError, UsageError
from misplaced.eval.benchmark import run
from misplaced.features import matrix
from misplaced.labelled import corpus_name, read_labelled
from misplaced.manifest import file_digest
from misplaced.replacing import replacing
from misplaced.training import fitting
from misplaced.training.embedding import CachedEncoder
from misplaced.training.fitting import FitSettings
from misplaced.training.table import tabulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from misplaced.labelled import LabelledDocument
    from misplaced.training.fitting import Fit
    from misplaced.training.table import Table

    Corpora = dict[str, list[LabelledDocument]]

_HERE = Path(__file__).parent

SCHEMA = 1

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
    corpora : dict of str to list of LabelledDocument
    encoder : RememberingEncoder
        Knows the corpora's wordings as training sees them.
    settings : FitSettings
    benchmarks : dict of str to Path
    """

    corpora: Corpora
    encoder: RememberingEncoder
    settings: FitSettings
    benchmarks: dict[str, Path]

    def rows(self, say: Callable[[str], None]) -> list[dict[str, Any]]:
        """Fit and measure the whole model first, then each with something left out."""
        whole = FeaturesLeftOut("nothing", np.zeros(0, dtype=np.int64))
        found = []
        tables: list[Table] = []
        for left_out in (whole, *features_left_out(matrix.names(self.encoder.dimension))):
            with mock.patch.object(fitting, "tabulate", _without(left_out, tables)):
                found.append(self._row(left_out.name, left_out.width, self.corpora, say))
        tables.clear()
        for name, kept in corpora_left_out(self.corpora):
            found.append(self._row(f"corpus {name}", 0, kept, say))
        return found

    def _row(
        self, without: str, columns: int, corpora: Corpora, say: Callable[[str], None]
    ) -> dict[str, Any]:
        # Nothing is cached on disk here: the remembering encoder knows every text.
        try:
            fitted = fitting.fit(corpora, CachedEncoder(self.encoder, self.encoder.name, None), self.settings)
        except CorpusError as error:
            raise CorpusError(f"without {without}, {error.what}", hint=error.hint) from error
        figures = {name: self._figures(fitted, path) for name, path in self.benchmarks.items()}
        aps = ", ".join(f"{name} AP {found['ap'] or 0:.3f}" for name, found in figures.items())
        say(f"without {without}: {aps}")
        return {"without": without, "columns": columns, "figures": figures}

    def _figures(self, fitted: Fit, path: Path) -> dict[str, float | None]:
        classifier = Classifier.from_pipeline(fitted.pipeline)
        detector = Detector(self.encoder, classifier, fitted.weights, fitted.threshold)
        metrics = run(detector, path, resamples=0).model.metrics
        return {name: _rounded(getattr(metrics, name)) for name in _FIGURES}


def _without(left_out: FeaturesLeftOut, tables: list[Table]) -> Callable[..., Table]:
    """Stand in for ``tabulate``: the same table every time, with columns that say nothing.

    A column of zeros has no weight after fitting, so that nothing needs to be left out in detecting.
    """

    def zeroed(*given: Any, **options: Any) -> Table:
        if not tables:
            tables.append(tabulate(*given, **options))
        table = tables[0]
        blank = table.matrix.copy()
        blank[:, left_out.columns] = 0.0
        return replace(table, matrix=blank)

    return zeroed


def study(
    corpora: Corpora,
    cached: CachedEncoder,
    settings: FitSettings,
    benchmarks: dict[str, Path],
) -> Study:
    """Embed the corpora as training does, through its cache, and prepare the study.

    Parameters
    ----------
    corpora : dict of str to list of LabelledDocument
    cached : CachedEncoder
    settings : FitSettings
    benchmarks : dict of str to Path
    """
    documents = [document for corpus in corpora.values() for document in corpus]
    # The order of training, so that its cache is found.
    wordings = (fold(t) for d in documents for t in (d.title or "", *d.paragraphs))
    texts = [text for text in dict.fromkeys(wordings) if text]
    encoder = RememberingEncoder(cached.encoder)
    first = 0
    for chunk in track(cached.encode(texts), cached.chunks(texts), "embedding"):
        encoder.prime(texts[first : first + len(chunk)], chunk)
        first += len(chunk)
    return Study(corpora, encoder, settings, benchmarks)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def parse_weights(given: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Read ``CORPUS=NUMBER`` options.

    Raises
    ------
    UsageError
        If one names no corpus or no number above 0.
    """
    weights = {}
    for one in given:
        name, _, number = one.partition("=")
        try:
            weights[name] = float(number)
        except ValueError:
            raise UsageError(f"--weight {one!r} is not CORPUS=NUMBER") from None
        if name not in names or not 0 < weights[name] < np.inf:
            raise UsageError(f"--weight {one!r} fits no corpus", hint=f"the corpora are {', '.join(names)}")
    return weights


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
    encoder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder made by export; the bundled model's by default."),
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="CORPUS=W", help="As in training; default 1.")
    ] = None,
    regularisation: Annotated[float, typer.Option("--regularisation", "-C", help="As in training.")] = (
        FitSettings.regularisation
    ),
    most_false_flags: Annotated[float, typer.Option(metavar="N", help="As in training.")] = (
        FitSettings.most_false_flags
    ),
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
    weights = parse_weights(weight or (), names)
    settings = FitSettings(regularisation, most_false_flags, weights, seed, held_out, seen_weight)
    benchmarks = {
        name: benchmark_corpora.frozen(data, name)
        for name in (benchmark_corpora.WILD, benchmark_corpora.INSERTED)
    }
    labelled = {name: list(read_labelled(path)) for name, path in zip(names, corpora, strict=True)}
    folder = encoder or bundled()
    model = OnnxEncoder(folder / GRAPH, folder / TOKENIZER, name=folder.name)
    identity = file_digest(folder / GRAPH) + file_digest(folder / TOKENIZER)
    prepared = study(labelled, CachedEncoder(model, identity, cache), settings, benchmarks)
    found = {
        "schema": SCHEMA,
        "date": datetime.now(UTC).date().isoformat(),
        "encoder": f"{folder.name}, sha256 {file_digest(folder / GRAPH)[:12]}",
        "corpora": names,
        "benchmarks": list(benchmarks),
        "rows": prepared.rows(lambda line: typer.echo(line, err=True)),
    }
    with replacing(output) as stream:
        stream.write((json.dumps(found, indent=2) + "\n").encode())


if __name__ == "__main__":
    typer.run(main)
