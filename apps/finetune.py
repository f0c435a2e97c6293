"""``misplaced finetune``: tune a sentence encoder for "belongs to this article"."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from misplaced.apps.failure import reported


@reported()
def finetune(
    corpora: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORPUS.jsonl...",
            help="Articles, one JSON object a line: title, paragraphs and, where known, topic, date, source, "
            "labels. Plain or .gz.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the encoder goes.")],
    base: Annotated[
        str | None,
        typer.Option(
            metavar="ID|PATH",
            help="The sentence-transformers model to begin from; default all-MiniLM-L6-v2. For context the "
            "exported encoder, or a model's folder; default the bundled model's.",
        ),
    ] = None,
    objective: Annotated[
        str,
        typer.Option(
            metavar="contrast|reading|context",
            help="contrast: an encoder whose paragraphs lie near their own article. reading: a reader of "
            "labelled paragraphs between their neighbours, the second look of a model. context: a small "
            "network that reads an article's embeddings together, on an exported encoder.",
        ),
    ] = "contrast",
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS=W",
            help="How often a corpus is read, by file name without endings; default 1. "
            "For contrast, with it every batch is of one corpus; without, of all together.",
        ),
    ] = None,
    steps: Annotated[int, typer.Option(metavar="N", help="How long: one batch a step.")] = 3000,
    batch: Annotated[
        int,
        typer.Option(metavar="N", help="Articles a step to tell apart, or windows a step to read."),
    ] = 24,
    learning_rate: Annotated[float, typer.Option(metavar="RATE", help="At its peak.")] = 6e-5,
    supervised_weight: Annotated[
        float, typer.Option(metavar="W", help="Weight of the labelled lines; 0 leaves them out.")
    ] = 0.5,
    held_out: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Share of the sources kept for the classifier and validation."),
    ] = 0.3,
    static: Annotated[
        int,
        typer.Option(
            metavar="D",
            help="Train a static encoder of this length in place of a transformer: a vector for each word "
            "piece, a hundred times as fast; use a learning rate near 5e-3.",
        ),
    ] = 0,
    max_tokens: Annotated[int, typer.Option(metavar="N", help="Word pieces a paragraph is cut to.")] = 80,
    members: Annotated[
        int,
        typer.Option(
            metavar="N", help="For context: networks, each taught without one part of the sources in N."
        ),
    ] = 2,
    width: Annotated[int, typer.Option(metavar="N", help="For context: hidden units.")] = 128,
    layers: Annotated[int, typer.Option(metavar="N", help="For context: passes.")] = 3,
    dropout: Annotated[float, typer.Option(metavar="P", help="For context: share left out.")] = 0.1,
    begin: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="For context: networks of the same shape, made by this command, that are taught further.",
        ),
    ] = None,
    mean_with: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="For context: write the mean of the weights taught and of these, earlier rounds of the same "
            "networks; may be given several times.",
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="For context: where embeddings are cached; the user's cache folder by default.",
        ),
    ] = None,
    checkpoint_every: Annotated[int, typer.Option(metavar="N", help="Steps between checkpoints.")] = 200,
    validate_every: Annotated[int, typer.Option(metavar="N", help="Steps between validations.")] = 400,
    seed: Annotated[int, typer.Option(help="Of the batches; recorded.")] = 0,
) -> None:
    """Tune an encoder on articles; the same command after a kill goes on from the last checkpoint.

    \b
    Example:
      misplaced finetune articles.jsonl labelled.jsonl -o tuned
      misplaced finetune labelled.jsonl --objective reading --base tuned -o reader
      misplaced export tuned -o tuned-int8
      misplaced export reader -o reader-int8
      misplaced train labelled.jsonl --encoder tuned-int8 --reader reader-int8 -o my-model
    """
    from misplaced.apps.tuning import Intervals, Job, tune_context, tune_encoder, tune_reader
    from misplaced.errors import UsageError
    from misplaced.training.context_module import ContextShape
    from misplaced.training.finetuning import FinetuneSettings

    settings = FinetuneSettings(
        steps, batch, learning_rate, supervised_weight, held_out, max_tokens, seed, static=static
    )
    intervals = Intervals(checkpoint_every, validate_every)
    job = Job(corpora, output, settings, base, intervals, weight or [])
    if objective == "contrast":
        tune_encoder(job)
    elif objective == "reading":
        tune_reader(job)
    elif objective == "context":
        tune_context(
            job, cache, members, ContextShape(width, layers, dropout=dropout), begin, mean_with or []
        )
    else:
        raise UsageError(f"unknown objective {objective!r}", hint="give contrast, reading or context")
