"""``misplaced train``: fit a model on labelled corpora."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from misplaced.apps.failure import reported


@reported()
def train(
    corpora: Annotated[
        list[Path],
        typer.Argument(
            metavar="LABELLED.jsonl...",
            help="Labelled documents, one JSON object a line: id, title, paragraphs, labels. Plain or .gz.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the model goes.")],
    encoder: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|ID",
            help="A folder made by 'misplaced export', or a sentence-transformers model (extra 'train'); "
            "the bundled model's encoder by default.",
        ),
    ] = None,
    fused: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Mixed paragraphs, made by 'misplaced corrupt --form fused' from other articles: the "
            "threshold for sentences is chosen on them. Without it, it is the paragraphs'.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the model; the folder's by default.")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS=W",
            help="Weight of a corpus' paragraphs, by file name without endings; default 1.",
        ),
    ] = None,
    regularisation: Annotated[
        float, typer.Option("--regularisation", "-C", help="Inverse strength of the penalty.")
    ] = 0.01,
    most_false_flags: Annotated[
        float,
        typer.Option(metavar="N", help="The threshold allows N false flags in 1,000 coherent paragraphs."),
    ] = 2.75,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where embeddings are cached; the user's cache folder by default."),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Embed afresh and keep nothing.")] = False,
    seed: Annotated[int, typer.Option(help="Of the folds; recorded in the manifest.")] = 0,
    reader: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A reader for a second look at doubtful paragraphs, exported."),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|NAME",
            help="A network that reads all paragraphs together, made by 'finetune --objective context' on "
            "the same encoder, or that of a model; 'default' is the bundled one's.",
        ),
    ] = None,
    held_out: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="Share of the sources that 'finetune' held out; 0 if it saw none of these."
        ),
    ] = 0.0,
    seen_weight: Annotated[
        float, typer.Option(metavar="W", help="Weight of paragraphs of sources that were not held out.")
    ] = 0.3,
    second_weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CORPUS=W",
            help="Weight of a corpus where the second look is fitted, 0 to leave it out; that of --weight by "
            "default.",
        ),
    ] = None,
    doubt: Annotated[
        float, typer.Option(metavar="P", help="The second look reads paragraphs of foreignness P to 1 - P.")
    ] = 0.05,
) -> None:
    """Fit a model on labelled corpora and write it as a folder.

    \b
    Example:
      misplaced train labelled.jsonl inserted.jsonl -o my-model --weight inserted=0.3
      misplaced detect --model my-model article.txt
    """
    from misplaced.apps.fitting import Options, train_model

    train_model(
        corpora,
        output,
        Options(
            encoder=encoder,
            name=name,
            weights=weight or [],
            regularisation=regularisation,
            most_false_flags=most_false_flags,
            cache=cache,
            no_cache=no_cache,
            seed=seed,
            fused=fused,
            reader=reader,
            held_out=held_out,
            seen_weight=seen_weight,
            doubt=doubt,
            second_weights=second_weight or [],
            context=context,
        ),
    )
