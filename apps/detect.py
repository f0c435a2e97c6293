"""The command ``detect``: options to :class:`misplaced.apps.detection.Options` and nothing more."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from misplaced import __version__
from misplaced.apps.failure import reported
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format

_INPUT, _OUTPUT, _MODEL, _CHANGE = "Input", "Output", "Model", "Change files"

# A paragraph a line: the terminal wraps them.
HELP = """Flag the paragraphs of articles that do not belong in them.

Every paragraph is scored for topical coherence with the rest of its article: \
teasers of other stories, "READ MORE" lines and page furniture stand out. \
Blank lines divide paragraphs; of a .jsonl file each line is an article: \
{"title"?, "text" or "paragraphs"}.

Examples:
  detect article.txt
  detect -f concise articles/ "more/**/*.md"
  curl -s URL | detect - --stdin-filename page.html
  detect -f jsonl corpus.jsonl -o scored.jsonl --exit-zero
  detect --level sentence article.txt
  detect --diff article.txt
  detect --fix article.txt
"""
EPILOG = (
    "Exit status: 0 nothing is flagged (or --fix removed it all), 1 something is flagged, "
    "2 an error (the other inputs are still judged), 130 interrupted, 141 output closed early. "
    "MISPLACED_DEBUG=1 shows the traceback of an unexpected error."
)


def show_version(wanted: bool) -> None:
    """Print the version and end, for ``--version``."""
    if wanted:
        typer.echo(f"misplaced {__version__}")
        raise typer.Exit


@reported()
def detect(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="Articles: .txt, .md, .html, .jsonl; folders; glob patterns; - for standard input.",
        ),
    ] = None,
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What to call standard input; its suffix decides the format.",
            rich_help_panel=_INPUT,
        ),
    ] = None,
    output_format: Annotated[
        Format,
        typer.Option(
            "--output-format",
            "-f",
            metavar="FORMAT",
            envvar="MISPLACED_OUTPUT_FORMAT",
            help="full: for people; concise: one finding a line; json: one object for all; "
            "jsonl: one object a document.",
            rich_help_panel=_OUTPUT,
        ),
    ] = Format.FULL,
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file",
            "-o",
            metavar="PATH",
            help="Write results here, all at once at the end.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    statistics: Annotated[
        bool,
        typer.Option("--statistics", help="Show counts in place of findings.", rich_help_panel=_OUTPUT),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="Findings and errors only: no totals, warnings, progress.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    exit_zero: Annotated[
        bool,
        typer.Option("--exit-zero", help="Exit with 0 when something is flagged.", rich_help_panel=_OUTPUT),
    ] = False,
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
            "--second-look/--no-second-look", help="Read doubtful paragraphs again between their neighbours."
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
    level: Annotated[
        Level,
        typer.Option(
            envvar="MISPLACED_LEVEL",
            metavar="paragraph|sentence",
            help="sentence: also point at foreign sentences within paragraphs; takes up to twice as long.",
            rich_help_panel=_MODEL,
        ),
    ] = Level.PARAGRAPH,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff",
            help="Show what --fix would change, as a diff in place of findings; change nothing.",
            rich_help_panel=_CHANGE,
        ),
    ] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="Remove flagged paragraphs (and sentences) from the files; every other byte stays. "
            "Of a web page, the cleaned text is written beside it: a.html, a.cleaned.txt.",
            rich_help_panel=_CHANGE,
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="With --fix: replace another text that stands where that of a web page would go.",
            rich_help_panel=_CHANGE,
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Flag the paragraphs of articles that do not belong in them; :data:`HELP` is what users read."""
    from misplaced.apps.detection import Options, run
    from misplaced.apps.loading import load_detector

    options = Options(
        inputs=tuple(files or ()),
        stdin_filename=stdin_filename,
        output_format=output_format,
        output_file=output_file,
        threshold=threshold,
        level=level,
        exit_zero=exit_zero,
        diff=diff,
        fix=fix,
        overwrite=overwrite,
        statistics=statistics,
        quiet=quiet,
    )

    raise typer.Exit(
        run(options, lambda: load_detector(model, trusted=trust, quiet=quiet, second_look=second_look))
    )
