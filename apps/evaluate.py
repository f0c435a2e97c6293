"""The command ``misplaced evaluate``: measure a model on labelled benchmarks, and hold it to its pins.

The door of :mod:`misplaced.apps.measuring`, which does the work.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from misplaced.apps.failure import reported
from misplaced.apps.level import Level
from misplaced.apps.loading import load_detector
from misplaced.apps.measuring import Options, evaluate_benchmarks


def evaluate(
    benchmarks: Annotated[
        list[Path], typer.Argument(metavar="BENCHMARK", help="Labelled articles, .jsonl or .jsonl.gz.")
    ],
    model: Annotated[
        str | None,
        typer.Option(
            envvar="MISPLACED_MODEL",
            help="Model folder, or fast; without it, the bundled model.",
            metavar="NAME|DIR",
        ),
    ] = None,
    second_look: Annotated[
        bool,
        typer.Option(
            "--second-look/--no-second-look", help="Read doubtful paragraphs again between their neighbours."
        ),
    ] = True,
    trust: Annotated[
        bool, typer.Option("--trust", help="Allow a model file that can run code when it is loaded.")
    ] = False,
    threshold: Annotated[
        float | None, typer.Option(help="Measure at this threshold, not the model's own.", metavar="T")
    ] = None,
    level: Annotated[
        Level,
        typer.Option(
            help="sentence: measure sentences, on benchmarks whose mixed paragraphs have spans.",
            metavar="paragraph|sentence",
        ),
    ] = Level.PARAGRAPH,
    bootstrap: Annotated[
        int, typer.Option(help="Resamples for the 95 % intervals; 0 for none.", metavar="N", min=0)
    ] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the resampling.", metavar="S", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, not tables.")] = False,
    output_file: Annotated[
        Path | None, typer.Option(help="Write the results to FILE.", metavar="FILE")
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option(help="Draw precision-recall, reliability and histogram PNGs into DIR.", metavar="DIR"),
    ] = None,
    gate: Annotated[
        Path | None,
        typer.Option(
            help="Fail if a metric misses what FILE pins.", metavar="FILE", rich_help_panel="Quality gate"
        ),
    ] = None,
    gate_partial: Annotated[
        bool,
        typer.Option(
            "--gate-partial", help="Let benchmarks of the gate be left out.", rich_help_panel="Quality gate"
        ),
    ] = False,
    gate_update: Annotated[
        bool,
        typer.Option(
            "--gate-update",
            help="Pin what this run reaches; refuses to loosen a pin.",
            rich_help_panel="Quality gate",
        ),
    ] = False,
    allow_lower: Annotated[
        str | None,
        typer.Option(
            help="Let --gate-update loosen pins; the reason goes on record in the file.",
            metavar="REASON",
            rich_help_panel="Quality gate",
        ),
    ] = None,
) -> None:
    """Measure the model on labelled benchmarks, beside the centroid-cosine baseline.

    Each line of a benchmark is one article: {"id", "title", "paragraphs": [...],
    "labels": [...], "kind"?, "form"?}. Paragraphs labelled off_topic or
    boilerplate ought to be flagged, coherent ones not; caption, meta, ignore and
    every line of an article of kind "multi" count neither way. With --level sentence,
    the sentences of coherent paragraphs are set against the spans of mixed ones.

    Exit status: 0 measured, 1 the quality gate is missed, 2 any error. A file
    that cannot be read is reported, the others are still measured.
    """
    options = Options(
        *(threshold, as_json, output_file, plots, gate, gate_partial, gate_update, allow_lower),
        *(bootstrap, seed, level),
    )
    with reported():
        raise typer.Exit(
            evaluate_benchmarks(
                benchmarks, options, lambda: load_detector(model, trusted=trust, second_look=second_look)
            )
        )
