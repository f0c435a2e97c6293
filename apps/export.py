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
) -> None:
    """Export an encoder for training and detecting without torch (extra 'train')."""
    from misplaced.apps.reporters.escaping import message
    from misplaced.training.export import export as write

    name = write(base, output, precision=precision)
    message(f"{name.removesuffix('.onnx')} written to {output}")
