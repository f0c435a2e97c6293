"""The command ``scan``: options to :class:`misplaced.apps.scan.scanning.Options` and nothing more."""

from __future__ import annotations

from typing import Annotated

import typer

from misplaced.apps.failure import reported
from misplaced.apps.scan.settings import LIMIT_CHARS, LIMIT_PARAGRAPHS, Engine, OutputFormat

_COLUMNS, _OUTPUT, _MODEL, _WORK = "Columns", "Output", "Model", "Work"


@reported()
def scan(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Shards: .jsonl, .jsonl.gz, .jsonl.zst, .parquet; folders; patterns; local or fsspec URLs.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Where results go, one file for each shard; local or an fsspec URL.",
            rich_help_panel=_OUTPUT,
        ),
    ],
    output_format: Annotated[
        OutputFormat,
        typer.Option(
            "--output-format",
            "-f",
            metavar="FORMAT",
            help="parquet, jsonl or jsonl.gz.",
            rich_help_panel=_OUTPUT,
        ),
    ] = OutputFormat.PARQUET,
    with_text: Annotated[
        bool,
        typer.Option(
            "--with-text", help="Also write the text without what is flagged.", rich_help_panel=_OUTPUT
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Begin again: remove what an earlier scan has written to the folder.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Errors only: no progress, no total.", rich_help_panel=_OUTPUT),
    ] = False,
    text_column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="Holds the text, to be divided at blank lines. Default: text.",
            rich_help_panel=_COLUMNS,
        ),
    ] = None,
    paragraphs_column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="Holds the text as a list of paragraphs. Default: paragraphs.",
            rich_help_panel=_COLUMNS,
        ),
    ] = None,
    title_column: Annotated[
        str,
        typer.Option(metavar="NAME", help="Holds the title; may be missing.", rich_help_panel=_COLUMNS),
    ] = "title",
    id_column: Annotated[
        str,
        typer.Option(metavar="NAME", help="Holds the identifier; may be missing.", rich_help_panel=_COLUMNS),
    ] = "id",
    threshold: Annotated[
        float | None,
        typer.Option(
            envvar="MISPLACED_THRESHOLD",
            metavar="0..1",
            help="Flag where 1 - coherence reaches this; lower flags more. Default: the model's.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            envvar="MISPLACED_MODEL",
            metavar="FOLDER",
            help="Use this model, not the bundled one.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    second_look: Annotated[
        bool,
        typer.Option(
            "--second-look/--no-second-look",
            help="Read doubtful paragraphs again between their neighbours.",
            rich_help_panel=_MODEL,
        ),
    ] = True,
    trust: Annotated[
        bool,
        typer.Option(
            "--trust",
            help="Load a model that can run code. Only if you know who made it.",
            rich_help_panel=_MODEL,
        ),
    ] = False,
    limit_chars: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Do not judge articles of more characters; they are errors.",
            rich_help_panel=_WORK,
        ),
    ] = LIMIT_CHARS,
    limit_paragraphs: Annotated[
        int,
        typer.Option(metavar="N", help="Nor articles of more paragraphs.", rich_help_panel=_WORK),
    ] = LIMIT_PARAGRAPHS,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Processes, or actors of the cluster. Default: one for each core.",
            rich_help_panel=_WORK,
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            metavar="local|ray",
            help="local: processes of this machine; ray: actors of a Ray cluster.",
            rich_help_panel=_WORK,
        ),
    ] = Engine.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Of a running Ray cluster. Default: RAY_ADDRESS, else the one on this machine, "
            "else one just for this scan.",
            rich_help_panel=_WORK,
        ),
    ] = None,
) -> None:
    """Judge a corpus: one file of results for each shard.

    Reads JSON lines and Parquet and writes, of every document, which paragraphs belong and which do \
not, to be joined back by record or id. Started again after a kill, it goes on with the shards that \
are not done. Needs the extra 'scan'.

    For example:
      misplaced scan corpus/ -o judged
      misplaced scan "crawl/**/*.jsonl.zst" -o judged -f jsonl.gz
      misplaced scan s3://bucket/crawl -o s3://bucket/judged --engine ray

    Exit status: 0 everything is judged, whatever is flagged; 2 a shard or a record could not be (the \
others are), or nothing could.
    """
    from misplaced.apps.scan.scanning import Options, run

    options = Options(
        inputs=tuple(inputs),
        output=output,
        text_column=text_column,
        paragraphs_column=paragraphs_column,
        title_column=title_column,
        id_column=id_column,
        output_format=output_format,
        with_text=with_text,
        threshold=threshold,
        model=model,
        trusted=trust,
        second_look=second_look,
        limit_chars=limit_chars,
        limit_paragraphs=limit_paragraphs,
        workers=workers,
        engine=engine,
        address=address,
        overwrite=overwrite,
        quiet=quiet,
    )
    raise typer.Exit(run(options))
