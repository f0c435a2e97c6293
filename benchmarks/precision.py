"""What eight bits cost: a model with its own encoder, and with the same encoder unquantised.

::

    misplaced export TUNED --precision fp32 -o fp32
    python benchmarks/precision.py fp32 --data ../shared/data

Prints one line for each benchmark and precision. The classifier is that of the model, fitted on the
embeddings of eight bits, in both.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import corpora
import typer
from markup import rate, share

from misplaced.apps.failure import reported
from misplaced.apps.loading import load_detector
from misplaced.artifact import GRAPH, TOKENIZER
from misplaced.encoder import OnnxEncoder
from misplaced.eval.benchmark import run

if TYPE_CHECKING:
    from misplaced.encoder import Encoder


@reported()
def main(
    unquantised: Annotated[
        Path, typer.Argument(metavar="DIR", help="What 'misplaced export --precision fp32' wrote.")
    ],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the benchmarks.")] = Path(
        "../shared/data"
    ),
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder; the bundled one by default.")
    ] = None,
) -> None:
    """Measure a model with two precisions of its encoder."""
    detector = load_detector(model)
    encoders: dict[str, Encoder] = {
        "model's own": detector.encoder,
        "unquantised": OnnxEncoder(unquantised / GRAPH, unquantised / TOKENIZER),
    }
    for name in (corpora.WILD, corpora.INSERTED):
        for precision, encoder in encoders.items():
            detector.encoder = encoder
            found = run(detector, corpora.frozen(data, name), resamples=0)
            metrics = found.model.metrics
            typer.echo(
                f"{name}, {precision}: AP {share(metrics.ap)}, F1 {share(metrics.f1)}, "
                f"FF {rate(metrics.false_flags_per_1000)}, {found.paragraphs_per_second:.0f} paragraphs/s"
            )


if __name__ == "__main__":
    typer.run(main)
